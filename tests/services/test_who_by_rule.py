from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from jmstui.demo import access as truth
from jmstui.demo.records import Rule
from jmstui.demo.world import DEFAULT, World
from jmstui.models.permission import Permission
from jmstui.services.who_by_rule import MOST_LISTS, RuleReach, who_by_rule
from jmstui.views.answers import rule_reach_lines
from tests.demo_server import RunningDemo
from tests.services.asking import Counted, last, signed_in
from tests.services.test_who_can import sound


async def ask(demo: RunningDemo, rule: Rule, who: str = "admin") -> RuleReach:
    row = Permission(id=rule.id, name=rule.name, org_id=rule.org_id)
    async with signed_in(demo, who) as (client, identity):
        return await last(who_by_rule(client, identity, row))


def members(world: World, rule: Rule) -> set[str]:
    groups = {user for id in rule.group_ids for user in world.groups[id].user_ids}
    return {*rule.user_ids, *groups}


@pytest.mark.parametrize("wide", [False, True])
async def test_members_who_can_and_apart_those_who_cannot(demo: RunningDemo, wide: bool) -> None:
    world, now = demo.world, datetime.now(UTC)
    rule = max(
        (r for r in world.rules.values() if r.org_id == DEFAULT and truth.is_valid(r, now)),
        key=lambda r: (len(r.group_ids) if wide else -len(r.group_ids), bool(r.user_ids)),
    )
    counted = Counted(demo)
    answer = await ask(demo, rule)
    assert len([line for line in counted.lines if line.startswith("users/users/")]) <= MOST_LISTS
    everybody = members(world, rule)
    assert everybody
    assert {row.user.id for row in answer.users} == {u for u in everybody if sound(world.users[u], now)}
    assert {row.user.id for row in answer.blocked} == {u for u in everybody if not sound(world.users[u], now)}
    assert answer.lapsed == ()
    assert answer.complete
    assert rule_reach_lines(answer)[0].text.startswith(f"{len(answer.users):,} user")


async def test_a_dead_rule_gives_nobody_anything(demo: RunningDemo) -> None:
    world, now = demo.world, datetime.now(UTC)
    rule = next(
        r
        for r in world.rules.values()
        if r.org_id == DEFAULT and not truth.is_valid(r, now) and members(world, r)
    )
    answer = await ask(demo, rule)
    assert answer.users == ()
    assert {row.user.id for row in answer.lapsed} == members(world, rule)
    assert rule_reach_lines(answer)[0].text.startswith("nobody by this rule: ")


async def test_many_groups_are_one_list_of_users(start_demo: Any) -> None:
    demo: RunningDemo = start_demo(assets=50)
    world, now = demo.world, datetime.now(UTC)
    rule = next(r for r in world.rules.values() if r.org_id == DEFAULT and truth.is_valid(r, now))
    rule.group_ids = [g.id for g in world.groups.values() if g.org_id == DEFAULT][:9]
    world.version += 1
    counted = Counted(demo)
    answer = await ask(demo, rule)
    assert len([line for line in counted.lines if line.startswith("users/users/")]) == 1
    assert {row.user.id for row in [*answer.users, *answer.blocked]} == members(world, rule)
