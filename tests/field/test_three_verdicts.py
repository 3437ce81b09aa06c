"""Rows 6 and 7: yes, blocked and no are decided once, and every command says the same of the same pair."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from jmstui.access.verdict import SENTENCES, Facts, Reason, Verdict, judge, usable
from jmstui.demo.records import Asset, Rule, User
from jmstui.demo.world import DEFAULT, World
from tests.cli.asking import Ask
from tests.demo_server import RunningDemo

NOW = datetime.now(UTC)


@pytest.fixture
def alone(start_demo: Any) -> RunningDemo:
    demo: RunningDemo = start_demo(assets=120)
    return demo


def joined(world: World) -> tuple[User, Asset, Rule]:
    """A sound member and an active asset with ssh, joined by one rule that gives what is typed in."""
    people = {user.username for user in world.people.values()}
    user = next(
        u for u in world.members(world.orgs[DEFAULT]) if u.username not in people and not u.login_blocked
    )
    user.is_active = True
    user.date_expired = NOW + timedelta(days=900)
    asset = next(
        a
        for a in world.assets.values()
        if a.org_id == DEFAULT and a.node_ids and a.is_active and a.protocols
        if any(name == "ssh" for name, _ in a.protocols) and a.name.isascii() and a.name.isprintable()
    )
    for rule in world.rules.values():
        rule.user_ids[:] = [id for id in rule.user_ids if id != user.id]
        rule.group_ids[:] = [id for id in rule.group_ids if user.id not in world.groups[id].user_ids]
    made = Rule("11111111-1111-4111-8111-111111111111", "the one rule", DEFAULT, [user.id])
    made.asset_ids, made.accounts, made.protocols = [asset.id], ["@INPUT"], ["all"]
    made.date_start, made.date_expired = NOW - timedelta(days=1), NOW + timedelta(days=100)
    world.rules[made.id] = made
    world.version += 1
    return user, asset, made


def disable(user: User, asset: Asset, rule: Rule) -> None:
    user.is_active = False


def expire(user: User, asset: Asset, rule: Rule) -> None:
    user.date_expired = NOW - timedelta(days=3)


def lock(user: User, asset: Asset, rule: Rule) -> None:
    user.login_blocked = True


def switch_off(user: User, asset: Asset, rule: Rule) -> None:
    asset.is_active = False


def no_account(user: User, asset: Asset, rule: Rule) -> None:
    rule.accounts = []


def anonymous(user: User, asset: Asset, rule: Rule) -> None:
    rule.accounts = ["@ANON"]


def no_protocol(user: User, asset: Asset, rule: Rule) -> None:
    rule.protocols = ["nosuch"]


def leave(user: User, asset: Asset, rule: Rule) -> None:
    user.roles.pop(DEFAULT)


def rule_off(user: User, asset: Asset, rule: Rule) -> None:
    rule.is_active = False


def nothing(user: User, asset: Asset, rule: Rule) -> None:
    return


CASES: list[tuple[Callable[[User, Asset, Rule], None], str, list[str], int]] = [
    (nothing, "yes", [], 0),
    (disable, "blocked", ["user-disabled"], 6),
    (expire, "blocked", ["user-expired"], 6),
    (lock, "blocked", ["user-locked"], 6),
    (switch_off, "blocked", ["asset-inactive"], 6),
    (no_account, "blocked", ["no-account"], 6),
    (anonymous, "blocked", ["no-account"], 6),
    (no_protocol, "blocked", ["no-protocol"], 6),
    (rule_off, "no", ["rule-disabled"], 1),
]


@pytest.mark.parametrize(
    ("change", "verdict", "reasons", "status"), CASES, ids=[case[0].__name__ for case in CASES]
)
def test_every_command_says_the_same(
    alone: RunningDemo,
    ask: Ask,
    change: Callable[[User, Asset, Rule], None],
    verdict: str,
    reasons: list[str],
    status: int,
) -> None:
    user, asset, rule = joined(alone.world)
    change(user, asset, rule)
    alone.world.version += 1
    name = user.username
    ran = ask("why", user.id, asset.id, "--json", on=alone)
    why = json.loads(ran.out)
    assert (ran.status, why["verdict"], why["reasons"]) == (status, verdict, reasons)
    assert why["granted"] is (verdict != "no")
    text = ask("why", user.id, asset.id, on=alone)
    assert text.status == status
    word = {"yes": "YES", "blocked": "BLOCKED", "no": "NO"}[verdict]
    assert text.out.splitlines()[0].startswith(f"Can {name} reach {asset.name}?  {word}")
    who = json.loads(ask("who-can", asset.id, "--json", on=alone).out)
    part = {"yes": "users", "blocked": "blocked", "no": "named"}[verdict]
    row = next(row for row in who[part] if row["id"] == user.id)
    assert (row["verdict"], row["granted"], row["reasons"]) == (verdict, verdict != "no", reasons)
    assert sum(who["counts"].values()) == len(who["users"]) + len(who["blocked"]) + len(who["named"])
    table = ask("who-can", asset.id, "--csv", on=alone)
    cells = next(row for row in csv.DictReader(io.StringIO(table.out)) if row["username"] == name)
    assert (cells["verdict"], cells["reasons"]) == (verdict, "; ".join(reasons))
    if change in (disable, expire, lock, switch_off):
        what = json.loads(ask("what-can", user.id, "--json", on=alone).out)
        item = next(item for item in what["items"] if item["id"] == asset.id)
        assert (item["verdict"], item["reasons"]) == ("blocked", reasons)
    elif verdict == "blocked":  # accounts and protocols are not in a list of assets: not known, never yes
        what = json.loads(ask("what-can", user.id, "--json", on=alone).out)
        assert {item["verdict"] for item in what["items"]} <= {None, "blocked"}


def test_a_former_member_is_granted_and_blocked(alone: RunningDemo, ask: Ask) -> None:
    user, asset, rule = joined(alone.world)
    leave(user, asset, rule)
    alone.world.version += 1
    who = json.loads(ask("who-can", asset.id, "--json", on=alone).out)
    row = next(row for row in who["blocked"] if row["id"] == user.id)
    assert (row["granted"], row["reasons"]) == (True, ["not-a-member"])


def test_all_reasons_at_once_and_in_their_order(alone: RunningDemo, ask: Ask) -> None:
    user, asset, rule = joined(alone.world)
    for change in (disable, expire, lock, switch_off, no_account):
        change(user, asset, rule)
    alone.world.version += 1
    why = json.loads(ask("why", user.id, asset.id, "--json", on=alone).out)
    expected = ["user-disabled", "user-expired", "user-locked", "asset-inactive", "no-account"]
    assert why["reasons"] == expected
    head = ask("what-can", user.id, on=alone).err
    assert "the user is disabled, the user has expired, and the user is locked" in head


def test_unknown_is_neither_yes_nor_no() -> None:
    """What nobody could tell leaves the verdict open; what is known to block decides nevertheless."""
    known = Facts((), True, True, True, True)
    assert judge(True, known).verdict is Verdict.YES
    for fact in ("user", "member", "active", "account", "protocol"):
        found = judge(True, replace(known, **{fact: None}))
        assert (found.verdict, found.reasons, found.unknown) == (None, (), (fact,))
    locked = replace(known, user=(Reason.USER_LOCKED,), account=None)
    assert judge(True, locked).verdict is Verdict.BLOCKED
    assert judge(False, Facts()).verdict is Verdict.NO


def test_no_credentials_work_on_web_and_custom_assets_alone() -> None:
    assert usable(["@ANON"], "web") is True
    assert usable(["@ANON"], "custom") is True
    assert usable(["@ANON"], "host") is False
    assert usable(["@ANON"], None) is None
    assert usable(["@ANON", "@INPUT"], "host") is True
    assert usable([], "web") is False


def test_every_reason_has_its_sentence() -> None:
    assert set(SENTENCES) == set(Reason)
