from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from jmstui.demo import access as truth
from jmstui.demo.world import DEFAULT
from tests.cli.asking import Ask, ask, document, table
from tests.demo_server import RunningDemo

__all__ = ["ask"]


def test_yes(demo: RunningDemo, ask: Ask) -> None:
    names = demo.examples
    ran = ask("why", names["user"], names["asset"], "--json")
    assert ran.status == 0
    answer = document(ran)
    assert answer["verdict"] == "yes"
    assert answer["user"]["username"] == names["user"]
    assert answer["rules"][0]["paths"]
    assert answer["complete"] is True
    assert ran.err == ""


def test_no_ends_with_one(demo: RunningDemo, ask: Ask) -> None:
    names = demo.examples
    ran = ask("why", names["denied_user"], names["asset"], "--json")
    assert ran.status == 1
    answer = document(ran)
    assert answer["verdict"] == "no"
    assert answer["accounts"] == []
    assert all(one["lacks"] and one["rule"]["name"] for one in answer["near"])


def test_readable(demo: RunningDemo, ask: Ask) -> None:
    names = demo.examples
    yes = ask("why", names["user"], names["asset"])
    assert yes.out.splitlines()[0].startswith(f"Can {names['user']} reach {names['asset']}?  YES, until ")
    assert "Rules that join the two" in yes.out
    assert f"{names['user']} ─ " in yes.out
    no = ask("why", names["denied_user"], names["asset"])
    assert no.out.splitlines()[0] == f"Can {names['denied_user']} reach {names['asset']}?  NO"
    assert "covers the asset but not the user" in no.out


def test_csv_has_a_line_for_each_account(demo: RunningDemo, ask: Ask) -> None:
    names = demo.examples
    ran = ask("why", names["user"], names["asset"], "--csv")
    rows = table(ran)
    accounts = document(ask("why", names["user"], names["asset"], "--json"))["accounts"]
    assert [row["account"].lstrip("'") for row in rows] == [account["username"] for account in accounts]
    assert {row["verdict"] for row in rows} == {"yes"}


def test_csv_of_a_no_has_a_line_for_each_rule_that_is_near(demo: RunningDemo, ask: Ask) -> None:
    names = demo.examples
    ran = ask("why", names["denied_user"], names["asset"], "--csv")
    assert ran.status == 1
    rows = table(ran)
    near = document(ask("why", names["denied_user"], names["asset"], "--json"))["near"]
    assert near
    assert [(row["near_rule"], row["lacks"]) for row in rows] == [
        (one["rule"]["name"], one["lacks"]) for one in near
    ]
    assert {row["verdict"] for row in rows} == {"no"}


def test_by_id_and_by_address(demo: RunningDemo, ask: Ask) -> None:
    world = demo.world
    user = world.user_named(demo.examples["user"])
    asset = next(a for a in world.assets.values() if a.name == demo.examples["asset"])
    assert user
    twins = [a for a in world.assets.values() if a.address == asset.address and a.org_id == asset.org_id]
    by_id = ask("why", user.id, asset.id, "--json")
    assert by_id.status == 0
    by_address = ask("why", user.username, asset.address, "--json")
    assert by_address.status == (0 if len(twins) == 1 else 2)
    assert document(by_id)["asset"]["name"] == asset.name


@pytest.mark.parametrize("names", [("nobody-here", None), (None, "nothing-here")])
def test_an_unknown_name_ends_with_five(
    demo: RunningDemo, ask: Ask, names: tuple[str | None, str | None]
) -> None:
    user, asset = names[0] or demo.examples["user"], names[1] or demo.examples["asset"]
    ran = ask("why", user, asset)
    assert ran.status == 5
    assert ran.out == ""
    assert "There is no" in ran.err


def test_a_mistyped_name_is_answered_with_near_ones(demo: RunningDemo, ask: Ask) -> None:
    user, asset = demo.examples["user"], demo.examples["asset"]
    before = len(demo.requests)
    ran = ask("why", f"{user}x", asset)
    assert ran.status == 5
    assert f"There is no user '{user}x' here" in ran.err
    assert "Did you mean " in ran.err
    assert user in ran.err.split("Did you mean ")[1]
    assert sum("search=" in str(row[2]) for row in demo.requests[before:]) == 1
    other = ask("who-can", f"{asset[:-1]}")
    assert other.status == 5
    assert asset in other.err.split("Did you mean ")[1]
    assert "Did you mean" not in ask("why", "nobody-here-at-all", asset).err


def test_an_ambiguous_address_lists_the_candidates(start_demo: Any, ask: Ask) -> None:
    demo: RunningDemo = start_demo(assets=200)
    one, two = [a for a in demo.world.assets.values() if a.org_id == DEFAULT][:2]
    one.address = two.address = "192.0.2.7"
    ran = ask("why", demo.examples["user"], "192.0.2.7", on=demo)
    assert ran.status == 2
    assert one.id in ran.err
    assert two.id in ran.err


def test_about_oneself_without_rights(demo: RunningDemo, ask: Ask) -> None:
    world, now = demo.world, datetime.now(UTC)
    viewer = world.people["viewer"]
    mine = truth.user_assets(world, viewer.id, now, DEFAULT)
    names = [asset.name for asset in world.assets.values()]
    asset = next(a for a in mine.values() if names.count(a.name) == 1)
    for who in ("viewer", "self"):
        ran = ask("why", who, asset.name, "--json", who="viewer")
        answer = document(ran)
        assert answer["granted"] is True
        assert ran.status == {"yes": 0, "blocked": 6}[answer["verdict"]], ran.err
        assert answer["complete"] is False
        assert "the rules are not visible to you" in {w["text"] for w in answer["warnings"]}
    far = next(a for a in world.assets.values() if a.org_id == DEFAULT and a.id not in mine)
    for text in (far.name, far.id, "no-such-asset"):
        ran = ask("why", "viewer", text, "--json", who="viewer")
        assert ran.status == 1, ran.err
        warnings = {w["text"] for w in document(ran)["warnings"]}
        assert "not among your assets, or no such asset" in warnings


def test_about_others_without_rights_ends_with_five(demo: RunningDemo, ask: Ask) -> None:
    ran = ask("why", demo.examples["user"], demo.examples["asset"], who="viewer")
    assert ran.status == 5
    assert ran.out == ""


def test_in_all_organizations(demo: RunningDemo, ask: Ask) -> None:
    world, now = demo.world, datetime.now(UTC)
    names = [asset.name for asset in world.assets.values()]
    rule, asset = next(
        (r, world.assets[id])
        for r in world.rules.values()
        for id in r.asset_ids
        if r.org_id != DEFAULT
        and r.user_ids
        and truth.is_valid(r, now)
        and names.count(world.assets[id].name) == 1
    )
    user = world.users[rule.user_ids[0]]
    assert ask("why", user.username, asset.name).status == 5
    ran = ask("why", user.username, asset.name, "--all-orgs", "--json")
    assert document(ran)["granted"] is True
    assert ran.status == {"yes": 0, "blocked": 6}[document(ran)["verdict"]], ran.err
    assert document(ran)["organization"]["id"] == rule.org_id


def test_help_has_an_example(ask: Ask) -> None:
    ran = ask("why", "--help")
    assert ran.status == 0
    assert "jmstui why alice web-01" in ran.out
