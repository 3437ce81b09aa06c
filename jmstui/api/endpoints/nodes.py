"""Nodes and their trees (§3, §6.6)."""

from __future__ import annotations

import re
from collections.abc import Iterable

from jmstui.api.decode import many
from jmstui.api.decode import one as one_of
from jmstui.api.decode import page as page_of
from jmstui.api.decode import raw as raw_body
from jmstui.api.endpoints._window import window
from jmstui.api.query import Query, query
from jmstui.models.base import BadRow
from jmstui.models.node import Node, TreeItem
from jmstui.models.page import Page

Tree = Query[list[TreeItem | BadRow]]


def page(
    offset: int = 0,
    limit: int = 100,
    *,
    search: str | None = None,
    order: str | None = None,
    fields: str | None = "id,key,value,name,full_value,org_id,org_name",
    org: str | None = None,
    **filters: object,
) -> Query[Page[Node]]:
    """A window on the nodes, flat and without counts (§3.1). Filters: `value`, `key`, `id`, `ids`."""
    return query(
        "assets/nodes/",
        page_of(Node, offset),
        "list",
        window(offset, limit, fields, search, order, filters),
        org,
    )


def one(id: str, org: str | None = None) -> Query[Node]:
    """One node."""
    return query(f"assets/nodes/{id}/", one_of(Node), "detail", org=org)


def raw(id: str, org: str | None = None) -> Query[bytes]:
    """The same answer as `one`, as the JSON that came."""
    return query(f"assets/nodes/{id}/", raw_body, "detail", org=org)


def by_ids(ids: Iterable[str], limit: int = 1000, org: str | None = None) -> Query[Page[Node]]:
    """The nodes with these ids, for their keys and full paths."""
    return page(0, limit, org=org, ids=",".join(sorted(set(ids))))


def tree_all(org: str | None = None) -> Tree:
    """The whole tree of the organization with its counts, in one request: the cheapest full load (§3.2)."""
    return query("assets/nodes/children/tree/", many(TreeItem), "tree", [("all", "all")], org)


def category_tree(org: str | None = None) -> Tree:
    """Category, type, platform, with counts: for those who may see assets but no nodes (§3.2)."""
    return query("assets/nodes/category/tree/", many(TreeItem), "tree", org=org)


def tree_of_user(user: str = "self", org: str | None = None) -> Tree:
    """The whole tree of what a user reaches in the organization; `self` for one's own (§6.6)."""
    return query(f"perms/users/{user}/nodes/tree/", many(TreeItem), "tree", org=org)


def children_of_user(user: str = "self", key: str | None = None, org: str | None = None) -> Tree:
    """One level of the tree of what a user reaches: the top, or what stands below `key` (§6.6)."""
    return query(f"perms/users/{user}/nodes/children/tree/", many(TreeItem), "tree", [("key", key)], org)


def split_count(item: TreeItem) -> tuple[str, int | None]:
    """(the node's name, its count of assets) of a tree item; None where the server gave no count.

    The count stands only inside `name`, behind the value: `web (3) (12)` is `web (3)` with 12 assets (§3.2).
    In the category tree the plain name is `title`.
    """
    known = item.meta.data.get("value") if item.meta and item.meta.data else item.title
    if isinstance(known, str) and item.name.startswith(known):
        tail = re.fullmatch(r" ?\((\d{1,12})\)", item.name[len(known) :])
        return known, int(tail[1]) if tail else None
    return item.name, None
