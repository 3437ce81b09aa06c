"""The corners of §6.4 that the recorded pairs do not reach."""

from __future__ import annotations

from datetime import timedelta

import pytest

from jmstui.access.evaluate import Person, Place, as_named, covers_any, evaluate, lineage, not_offered
from jmstui.models.asset import AssetAccount
from jmstui.models.permission import Permission
from tests.access.rules import NOW, PERSON, account, actions, place, refs, rule


def usable(rules: list[Permission], target: Place, person: Person = PERSON) -> dict[str, tuple[str, ...]]:
    got = evaluate(rules, person, target, {"n": "1:2", "deep": "1:2:3:4", "beside": "1:20"}, NOW)
    return {one.username: one.actions for one in got.accounts}


def test_lineage_goes_by_parts_not_by_letters() -> None:
    assert lineage("1:20:3") == ["1", "1:20", "1:20:3"]


@pytest.mark.parametrize(
    ("node", "yes"), [("n", True), ("deep", False), ("beside", False), ("unknown", False)]
)
def test_only_a_node_above_covers(node: str, yes: bool) -> None:
    made = rule(assets=[], nodes=refs(node))
    keys = {"n": "1:2", "deep": "1:2:3:4", "beside": "1:20"}
    assert evaluate([made], PERSON, place("root"), keys, NOW).yes is yes


def test_groups_count_and_others_do_not() -> None:
    assert usable([rule(users=[], user_groups=refs("g2"))], place("root"))
    assert not usable([rule(users=[], user_groups=refs("g9"))], place("root"))


def test_a_live_rule_without_accounts_is_a_yes_with_nothing() -> None:
    got = evaluate([rule(accounts=[])], PERSON, place("root"), {}, NOW)
    assert got.yes
    assert got.accounts == ()


def test_all_spreads_over_active_accounts_alone() -> None:
    target = Place("a", accounts=(account("root"), account("old", active=False)))
    assert list(usable([rule()], target)) == ["root"]


def test_actions_and_days_add_up_over_rules() -> None:
    one = rule("1", days=10, accounts=["root"], actions=actions("connect"))
    two = rule("2", days=90, accounts=["@ALL"], actions=actions("upload"))
    got = evaluate([one, two], PERSON, place("root", "app"), {}, NOW)
    by_name = {a.username: a for a in got.accounts}
    assert by_name["root"].actions == ("connect", "upload")
    assert by_name["app"].actions == ("upload",)
    assert by_name["root"].until == NOW + timedelta(days=90)
    assert got.until == NOW + timedelta(days=90)


def test_exclusion_subtracts_numbers_not_sets() -> None:
    grant = rule("1", accounts=["root", "app"], actions=actions("download"))
    less = rule("2", accounts=["!root"], actions=actions("connect"))
    # 4 - 1 = 3: the server leaves connect and upload
    assert usable([grant, less], place("root", "app")) == {
        "app": ("download",),
        "root": ("connect", "upload"),
    }


@pytest.mark.parametrize("accounts", [["@ALL", "!root"], ["root", "!root"], ["@ALL", "!!root"], ["!root"]])
def test_exclusion_that_leaves_nothing_drops_the_account(accounts: list[str]) -> None:
    assert "root" not in usable([rule(accounts=accounts)], place("root"))


def test_exclusion_below_zero_drops_it_too() -> None:
    grant = rule("1", accounts=["root"], actions=actions("connect"))
    assert usable([grant, rule("2", accounts=["!root"])], place("root")) == {}


def test_virtual_accounts_come_after_real_ones() -> None:
    got = evaluate(
        [rule(accounts=["@INPUT", "@ANON", "root", "@SPEC", "@NEW"])], PERSON, place("root"), {}, NOW
    )
    assert [(a.username, a.alias, a.virtual) for a in got.accounts] == [
        ("root", "id-root", False),
        ("@ANON", "@ANON", True),
        ("@INPUT", "@INPUT", True),
    ]


def test_same_name_account_is_real_where_there_is_one() -> None:
    made = [rule(accounts=["@USER"])]
    real = evaluate(made, PERSON, place("alice"), {}, NOW).accounts
    virtual = evaluate(made, PERSON, place("root"), {}, NOW).accounts
    assert [(a.username, a.alias, a.virtual) for a in real] == [("alice", "id-alice", False)]
    assert [(a.username, a.alias, a.virtual) for a in virtual] == [("alice", "@USER", True)]


def test_one_name_may_be_several_accounts() -> None:
    target = Place("a", accounts=(account("root", "password"), account("root", "key")))
    got = evaluate([rule(accounts=["root"])], PERSON, target, {}, NOW)
    assert [a.alias for a in got.accounts] == ["password", "key"]


def test_an_account_of_a_directory_service_bears_its_domain() -> None:
    target = Place(
        "a", accounts=(AssetAccount(id="1", name="x", username="svc"),), domains={"1": "corp.example"}
    )
    assert list(usable([rule(accounts=["svc"])], target)) == ["svc@corp.example"]


def test_protocols_are_a_union_and_not_tied_to_accounts() -> None:
    rules = [rule("1", protocols=["ssh"]), rule("2", protocols=["rdp"])]
    got = evaluate(rules, PERSON, place("root"), {}, NOW)
    assert [p.name for p in got.protocols] == ["ssh"]
    assert not_offered(rules, place().protocols) == ["rdp"]
    both = [*rules, rule("3", protocols=["all"])]
    assert [p.name for p in evaluate(both, PERSON, place("root"), {}, NOW).protocols] == ["ssh", "sftp"]
    assert not_offered(both, place().protocols) == []


def test_dead_rules_add_nothing() -> None:
    dead = [rule("1", days=-1), rule("2", since=1), rule("3", is_active=False)]
    assert not evaluate(dead, PERSON, place("root"), {}, NOW).yes


def test_covers_any_of_many_assets() -> None:
    keys = {"n": "1:2"}
    assert covers_any(rule(), frozenset({"a"}), frozenset(), keys)
    assert not covers_any(rule(), frozenset({"b"}), frozenset(), keys)
    assert covers_any(rule(), None, frozenset(), keys)
    assert covers_any(rule(assets=[], nodes=refs("n")), frozenset(), frozenset({"1:2"}), keys)
    assert not covers_any(rule(assets=[], nodes=refs("gone")), frozenset(), frozenset({"1:2"}), keys)


def test_accounts_as_the_rules_name_them() -> None:
    rules = [
        rule("1", days=9, accounts=["@SPEC", "root", "!app"], actions=actions("connect")),
        rule("2", days=99, accounts=["root", "@ALL"], actions=actions("upload")),
    ]
    named = {one.username: (one.actions, one.until) for one in as_named(rules)}
    assert list(named) == ["root", "!app", "@ALL"]
    assert named["root"] == (("connect", "upload"), NOW + timedelta(days=99))
