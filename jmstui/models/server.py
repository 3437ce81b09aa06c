"""What the server says of itself, and its search (API reference §7.8)."""

from __future__ import annotations

from jmstui.models.base import Record


class Health(Record, frozen=True, kw_only=True):
    """`/api/health/`: open to everybody; `time` is the server's clock in seconds since the epoch."""

    status: bool | None = None
    db_status: bool | None = None
    redis_status: bool | None = None
    time: float | None = None


class PublicSettings(Record, frozen=True, kw_only=True):
    """`/settings/public/open/`: of the many settings, the one that tells the edition."""

    XPACK_ENABLED: bool | None = None


class Hit(Record, frozen=True, kw_only=True):
    """A find of the global search (v4.10.8 on); `model` is `User`, `UserGroup`, `Asset`, `Account`, …"""

    id: str
    name: str = ""
    model: str = ""
    model_label: str = ""
    content: str | None = ""


class LabelRow(Record, frozen=True, kw_only=True):
    """A label as a record of its own (`/labels/labels/`)."""

    id: str
    name: str
    value: str = ""
    color: str | None = None
    res_count: int | None = None
    comment: str | None = None
