from __future__ import annotations

from datetime import UTC, datetime, timedelta

from jmstui.access.status import Status
from jmstui.demo import access as truth
from jmstui.demo.records import Rule, User
from jmstui.demo.world import DEFAULT, World
from jmstui.services import _asks as ask
from jmstui.services.answers import UserName
from jmstui.services.expiring import Expiring, expiring
from jmstui.services.what_can import asset_json, assets_page, what_can
from tests.demo_server import RunningDemo
from tests.services.asking import Counted, every, last, signed_in


def busy_user(world: World) -> User:
    now = datetime.now(UTC)
    return max(
        (user for user in world.users.values() if DEFAULT in user.roles),
        key=lambda user: len(truth.user_assets(world, user.id, now, DEFAULT)),
    )


async def test_what_can_is_the_servers_list_and_the_rules(demo: RunningDemo) -> None:
    user = busy_user(demo.world)
    reached = truth.user_assets(demo.world, user.id, datetime.now(UTC), DEFAULT)
    async with signed_in(demo, org=DEFAULT) as (client, identity):
        parts = await every(what_can(client, identity, UserName(user.id, user.username, user.name)))
        end = parts[-1]
        assert parts[0].total == len(reached)
        assert end.done
        assert end.complete
        ids = set()
        page_of = assets_page(identity, user.id)
        for offset in range(0, len(reached), 100):
            page = (await client.get(page_of(offset, 100))).value
            ids |= {row.id for row in ask.whole(page.rows)}
        assert ids == set(reached)
        assert end.standing is not None
        item = asset_json(ask.whole(page.rows)[0], end.standing)
        assert {"id", "name", "address", "organization", "is_active"} <= set(item)
    mine = {r.id for r in truth.rules_of_user(demo.world, user.id) if r.org_id == DEFAULT}
    assert {stand.rule.id for stand in end.rules} == mine
    dead = [stand.status for stand in end.rules]
    live = [status in (Status.VALID, Status.SOON, Status.EMPTY) for status in dead]
    assert live == sorted(live, reverse=True)
    keys = [node.key for node in end.nodes]
    assert "favorite" not in keys
    assert len(keys) > 3
    for before, node in zip(end.nodes, end.nodes[1:], strict=False):
        # each stands behind its parent, with nothing but the parent's own subtree between
        assert node.parent == "" or before.key == node.parent or before.key.startswith(f"{node.parent}:")


async def test_what_can_of_oneself_hides_the_rules(demo: RunningDemo) -> None:
    viewer = demo.world.people["viewer"]
    async with signed_in(demo, "viewer", DEFAULT) as (client, identity):
        end = await last(what_can(client, identity, UserName(viewer.id, viewer.username)))
    assert not end.complete
    assert end.rules == ()
    assert end.total == len(truth.user_assets(demo.world, viewer.id, datetime.now(UTC), DEFAULT))


def ends(rule: Rule) -> datetime:
    assert rule.date_expired
    return rule.date_expired


async def ending(demo: RunningDemo, **options: int | bool) -> Expiring:
    async with signed_in(demo, org=DEFAULT) as (client, identity):
        return await last(expiring(client, identity, **options))  # type: ignore[arg-type]


async def test_expiring_by_last_day_with_members(demo: RunningDemo) -> None:
    now = datetime.now(UTC)
    rules = [r for r in demo.world.rules.values() if r.org_id == DEFAULT and truth.is_valid(r, now)]
    for days in (1, 30, 365):
        due = [rule for rule in rules if ends(rule) <= now + timedelta(days=days)]
        end = await ending(demo, within=days)
        assert {item.rule.id for item in end.items} == {rule.id for rule in due}
        assert end.total == len(due)
        moments = [item.rule.end for item in end.items if item.rule.end]
        assert moments == sorted(moments)
        for item in end.items:
            rule = demo.world.rules[item.rule.id]
            assert item.members_known
            document = item.to_json()
            assert [row["id"] for row in document["users"]] == rule.user_ids
            assert {row["id"] for row in document["nodes"]} == set(rule.node_ids)
            assert {row["id"] for row in document["assets"]} == set(rule.asset_ids)
            assert {row["id"] for row in document["groups"]} == set(rule.group_ids)
        assert {item.rule.id for item in end.tickets} == {rule.id for rule in due if rule.from_ticket}
        assert len(end.own) + len(end.tickets) == len(end.items)


async def test_expired_on_request(demo: RunningDemo) -> None:
    now = datetime.now(UTC)
    over = {r.id for r in demo.world.rules.values() if r.org_id == DEFAULT and ends(r) <= now}
    end = await ending(demo, within=0, expired=True)
    assert {item.rule.id for item in end.items} == over
    assert all(item.days < 0 for item in end.items)


async def test_the_limit_cuts_and_says_the_total(demo: RunningDemo) -> None:
    whole = await ending(demo, within=365)
    cut = await ending(demo, within=365, limit=2)
    assert cut.total == whole.total > 2
    assert [item.rule.id for item in cut.items] == [item.rule.id for item in whole.items[:2]]


async def test_members_are_asked_for_the_rules_of_the_window_alone(demo: RunningDemo) -> None:
    async with signed_in(demo, org=DEFAULT) as (client, identity):
        counted = Counted(demo)
        parts = await every(expiring(client, identity, 30))
        assert not parts[0].items[0].members_known
        lines = counted.lines
    assert [("ids=" in line, "action=retrieve" in line) for line in lines] == [(False, False), (True, True)]
