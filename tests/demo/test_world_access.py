"""The demo server's evaluation of access, held against 300 verdicts of a real server."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from jmstui.demo import access
from jmstui.demo.records import Account, Asset, Group, Node, Rule, User
from jmstui.demo.world import DEFAULT, World

PAIRS = Path(__file__).parents[1] / "access" / "pairs.json.gz"
ASKED = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)
BITS = {"connect": 1, "upload": 2, "download": 4, "copy": 8, "paste": 16, "delete": 32, "share": 64}


def moment(text: str) -> datetime:
    return datetime.strptime(text, "%Y/%m/%d %H:%M:%S %z")


def bits(actions: list[dict[str, Any]]) -> int:
    return sum(BITS[action["value"]] for action in actions)


def rule_of(row: dict[str, Any]) -> Rule:
    ids = [[ref["id"] for ref in row[name]] for name in ("users", "user_groups", "assets", "nodes")]
    return Rule(
        row["id"],
        row["name"],
        DEFAULT,
        *ids,
        row["accounts"],
        row["protocols"],
        bits(row["actions"]),
        moment(row["date_start"]),
        moment(row["date_expired"]),
        row["is_active"],
    )


@pytest.fixture(scope="module")
def recorded() -> tuple[World, list[dict[str, Any]]]:
    """A world of the recorded rules, nodes, users and assets, and the pairs."""
    with gzip.open(PAIRS) as file:
        data = json.load(file)
    world = World(0, ASKED)
    world.nodes = {n["id"]: Node(n["id"], n["key"], n["value"], DEFAULT) for n in data["nodes"].values()}
    world.rules = {row["id"]: rule_of(row) for row in data["rules"].values()}
    for rule in world.rules.values():
        for ident in rule.group_ids:
            world.groups.setdefault(ident, Group(ident, ident, DEFAULT))
    for pair in data["pairs"]:
        add_pair(world, pair)
    return world, data["pairs"]


def add_pair(world: World, pair: dict[str, Any]) -> None:
    user, asset = pair["user"], pair["asset"]
    world.users[user["id"]] = User(user["id"], user["name"], user["username"], "")
    for ref in user["groups"]:
        members = world.groups.setdefault(ref["id"], Group(ref["id"], ref["name"], DEFAULT)).user_ids
        if user["id"] not in members:
            members.append(user["id"])
    accounts = [
        Account(a["id"], a["name"], a["username"], asset["id"], is_active=a["is_active"])
        for a in asset["accounts"]
    ]
    nodes = [node["id"] for node in asset["nodes"]]
    protocols = [(p["name"], p["port"]) for p in asset["protocols"]]
    made = Asset(asset["id"], asset["name"], asset["address"], DEFAULT, 1, nodes, protocols=protocols)
    world.add_asset(made, accounts)


def test_every_verdict_is_that_of_the_server(recorded: tuple[World, list[dict[str, Any]]]) -> None:
    world, pairs = recorded
    yes = 0
    for pair in pairs:
        user, asset = world.users[pair["user"]["id"]], world.assets[pair["asset"]["id"]]
        assert {rule.id for rule in access.rules_between(world, user.id, asset)} == set(pair["rules"])
        found = access.verdict(world, user, asset, ASKED)
        assert (found is not None) == (pair["status"] == 200)
        if found is None:
            continue
        yes += 1
        wanted = [
            (a["alias"], bits(a["actions"]), moment(a["date_expired"]))
            for a in pair["verdict"]["permed_accounts"]
        ]
        assert sorted((g.alias, g.actions, g.until) for g in found.accounts) == sorted(wanted)
        offered = [p for p, _ in asset.protocols if "all" in found.protocols or p in found.protocols]
        assert sorted(offered) == sorted(p["name"] for p in pair["verdict"]["permed_protocols"])
    assert len(pairs) == 300
    assert yes > 80


def grant(*rules: tuple[list[str], int], accounts: tuple[str, ...] = ("root", "app")) -> dict[str, int]:
    """Alias or user name → bits, for rules (account strings, bits) on one asset with these accounts."""
    world = World(0, ASKED)
    user, made = User("u", "U", "root2", ""), [Account(name, name, name, "a") for name in accounts]
    world.users["u"], world.nodes["n"] = user, Node("n", "1", "top", DEFAULT)
    world.rules = {
        str(n): Rule(str(n), "", DEFAULT, ["u"], [], ["a"], [], strings, ["all"], mask)
        for n, (strings, mask) in enumerate(rules)
    }
    world.add_asset(Asset("a", "a", "", DEFAULT, 1, ["n"]), made)
    found = access.verdict(world, user, world.assets["a"], ASKED)
    assert found is not None
    return {granted.alias: granted.actions for granted in found.accounts}


def test_all_spreads_and_an_exclamation_mark_takes_away() -> None:
    assert grant((["@ALL"], 127)) == {"root": 127, "app": 127}
    assert grant((["@ALL", "!root"], 127)) == {"app": 127}
    assert grant((["@ALL"], 7), (["!root"], 1)) == {"root": 6, "app": 7}
    assert grant((["@ALL"], 4), (["!root"], 1)) == {"root": 3, "app": 4}


def test_virtual_accounts_stay_and_unknown_names_vanish() -> None:
    assert grant((["@SPEC", "nobody", "@INPUT", "@ANON"], 1)) == {"@ANON": 1, "@INPUT": 1}
    assert grant((["@USER"], 1)) == {"@USER": 1}
    assert grant((["@USER"], 1), accounts=("root2",)) == {"root2": 1}
    assert grant(([], 127)) == {}


def test_an_inactive_account_is_not_given() -> None:
    world = World(0, ASKED)
    world.users["u"], world.nodes["n"] = User("u", "U", "u", ""), Node("n", "1", "top", DEFAULT)
    world.rules["r"] = Rule("r", "", DEFAULT, ["u"], [], [], ["n"], ["@ALL", "root"])
    world.add_asset(Asset("a", "a", "", DEFAULT, 1), [Account("x", "x", "root", "a", is_active=False)])
    found = access.verdict(world, world.users["u"], world.assets["a"], ASKED)
    assert found is not None
    assert found.accounts == []
