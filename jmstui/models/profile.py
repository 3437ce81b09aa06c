"""The signed-in user: who, and what they may do in the current organization (API reference §2.1)."""

from __future__ import annotations

import msgspec

from jmstui.models.base import Choice, Record, Ref
from jmstui.models.organization import Organization
from jmstui.models.user import RoleRef


class Profile(Record, frozen=True, kw_only=True):
    """`/users/profile/`; v3.10 has the organizations and `perms` in here."""

    id: str
    name: str = ""
    username: str = ""
    email: str | None = None
    groups: list[Ref] | None = None
    system_roles: list[RoleRef] | None = None
    org_roles: list[RoleRef] | None = None
    mfa_level: Choice | None = None
    is_superuser: bool | None = None
    is_valid: bool | None = None
    is_active: bool | None = None
    is_expired: bool | None = None
    date_expired: str | None = None
    console_orgs: list[Organization] | None = None
    audit_orgs: list[Organization] | None = None
    workbench_orgs: list[Organization] | None = None
    perms: list[str] | None = None


class ProfilePermissions(Record, frozen=True, kw_only=True):
    """`/users/profile/permissions/` (v4.10 on): organizations by role, and `perms` of the current one."""

    id: str = ""
    username: str = ""
    console_orgs: list[Organization] = msgspec.field(default_factory=list)
    audit_orgs: list[Organization] = msgspec.field(default_factory=list)
    workbench_orgs: list[Organization] = msgspec.field(default_factory=list)
    pam_orgs: list[Organization] = msgspec.field(default_factory=list)
    perms: list[str] = msgspec.field(default_factory=list)
