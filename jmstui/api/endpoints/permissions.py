"""Rules: asset permissions, with and without their members (§6.1 to §6.3)."""

from __future__ import annotations

from jmstui.api.decode import one as one_of
from jmstui.api.decode import page as page_of
from jmstui.api.decode import raw as raw_body
from jmstui.api.endpoints._window import window
from jmstui.api.query import Query, query
from jmstui.models.asset import Account
from jmstui.models.base import Record
from jmstui.models.page import Page
from jmstui.models.permission import Permission

_OWN = (
    "accounts,protocols,actions,is_active,is_expired,is_valid,from_ticket,date_start,date_expired,date_created,"
    "created_by,comment,org_id,org_name"
)
COLUMNS = f"id,name,users_amount,user_groups_amount,assets_amount,nodes_amount,{_OWN}"
MEMBERS = f"id,name,users,user_groups,assets,nodes,{_OWN}"
"""Without amounts: beside members they would cost the server four more queries a rule."""


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
    """As `page`, with members: `action=retrieve` gives the rows the detail's shape (§6.1)."""
    params = window(offset, limit, fields, search, order, {"action": "retrieve", **filters})
    return query("perms/asset-permissions/", page_of(Permission, offset), "rules", params, org)


def one(id: str, org: str | None = None) -> Query[Permission]:
    """One rule with its members."""
    return query(f"perms/asset-permissions/{id}/", one_of(Permission), "detail", org=org)


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
