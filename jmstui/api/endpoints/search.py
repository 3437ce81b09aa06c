"""The server's global search (v4.10.8 on, §7.8), and labels."""

from __future__ import annotations

from jmstui.api.decode import many
from jmstui.api.decode import page as page_of
from jmstui.api.endpoints._window import window
from jmstui.api.query import Query, query
from jmstui.models.base import BadRow
from jmstui.models.page import Page
from jmstui.models.server import Hit, LabelRow


def everywhere(text: str, org: str | None = None) -> Query[list[Hit | BadRow]]:
    """Up to five each of users, groups, assets, accounts and rules in sight; `NotFound` on v3.10."""
    return query("search/", many(Hit), "suggest", [("q", text)], org)


def labels(
    offset: int = 0, limit: int = 100, *, search: str | None = None, org: str | None = None, **filters: object
) -> Query[Page[LabelRow]]:
    """A window on the labels (§4.4)."""
    params = window(offset, limit, None, search, None, filters)
    return query("labels/labels/", page_of(LabelRow, offset), "list", params, org)
