"""Organizations (API reference §2)."""

from __future__ import annotations

from jmstui.models.base import Record

ROOT = "00000000-0000-0000-0000-000000000000"
DEFAULT = "00000000-0000-0000-0000-000000000002"
SYSTEM = "00000000-0000-0000-0000-000000000004"


class OrgStatistics(Record, frozen=True, kw_only=True):
    """How much an organization holds; for system administrators only."""

    users_amount: int | None = None
    groups_amount: int | None = None
    assets_amount: int | None = None
    nodes_amount: int | None = None
    zones_amount: int | None = None
    domains_amount: int | None = None
    asset_perms_amount: int | None = None


class Organization(Record, frozen=True, kw_only=True):
    """An organization of any of the lists; the switcher remembers which list named it."""

    id: str
    name: str = ""
    is_default: bool | None = None
    is_root: bool | None = None
    is_system: bool | None = None
    internal: bool | None = None
    comment: str | None = None
    resource_statistics: OrgStatistics | None = None
