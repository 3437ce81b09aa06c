"""Item 2: what each command and each tab says is right on v3.10, v4.10.16 and v4.10.19."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest

from jmstui.demo import access as truth
from jmstui.demo.world import DEFAULT
from jmstui.models.base import BadRow
from jmstui.views import all_views
from jmstui.views.spec import Ask as Narrowed
from tests.cli.asking import Ask
from tests.demo_server import RunningDemo, run_demo
from tests.services.asking import every, signed_in

NOUNS = ("assets", "users", "groups", "permissions", "nodes", "platforms", "orgs")


@pytest.fixture(scope="module", params=["3.10", "4.10.16", "4.10.19"])
def server(request: pytest.FixtureRequest) -> Iterator[RunningDemo]:
    running = run_demo(assets=300, api=request.param)
    yield running
    running.stop()


def said(ask: Ask, server: RunningDemo, *argv: str, who: str = "admin") -> dict[str, Any]:
    ran = ask(*argv, "--json", on=server, who=who)
    assert ran.status in (0, 1, 6), ran.err
    found: dict[str, Any] = json.loads(ran.out)
    return found


def test_why(server: RunningDemo, ask: Ask) -> None:
    world, now, rng = server.world, datetime.now(UTC), Random(5)
    members = world.members(world.orgs[DEFAULT])
    assets = [a for a in world.assets.values() if a.org_id == DEFAULT]
    verdicts = set()
    for _ in range(10):
        user, asset = rng.choice(members), rng.choice(assets)
        granted = truth.verdict(world, user, asset, now, old=server.api == "3.10")
        answer = said(ask, server, "why", user.id, asset.id)
        assert answer["granted"] is (granted is not None)
        verdicts.add(answer["verdict"])
    assert verdicts <= {"yes", "no", "blocked"}


def test_who_can(server: RunningDemo, ask: Ask) -> None:
    world, now = server.world, datetime.now(UTC)
    assets = [a for a in world.assets.values() if a.org_id == DEFAULT]
    for asset in Random(6).sample(assets, 3):
        answer = said(ask, server, "who-can", asset.id)
        granted = {row["id"] for row in [*answer["users"], *answer["blocked"]]}
        everybody = world.users.values()
        assert granted == {u.id for u in everybody if truth.verdict(world, u, asset, now)}
        assert answer["counts"]["unknown"] == 0


def test_what_can(server: RunningDemo, ask: Ask) -> None:
    world, now = server.world, datetime.now(UTC)
    user = world.user_named(server.examples["user"])
    assert user
    answer = said(ask, server, "what-can", user.username)
    assert {item["id"] for item in answer["items"]} == set(truth.user_assets(world, user.id, now, DEFAULT))


def test_expiring(server: RunningDemo, ask: Ask) -> None:
    world, now = server.world, datetime.now(UTC)
    answer = said(ask, server, "expiring", "--within", "365d", "--tickets")
    last = now + timedelta(days=365)
    due = [
        rule
        for rule in world.rules.values()
        if rule.org_id == DEFAULT and truth.is_valid(rule, now) and rule.date_expired <= last
    ]
    assert {item["id"] for item in answer["items"]} == {rule.id for rule in due}
    named = {item["id"]: {user["id"] for user in item["users"]} for item in answer["items"]}
    assert named == {rule.id: set(rule.user_ids) for rule in due}


@pytest.mark.parametrize("noun", NOUNS)
def test_list(server: RunningDemo, ask: Ask, noun: str) -> None:
    answer = said(ask, server, "list", noun, "--limit", "0")
    assert answer["complete"] is True
    assert len(answer["items"]) == answer["total"] > 0
    if noun == "assets":
        assert {item["id"] for item in answer["items"]} == {
            a.id for a in server.world.assets.values() if a.org_id == DEFAULT
        }


@pytest.mark.parametrize("view", [view.name for view in all_views().values() if view.tabs])
async def test_every_tab_of_the_first_row(server: RunningDemo, view: str) -> None:
    spec = all_views()[view]
    async with signed_in(server, org=DEFAULT) as (client, identity):
        page = (await client.get(spec.page(identity, Narrowed())(0, 20))).value
        rows = [row for row in page.rows if not isinstance(row, BadRow)]
        assert rows
        for tab in spec.tabs:
            if not identity.may(*tab.needs):
                continue
            lines = (await every(tab.lines(client, identity, rows[0])))[-1]
            assert not [line.text for line in lines if line.text.startswith("! incomplete")]


@pytest.mark.parametrize("who", ["viewer", "auditor", "orgadmin"])
def test_other_roles_get_an_answer_or_a_sentence(server: RunningDemo, ask: Ask, who: str) -> None:
    user, asset = server.examples["user"], server.examples["asset"]
    for argv in (
        ["why", user, asset],
        ["why", "self", asset],
        ["who-can", asset],
        ["expiring"],
        ["list", "assets"],
    ):
        ran = ask(*argv, on=server, who=who)
        assert "Traceback" not in ran.err
        assert ran.status in (0, 1, 5, 6), (argv, ran.err)
        assert ran.status != 5 or (ran.out == "" and ran.err.startswith("jmstui: "))
