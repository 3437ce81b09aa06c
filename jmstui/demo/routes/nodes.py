"""Nodes, their tree, and the tree of categories (§3)."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import Any

from jmstui.demo import shape_assets as shape
from jmstui.demo import shape_platforms as platform_shape
from jmstui.demo.http import Ctx, Problem, Route
from jmstui.demo.listing import (
    Row,
    boolean,
    chosen_ids,
    exact,
    finisher,
    kept,
    missing,
    ordered,
    page,
    search_words,
    searched,
)
from jmstui.demo.records import Asset, Node
from jmstui.demo.routes.assets import amounts, find_node, in_order
from jmstui.demo.shape import org_name, word
from jmstui.demo.world import ROOT, name_key

MOST = 1001
"""How many assets stand below a parent whose id is all digits (§3.2)."""


def node_row(ctx: Ctx, node: Node) -> Row:
    """A node: no count, no parent."""
    return {
        "id": node.id,
        "key": node.key,
        "value": node.value,
        "org_id": node.org_id,
        "name": node.value,
        "full_value": node.full_value,
        "org_name": org_name(ctx, node.org_id),
    }


def tree_node(node: Node, amount: int | None) -> Row:
    """A zTree item: its `id` is the key, its count stands in the name."""
    name = node.value if amount is None else f"{node.value} ({amount})"
    return {
        "id": node.key,
        "name": name,
        "title": name,
        "pId": node.key.rpartition(":")[0],
        "isParent": True,
        "open": True,
        "meta": {"data": {"id": node.id, "key": node.key, "value": node.value}, "type": "node"},
    }


def nodes_list(ctx: Ctx) -> Any:
    """The nodes of the organization, by parent and value."""
    tests = [*chosen_ids(ctx), *exact(ctx, "value", "key"), *searched(ctx, lambda n: (n.full_value,))]
    keys = {
        "parent": lambda n: (n.key.count(":"), n.key.rpartition(":")[0], name_key(n.value)),
        "value": lambda n: name_key(n.value),
        "key": lambda n: n.key,
        "full_value": lambda n: n.full_value,
    }
    rows = ordered(ctx, kept(ctx, ctx.world.in_org("nodes", ctx.org), tests), keys, "parent")
    return page(ctx, rows, partial(node_row, ctx))


def node_one(ctx: Ctx, id: str) -> Any:
    """The detail."""
    node = ctx.world.nodes.get(id)
    if node is None or ctx.org.id not in (ROOT, node.org_id):
        raise missing("Node")
    return node_row(ctx, node)


def suggestions(ctx: Ctx) -> Any:
    """At most ten nodes for a search."""
    found = kept(ctx, ctx.world.in_org("nodes", ctx.org), searched(ctx, lambda n: (n.full_value,)))
    return [node_row(ctx, node) for node in found[:10]]


def _asked_parent(ctx: Ctx, id: str = "") -> Node | None:
    """The node of `id` or `key`; 404 for an unknown one (recording nodes-tree-unknown-key)."""
    text = id or ctx.query.get("id") or ctx.query.get("key") or ""
    if not text:
        return None
    node = find_node(ctx, text)
    if node is None:
        raise missing("Node")
    return node


def branch(ctx: Ctx, parent: Node | None) -> list[Node]:
    """The nodes that a tree request gives before `search`: children, or all below with `all=all`."""
    rows: Iterable[Node] = ctx.world.in_org("nodes", ctx.org)
    everything = ctx.query.get("all") == "all"
    if parent is not None:
        below = parent.key + ":"
        rows = (n for n in rows if n.key.startswith(below) and (everything or ":" not in n.key[len(below) :]))
    elif not everything:
        depth = 0 if ctx.org.id == ROOT else 1
        rows = (n for n in rows if n.key.count(":") <= depth)
    return sorted(rows, key=lambda n: name_key(n.value))


def narrowed(ctx: Ctx, nodes: list[Node]) -> list[Node]:
    """With a search: the nodes whose value matches, and their ancestors among the rest."""
    words = search_words(ctx) if ctx.query.get("search") else []
    if not words:
        return nodes
    hits = [n.key for n in nodes if all(text in n.value.lower() for text in words)]
    return [n for n in nodes if any(key == n.key or key.startswith(n.key + ":") for key in hits)]


def children(ctx: Ctx, id: str = "") -> Any:
    """The same nodes as the tree, flat; everything without `limit`."""
    nodes = narrowed(ctx, branch(ctx, _asked_parent(ctx, id)))
    return page(ctx, nodes, partial(node_row, ctx), default=None)


def tree(ctx: Ctx) -> Any:
    """`/assets/nodes/children/tree/`: never paginated."""
    parent = _asked_parent(ctx)
    counts = ctx.world.node_counts() if boolean(ctx.query.get("asset_amount")) is not False else None
    nodes = narrowed(ctx, branch(ctx, parent))
    items = [tree_node(n, counts.get(n.key, 0) if counts is not None else None) for n in nodes]
    if boolean(ctx.query.get("assets")):
        items += [shape.tree_asset(ctx, asset, key) for asset, key in _tree_assets(ctx, parent)]
    return items


def _tree_assets(ctx: Ctx, parent: Node | None) -> list[tuple[Asset, str]]:
    """The assets of a tree request: direct ones, or all below; none for a root unless searching."""
    words = search_words(ctx) if ctx.query.get("search") else []
    if parent is None:
        if ctx.org.id == ROOT or not any(n.org_id == ctx.org.id for n in ctx.world.nodes.values()):
            return []
        parent = ctx.world.org_root(ctx.org.id)
    is_root = parent.key.isdigit()
    if is_root and not words:
        return []
    deep = ctx.query.get("all") == "all" or is_root
    below = ctx.world.assets_below(parent) if deep else {a.id: a for a in ctx.world.direct_assets(parent.id)}
    rows = [a for a in in_order(ctx) if a.id in below]
    rows = [a for a in rows if all(w in a.name.lower() or w in a.address.lower() for w in words)]
    return [(a, parent.key) for a in (rows[:MOST] if is_root else rows)]


def node_assets(ctx: Ctx, id: str) -> Any:
    """The assets of a node, direct ones unless `all=1`."""
    node = find_node(ctx, id)
    if node is None:
        raise missing("Node")
    deep = boolean(ctx.query.get("all")) is True
    below = ctx.world.assets_below(node) if deep else {a.id: a for a in ctx.world.direct_assets(node.id)}
    rows = [a for a in in_order(ctx) if a.id in below]
    return page(ctx, rows, finisher(ctx, partial(shape.asset_row, ctx)), default=None)


# -- categories -------------------------------------------------------------------------------------------


def category_tree(ctx: Ctx) -> Any:
    """Category → type → platform, with counts of the organization's assets (or accounts)."""
    if key := ctx.query.get("key"):
        if not boolean(ctx.query.get("assets")):
            return []
        if not key.isdigit():
            raise Problem(400, {"key": ["Enter a number."]})
        rows = [a for a in in_order(ctx) if a.platform == int(key)]
        return [shape.tree_asset(ctx, asset, key) for asset in rows[:MOST]]
    counts = amounts(ctx)
    if ctx.query.get("count_resource") == "account":
        counts = dict.fromkeys(counts, 0)
        for asset in ctx.world.in_org("assets", ctx.org):
            counts[asset.platform] += ctx.world.account_amount(asset)
    title = word(ctx, "All types")
    items: list[Row] = [{"id": "ROOT", "name": title, "title": title, "open": True, "isParent": True}]
    for category in platform_shape.CATEGORIES:
        items += _category_items(ctx, category, counts)
    return items


def _category_items(ctx: Ctx, category: str, counts: dict[int, int]) -> list[Row]:
    platforms = [p for p in ctx.world.platforms.values() if p.category == category]
    label = platform_shape.category(ctx, platforms[0])["label"]
    ident, total = f"ROOT_{category.upper()}", sum(counts.get(p.id, 0) for p in platforms)
    items = [
        _branch(
            ident, "ROOT", label, total, True, {"type": "category", "category": category, "_type": category}
        )
    ]
    for kind in dict.fromkeys(p.type for p in platforms):
        own = [p for p in platforms if p.type == kind]
        text, amount = platform_shape.kind(ctx, own[0])["label"], sum(counts.get(p.id, 0) for p in own)
        meta = {"type": "type", "category": category, "_type": kind}
        items.append(_branch(f"{ident}_{kind}", ident, text, amount, False, meta))
        items += [_leaf(str(p.id), f"{ident}_{kind}", p.name, counts.get(p.id, 0)) for p in own]
    return items


def _branch(ident: str, parent: str, label: str, amount: int, is_open: bool, meta: Row) -> Row:
    name = f"{label} ({amount})"
    return {
        "id": ident,
        "name": name,
        "title": label,
        "pId": parent,
        "open": is_open,
        "isParent": True,
        "meta": meta,
    }


def _leaf(ident: str, parent: str, label: str, amount: int) -> Row:
    name = f"{label} ({amount})"
    return {
        "id": ident,
        "name": name,
        "title": label,
        "pId": parent,
        "isParent": False,
        "meta": {"type": "platform"},
    }


ROUTES = [
    Route("GET", "assets/nodes/", nodes_list, "assets.view_node"),
    Route("GET", "assets/nodes/suggestions/", suggestions, "assets.match_node"),
    Route("GET", "assets/nodes/children/", children, "assets.view_node"),
    Route("GET", "assets/nodes/children/tree/", tree, "assets.view_node"),
    Route("GET", "assets/nodes/category/tree/", category_tree, "assets.view_asset"),
    Route("GET", "assets/nodes/{id}/", node_one, "assets.view_node"),
    Route("GET", "assets/nodes/{id}/children/", children, "assets.view_node"),
    Route("GET", "assets/nodes/{id}/assets/", node_assets, "assets.view_node"),
]
