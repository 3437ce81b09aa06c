"""Platforms (API reference §4.5)."""

from __future__ import annotations

from jmstui.models.base import Choice, Label, Record


class PlatformProtocol(Record, frozen=True, kw_only=True):
    """A protocol that a platform offers to its assets."""

    name: str
    port: int | None = None
    primary: bool | None = None
    required: bool | None = None
    default: bool | None = None
    public: bool | None = None


class Platform(Record, frozen=True, kw_only=True):
    """A kind of asset; its id is a number."""

    id: int | str
    name: str
    category: Choice | None = None
    type: Choice | None = None
    protocols: list[PlatformProtocol] | None = None
    charset: Choice | None = None
    internal: bool | None = None
    gateway_enabled: bool | None = None
    domain_enabled: bool | None = None
    su_enabled: bool | None = None
    assets_amount: int | None = None
    labels: list[Label | str] | None = None
    created_by: str | None = None
    date_created: str | None = None
    comment: str | None = None
