from __future__ import annotations

from datetime import UTC, datetime
from random import Random
from typing import Any

import pytest

from jmstui.access.evaluate import bits_of
from jmstui.api.errors import NotPermitted
from jmstui.demo import access as truth
from jmstui.demo.rbac import is_superuser
from jmstui.demo.records import Asset, Node, Rule, User
from jmstui.demo.world import DEFAULT, World
from jmstui.models.asset import Asset as AssetRecord
from jmstui.models.base import Choice
from jmstui.services._reach import Reacher
from jmstui.services.answers import AssetName
from jmstui.services.who_can import NodeName, WhoCan, who_can, who_can_node
from tests.demo_server import RunningDemo
from tests.services.asking import Counted, every, last, signed_in

USER_STATES = {"user-disabled", "user-expired", "user-locked"}


def everybody(answer: WhoCan) -> list[Reacher]:
    return [*answer.users, *answer.blocked, *answer.lapsed]


def asset_name(asset: Asset) -> AssetName:
    return AssetName(asset.id, asset.name, asset.address)


def some_assets(world: World, amount: int) -> list[Asset]:
    rng = Random(2)
    return rng.sample([a for a in world.assets.values() if a.org_id == DEFAULT], amount)


def members(world: World) -> list[User]:
    return [user for user in world.users.values() if DEFAULT in user.roles]


def sound(user: User, now: datetime) -> bool:
    expired = user.date_expired is not None and user.date_expired <= now
    return user.is_active and not expired and not user.login_blocked


def accounts_of(row: Reacher) -> dict[str, tuple[int, datetime | None]]:
    """Alias to actions and last day."""
    bits = {one.alias: bits_of([Choice(value=name) for name in one.actions]) for one in row.accounts}
    return {one.alias: (bits[one.alias], one.until) for one in row.accounts}


async def test_it_equals_the_verdict_for_each_user(demo: RunningDemo) -> None:
    world = demo.world
    async with signed_in(demo) as (client, identity):
        for asset in some_assets(world, 12):
            now = datetime.now(UTC)
            end = await last(who_can(client, identity, asset_name(asset)))
            rows = {row.user.id: row for row in everybody(end)}
            assert len(rows) == len(everybody(end))
            for user in members(world):
                verdict = truth.verdict(world, user, asset, now)
                row = rows.get(user.id)
                if verdict is None:
                    assert row is None or not row.granted, user.username
                    assert (row is not None) is bool(truth.rules_between(world, user.id, asset))
                    continue
                assert row is not None
                assert row.granted
                assert USER_STATES.isdisjoint(row.reasons) is sound(user, now), user.username
                assert set(row.rules) == {rule.id for rule in verdict.rules}
                assert accounts_of(row) == {
                    one.alias: (one.actions, one.until and one.until.replace(microsecond=0))
                    for one in verdict.accounts
                }
            assert end.complete


async def test_it_equals_the_verdict_in_every_organization(demo: RunningDemo) -> None:
    """Asked from DEFAULT, of everybody on the server: members of other organizations too."""
    world = demo.world
    others = [a for a in world.assets.values() if a.org_id != DEFAULT]
    async with signed_in(demo, org=DEFAULT) as (client, identity):
        for asset in Random(6).sample(others, 12):
            now = datetime.now(UTC)
            record = AssetRecord(id=asset.id, name=asset.name, org_id=asset.org_id)
            end = await last(who_can(client, identity, record))
            rows = {row.user.id: row for row in everybody(end)}
            granting = {id for id, row in rows.items() if row.granted}
            verdicts = {u.id: truth.verdict(world, u, asset, now) for u in world.users.values()}
            assert granting == {id for id, verdict in verdicts.items() if verdict}
            home = {user.id for user in world.users.values() if asset.org_id in user.roles}
            strangers = {id for id, row in rows.items() if row.granted and "not-a-member" in row.reasons}
            supers = {user.id for user in world.users.values() if is_superuser(user)}
            assert strangers == granting - home - supers
            assert {id for id in granting if sound(world.users[id], now)} == {
                row.user.id for row in rows.values() if row.granted and USER_STATES.isdisjoint(row.reasons)
            }
            for id in granting:
                verdict = verdicts[id]
                assert verdict
                ends = [rule.date_expired for rule in verdict.rules if rule.date_expired]
                assert rows[id].until == max(ends).replace(microsecond=0)
                assert set(accounts_of(rows[id])) == {one.alias for one in verdict.accounts}
            assert end.organization.id == asset.org_id


async def test_it_equals_the_verdict_of_version_3_10(start_demo: Any) -> None:
    demo: RunningDemo = start_demo(assets=300, api="3.10")
    world, now = demo.world, datetime.now(UTC)
    excluding = [r for r in world.rules.values() if any(a.startswith("!") for a in r.accounts)]
    assets = [a for rule in excluding for a in truth.rule_assets(world, rule).values() if a.org_id == DEFAULT]
    async with signed_in(demo) as (client, identity):
        for asset in [*some_assets(world, 6), *assets[:6]]:
            end = await last(who_can(client, identity, asset_name(asset)))
            for row in end.users:
                verdict = truth.verdict(world, world.users[row.user.id], asset, now, old=True)
                assert verdict
                assert {a: bits for a, (bits, _) in accounts_of(row).items()} == {
                    one.alias: one.actions for one in verdict.accounts
                }


def busy_asset(world: World) -> Asset:
    """One that many users reach, with an account."""
    users = members(world)[:100]

    def amount(asset: Asset) -> int:
        return sum(bool(truth.rules_between(world, user.id, asset)) for user in users)

    return max((a for a in some_assets(world, 200) if world.accounts_of(a)), key=amount)


async def test_three_requests_and_nothing_within_the_time_to_live(demo: RunningDemo) -> None:
    asset = busy_asset(demo.world)
    async with signed_in(demo) as (client, identity):
        counted = Counted(demo)
        parts = await every(who_can(client, identity, asset_name(asset)))
        assert len(counted) == 3, counted.lines
        assert [part.done for part in parts] == [False, True]
        assert {row.verdict for row in parts[0].users} == {"yes"}
        granted = [{row.user.id for row in everybody(part) if row.granted} for part in parts]
        assert granted[0] == granted[1]
        again = Counted(demo)
        await last(who_can(client, identity, asset_name(asset)))
        assert len(again) == 0
    assert parts[-1].users


async def test_json_is_the_promised_shape(demo: RunningDemo) -> None:
    asset = busy_asset(demo.world)
    async with signed_in(demo) as (client, identity):
        document = (await last(who_can(client, identity, asset_name(asset)))).to_json()
    assert list(document) == [
        "asset",
        "users",
        "groups",
        "rules",
        "blocked",
        "named",
        "counts",
        "complete",
    ]
    assert document["asset"] == {"id": asset.id, "name": asset.name, "address": asset.address}
    fields = "id username name verdict granted reasons until accounts rules via"
    for part in ("users", "blocked", "named"):
        assert {" ".join(row) for row in document[part]} <= {fields}
    assert document["counts"]["can"] == len(document["users"])
    assert document["counts"]["blocked"] == len(document["blocked"])
    assert document["counts"]["named"] == len(document["named"])
    assert {tuple(row) for row in document["rules"]} == {("id", "name", "status", "until")}
    assert {tuple(row) for row in document["groups"]} == {("id", "name", "rules")}
    account = next(row["accounts"][0] for row in document["users"] if row["accounts"])
    assert list(account) == ["username", "actions", "until", "name"]


async def test_via_and_groups(demo: RunningDemo) -> None:
    world = demo.world
    asset = busy_asset(world)
    async with signed_in(demo) as (client, identity):
        end = await last(who_can(client, identity, asset_name(asset)))
    for row in end.users:
        rules = [world.rules[id] for id in row.rules]
        mine = {group.id: group.name for group in world.groups_of(row.user.id)}
        direct = ["direct"] if any(row.user.id in rule.user_ids for rule in rules) else []
        names = {mine[id] for rule in rules for id in rule.group_ids if id in mine}
        assert list(row.via) == [*direct, *sorted(names)]
    now = datetime.now(UTC)
    nodes = truth.covering_nodes(world, asset)
    covering = [r for r in world.rules.values() if truth.covers(r, asset, nodes) and truth.is_valid(r, now)]
    assert {group.id for group in end.groups} == {id for rule in covering for id in rule.group_ids}


async def test_an_asset_without_a_node_counts_as_the_roots(start_demo: Any) -> None:
    demo: RunningDemo = start_demo(assets=200)
    world = demo.world
    root = world.org_root(DEFAULT)
    asset = next(a for a in world.assets.values() if a.org_id == DEFAULT)
    asset.node_ids = []
    now = datetime.now(UTC)
    rule = next(
        r for r in world.rules.values() if r.org_id == DEFAULT and truth.is_valid(r, now) and r.user_ids
    )
    rule.node_ids = [root.id]
    world.version += 1
    async with signed_in(demo) as (client, identity):
        end = await last(who_can(client, identity, asset_name(asset)))
    assert rule.id in {stand.rule.id for stand in end.rules}
    assert set(rule.user_ids) <= {row.user.id for row in everybody(end)}


async def test_an_asset_without_a_node_elsewhere_counts_as_the_root_of_default(start_demo: Any) -> None:
    demo: RunningDemo = start_demo(assets=200)
    world, now = demo.world, datetime.now(UTC)
    asset = next(a for a in world.assets.values() if a.org_id != DEFAULT)
    asset.node_ids = []
    theirs, ours = (
        next(r for r in world.rules.values() if r.org_id == org and truth.is_valid(r, now) and r.group_ids)
        for org in (asset.org_id, DEFAULT)
    )
    theirs.node_ids, ours.node_ids = [world.org_root(asset.org_id).id], [world.org_root(DEFAULT).id]
    world.version += 1
    async with signed_in(demo, org=asset.org_id) as (client, identity):
        end = await last(who_can(client, identity, asset_name(asset)))
    found = {stand.rule.id for stand in end.rules}
    assert ours.id in found
    assert theirs.id not in found
    named = {row.user.id for row in everybody(end) if row.granted}
    assert named == {u.id for u in world.users.values() if truth.verdict(world, u, asset, now)}
    assert end.complete


async def test_a_user_who_is_no_member_is_counted_where_a_rule_names_them(start_demo: Any) -> None:
    demo: RunningDemo = start_demo(assets=200)
    world, now = demo.world, datetime.now(UTC)
    stranger = next(u for u in world.users.values() if DEFAULT not in u.roles and sound(u, now))
    rule = next(
        r
        for r in world.rules.values()
        if r.org_id == DEFAULT and truth.is_valid(r, now) and r.asset_ids and r.user_ids
    )
    rule.user_ids.append(stranger.id)
    world.version += 1
    asset = world.assets[rule.asset_ids[0]]
    async with signed_in(demo) as (client, identity):
        counted = Counted(demo)
        end = await last(who_can(client, identity, asset_name(asset)))
        assert len(counted) == 4
        row = next(row for row in end.blocked if row.user.id == stranger.id)
        assert (row.user.username, row.via, end.complete) == (stranger.username, ("direct",), True)
        assert "not-a-member" in row.reasons
        below = await last(who_can_node(client, identity, NodeName(asset.node_ids[0])))
        assert stranger.id in {row.user.id for row in below.blocked}
    async with signed_in(demo, "orgadmin") as (client, identity):
        end = await last(who_can(client, identity, asset_name(asset)))
        row = next(row for row in end.blocked if row.user.id == stranger.id)
        assert (row.user.username, row.user.name, end.complete) == ("", stranger.name, False)


async def test_without_the_right_it_is_refused(demo: RunningDemo) -> None:
    asset = some_assets(demo.world, 1)[0]
    async with signed_in(demo, "viewer") as (client, identity):
        with pytest.raises(NotPermitted):
            await last(who_can(client, identity, asset_name(asset)))


def named_by(world: World, rule: Rule) -> set[str]:
    groups = {user for id in rule.group_ids for user in world.groups[id].user_ids}
    return {*rule.user_ids, *groups}


def below(world: World, node: Node) -> list[Asset]:
    if node.key.isdigit():
        return [asset for asset in world.assets.values() if asset.org_id == node.org_id]
    return list(world.assets_below(node).values())


@pytest.mark.parametrize("depth", [0, 1, 2, 3, 4])
async def test_a_node_means_anything_below_it(demo: RunningDemo, depth: int) -> None:
    world = demo.world
    nodes = [n for n in world.nodes.values() if n.org_id == DEFAULT and n.key.count(":") == depth]
    for node in Random(4).sample(nodes, min(3, len(nodes))):
        now = datetime.now(UTC)
        async with signed_in(demo) as (client, identity):
            end = await last(who_can_node(client, identity, NodeName(node.id)))
        assets = below(world, node)
        reached = {asset.id: truth.covering_nodes(world, asset) for asset in assets}
        rules = [
            rule
            for rule in world.rules.values()
            if rule.org_id == DEFAULT
            and any(truth.covers(rule, asset, reached[asset.id]) for asset in assets)
        ]
        assert {stand.rule.id for stand in end.rules} == {rule.id for rule in rules}, node.full_value
        alive = [rule for rule in rules if truth.is_valid(rule, now)]
        can = {
            user.id
            for user in members(world)
            if sound(user, now)
            and any(
                user.id in rule.user_ids or {g.id for g in world.groups_of(user.id)} & set(rule.group_ids)
                for rule in alive
            )
        }
        assert {row.user.id for row in end.users} == {
            row for row in can if any(rule.accounts for rule in alive if row in named_by(world, rule))
        }
        assert can <= {row.user.id for row in everybody(end) if row.granted}
        assert end.done
        assert end.to_json()["node"]["id"] == node.id


async def test_a_node_answer_grows(demo: RunningDemo) -> None:
    node = next(n for n in demo.world.nodes.values() if n.org_id == DEFAULT and n.key.count(":") == 1)
    async with signed_in(demo) as (client, identity):
        parts = await every(who_can_node(client, identity, NodeName(node.id)))
    assert len(parts) >= 3
    assert not parts[0].done
    assert {row.user.id for row in parts[0].users} <= {row.user.id for row in parts[-1].users}
    assert parts[-1].read > parts[0].read
