"""Organizations (§2)."""

from __future__ import annotations

from jmstui.api.decode import one as one_of
from jmstui.api.decode import page as page_of
from jmstui.api.endpoints._window import window
from jmstui.api.query import Query, query
from jmstui.models.organization import Organization
from jmstui.models.page import Page


def page(
    offset: int = 0,
    limit: int = 1000,
    *,
    search: str | None = None,
    org: str | None = None,
    **filters: object,
) -> Query[Page[Organization]]:
    """All organizations with what each holds; for system administrators only (§2.1)."""
    params = window(offset, limit, None, search, None, filters)
    return query("orgs/orgs/", page_of(Organization, offset), "orgs", params, org)


def current(org: str | None = None) -> Query[Organization]:
    """The organization that the server really works in: the one way to notice a silent fallback (§1.9)."""
    return query("orgs/orgs/current/", one_of(Organization), "orgs", org=org)
