"""The rows of the made-up world. Times are aware datetimes; ids are strings (platforms: numbers)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(slots=True)
class Org:
    """An organization; root and SYSTEM are among them as virtual ones."""

    id: str
    name: str
    comment: str = ""
    internal: bool = False
    date_created: datetime | None = None


@dataclass(slots=True)
class Node:
    """A folder of assets; `key` is its path (`1:4:2`)."""

    id: str
    key: str
    value: str
    org_id: str
    full_value: str = ""


@dataclass(slots=True)
class Label:
    """A label `name:value`."""

    id: str
    name: str
    value: str
    color: str = "#00aa55"
    org_id: str = ""


@dataclass(slots=True)
class Zone:
    """A zone (v3.10: domain)."""

    id: str
    name: str
    org_id: str
    comment: str = ""


@dataclass(slots=True)
class Platform:
    """A kind of asset."""

    id: int
    name: str
    category: str
    type: str
    protocols: list[tuple[str, int]] = field(default_factory=list)
    internal: bool = True


@dataclass(slots=True)
class Account:
    """A login on an asset."""

    id: str
    name: str
    username: str
    asset_id: str
    secret_type: str = "password"
    privileged: bool = False
    is_active: bool = True
    has_secret: bool = True


@dataclass(slots=True)
class Asset:
    """A machine, database, device or site."""

    id: str
    name: str
    address: str
    org_id: str
    platform: int
    node_ids: list[str] = field(default_factory=list)
    zone_id: str | None = None
    label_ids: list[str] = field(default_factory=list)
    protocols: list[tuple[str, int]] = field(default_factory=list)
    is_active: bool = True
    comment: str = ""
    connectivity: str = "-"
    date_created: datetime | None = None


@dataclass(slots=True)
class Group:
    """A user group."""

    id: str
    name: str
    org_id: str
    user_ids: list[str] = field(default_factory=list)
    comment: str = ""
    date_created: datetime | None = None


@dataclass(slots=True)
class User:
    """A user, with what signs them in. `roles` maps an organization's id (or "system") to role names."""

    id: str
    name: str
    username: str
    email: str
    roles: dict[str, list[str]] = field(default_factory=dict)
    password: str = ""
    is_active: bool = True
    date_expired: datetime | None = None
    mfa: str | None = None
    """The kind of MFA that is due: `otp`, `sms`, `email`, `none-enrolled`, or None."""
    otp_secret: str = ""
    private_token: str = ""
    access_key: tuple[str, str] | None = None
    must_change: bool = False
    needs_review: bool = False
    last_login: datetime | None = None
    date_joined: datetime | None = None
    comment: str | None = None
    login_blocked: bool = False
    """Locked after too many failed logins; the server sets it, and the lists show it."""
    source: str = "local"
    phone: str = ""


@dataclass(slots=True)
class Rule:
    """An asset permission."""

    id: str
    name: str
    org_id: str
    user_ids: list[str] = field(default_factory=list)
    group_ids: list[str] = field(default_factory=list)
    asset_ids: list[str] = field(default_factory=list)
    node_ids: list[str] = field(default_factory=list)
    accounts: list[str] = field(default_factory=list)
    protocols: list[str] = field(default_factory=lambda: ["all"])
    actions: int = 127
    """Bits: connect 1, upload 2, download 4, copy 8, paste 16, delete 32, share 64."""
    date_start: datetime | None = None
    date_expired: datetime | None = None
    is_active: bool = True
    from_ticket: bool = False
    comment: str = ""
    date_created: datetime | None = None
    created_by: str = "Administrator"
