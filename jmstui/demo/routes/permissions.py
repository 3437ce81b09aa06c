"""Asset permissions: the list with its filters, the detail, relations and expansions (§6.1 to §6.3)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from jmstui.demo import access
from jmstui.demo.http import Ctx, Route
from jmstui.demo.listing import (
    Row,
    exact,
    finisher,
    kept,
    missing,
    old,
    ordered,
    page,
    searched,
    sized,
    whole_rows,
)
from jmstui.demo.records import Account, Asset, Node, Rule, User
from jmstui.demo.routes.assets import find_asset
from jmstui.demo.routes.users import group_row, listed
from jmstui.demo.rule_filters import rule_tests
from jmstui.demo.shape import actions, date, org_name, ref
from jmstui.demo.shape_assets import account_row
from jmstui.demo.world import ROOT, name_key

_SMALL = (
    "id",
    "name",
    "is_active",
    "is_expired",
    "is_valid",
    "date_start",
    "date_expired",
    "comment",
    "from_ticket",
)


def rule_row(ctx: Ctx, rule: Rule, members: bool = False) -> Row:
    """A rule: amounts in a list, members as well in the detail (v3.10: instead)."""
    world = ctx.world
    row: Row = {"id": rule.id, "name": rule.name, "labels": []}
    if members:
        row["users"] = [ref(world.users[i]) for i in rule.user_ids]
        row["user_groups"] = [ref(world.groups[i]) for i in rule.group_ids]
        row["assets"] = [ref(world.assets[i]) for i in rule.asset_ids]
        row["nodes"] = [ref(world.nodes[i]) for i in rule.node_ids]
    if not (members and old(ctx)):
        row["users_amount"], row["user_groups_amount"] = len(rule.user_ids), len(rule.group_ids)
        row["assets_amount"], row["nodes_amount"] = len(rule.asset_ids), len(rule.node_ids)
    return {
        **row,
        "accounts": rule.accounts,
        "protocols": rule.protocols,
        "actions": actions(ctx, rule.actions),
        "org_id": rule.org_id,
        "org_name": org_name(ctx, rule.org_id),
        "is_active": rule.is_active,
        "is_expired": access.is_expired(rule, ctx.now),
        "is_valid": access.is_valid(rule, ctx.now),
        "from_ticket": rule.from_ticket,
        "date_created": date(ctx, rule.date_created),
        "date_start": date(ctx, rule.date_start),
        "date_expired": date(ctx, rule.date_expired),
        "created_by": rule.created_by,
        "comment": rule.comment,
    }


# -- lists ------------------------------------------------------------------------------------------------


def listed_rules(ctx: Ctx, rules: list[Rule], members: bool, default: int | None = 200) -> Any:
    """Rules, filtered, by name unless told otherwise, as a page."""
    keys: dict[str, Callable[[Rule], Any]] = {
        "name": lambda r: name_key(r.name),
        "date_start": lambda r: r.date_start,
        "date_expired": lambda r: r.date_expired,
        "date_created": lambda r: r.date_created,
        "is_active": lambda r: r.is_active,
        "from_ticket": lambda r: r.from_ticket,
        "created_by": lambda r: r.created_by,
    }
    rows = ordered(ctx, kept(ctx, rules, rule_tests(ctx)), keys, "name")
    to_row = sized(ctx, partial(rule_row, ctx, members=members), ("id", "name"), _SMALL)
    return page(ctx, rows, to_row, default=default)


def rules(ctx: Ctx) -> Any:
    """The rules of the organization; with members for whole rows."""
    return listed_rules(ctx, ctx.world.in_org("rules", ctx.org), whole_rows(ctx))


def find_rule(ctx: Ctx, text: str) -> Rule:
    """A rule by id, since v4.10.8 by name too. Raises 404."""
    for each in ctx.world.in_org("rules", ctx.org):
        if text == each.id or (text == each.name and not old(ctx)):
            return each  # type: ignore[no-any-return]
    raise missing("AssetPermission")


def rule(ctx: Ctx, id: str) -> Any:
    """The detail."""
    return finisher(ctx, partial(rule_row, ctx, members=True))(find_rule(ctx, id))


# -- expansions -------------------------------------------------------------------------------------------


def _plain(ctx: Ctx, rows: list[Any], to_row: Callable[[Any], Row]) -> Any:
    """A page of a list that is whole without `limit`."""
    return page(ctx, rows, to_row, default=None)


def rule_users(ctx: Ctx, id: str) -> Any:
    """Everybody whom the rule names, groups spread."""
    found = find_rule(ctx, id)
    ids = set(found.user_ids) | {u for g in found.group_ids for u in ctx.world.groups[g].user_ids}
    users = sorted((ctx.world.users[i] for i in ids), key=lambda u: name_key(u.name))
    users = kept(ctx, users, searched(ctx, lambda u: (u.name, u.username)))
    return _plain(ctx, users, lambda u: {"user": u.id, "user_display": f"{u.name}({u.username})"})


def rule_assets(ctx: Ctx, id: str) -> Any:
    """Every asset that the rule covers, nodes spread."""
    found = find_rule(ctx, id)
    rows = kept(ctx, _covered(ctx, found), searched(ctx, lambda a: (a.name, a.address)))
    return _plain(ctx, rows, lambda a: {"asset": a.id, "asset_display": f"{a.name}({a.address})"})


def _covered(ctx: Ctx, rule: Rule) -> list[Asset]:
    return ctx.world.remembered(
        ("covered", rule.id),
        lambda: sorted(access.rule_assets(ctx.world, rule).values(), key=lambda a: name_key(a.name)),
    )


def rule_accounts(ctx: Ctx, id: str) -> Any:
    """The accounts that the rule's strings match on its assets."""
    found = find_rule(ctx, id)
    names = set(found.accounts)

    def make() -> list[Account]:
        every = (x for a in _covered(ctx, found) for x in ctx.world.accounts_of(a))
        return [x for x in every if x.is_active and ("@ALL" in names or x.username in names)]

    return _plain(ctx, ctx.world.remembered(("accounts", found.id), make), partial(account_row, ctx))


def _pairs(ctx: Ctx, attribute: str) -> Iterator[tuple[int, Rule, str]]:
    """Number, rule and member of each pair of a relation; the numbers do not depend on the filters."""
    number = 0
    for each in ctx.world.rules.values():
        for member in getattr(each, attribute):
            number += 1
            if each.org_id == ctx.org.id:
                yield number, each, member


def relations(ctx: Ctx, name: str, attribute: str) -> Any:
    """The pairs of a rule and its users, groups, assets or nodes; none in root (§6.3)."""
    wanted_rule, wanted = ctx.query.get("assetpermission"), ctx.query.get(name)
    rows = [
        (number, each, member)
        for number, each, member in _pairs(ctx, attribute)
        if wanted_rule in (None, "", each.id) and wanted in (None, "", member)
    ]

    def to_row(pair: tuple[int, Rule, str]) -> Row:
        number, each, member = pair
        return {
            "id": number,
            name: member,
            f"{name}_display": _display(ctx, name, member),
            "assetpermission": each.id,
            "assetpermission_display": each.name,
        }

    return page(ctx, rows, to_row)


def _display(ctx: Ctx, name: str, ident: str) -> str:
    world = ctx.world
    match name:
        case "user":
            user: User = world.users[ident]
            return user.name if old(ctx) else f"{user.name}({user.username})"
        case "usergroup":
            return world.groups[ident].name
        case "asset":
            asset = world.assets[ident]
            return f"{asset.name}({asset.address})"
    node: Node = world.nodes[ident]
    return node.full_value


# -- from the asset's side --------------------------------------------------------------------------------


def _rules_of_asset(ctx: Ctx, asset: Asset) -> list[Rule]:
    """Rules that cover the asset, dead ones too: these lists do not leave them out (§6.5)."""
    nodes = access.covering_nodes(ctx.world, asset)
    return [
        r for r in ctx.world.rules.values() if r.org_id == asset.org_id and access.covers(r, asset, nodes)
    ]


def asset_users(ctx: Ctx, id: str) -> Any:
    """Members of the organization whom rules name on this asset."""
    found = _rules_of_asset(ctx, find_asset(ctx, id))
    ids = {u for r in found for u in r.user_ids}
    ids |= {u for r in found for g in r.group_ids for u in ctx.world.groups[g].user_ids}
    return listed(ctx, [u for u in ctx.world.members(ctx.org) if u.id in ids], default=None)


def asset_groups(ctx: Ctx, id: str) -> Any:
    """Groups that rules name on this asset, with their members."""
    ids = {g for r in _rules_of_asset(ctx, find_asset(ctx, id)) for g in r.group_ids}
    rows = sorted((ctx.world.groups[i] for i in ids), key=lambda g: name_key(g.name))
    rows = kept(ctx, rows, [*exact(ctx, "name"), *searched(ctx, lambda g: (g.name,))])
    return _plain(ctx, rows, partial(group_row, ctx, members=True))


def asset_user_rules(ctx: Ctx, id: str, user: str) -> Any:
    """The rules between this asset and a user, with members, dead ones too; takes the filters of §6.2."""
    asset = find_asset(ctx, id)
    found = [r for r in access.rules_between(ctx.world, user, asset) if ctx.org.id in (ROOT, r.org_id)]
    return listed_rules(ctx, found, members=True, default=None)


def asset_group_rules(ctx: Ctx, id: str, group: str) -> Any:
    """The rules between this asset and a group, with members."""
    found = [r for r in _rules_of_asset(ctx, find_asset(ctx, id)) if group in r.group_ids]
    return listed_rules(ctx, found, members=True, default=None)


def _routes() -> list[Route]:
    view, path = "perms.view_assetpermission", "perms/asset-permissions/"
    made = [
        Route("GET", path, rules, view),
        Route("GET", path + "{id}/", rule, view),
        Route("GET", path + "{id}/users/all/", rule_users, "users.view_user"),
        Route("GET", path + "{id}/assets/all/", rule_assets, "assets.view_asset"),
        Route("GET", path + "{id}/accounts/", rule_accounts, "accounts.view_account"),
        Route("GET", "assets/assets/{id}/perm-users/", asset_users, view),
        Route("GET", "assets/assets/{id}/perm-user-groups/", asset_groups, view),
        Route("GET", "assets/assets/{id}/perm-users/{user}/permissions/", asset_user_rules, view),
        Route("GET", "assets/assets/{id}/perm-user-groups/{group}/permissions/", asset_group_rules, view),
    ]
    for tail, name, attribute in (
        ("users", "user", "user_ids"),
        ("user-groups", "usergroup", "group_ids"),
        ("assets", "asset", "asset_ids"),
        ("nodes", "node", "node_ids"),
    ):
        handler = partial(relations, name=name, attribute=attribute)
        made.append(Route("GET", f"perms/asset-permissions-{tail}-relations/", handler, view))
    return made


ROUTES = _routes()
