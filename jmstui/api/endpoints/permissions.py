"""Rules: asset permissions, with and without their members (§6.1 to §6.3)."""

from __future__ import annotations

from typing import Literal

from jmstui.api.decode import one as one_of
from jmstui.api.decode import page as page_of
from jmstui.api.decode import raw as raw_body
from jmstui.api.endpoints._window import window
from jmstui.api.query import Query, query
from jmstui.models.asset import Account
from jmstui.models.base import Record
from jmstui.models.page import Page
from jmstui.models.permission import DatedRule, Permission, Rule, RulePair

_OWN = (
    "accounts,protocols,actions,is_active,is_expired,is_valid,from_ticket,date_start,date_expired,date_created,"
    "created_by,comment,org_id,org_name"
)
COLUMNS = f"id,name,users_amount,user_groups_amount,assets_amount,nodes_amount,{_OWN}"
MEMBERS = f"id,name,users,user_groups,assets,nodes,{_OWN}"
"""Without amounts: beside members they would cost the server four more queries a rule."""


WHOLE = {"action": "retrieve", "format": "json"}
"""Rows of a list as details have them: `action` does it up to v4.10.18, `format=json` on all (§15)."""

Side = Literal["users", "user_groups", "assets", "nodes"]
PAIRS: dict[Side, str] = {
    "users": "users",
    "user_groups": "user-groups",
    "assets": "assets",
    "nodes": "nodes",
}


class UserMember(Record, frozen=True, kw_only=True):
    """A user of a rule, groups expanded."""

    user: str
    user_display: str = ""


class AssetMember(Record, frozen=True, kw_only=True):
    """An asset of a rule, nodes expanded."""

    asset: str
    asset_display: str = ""


def page(
    offset: int = 0,
    limit: int = 100,
    *,
    search: str | None = None,
    order: str | None = None,
    fields: str | None = COLUMNS,
    org: str | None = None,
    **filters: object,
) -> Query[Page[Permission]]:
    """A window on the rules, without members. Filters as in §6.2: `user_id`, `asset_id`, `is_valid`, …"""
    params = window(offset, limit, fields, search, order, filters)
    return query("perms/asset-permissions/", page_of(Permission, offset), "list", params, org)


def dated(
    offset: int = 0, limit: int = 100, *, org: str | None = None, **filters: object
) -> Query[Page[Permission]]:
    """As `page`, for answers that stand on how each rule stands: a row without its dates is a `BadRow`."""
    params = window(offset, limit, COLUMNS, None, None, filters)
    decode = page_of(Permission, offset, DatedRule)
    return query("perms/asset-permissions/", decode, "list", params, org)


def shown_with_members(
    offset: int = 0, limit: int = 100, *, search: str | None, order: str | None, **filters: object
) -> Query[Page[Permission]]:
    """As `with_members`, for a list to look at: members that the server leaves out are None."""
    params = window(offset, limit, MEMBERS, search, order, {**WHOLE, **filters})
    return query("perms/asset-permissions/", page_of(Permission, offset), "rules", params)


def with_members(
    offset: int = 0,
    limit: int = 100,
    *,
    search: str | None = None,
    order: str | None = None,
    fields: str | None = MEMBERS,
    org: str | None = None,
    **filters: object,
) -> Query[Page[Permission]]:
    """As `page`, with members, for answers: a row without what they stand on is a `BadRow` that lacks it."""
    params = window(offset, limit, fields, search, order, {**WHOLE, **filters})
    return query("perms/asset-permissions/", page_of(Permission, offset, Rule), "rules", params, org)


def one(id: str, org: str | None = None) -> Query[Permission]:
    """One rule with its members."""
    return query(f"perms/asset-permissions/{id}/", one_of(Permission), "detail", org=org)


def whole(id: str, org: str | None = None) -> Query[Permission]:
    """As `one`, for answers: raises `Lacking` for a rule without what they stand on."""
    return query(f"perms/asset-permissions/{id}/", one_of(Permission, Rule), "detail", org=org)


def pairs(side: Side, offset: int = 0, limit: int = 1000, *, org: str | None = None) -> Query[Page[RulePair]]:
    """Every rule of the organization with each of its users, groups, assets or nodes; none in root (§6.3)."""
    path = f"perms/asset-permissions-{PAIRS[side]}-relations/"
    return query(path, page_of(RulePair, offset), "rules", window(offset, limit, None, None, None, {}), org)


def raw(id: str, org: str | None = None) -> Query[bytes]:
    """The same answer as `one`, as the JSON that came."""
    return query(f"perms/asset-permissions/{id}/", raw_body, "detail", org=org)


def users_all(
    id: str, offset: int = 0, limit: int = 100, *, search: str | None = None, org: str | None = None
) -> Query[Page[UserMember]]:
    """The users of a rule with its groups expanded (§6.3)."""
    params = window(offset, limit, None, search, None, {})
    return query(
        f"perms/asset-permissions/{id}/users/all/", page_of(UserMember, offset), "rules", params, org
    )


def assets_all(
    id: str, offset: int = 0, limit: int = 100, *, search: str | None = None, org: str | None = None
) -> Query[Page[AssetMember]]:
    """The assets of a rule with its nodes expanded (§6.3)."""
    params = window(offset, limit, None, search, None, {})
    return query(
        f"perms/asset-permissions/{id}/assets/all/", page_of(AssetMember, offset), "rules", params, org
    )


def accounts(
    id: str, offset: int = 0, limit: int = 100, *, search: str | None = None, org: str | None = None
) -> Query[Page[Account]]:
    """The accounts that a rule matches on its assets (§6.3)."""
    params = window(offset, limit, None, search, None, {})
    return query(f"perms/asset-permissions/{id}/accounts/", page_of(Account, offset), "rules", params, org)
