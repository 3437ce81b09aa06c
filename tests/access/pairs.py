"""The 300 recorded pairs, as models: what decides them and what the server said."""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import msgspec

from jmstui.access.evaluate import Person, Place
from jmstui.models.asset import AssetAccount, Protocol
from jmstui.models.base import Choice
from jmstui.models.permission import PermedAccount, Permission

NOW = datetime.fromisoformat("2026-11-22T01:00:00+00:00")
"""The pairs were asked on the morning that the data was made: the newest rule was created at 00:44:12 UTC,
and every `is_valid` and every verdict agrees with this moment (`test_the_moment_agrees_with_the_server`)."""


@dataclass(frozen=True)
class Pair:
    person: Person
    place: Place
    rules: frozenset[str]
    yes: bool
    accounts: list[PermedAccount]
    protocols: list[tuple[str, int | None]]


@dataclass(frozen=True)
class World:
    pairs: list[Pair]
    rules: list[Permission]
    keys: dict[str, str]


@lru_cache(maxsize=1)
def world() -> World:
    with gzip.open(Path(__file__).with_name("pairs.json.gz")) as file:
        data = json.load(file)
    keys = {node["id"]: node["key"] for node in data["nodes"].values()}
    rules = [msgspec.convert(rule, Permission) for rule in data["rules"].values()]
    return World([_pair(pair, keys) for pair in data["pairs"]], rules, keys)


def _pair(pair: dict[str, Any], keys: dict[str, str]) -> Pair:
    user, asset, verdict = pair["user"], pair["asset"], pair["verdict"] or {}
    accounts = [{**a, "secret_type": Choice(value=a["secret_type"])} for a in asset["accounts"]]
    return Pair(
        Person(user["id"], user["username"], frozenset(g["id"] for g in user["groups"])),
        Place(
            asset["id"],
            frozenset(keys[node["id"]] for node in asset["nodes"]) or frozenset({"1"}),
            tuple(msgspec.convert(a, AssetAccount) for a in accounts),
            tuple(msgspec.convert(p, Protocol) for p in asset["protocols"]),
        ),
        frozenset(pair["rules"]),
        pair["status"] == 200,
        [msgspec.convert(a, PermedAccount) for a in verdict.get("permed_accounts", [])],
        [(p["name"], p["port"]) for p in verdict.get("permed_protocols", [])],
    )
