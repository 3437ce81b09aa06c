"""Users and user groups (API reference §5)."""

from __future__ import annotations

from typing import ClassVar

from jmstui.models.base import Choice, Label, Record, Ref


class RoleRef(Record, frozen=True, kw_only=True):
    """A role of a user."""

    id: str
    display_name: str = ""
    name: str | None = None


class User(Record, frozen=True, kw_only=True):
    """A user; role fields are there only for those who may see them."""

    id: str
    name: str
    username: str
    email: str | None = None
    groups: list[Ref] | None = None
    system_roles: list[RoleRef] | None = None
    org_roles: list[RoleRef] | None = None
    labels: list[Label | str] | None = None
    mfa_level: Choice | None = None
    mfa_enabled: bool | None = None
    source: Choice | None = None
    is_active: bool | None = None
    is_valid: bool | None = None
    is_expired: bool | None = None
    is_superuser: bool | None = None
    login_blocked: bool | None = None
    need_update_password: bool | None = None
    date_expired: str | None = None
    date_joined: str | None = None
    last_login: str | None = None
    created_by: str | None = None
    comment: str | None = None


class Member(User, frozen=True, kw_only=True):
    """A user as answers count on it: which groups they are in is known."""

    noun: ClassVar[str] = "user"

    groups: list[Ref]


class Group(Record, frozen=True, kw_only=True):
    """A user group; `users` stands in the detail only, `users_amount` in the list only."""

    id: str
    name: str
    users: list[Ref] | None = None
    users_amount: int | None = None
    labels: list[Label | str] | None = None
    org_id: str | None = None
    org_name: str | None = None
    created_by: str | None = None
    date_created: str | None = None
    comment: str | None = None
