"""The evaluator against an evaluation written here the other way round, over the demo world.

The evaluator goes from rules to accounts; this one takes each user, asset and account and asks of every rule
whether it speaks of them, from the world's own rows, and shares no code with it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import lru_cache
from random import Random

from jmstui.access.evaluate import ACTIONS, Person, Place, evaluate, joining
from jmstui.access.status import DEAD, SOON_DAYS, Status, status
from jmstui.demo.records import Asset, Rule, User
from jmstui.demo.world import World, build_world
from jmstui.models.asset import AssetAccount, Protocol
from jmstui.models.base import Choice, Ref
from jmstui.models.permission import Permission

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
EACH = 400
"""Pairs drawn around the rules of each status."""


@lru_cache(maxsize=1)
def world() -> World:
    return build_world(assets=2000, seed=11, now=NOW)


# -- the other evaluation ---------------------------------------------------------------------------------


def names_user(rule: Rule, user: User) -> bool:
    if user.id in rule.user_ids:
        return True
    return any(user.id in world().groups[group_id].user_ids for group_id in rule.group_ids)


def names_asset(rule: Rule, asset: Asset) -> bool:
    if asset.id in rule.asset_ids:
        return True
    keys = [world().nodes[node_id].key for node_id in asset.node_ids]
    if not keys:
        keys = [
            node.key for node in world().nodes.values() if node.org_id == asset.org_id and node.key.isdigit()
        ]
    for node_id in rule.node_ids:
        named = world().nodes[node_id].key
        if any(key == named or key.startswith(named + ":") for key in keys):
            return True
    return False


def standing(rule: Rule) -> str:
    """The status by its definition, from the world's rows."""
    assert rule.date_start
    assert rule.date_expired
    if not rule.is_active:
        return "disabled"
    if not rule.date_start < NOW:
        return "not-started"
    if not rule.date_expired > NOW:
        return "expired"
    if not (rule.user_ids or rule.group_ids) or not (rule.asset_ids or rule.node_ids) or not rule.actions:
        return "empty"
    return "soon" if (rule.date_expired - NOW).total_seconds() < SOON_DAYS * 86400 else "valid"


def counted(rule: Rule) -> bool:
    return standing(rule) in ("valid", "soon", "empty")


def expected(user: User, asset: Asset) -> tuple[bool, dict[str, tuple[int, datetime]], set[str]]:
    """Verdict; alias to bits and last day; names of protocols."""
    rules = [rule for rule in world().rules.values() if names_user(rule, user) and names_asset(rule, asset)]
    rules = [rule for rule in rules if counted(rule)]
    own = [account for account in world().accounts_of(asset) if account.is_active]
    found: dict[str, tuple[int, datetime]] = {}
    for account in own:
        texts = {account.username} | ({"@USER"} if account.username == user.username else set())
        granted = [(text, total(rules, text, spread=text == account.username)) for text in texts]
        granted = [(text, one) for text, one in granted if one]
        if granted:
            bits = 0
            for _, one in granted:
                bits |= one[0]
            found[account.id] = bits, max(one[1] for _, one in granted)
    for alias in ("@INPUT", "@ANON", "@USER"):
        one = total(rules, alias, spread=False)
        if one and not (alias == "@USER" and any(account.username == user.username for account in own)):
            found[alias] = one
    names = {name for rule in rules for name in rule.protocols}
    return bool(rules), found, {name for name, _ in asset.protocols if "all" in names or name in names}


def total(rules: list[Rule], text: str, spread: bool) -> tuple[int, datetime] | None:
    """What the rules give to one account string; `spread`: `@ALL` speaks of it too."""
    given = taken = 0
    days = []
    for rule in rules:
        if text in rule.accounts or (spread and "@ALL" in rule.accounts and rule.actions):
            given |= rule.actions
            assert rule.date_expired
            days.append(rule.date_expired)
        if f"!{text}" in rule.accounts:
            taken |= rule.actions
    return (given - taken, max(days)) if given - taken > 0 else None


# -- the same world as the client sees it -----------------------------------------------------------------


@lru_cache(maxsize=1)
def rules() -> list[Permission]:
    return [_permission(rule) for rule in world().rules.values()]


def _permission(rule: Rule) -> Permission:
    def refs(ids: list[str]) -> list[Ref]:
        return [Ref(id=id, name=id[:4]) for id in ids]

    def date(when: datetime | None) -> str:
        assert when
        return when.strftime("%Y/%m/%d %H:%M:%S %z")

    return Permission(
        id=rule.id,
        name=rule.name,
        users=refs(rule.user_ids),
        user_groups=refs(rule.group_ids),
        assets=refs(rule.asset_ids),
        nodes=refs(rule.node_ids),
        accounts=list(rule.accounts),
        protocols=list(rule.protocols),
        actions=[Choice(value=name) for place, name in enumerate(ACTIONS) if rule.actions >> place & 1],
        is_active=rule.is_active,
        date_start=date(rule.date_start),
        date_expired=date(rule.date_expired),
    )


def _person(user: User) -> Person:
    groups = frozenset(group.id for group in world().groups.values() if user.id in group.user_ids)
    return Person(user.id, user.username, groups)


def _place(asset: Asset) -> Place:
    keys = frozenset(world().nodes[node_id].key for node_id in asset.node_ids)
    root = frozenset(n.key for n in world().nodes.values() if n.org_id == asset.org_id and n.key.isdigit())
    accounts = tuple(
        AssetAccount(id=a.id, name=a.name, username=a.username, is_active=a.is_active)
        for a in world().accounts_of(asset)
    )
    offered = tuple(Protocol(name=name, port=port) for name, port in asset.protocols)
    return Place(asset.id, keys or root, accounts, offered)


def pairs() -> Iterator[tuple[Status, User, Asset]]:
    """For each status, pairs of a user and an asset around rules of that status; then any pairs at all."""
    rng = Random(5)
    everyone, everything = list(world().users.values()), list(world().assets.values())
    for what in Status:
        some = [rule for rule in world().rules.values() if standing(rule) == what.value]
        for _ in range(EACH):
            rule = rng.choice(some)
            users = [world().users[id] for id in rule.user_ids]
            users += [world().users[id] for group in rule.group_ids for id in world().groups[group].user_ids]
            assets = [world().assets[id] for id in rule.asset_ids]
            for node_id in rule.node_ids:
                assets += world().assets_below(world().nodes[node_id]).values()
            yield what, rng.choice(users or everyone), rng.choice(assets or everything)
    for _ in range(EACH):
        yield Status.VALID, rng.choice(everyone), rng.choice(everything)


def test_the_status_of_every_rule() -> None:
    for rule, made in zip(world().rules.values(), rules(), strict=True):
        assert status(made, NOW).value == standing(rule), rule.name
    assert {standing(rule) for rule in world().rules.values()} == {what.value for what in Status}


def test_two_thousand_pairs() -> None:
    keys = {node.id: node.key for node in world().nodes.values()}
    seen: set[tuple[str, str]] = set()
    by_status: Counter[Status] = Counter()
    verdicts: Counter[bool] = Counter()
    with_accounts = 0
    for what, user, asset in pairs():
        if (user.id, asset.id) in seen:
            continue
        seen.add((user.id, asset.id))
        by_status[what] += 1
        person, place = _person(user), _place(asset)
        yes, accounts, protocols = expected(user, asset)
        got = evaluate(rules(), person, place, keys, NOW)
        where = f"{user.username} {asset.name}"
        assert got.yes is yes, where
        assert {one.alias: (one.bits, one.until) for one in got.accounts} == accounts, where
        assert {protocol.name for protocol in got.protocols} == protocols, where
        joined = {rule.id for rule in joining(rules(), person, place, keys)}
        assert joined == {
            rule.id for rule in world().rules.values() if names_user(rule, user) and names_asset(rule, asset)
        }, where
        assert yes is any(status(r, NOW) not in DEAD for r in rules() if r.id in joined), where
        verdicts[yes] += 1
        with_accounts += bool(accounts)
    assert len(seen) >= 2000
    assert all(by_status[what] >= 200 for what in Status), by_status
    assert min(verdicts.values()) >= 400, verdicts
    assert with_accounts >= 400
