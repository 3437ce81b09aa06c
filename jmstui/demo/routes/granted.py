"""What a user or a group may reach: lists, the verdict, trees (§6.5, §6.6)."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

from jmstui.demo import access
from jmstui.demo.errors import Crash
from jmstui.demo.http import Ctx, Route
from jmstui.demo.listing import Row, is_uuid, missing, old, page
from jmstui.demo.rbac import is_superuser
from jmstui.demo.records import Asset, Group, Node, User
from jmstui.demo.routes.assets import asset_tests, filtered, find_node, in_order
from jmstui.demo.routes.nodes import node_row, tree_node
from jmstui.demo.shape import actions, date, word
from jmstui.demo.shape_assets import permed_row, spec_info, tree_asset
from jmstui.demo.shape_platforms import protocol_setting
from jmstui.demo.world import ROOT, ancestors, name_key

FAVORITE, UNGROUPED = "favorite", "ungrouped"


def find_user(ctx: Ctx, user: str) -> User:
    """The user of a path: an id, or `self` / `my`. Raises 404."""
    if user in ("self", "my"):
        assert ctx.user is not None
        return ctx.user
    found = ctx.world.users.get(user)
    if found is None:
        raise missing("User")
    return found


@dataclass
class Reach:
    """What valid rules give a user in one organization (in root: in all)."""

    ctx: Ctx
    user_id: str
    through: list[Any]
    """The valid rules."""

    @cached_property
    def assets(self) -> list[Asset]:
        """The assets in the order that was asked for; remembered."""
        ctx = self.ctx
        rows = in_order(ctx)
        key = ("reach", ctx.org.id, id(rows), tuple(rule.id for rule in self.through))

        def make() -> tuple[list[Asset], list[Asset]]:
            found: dict[str, Asset] = {}
            for rule in self.through:
                found.update(access.rule_assets(ctx.world, rule))
            return [asset for asset in rows if asset.id in found], rows

        return ctx.world.remembered(key, make)[0]

    @cached_property
    def by_node(self) -> dict[str, Asset]:
        """Those that come through a node; v3.10 counts only these (§14)."""
        found: dict[str, Asset] = {}
        for rule in self.through:
            for ident in rule.node_ids:
                found.update(self.ctx.world.assets_below(self.ctx.world.nodes[ident]))
        return found

    @cached_property
    def counts(self) -> dict[str, int]:
        """Node key → number of reachable assets in it and below."""
        world = self.ctx.world
        counted = [a for a in self.assets if a.id in self.by_node] if old(self.ctx) else self.assets
        sets = Counter(tuple(a.node_ids) or (world.org_root(a.org_id).id,) for a in counted)
        counts: Counter[str] = Counter({key: 0 for key in self._keys})
        for node_ids, amount in sets.items():
            for key in {k for i in node_ids for k in ancestors(world.nodes[i].key)}:
                counts[key] += amount
        return dict(counts)

    @cached_property
    def _keys(self) -> set[str]:
        world = self.ctx.world
        sets = {tuple(a.node_ids) or (world.org_root(a.org_id).id,) for a in self.assets}
        return {k for node_ids in sets for i in node_ids for k in ancestors(world.nodes[i].key)}

    @property
    def nodes(self) -> list[Node]:
        """The nodes of the reachable assets and their ancestors, by key depth and value."""
        found = [node for key in self._keys if (node := self.ctx.world.node_by_key(key))]
        return sorted(found, key=lambda n: (n.key.count(":"), name_key(n.value)))

    @property
    def favorites(self) -> list[Asset]:
        """The reachable favourites."""
        chosen = set(self.ctx.world.favorites.get(self.user_id, ()))
        return [asset for asset in self.ctx.world.in_org("assets", self.ctx.org) if asset.id in chosen]


def reach(ctx: Ctx, user: str) -> Reach:
    """What the user of a path reaches, in the organization."""
    found = find_user(ctx, user)
    rules = access.rules_of_user(ctx.world, found.id)
    through = [r for r in rules if access.is_valid(r, ctx.now) and ctx.org.id in (ROOT, r.org_id)]
    return Reach(ctx, found.id, through)


# -- lists ------------------------------------------------------------------------------------------------


def assets(ctx: Ctx, user: str) -> Any:
    """The assets that a user reaches: whole without `limit`, no cap with it; v3.10 counts wrong (§14)."""
    found = reach(ctx, user)
    rows = filtered(ctx, found.assets)
    if ctx.query.get("id") and is_superuser(find_user(ctx, user)):
        rows = filtered(
            ctx, in_order(ctx)
        )  # a superuser gets an asset asked for by id, granted or not (§6.5)
    plain = not asset_tests(ctx)
    count = sum(1 for a in rows if a.id in found.by_node) if old(ctx) and plain else None
    return page(ctx, rows, partial(permed_row, ctx), default=None, most=None, count=count)


def node_assets(ctx: Ctx, user: str, node: str) -> Any:
    """The assets that a user reaches in a node and below; `favorite`, or `ungrouped` for direct grants."""
    _no_order(ctx)
    found = reach(ctx, user)
    if node == FAVORITE:
        rows = found.favorites
    elif node == UNGROUPED:
        named = {i for rule in found.through for i in rule.asset_ids}
        rows = [a for a in found.assets if a.id in named]
    else:
        where = find_node(ctx, node)
        if where is None:
            raise missing("Node")
        below = ctx.world.assets_below(where)
        rows = [a for a in found.assets if a.id in below]
    return page(ctx, filtered(ctx, rows), partial(permed_row, ctx), default=None, most=None)


def _no_order(ctx: Ctx) -> None:
    """These views give Python lists, and the ordering backend fails on them: 500 (§6.6)."""
    if ctx.query.get("order"):
        raise Crash


# -- the verdict ------------------------------------------------------------------------------------------


def verdict(ctx: Ctx, user: str, asset: str) -> Any:
    """The server's own evaluation, over all organizations: 404 for no access, and for no such asset."""
    who = find_user(ctx, user)
    found = ctx.world.assets.get(asset) if is_uuid(asset) else None
    decided = access.verdict(ctx.world, who, found, ctx.now, old(ctx)) if found else None
    if found is None or decided is None:
        raise missing("Object")
    every = "all" in decided.protocols
    offered = [p for p in found.protocols if every or p[0] in decided.protocols]
    return {
        **permed_row(ctx, found),
        "spec_info": spec_info(ctx, found),
        "permed_protocols": [
            {"name": name, "port": port, "public": True, "setting": protocol_setting(name)}
            for name, port in offered
        ],
        "permed_accounts": [_account(ctx, who, granted) for granted in decided.accounts],
    }


def _account(ctx: Ctx, user: User, granted: access.Granted) -> Row:
    """An account of the verdict; a virtual one has a new id each time."""
    real = granted.account
    username = real.username if real else user.username if granted.alias == "@USER" else granted.alias
    row: Row = {
        "id": real.id if real else str(uuid.uuid4()),
        "alias": (real.username if old(ctx) else real.id) if real else granted.alias,
        "name": real.name if real else word(ctx, access.VIRTUAL[granted.alias]),
        "username": username,
        "has_username": bool(username),
        "has_secret": real.has_secret if real else False,
        "secret_type": real.secret_type if real else "password",
        "actions": actions(ctx, granted.actions),
    }
    return row if old(ctx) else {**row, "date_expired": date(ctx, granted.until)}


# -- trees ------------------------------------------------------------------------------------------------


def nodes(ctx: Ctx, user: str) -> Any:
    """All nodes of what a user reaches, flat, with `assets_amount`."""
    _no_order(ctx)
    return _flat(ctx, user, lambda node: True)


def nodes_children(ctx: Ctx, user: str) -> Any:
    """The children of `key`, or the top, flat."""
    _no_order(ctx)
    return _flat(ctx, user, _below(ctx))


def _flat(ctx: Ctx, user: str, keep: Callable[[Node], bool]) -> Any:
    found = reach(ctx, user)
    rows = [node for node in found.nodes if keep(node)]
    return page(ctx, rows, lambda n: {**node_row(ctx, n), "assets_amount": found.counts[n.key]}, default=None)


def _below(ctx: Ctx) -> Callable[[Node], bool]:
    """Is a node on the level that `key` or `id` asks for? At the top: the root, and its first level."""
    text = ctx.query.get("key") or ctx.query.get("id") or ""
    if not text:
        return lambda n: n.key.count(":") <= (0 if ctx.org.id == ROOT else 1)
    node = find_node(ctx, text)
    return lambda n: node is not None and n.key.rpartition(":")[0] == node.key


def _favorite(ctx: Ctx, found: Reach) -> Row:
    name = word(ctx, "Favorite")
    item = tree_node(Node(FAVORITE, FAVORITE, name, ""), len(found.favorites))
    return {**item, "pId": ""}


def tree(ctx: Ctx, user: str, with_assets: bool = False, everything: bool = False) -> Any:
    """The tree of what a user reaches; it begins with `favorite`. `everything`: all levels at once."""
    _no_order(ctx)
    found = reach(ctx, user)
    text = ctx.query.get("key") or ctx.query.get("id") or ""
    keep = (lambda n: True) if everything else _below(ctx)
    items = [] if text else [_favorite(ctx, found)]
    items += [tree_node(n, found.counts[n.key]) for n in found.nodes if keep(n)]
    if with_assets:
        items += _assets_in(ctx, found, text, everything)
    return items


def _assets_in(ctx: Ctx, found: Reach, text: str, everything: bool) -> list[Row]:
    """Assets of a level: those of the node itself; in a whole tree each once for every node it lies in."""
    if text == FAVORITE:
        return [tree_asset(ctx, a, FAVORITE) for a in found.favorites]
    world = ctx.world
    if everything:
        where = [
            (a, world.nodes[i].key) for a in found.assets for i in a.node_ids or [world.org_root(a.org_id).id]
        ]
        return [tree_asset(ctx, asset, key) for asset, key in where[:10_000]]
    if not text and ctx.org.id not in {n.org_id for n in found.nodes}:
        return []
    node = find_node(ctx, text) if text else world.org_root(ctx.org.id)
    if node is None:
        return []
    loose = node.key.isdigit()
    return [
        tree_asset(ctx, a, node.key)
        for a in found.assets
        if node.id in a.node_ids or (loose and not a.node_ids)
    ]


def flat_tree(ctx: Ctx, user: str) -> Any:
    """The assets alone, as tree items below one heading."""
    found = reach(ctx, user)
    return [tree_asset(ctx, asset, "") for asset in found.assets[:10_000]]


# -- groups -----------------------------------------------------------------------------------------------


def _group(ctx: Ctx, group: str) -> Group:
    found = ctx.world.groups.get(group)
    if found is None or ctx.org.id not in (ROOT, found.org_id):
        raise missing("UserGroup")
    return found


def _group_assets(ctx: Ctx, group: str) -> list[Asset]:
    ident = _group(ctx, group).id
    rules = [r for r in ctx.world.rules.values() if ident in r.group_ids and access.is_valid(r, ctx.now)]
    return Reach(ctx, "", rules).assets


def group_assets(ctx: Ctx, group: str) -> Any:
    """What a group reaches by valid rules; whole without `limit`."""
    return page(ctx, filtered(ctx, _group_assets(ctx, group)), partial(permed_row, ctx), default=None)


def group_nodes(ctx: Ctx, group: str) -> Any:
    """The nodes that rules name for a group, valid or not (§6.5)."""
    ident = _group(ctx, group).id
    ids = {n for r in ctx.world.rules.values() if ident in r.group_ids for n in r.node_ids}
    rows = sorted((ctx.world.nodes[i] for i in ids), key=lambda n: n.full_value)
    return page(ctx, rows, partial(node_row, ctx), default=None)


def group_node_assets(ctx: Ctx, group: str, node: str) -> Any:
    """What a group reaches in a node and below."""
    where = find_node(ctx, node)
    if where is None:
        raise missing("Node")
    below = ctx.world.assets_below(where)
    rows = [a for a in _group_assets(ctx, group) if a.id in below]
    return page(ctx, filtered(ctx, rows), partial(permed_row, ctx), default=None)


def _routes() -> list[Route]:
    tails: list[tuple[str, Callable[..., Any]]] = [
        ("assets/", assets),
        ("assets/tree/", flat_tree),
        ("assets/{asset}/", verdict),
        ("nodes/", nodes),
        ("nodes/children/", nodes_children),
        ("nodes/tree/", partial(tree, everything=True)),
        ("nodes/children/tree/", tree),
        ("nodes/children-with-assets/tree/", partial(tree, with_assets=True)),
        ("nodes/all-with-assets/tree/", partial(tree, with_assets=True, everything=True)),
        ("nodes/{node}/assets/", node_assets),
    ]
    made = [
        Route("GET", f"perms/users/{{user}}/{tail}", handler, "perms.view_userassets")
        for tail, handler in tails
    ]
    for own in ("self", "my"):
        for tail, handler in tails:
            made.append(
                Route("GET", f"perms/users/{own}/{tail}", partial(handler, user=own), "perms.view_myassets")
            )
    group = "perms/user-groups/{group}/"
    made.append(Route("GET", group + "assets/", group_assets, "assets.view_asset"))
    made.append(Route("GET", group + "nodes/", group_nodes, "assets.view_node"))
    made.append(Route("GET", group + "nodes/{node}/assets/", group_node_assets, "assets.view_asset"))
    return made


ROUTES = _routes()
