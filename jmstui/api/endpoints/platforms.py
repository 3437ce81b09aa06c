"""Platforms: the kinds of assets (§4.5)."""

from __future__ import annotations

from jmstui.api.decode import one as one_of
from jmstui.api.decode import page as page_of
from jmstui.api.decode import raw as raw_body
from jmstui.api.endpoints._window import window
from jmstui.api.query import Query, query
from jmstui.models.page import Page
from jmstui.models.platform import Platform

COLUMNS = (
    "id,name,category,type,protocols,charset,internal,gateway_enabled,domain_enabled,su_enabled,"
    "assets_amount,created_by,date_created,comment"
)


def page(
    offset: int = 0,
    limit: int = 1000,
    *,
    search: str | None = None,
    order: str | None = None,
    fields: str | None = COLUMNS,
    org: str | None = None,
    **filters: object,
) -> Query[Page[Platform]]:
    """A window on the platforms. Filters: `name`, `category`, `type`."""
    params = window(offset, limit, fields, search, order, filters)
    return query("assets/platforms/", page_of(Platform, offset), "platforms", params, org)


def one(id: str, org: str | None = None) -> Query[Platform]:
    """One platform; its id is a number."""
    return query(f"assets/platforms/{id}/", one_of(Platform), "platforms", org=org)


def raw(id: str, org: str | None = None) -> Query[bytes]:
    """The same answer as `one`, as the JSON that came."""
    return query(f"assets/platforms/{id}/", raw_body, "platforms", org=org)
