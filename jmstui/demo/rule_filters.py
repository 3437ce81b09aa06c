"""The filters of `/perms/asset-permissions/` (§6.2)."""

from __future__ import annotations

from jmstui.demo import access
from jmstui.demo.errors import Crash
from jmstui.demo.http import Ctx
from jmstui.demo.listing import (
    Test,
    boolean,
    chosen_ids,
    exact,
    flags,
    labelled,
    old,
    recent,
    searched,
    uuid_of,
)
from jmstui.demo.records import Asset, Rule, User
from jmstui.demo.world import ancestors


def has_resources(rule: Rule) -> bool:
    """Somebody, something, and an action."""
    return bool((rule.user_ids or rule.group_ids) and (rule.asset_ids or rule.node_ids) and rule.actions)


def rule_tests(ctx: Ctx) -> list[Test]:
    """The tests for every filter of §6.2; v3.10 lacks `is_expired`, `is_active` and `is_no_resource`."""
    now = ctx.now
    tests = [*chosen_ids(ctx), *exact(ctx, "name"), *searched(ctx, lambda r: (r.name,))]
    tests += [*labelled(ctx), *recent(ctx)]
    tests += flags(
        ctx,
        from_ticket=lambda r: r.from_ticket,
        is_valid=lambda r: access.is_valid(r, now),
        is_effective=lambda r: access.is_valid(r, now) and has_resources(r),
    )
    if not old(ctx):
        tests += flags(ctx, is_active=lambda r: r.is_active, is_no_resource=lambda r: not has_resources(r))
        tests += _expired_tests(ctx)
    if text := ctx.query.get("accounts"):
        names = set(text.split(","))
        tests.append(lambda r: "@ALL" in r.accounts or names <= set(r.accounts))
    return tests + _user_tests(ctx) + _asset_tests(ctx) + _node_tests(ctx)


def _expired_tests(ctx: Ctx) -> list[Test]:
    """`is_expired=false` is an OR on the server, and lets nearly everything through."""
    wanted, now = boolean(ctx.query.get("is_expired")), ctx.now
    if wanted is None:
        return []
    if wanted:
        return [lambda r: access.is_expired(r, now)]
    return [
        lambda r: r.date_start is None or r.date_start < now or r.date_expired is None or r.date_expired > now
    ]


def _all(ctx: Ctx) -> bool:
    return boolean(ctx.query.get("all")) is not False


def _user_tests(ctx: Ctx) -> list[Test]:
    world, query = ctx.world, ctx.query
    tests: list[Test] = []
    ident = uuid_of(ctx, "user_id")
    if text := ident or query.get("username"):
        user = world.users.get(text) if ident else _with_username(ctx, text)
        if user is None:
            tests.append(lambda r: False)
        elif _all(ctx):
            mine = {rule.id for rule in access.rules_of_user(world, user.id)}
            tests.append(lambda r: r.id in mine)
        else:
            tests.append(lambda r: user.id in r.user_ids)
    if text := uuid_of(ctx, "user_group_id") or query.get("user_group"):
        ids = {g.id for g in world.in_org("groups", ctx.org) if text in (g.id, g.name)}
        tests.append(lambda r: not ids.isdisjoint(r.group_ids))
    return tests


def _with_username(ctx: Ctx, text: str) -> User | None:
    """The user with that user name; an e-mail address will not do here."""
    user = ctx.world.user_named(text)
    return user if user is not None and user.username == text else None


def _asset_tests(ctx: Ctx) -> list[Test]:
    """Rules that cover an asset; the server crashes on an asset that lies in no node."""
    found = _named_assets(ctx)
    if found is None:
        return []
    if not _all(ctx):
        ids = {a.id for a in found}
        return [lambda r: not ids.isdisjoint(r.asset_ids)]
    if any(not a.node_ids for a in found):
        raise Crash
    pairs = [(a, access.covering_nodes(ctx.world, a)) for a in found]
    return [lambda r: any(access.covers(r, a, nodes) for a, nodes in pairs)]


def _named_assets(ctx: Ctx) -> list[Asset] | None:
    """The assets of `asset_id`, `asset_name` or `address`; None when none of them is given."""
    if text := uuid_of(ctx, "asset_id"):
        asset = ctx.world.assets.get(text)
        return [asset] if asset else []
    for param, name in (("asset_name", "name"), ("address", "address")):
        if text := ctx.query.get(param, ""):
            return [a for a in ctx.world.in_org("assets", ctx.org) if getattr(a, name) == text]
    return None


def _node_tests(ctx: Ctx) -> list[Test]:
    ident = uuid_of(ctx, "node_id")
    text = ident or ctx.query.get("node_name", "")
    if not text:
        return []
    if ident:
        found = [n for n in [ctx.world.nodes.get(text)] if n]
    else:
        found = [n for n in ctx.world.in_org("nodes", ctx.org) if n.value == text]
    ids = {n.id for n in found}
    if _all(ctx):
        ids = {node.id for n in found for key in ancestors(n.key) if (node := ctx.world.node_by_key(key))}
    return [lambda r: not ids.isdisjoint(r.node_ids)]
