"""The drawing of the answers, from answers made by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from jmstui.access.evaluate import Granted, Person, Place
from jmstui.access.lapses import Near
from jmstui.access.paths import NodeNames, Step, paths
from jmstui.access.verdict import Reason, Verdict
from jmstui.models.permission import PermedProtocol
from jmstui.services._reach import GroupReach, Reacher
from jmstui.services._verdicts import Why, WhyAccount
from jmstui.services.answers import AssetName, OrgName, RuleStand, UserName, Warned
from jmstui.services.expiring import Expiring, in_window
from jmstui.services.what_can import NodeCount, Standing, WhatCan
from jmstui.services.who_can import WhoCan
from jmstui.views import answers
from jmstui.views.answers import expiring_lines, plain, what_can_lines, who_can_lines, why_lines
from jmstui.views.spec import Line
from tests.access.rules import NOW, refs, rule

USER, ASSET, ORG = UserName("u", "alice", "Alice"), AssetName("a", "web-01", "10.0.0.1"), OrgName("o", "Ops")
NODES = NodeNames.of([("root", "1", "Default"), ("web", "1:2", "web")])


def stand(**more: Any) -> RuleStand:
    made = rule("r", user_groups=refs("g1"), nodes=refs("root"), assets=[], users=[], **more)
    ways = paths(
        made,
        Person("u", "alice", frozenset({"g1"})),
        Place("a", frozenset({"1:2"})),
        Step("user", "u", "alice"),
        Step("asset", "a", "web-01"),
        NODES,
    )
    return RuleStand.of(made, NOW, ways)


def texts(lines: list[Line]) -> list[str]:
    keys = [line.key for line in lines]
    assert len(keys) == len(set(keys)), "two lines with one key"
    return plain(lines)


def test_yes() -> None:
    until = datetime(2038, 9, 24, 12).astimezone()
    account = WhyAccount("root", "root", "1", ("connect", "upload"), until, False)
    warnings = (Warned("protocol-not-offered", "it has no rdp"), Warned("acl-may-refuse", "may refuse"))
    protocols = (PermedProtocol(name="ssh", port=22), PermedProtocol(name="k8s"))
    answer = Why(
        Verdict.YES,
        USER,
        ASSET,
        ORG,
        until,
        (account,),
        protocols,
        (stand(days=-20),),
        warnings=warnings,
        now=NOW,
    )
    lines = why_lines(answer)
    assert texts(lines) == [
        "Can alice reach web-01?  YES, until 2038-09-24",
        "  as root  connect upload  until 2038-09-24  (no secret stored)",
        "  over ssh 22 · k8s",
        "  ! it has no rdp",
        "  ! may refuse",
        "Rules that join the two",
        "  rule rule r  expired 2026-11-02  as @ALL",
        "    alice ─ group G1 ─ node Default ─ node web ─ web-01",
        "      user alice",
        "      group G1",
        "      node Default",
        "      node web",
        "      asset web-01",
        "  …",
    ]
    targets = {(line.target.view, line.target.id, line.target.org) for line in lines if line.target}
    assert targets == {
        ("permissions", "r", "o"),
        ("users", "u", "o"),
        ("groups", "g1", "o"),
        ("nodes", "root", "o"),
        ("nodes", "web", "o"),
        ("assets", "a", "o"),
    }
    assert [line.tone for line in lines if line.text.startswith("!")] == ["warn", "dim"]
    assert len(why_lines(answer, steps=False)) == len(lines) - 5


def test_no() -> None:
    near = (Near(rule("n"), "covers the user but not the asset", 3),)
    cut = (Warned("cut", "x"),)
    answer = Why(
        Verdict.NO, USER, ASSET, granted=False, near=near, near_more=3, warnings=cut, done=True, now=NOW
    )
    assert texts(why_lines(answer)) == [
        "Can alice reach web-01?  NO",
        "Nearest rules, and what each lacks",
        "  rule rule n  covers the user but not the asset",
        "  … and 3 more: `jmstui why USER ASSET --json` lists them",
    ]
    many = tuple(Near(rule(f"n{number}"), "covers the user but not the asset", 3) for number in range(30))
    lines = why_lines(replace(answer, near=many, near_more=0))
    assert sum(line.key.startswith("near:n") for line in lines) == 20
    assert lines[-1].text.startswith("… and 10 more")


def test_the_headline_of_a_yes_without_or_with_a_shorter_account() -> None:
    long, short = datetime(2096, 11, 4, 12).astimezone(), datetime(2026, 11, 24, 12).astimezone()
    bare = Why(Verdict.YES, USER, ASSET, ORG, long, done=True, now=NOW)
    reasons = (Reason.USER_DISABLED, Reason.NO_ACCOUNT)
    blocked = replace(bare, verdict=Verdict.BLOCKED, reasons=reasons)
    assert why_lines(blocked)[0].text == (
        "Can alice reach web-01?  BLOCKED: granted until 2096-11-04, but the user is disabled, "
        "and there is no account to log in with"
    )
    assert why_lines(blocked)[0].tone == "warn"
    open_ = replace(bare, verdict=None, unknown=("user",), settled=True)
    assert why_lines(open_)[0].text.endswith("but whether it can be used is not known")
    accounts = tuple(WhyAccount(n, "root", n, ("connect",), short, True) for n in ("a", "b"))
    ends = why_lines(replace(bare, accounts=accounts))
    assert ends[0].text == (
        "Can alice reach web-01?  YES, until 2026-11-24 with an account; visible until 2096-11-04"
    )
    assert [line.text.split("  ")[0] for line in ends[1:3]] == ["as root (a)", "as root (b)"]
    lasting = (accounts[0], replace(accounts[1], until=long))
    assert why_lines(replace(bare, accounts=lasting))[0].text.endswith("YES, until 2096-11-04")


def test_who_can() -> None:
    end = NOW + timedelta(days=400)
    accounts = tuple(Granted(name, name, name, 1, end) for name in ("app", "db", "root", "@INPUT"))
    full = Reacher(USER, end, accounts, ("r",), ("direct", "G1"))
    bare = Reacher(UserName("w", "王-long-name", "王静"), end, (), ("r",), ("G1",), None)
    locked, past = (Reason.USER_LOCKED,), (Reason.RULE_EXPIRED,)
    gone = Reacher(UserName("v", "bob", "Bob"), end, (), ("r",), ("G1",), Verdict.BLOCKED, locked)
    once = Reacher(UserName("x", "eve", "Eve"), end, (), ("r",), ("G1",), Verdict.NO, past)
    groups = (GroupReach("g1", "G1", ("r",)),)
    answer = WhoCan(ASSET, ORG, (full, bare), groups, (stand(),), (gone,), (once,), done=True, now=NOW)
    lines = who_can_lines(answer)
    until = "until 2027-12-27"
    assert texts(lines)[:10] == [
        "1 user can reach web-01; 1 user granted web-01, whether they can use it is not known; "
        "1 granted but blocked; 1 only named",
        "  USER          NAME   UNTIL       AS                VIA",
        "  alice         Alice  2027-12-27  app, db, root +1  direct, G1",
        f"    as app  connect  {until}",
        f"    as db  connect  {until}",
        f"    as root  connect  {until}",
        f"    as @INPUT  connect  {until}",
        "    rule rule r  valid",
        "  王-long-name  王静   2027-12-27  no account        G1",
        "    granted; whether it can be used is not known",
    ]
    assert "  group G1  by rule r" in texts(lines)
    assert texts(lines)[-4:] == [
        "1 is only named, and not granted",
        "  USER  NAME  WHY NOT                 VIA",
        "  eve   Eve   only expired rules join the two  G1",
        "    rule rule r  valid",
    ]
    assert "  bob   Bob   the user is locked after failed sign-ins  G1" in texts(lines)
    assert [line.level for line in lines if line.folded] == [1, 1, 1, 2, 1]
    assert all(line.target for line in lines if line.folded and line.level == 1)
    growing = texts(who_can_lines(replace(answer, done=False)))
    assert growing[0] == "2 users granted web-01 so far"
    alone = replace(answer, users=(full,), blocked=(), lapsed=())
    assert who_can_lines(alone)[0].text == "1 user can reach web-01"
    twins = tuple(Granted(name, "root", name, 1, end) for name in ("root-key", "root-pw"))
    named = texts(who_can_lines(replace(answer, users=(replace(full, accounts=twins),))))
    assert named[2] == "  alice  Alice  2027-12-27  root (root-key) +1  direct, G1"
    assert f"    as root (root-pw)  connect  {until}" in named


def test_what_can() -> None:
    nodes = (NodeCount("1", "root", "Default", 1200, ""), NodeCount("1:2", "web", "web", None, "1"))
    answer = WhatCan(
        USER, 1200, (RuleStand.of(rule(days=-1), NOW),), nodes, hidden=True, complete=False, done=True
    )
    assert texts(what_can_lines(answer)) == [
        "alice is granted 1,200 assets",
        "  ! the rules are not visible to you",
        "1 rule",
        "  rule rule r  expired 2026-11-21  as @ALL",
        "Nodes",
        "  Default  1,200",
        "    web",
    ]


def test_what_can_says_what_blocks_all_of_it() -> None:
    blocked = WhatCan(USER, 4, standing=Standing((Reason.USER_DISABLED,), True), done=True)
    assert "  ! all of them are blocked: the user is disabled" in texts(what_can_lines(blocked))
    unknown = WhatCan(USER, 4, standing=Standing(), complete=False, done=True)
    assert "  ! whether the user can sign in could not be read" in texts(what_can_lines(unknown))


def test_expiring_folds_tickets() -> None:
    rules = [
        rule("1", days=2.5),
        rule("2", days=5, from_ticket=True),
        rule("3", users=None, users_amount=4, days=9),
    ]
    items = tuple(in_window(rules, NOW, 30))
    answer = Expiring(30, items, 3, done=True, now=NOW)
    lines = texts(expiring_lines(answer))
    assert lines[:4] == [
        "3 rules end within 30 days",
        "  2026-11-25  rule 1  in 2 days  until 2026-11-25",
        "    user U",
        "    asset A",
    ]
    assert "    4 users" in lines
    assert lines[-1] == "1 more were made by approval tickets"
    assert len(texts(expiring_lines(answer, unfold=True))) == len(lines) + 3


def test_a_rule_says_which_accounts_it_names_and_when_it_names_none() -> None:
    assert answers._gives(None) == ""
    assert answers._gives([]) == "  names no account"
    assert answers._gives(["@SPEC"]) == "  names no account"
    assert answers._gives(["@SPEC", "root", "app", "db", "web"]) == "  as root, app, db +1"
