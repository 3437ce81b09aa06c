"""Assets (§4) and who may reach one (§6.5)."""

from __future__ import annotations

from jmstui.api.decode import many
from jmstui.api.decode import one as one_of
from jmstui.api.decode import page as page_of
from jmstui.api.decode import raw as raw_body
from jmstui.api.endpoints._window import window
from jmstui.api.query import Query, query
from jmstui.models.asset import Account, Asset
from jmstui.models.base import BadRow
from jmstui.models.page import Page
from jmstui.models.permission import Permission, Rule
from jmstui.models.user import Group, Member, User

COLUMNS = (
    "id,name,address,platform,category,type,zone,domain,nodes_display,connectivity,is_active,comment,org_id"
)
WHO = "id,name,username,groups,is_active,is_expired,is_valid"


def page(
    offset: int = 0,
    limit: int = 100,
    *,
    search: str | None = None,
    order: str | None = None,
    fields: str | None = COLUMNS,
    org: str | None = None,
    **filters: object,
) -> Query[Page[Asset]]:
    """A window on the assets. Filters (§4.3): `node` (UUID or key), `show_current_asset`, `category`, …"""
    return query(
        "assets/assets/",
        page_of(Asset, offset),
        "list",
        window(offset, limit, fields, search, order, filters),
        org,
    )


def one(id: str, org: str | None = None) -> Query[Asset]:
    """One asset with its accounts."""
    return query(f"assets/assets/{id}/", one_of(Asset), "detail", org=org)


def raw(id: str, org: str | None = None) -> Query[bytes]:
    """The same answer as `one`, as the JSON that came."""
    return query(f"assets/assets/{id}/", raw_body, "detail", org=org)


def accounts(id: str, offset: int = 0, limit: int = 100, org: str | None = None) -> Query[Page[Account]]:
    """The accounts on an asset, those of its directory services included (§4.6); never a secret."""
    from jmstui.api.endpoints import accounts as all_accounts

    return all_accounts.page(offset, limit, org=org, asset=id)


def perm_users(
    id: str,
    offset: int = 0,
    limit: int = 100,
    *,
    fields: str | None = WHO,
    org: str | None = None,
    **filters: object,
) -> Query[Page[User]]:
    """Users that any rule leads to the asset; dead rules count too (§6.5)."""
    params = window(offset, limit, fields, None, None, filters)
    return query(f"assets/assets/{id}/perm-users/", page_of(User, offset, Member), "rules", params, org)


def perm_user_groups(
    id: str,
    offset: int = 0,
    limit: int = 100,
    *,
    fields: str | None = "id,name,comment,org_id,org_name",
    org: str | None = None,
    **filters: object,
) -> Query[Page[Group]]:
    """Groups that any rule leads to the asset (§6.5)."""
    params = window(offset, limit, fields, None, None, filters)
    return query(f"assets/assets/{id}/perm-user-groups/", page_of(Group, offset), "rules", params, org)


def rules_between(
    asset: str, user: str, offset: int = 0, limit: int = 1000, *, org: str | None = None, **filters: object
) -> Query[Page[Permission]]:
    """Every rule that joins the two, dead ones too, with members: the best single explanation (§6.5)."""
    params = window(offset, limit, None, None, None, filters)
    path = f"assets/assets/{asset}/perm-users/{user}/permissions/"
    return query(path, page_of(Permission, offset, Rule), "rules", params, org)


def suggestions(search: str, org: str | None = None) -> Query[list[Asset | BadRow]]:
    """At most ten assets that match; heavy on the throttle (§7.6), so prefer `page(search=…)`."""
    return query("assets/assets/suggestions/", many(Asset), "suggest", [("search", search)], org)
