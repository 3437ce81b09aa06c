"""User groups (§5.2)."""

from __future__ import annotations

from jmstui.api.decode import one as one_of
from jmstui.api.decode import page as page_of
from jmstui.api.decode import raw as raw_body
from jmstui.api.endpoints._window import window
from jmstui.api.query import Query, query
from jmstui.models.page import Page
from jmstui.models.user import Group

COLUMNS = "id,name,users_amount,labels,org_id,org_name,date_created,created_by,comment"


def page(
    offset: int = 0,
    limit: int = 100,
    *,
    search: str | None = None,
    order: str | None = None,
    fields: str | None = COLUMNS,
    org: str | None = None,
    **filters: object,
) -> Query[Page[Group]]:
    """A window on the groups. Filters: `name`, `ids`."""
    return query(
        "users/groups/",
        page_of(Group, offset),
        "list",
        window(offset, limit, fields, search, order, filters),
        org,
    )


def one(id: str, org: str | None = None) -> Query[Group]:
    """One group with its users."""
    return query(f"users/groups/{id}/", one_of(Group), "detail", org=org)


def raw(id: str, org: str | None = None) -> Query[bytes]:
    """The same answer as `one`, as the JSON that came."""
    return query(f"users/groups/{id}/", raw_body, "detail", org=org)
