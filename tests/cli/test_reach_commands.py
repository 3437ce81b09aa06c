from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from jmstui.cli.expiring import days
from jmstui.demo import access as truth
from jmstui.demo.world import DEFAULT, ROOT
from tests.cli.asking import Ask, ask, document, table
from tests.demo_server import RunningDemo

__all__ = ["ask"]


def test_who_can(demo: RunningDemo, ask: Ask) -> None:
    name = demo.examples["asset"]
    ran = ask("who-can", name, "--json")
    assert ran.status == 0
    answer = document(ran)
    assert answer["asset"]["name"] == name
    assert demo.examples["user"] in {row["username"] for row in answer["users"]}
    assert demo.examples["denied_user"] not in {row["username"] for row in answer["users"]}
    rows = table(ask("who-can", name, "--csv"))
    every = [*answer["users"], *answer["blocked"], *answer["named"]]
    assert [(row["username"], row["verdict"]) for row in rows] == [
        (row["username"], row["verdict"]) for row in every
    ]
    assert [row["reasons"].split("; ") for row in rows if row["reasons"]] == [
        row["reasons"] for row in every if row["reasons"]
    ]
    assert {row["verdict"] for row in answer["users"]} == {"yes"}
    readable = ask("who-can", name)
    assert readable.out.startswith("USER")
    assert "GROUP" in readable.out
    assert f"{len(answer['users'])} users can reach {name}; " in readable.err


def test_who_can_below_a_node(demo: RunningDemo, ask: Ask) -> None:
    node = next(n for n in demo.world.nodes.values() if n.org_id == DEFAULT and n.key.count(":") == 1)
    for text in (node.key, node.id, node.full_value):
        ran = ask("who-can", "--node", text, "--json")
        assert ran.status == 0, ran.err
        assert document(ran)["node"] == {
            "id": node.id,
            "name": node.value,
            "key": node.key,
            "path": node.full_value,
        }


def test_who_can_needs_one_target(ask: Ask) -> None:
    assert ask("who-can").status == 2
    assert ask("who-can", "a", "--node", "b").status == 2


def test_who_can_is_not_for_everybody(demo: RunningDemo, ask: Ask) -> None:
    ran = ask("who-can", demo.examples["asset"], who="viewer")
    assert ran.status == 5
    assert ran.out == ""


def test_what_can(demo: RunningDemo, ask: Ask) -> None:
    name = demo.examples["user"]
    user = demo.world.user_named(name)
    assert user
    reached = truth.user_assets(demo.world, user.id, datetime.now(UTC), DEFAULT)
    answer = document(ask("what-can", name, "--json"))
    assert answer["total"] == len(reached) == len(answer["items"])
    assert {item["id"] for item in answer["items"]} == set(reached)
    assert answer["complete"] is True
    assert len(table(ask("what-can", name, "--csv"))) == len(reached)
    assert answer["rules"]
    nodes = {node["id"]: node["assets"] for node in answer["nodes"]}
    assert nodes[demo.world.org_root(DEFAULT).id] == len(reached)
    shown = ask("what-can", name).out.splitlines()
    top = next(at for at, line in enumerate(shown) if line.startswith("NODE "))
    assert shown[top + 1].split() == ["DEFAULT", str(len(reached))]
    assert shown[top + 2].startswith("  ")
    assert len(shown) == top + 1 + len(nodes)


def test_what_can_says_when_it_is_cut(demo: RunningDemo, ask: Ask) -> None:
    name = demo.examples["user"]
    ran = ask("what-can", name, "--limit", "1", "--json")
    answer = document(ran)
    assert len(answer["items"]) == 1
    assert answer["total"] > 1
    assert answer["complete"] is False
    assert "cut: 1 of" in ran.err


def test_what_can_in_all_organizations(demo: RunningDemo, ask: Ask) -> None:
    world, now = demo.world, datetime.now(UTC)
    user = max(
        world.users.values(),
        key=lambda u: len({a.org_id for a in truth.user_assets(world, u.id, now).values()}),
    )
    reached = truth.user_assets(world, user.id, now)
    rows = table(ask("what-can", user.username, "--all-orgs", "--csv", "--limit", "0"))
    assert {row["id"] for row in rows} == set(reached)
    assert {row["organization"] for row in rows} == {world.orgs[a.org_id].name for a in reached.values()}


def test_what_can_of_oneself(demo: RunningDemo, ask: Ask) -> None:
    ran = ask("what-can", "self", "--json", who="viewer")
    viewer = demo.world.people["viewer"]
    answer = document(ran)
    assert answer["total"] == len(truth.user_assets(demo.world, viewer.id, datetime.now(UTC), DEFAULT))
    assert answer["complete"] is False
    assert "the rules are not visible to you" in ran.err


def test_expiring(demo: RunningDemo, ask: Ask) -> None:
    now = datetime.now(UTC)
    due = [
        r
        for r in demo.world.rules.values()
        if r.org_id == DEFAULT
        and truth.is_valid(r, now)
        and r.date_expired
        and r.date_expired <= now + timedelta(days=60)
    ]
    answer = document(ask("expiring", "--within", "60d", "--json"))
    assert {item["id"] for item in answer["items"]} == {rule.id for rule in due}
    assert answer["total"] == len(due)
    assert answer["complete"] is True
    until = [item["until"] for item in answer["items"]]
    assert until == sorted(until, key=datetime.fromisoformat)


def test_expiring_folds_tickets_for_people_alone(demo: RunningDemo, ask: Ask) -> None:
    items = document(ask("expiring", "--within", "400d", "--json"))["items"]
    tickets = [item for item in items if item["from_ticket"]]
    assert tickets
    folded = ask("expiring", "--within", "400d")
    assert len(folded.out.splitlines()) == 1 + len(items) - len(tickets)
    assert f"{len(tickets)} more were made by approval tickets" in folded.err
    assert len(ask("expiring", "--within", "400d", "--tickets").out.splitlines()) == 1 + len(items)
    assert len(table(ask("expiring", "--within", "400d", "--csv"))) == len(items)


def test_expiring_keeps_whom_it_cuts_off_at_80_columns(
    demo: RunningDemo, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    items = document(ask("expiring", "--within", "400d", "--json"))["items"]
    monkeypatch.setattr("jmstui.cli.output._columns", lambda out: 80)
    ran = ask("expiring", "--within", "400d", "--tickets", "--all-orgs")
    lines = ran.out.splitlines()
    assert all(title in lines[0] for title in ("LAST DAY", "NAME", "CUTS OFF", "TARGETS"))
    assert lines[0].endswith(" >")
    assert "> 1 column: --csv shows all" in ran.err
    monkeypatch.setattr("jmstui.cli.output._columns", lambda out: 60)
    assert "CUTS OFF" in ask("expiring", "--within", "400d").out.splitlines()[0]
    monkeypatch.setattr("jmstui.cli.output._columns", lambda out: 0)
    whole = ask("expiring", "--within", "400d", "--tickets").out
    one = next(item for item in items if item["users"] and item["groups"])
    names = [*(user["name"] for user in one["users"]), *(f"group {group['name']}" for group in one["groups"])]
    assert ", ".join(names) in whole


def test_expiring_limit_and_all_organizations(demo: RunningDemo, ask: Ask) -> None:
    whole = document(ask("expiring", "--within", "400d", "--all-orgs", "--json"))
    names = {item["organization"]["name"] for item in whole["items"]}
    assert names == {org.name for org in demo.world.real_orgs if org.id != ROOT}
    ran = ask("expiring", "--within", "400d", "--all-orgs", "--limit", "3", "--json")
    cut = document(ran)
    assert [item["id"] for item in cut["items"]] == [item["id"] for item in whole["items"][:3]]
    assert cut["total"] == whole["total"]
    assert cut["complete"] is False
    assert "cut: 3 of" in ran.err


@pytest.mark.parametrize(("text", "amount"), [("30d", 30), ("4w", 28), ("7", 7), (" 1D ", 1)])
def test_a_time_is_days_or_weeks(text: str, amount: int) -> None:
    assert days(text) == amount


def test_a_bad_time_is_a_usage_error(ask: Ask) -> None:
    assert ask("expiring", "--within", "soon").status == 2
    assert ask("expiring", "--limit", "-1").status == 2


@pytest.mark.parametrize("command", ["who-can", "what-can", "expiring"])
def test_help_has_an_example(ask: Ask, command: str) -> None:
    assert f"jmstui {command}" in ask(command, "--help").out.split("examples:")[1]


def test_an_organization_that_refuses_is_left_out_and_named(start_demo: Any, ask: Ask) -> None:
    demo: RunningDemo = start_demo(assets=200)
    orgadmin = demo.world.people["orgadmin"]
    other = next(org for org in demo.world.real_orgs if org.id not in orgadmin.roles)
    orgadmin.roles[other.id] = ["OrgUser"]
    ran = ask("expiring", "--within", "400d", "--all-orgs", "--json", who="orgadmin", on=demo)
    assert ran.status == 0, ran.err
    answer = document(ran)
    assert {item["organization"]["id"] for item in answer["items"]} == {DEFAULT}
    assert answer["complete"] is False
    assert f"left out: {other.name}" in ran.err
    assert ask("expiring", "--all-orgs", who="viewer", on=demo).status == 5
