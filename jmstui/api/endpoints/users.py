"""Users (§5.1)."""

from __future__ import annotations

from jmstui.api.decode import many
from jmstui.api.decode import one as one_of
from jmstui.api.decode import page as page_of
from jmstui.api.decode import raw as raw_body
from jmstui.api.endpoints._window import window
from jmstui.api.query import Query, query
from jmstui.models.base import BadRow
from jmstui.models.page import Page
from jmstui.models.user import Member, User

COLUMNS = (
    "id,name,username,email,groups,system_roles,org_roles,mfa_level,mfa_enabled,source,is_active,is_valid,"
    "is_expired,is_superuser,login_blocked,need_update_password,date_expired,last_login"
)


def page(
    offset: int = 0,
    limit: int = 100,
    *,
    search: str | None = None,
    order: str | None = None,
    fields: str | None = COLUMNS,
    org: str | None = None,
    **filters: object,
) -> Query[Page[User]]:
    """A window on the users of the organization. Filters (§5.1): `username`, `group_id`, `is_active`, …"""
    return query(
        "users/users/",
        page_of(User, offset),
        "list",
        window(offset, limit, fields, search, order, filters),
        org,
    )


def members(
    offset: int, limit: int, fields: str, org: str | None = None, **filters: object
) -> Query[Page[User]]:
    """As `page`, for answers that stand on the groups of each user: a row without them is a `BadRow`."""
    params = window(offset, limit, fields, None, None, filters)
    return query("users/users/", page_of(User, offset, Member), "list", params, org)


def one(id: str, org: str | None = None) -> Query[User]:
    """One user."""
    return query(f"users/users/{id}/", one_of(User), "detail", org=org)


def raw(id: str, org: str | None = None) -> Query[bytes]:
    """The same answer as `one`, as the JSON that came."""
    return query(f"users/users/{id}/", raw_body, "detail", org=org)


def suggestions(search: str, org: str | None = None) -> Query[list[User | BadRow]]:
    """At most ten users that match, for ordinary users too; heavy on the throttle (§7.6)."""
    return query("users/users/suggestions/", many(User), "suggest", [("search", search)], org)
