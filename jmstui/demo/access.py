"""The demo server's own evaluation of who may reach what (§6.4), written apart from the client's."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from typing import TYPE_CHECKING

from jmstui.demo.records import Account, Asset, Rule, User

if TYPE_CHECKING:
    from jmstui.demo.world import World

VIRTUAL = {"@USER": "Dynamic user", "@INPUT": "Manual input", "@ANON": "Anonymous account"}


@dataclass(slots=True)
class Granted:
    """One account of a verdict; a virtual one has no `account`, and `@USER`, `@INPUT` or `@ANON` as alias."""

    alias: str
    account: Account | None
    actions: int
    until: datetime | None


@dataclass(slots=True)
class Verdict:
    """What a user may do on an asset; `rules` are the valid ones that join the two, at least one."""

    rules: list[Rule]
    accounts: list[Granted] = field(default_factory=list)
    protocols: list[str] = field(default_factory=list)
    """Names, or `["all"]`."""


def is_valid(rule: Rule, now: datetime) -> bool:
    """Active and inside its dates (§6.1)."""
    return rule.is_active and not is_expired(rule, now)


def is_expired(rule: Rule, now: datetime) -> bool:
    """Outside its dates: also true before its start (§6.1)."""
    begun = rule.date_start is None or rule.date_start < now
    return not (begun and (rule.date_expired is None or now < rule.date_expired))


def covering_nodes(world: World, asset: Asset) -> set[str]:
    """The ids of the asset's nodes and their ancestors; the organization's root for an asset in no node."""
    from jmstui.demo.world import ancestors

    if not asset.node_ids:
        return {world.org_root(asset.org_id).id}
    keys = {key for identifier in asset.node_ids for key in ancestors(world.nodes[identifier].key)}
    return {node.id for key in keys if (node := world.node_by_key(key))}


def rules_of_user(world: World, user_id: str) -> list[Rule]:
    """Rules that name the user or a group of theirs, valid or not, over all organizations."""
    return [world.rules[i] for i in _by_member(world).get(user_id, ())]


def _by_member(world: World) -> dict[str, list[str]]:
    """User id → ids of the rules that name them or a group of theirs, in the world's order."""

    def make() -> dict[str, list[str]]:
        index: dict[str, list[str]] = {}
        for rule in world.rules.values():
            members = set(rule.user_ids)
            for group_id in rule.group_ids:
                members |= set(world.groups[group_id].user_ids)
            for member in members:
                index.setdefault(member, []).append(rule.id)
        return index

    return world.cached("rules_by_member", make)


def covers(rule: Rule, asset: Asset, nodes: set[str]) -> bool:
    """Does the rule name the asset, or one of `covering_nodes`?"""
    return asset.id in rule.asset_ids or not nodes.isdisjoint(rule.node_ids)


def rules_between(world: World, user_id: str, asset: Asset) -> list[Rule]:
    """Every rule that joins a user and an asset, valid or not."""
    nodes = covering_nodes(world, asset)
    return [rule for rule in rules_of_user(world, user_id) if covers(rule, asset, nodes)]


def verdict(world: World, user: User, asset: Asset, now: datetime, old: bool = False) -> Verdict | None:
    """The server's decision; None: no access. `old`: v3.10's.

    It is made over all organizations, and there an asset without a node counts as DEFAULT's root.
    """
    from jmstui.demo.world import DEFAULT

    nodes = covering_nodes(world, asset) if asset.node_ids else {world.org_root(DEFAULT).id}
    rules = [r for r in rules_of_user(world, user.id) if covers(r, asset, nodes) and is_valid(r, now)]
    if not rules:
        return None
    names = {name for rule in rules for name in rule.protocols}
    protocols = ["all"] if "all" in names else sorted(names)
    return Verdict(rules, _accounts(user, rules, world.accounts_of(asset), old), protocols)


def _accounts(user: User, rules: list[Rule], accounts: list[Account], old: bool) -> list[Granted]:
    """§6.4 step 5: bits and last days by account string, then mapped to the asset's accounts."""
    active = [account for account in accounts if account.is_active]
    bits, until = _bits(rules, {account.username for account in active}, old)
    real: dict[str, Granted] = {}
    virtual: dict[str, Granted] = {}
    for name, mask in bits.items():
        wanted = user.username if name == "@USER" else name
        found = [account for account in active if account.username == wanted]
        if name in VIRTUAL and not (name == "@USER" and found):
            virtual[name] = Granted(name, None, mask, until[name])
        elif name.startswith("@") and name != "@USER":
            continue
        else:
            for account in found:
                _merge(real, account, mask, until[name])
    by_name = sorted(real.values(), key=lambda g: g.account.username if g.account else "")
    return by_name + sorted(virtual.values(), key=lambda g: g.alias)


def _bits(
    rules: list[Rule], usernames: set[str], old: bool
) -> tuple[dict[str, int], dict[str, datetime | None]]:
    """Account string → action bits, and → last day, after `@ALL` was spread and `!name` taken off.

    v3.10 takes nothing off, and keeps a name without any bit.
    """
    bits: dict[str, int] = {}
    until: dict[str, datetime | None] = {}
    minus: dict[str, int] = {}

    def give(name: str, rule: Rule) -> None:
        bits[name] = bits.get(name, 0) | rule.actions
        known = until.get(name)
        until[name] = rule.date_expired if known is None or (rule.date_expired or known) > known else known

    for rule in rules:
        for name in rule.accounts:
            if name.startswith("!") and not old:
                minus[name[1:]] = minus.get(name[1:], 0) | rule.actions
            elif name == "@ALL":
                for username in usernames if rule.actions else ():
                    give(username, rule)
            else:
                give(name, rule)
    for name, mask in minus.items():
        # the server takes numbers from each other, not sets: 4 - 1 leaves 3
        bits[name] = bits.get(name, 0) - mask
    return {name: mask for name, mask in bits.items() if mask > 0 or old}, until


def _merge(real: dict[str, Granted], account: Account, mask: int, until: datetime | None) -> None:
    known = real.get(account.id)
    if known is None:
        real[account.id] = Granted(account.id, account, mask, until)
        return
    known.actions |= mask
    if until and (known.until is None or until > known.until):
        known.until = until


def user_assets(world: World, user_id: str, now: datetime, org_id: str | None = None) -> dict[str, Asset]:
    """The assets that valid rules give a user, by id; in one organization, or in all."""
    found: dict[str, Asset] = {}
    for rule in rules_of_user(world, user_id):
        if is_valid(rule, now) and org_id in (None, rule.org_id):
            found.update(rule_assets(world, rule))
    return found


def rule_assets(world: World, rule: Rule) -> dict[str, Asset]:
    """The assets that a rule covers, by id: named ones, and those in its nodes and below."""
    found = {i: world.assets[i] for i in rule.asset_ids}
    for node_id in rule.node_ids:
        node = world.nodes[node_id]
        found.update(world.assets_below(node))
        if node.key.isdigit():
            found.update(
                {a.id: a for a in world.assets.values() if a.org_id == rule.org_id and not a.node_ids}
            )
    return found


def examples(world: World, rng: Random) -> dict[str, str]:
    """`user` reaches `asset` with an account that has a secret, `denied_user` does not; plain ASCII names.

    `asset` is a Linux host. A rule for `viewer` makes sure that there is one.
    """
    users = _ordinary(world)
    rng.shuffle(users)
    for user in [*users, world.people["viewer"]]:
        hosts = _plain_hosts(world, user)
        for asset in rng.sample(hosts, min(12, len(hosts))):
            found = verdict(world, user, asset, world.now)
            if found and any(g.account and g.account.has_secret and g.actions & 1 for g in found.accounts):
                rest = [*users, world.people["denied"]]
                denied = next(u for u in rest if not verdict(world, u, asset, world.now))
                return {"user": user.username, "asset": asset.name, "denied_user": denied.username}
    raise AssertionError("a world without anybody who reaches anything")


def _ordinary(world: World) -> list[User]:
    """Members of Default who may sign in, without the named ones."""
    from jmstui.demo.world import DEFAULT

    return [
        user
        for user in world.users.values()
        if DEFAULT in user.roles and user.username not in world.people and user.is_active
        if not user.login_blocked and user.date_expired and user.date_expired > world.now
    ]


def _plain_hosts(world: World, user: User) -> list[Asset]:
    """Active Linux hosts of Default that the user reaches, by a name that no other asset has."""
    from jmstui.demo.world import DEFAULT

    names = world.cached("names", lambda: Counter(asset.name for asset in world.assets.values()))
    return [
        asset
        for asset in user_assets(world, user.id, world.now, DEFAULT).values()
        if asset.is_active and names[asset.name] == 1 and world.platforms[asset.platform].type == "linux"
        if asset.name.isascii() and asset.name.replace("-", "").isalnum() and asset.name[0].isalpha()
    ]
