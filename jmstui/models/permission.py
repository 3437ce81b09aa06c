"""Asset permissions ("rules") and the server's own verdict (API reference §6)."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from jmstui.models.asset import PlatformRef
from jmstui.models.base import Choice, Label, Record, Ref, moment


class Permission(Record, frozen=True, kw_only=True):
    """A rule. Members stand in the detail, and in a list asked with `format=json`."""

    id: str
    name: str
    users: list[Ref] | None = None
    user_groups: list[Ref] | None = None
    assets: list[Ref] | None = None
    nodes: list[Ref] | None = None
    users_amount: int | None = None
    user_groups_amount: int | None = None
    assets_amount: int | None = None
    nodes_amount: int | None = None
    accounts: list[str] | None = None
    protocols: list[str] | None = None
    actions: list[Choice] | None = None
    labels: list[Label | str] | None = None
    is_active: bool | None = True
    is_expired: bool | None = None
    is_valid: bool | None = None
    from_ticket: bool | None = None
    date_start: str | None = None
    date_expired: str | None = None
    date_created: str | None = None
    created_by: str | None = None
    comment: str | None = None
    org_id: str | None = None
    org_name: str | None = None

    @property
    def start(self) -> datetime | None:
        """The first moment of the rule."""
        return moment(self.date_start)

    @property
    def end(self) -> datetime | None:
        """The last moment of the rule."""
        return moment(self.date_expired)

    def amount(self, what: str) -> int | None:
        """How many `users`, `user_groups`, `assets` or `nodes` it names; None when the answer did not say."""
        listed = getattr(self, what)
        return len(listed) if listed is not None else getattr(self, f"{what}_amount")


class Rule(Permission, frozen=True, kw_only=True):
    """A rule as answers count on it: who, what and when are there, or it is no such rule.

    v4.10.19 took `action=retrieve` away and left the members out of its rows (API reference §15).
    """

    noun: ClassVar[str] = "rule"

    users: list[Ref]
    user_groups: list[Ref]
    assets: list[Ref]
    nodes: list[Ref]
    accounts: list[str]
    protocols: list[str]
    actions: list[Choice]
    is_active: bool
    date_start: str | None
    date_expired: str | None
    """Null: without an end."""


class DatedRule(Permission, frozen=True, kw_only=True):
    """A rule whose standing is known, without its members."""

    noun: ClassVar[str] = "rule"

    users_amount: int
    user_groups_amount: int
    assets_amount: int
    nodes_amount: int
    actions: list[Choice]
    is_active: bool
    date_start: str | None
    date_expired: str | None


class RulePair(Record, frozen=True, kw_only=True):
    """A rule and one that it names, of the relation endpoints (§6.3): one of the four is there."""

    id: int | str
    assetpermission: str
    user: str | None = None
    user_display: str = ""
    usergroup: str | None = None
    usergroup_display: str = ""
    asset: str | None = None
    asset_display: str = ""
    node: str | None = None
    node_display: str = ""


class PermedAccount(Record, frozen=True, kw_only=True):
    """An account of the verdict; virtual ones have an alias beginning with `@`."""

    id: str = ""
    alias: str = ""
    name: str = ""
    username: str | None = ""
    has_secret: bool | None = None
    secret_type: str | None = None
    actions: list[Choice] | None = None
    date_expired: str | None = None
    """Absent before v4.10.4."""


class PermedProtocol(Record, frozen=True, kw_only=True):
    """A protocol of the verdict."""

    name: str
    port: int | None = None
    public: bool | None = True


class PermedAsset(Record, frozen=True, kw_only=True):
    """`/perms/users/<U>/assets/` (row) and `/perms/users/<U>/assets/<A>/` (the verdict, with `permed_*`)."""

    id: str
    name: str
    address: str | None = ""
    platform: PlatformRef | None = None
    category: Choice | None = None
    type: Choice | None = None
    zone: Ref | None = None
    domain: Ref | None = None
    nodes: list[Ref] | None = None
    labels: list[Label | str] | None = None
    connectivity: Choice | None = None
    is_active: bool | None = None
    comment: str | None = None
    org_id: str | None = None
    org_name: str | None = None
    date_created: str | None = None
    permed_accounts: list[PermedAccount] | None = None
    permed_protocols: list[PermedProtocol] | None = None
