"""Zones; before v4.10 they are called domains and stand elsewhere (§4.5, §14)."""

from __future__ import annotations

from jmstui.api.decode import one as one_of
from jmstui.api.decode import page as page_of
from jmstui.api.decode import raw as raw_body
from jmstui.api.endpoints._window import window
from jmstui.api.query import Query, query
from jmstui.models.page import Page
from jmstui.models.zone import Zone


def _folder(api: str) -> str:
    return "assets/domains/" if api.startswith("3.") else "assets/zones/"


def page(
    offset: int = 0,
    limit: int = 100,
    *,
    api: str = "4.10",
    search: str | None = None,
    order: str | None = None,
    org: str | None = None,
    **filters: object,
) -> Query[Page[Zone]]:
    """A window on the zones; `api` is the version that `Identity.api` tells. Filter: `name`."""
    return query(
        _folder(api), page_of(Zone, offset), "list", window(offset, limit, None, search, order, filters), org
    )


def one(id: str, api: str = "4.10", org: str | None = None) -> Query[Zone]:
    """One zone with its assets."""
    return query(f"{_folder(api)}{id}/", one_of(Zone), "detail", org=org)


def raw(id: str, api: str = "4.10", org: str | None = None) -> Query[bytes]:
    """The same answer as `one`, as the JSON that came."""
    return query(f"{_folder(api)}{id}/", raw_body, "detail", org=org)
