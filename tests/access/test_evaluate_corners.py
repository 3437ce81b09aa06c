"""What a real server holds and the recorded pairs do not: odd account strings, equal moments, v3.10."""

from __future__ import annotations

from datetime import timedelta

import pytest

from jmstui.access.evaluate import Granted, Place, evaluate
from jmstui.access.status import live
from jmstui.models.asset import AssetAccount, Protocol
from jmstui.models.base import Choice
from jmstui.models.permission import Permission
from tests.access.rules import NOW, PERSON, account, actions, place, refs, rule


def granted(rules: list[Permission], target: Place, old: bool = False) -> list[Granted]:
    return list(evaluate(rules, PERSON, target, {"n": "1:2", "m": "1:7"}, NOW, old).accounts)


def aliases(rules: list[Permission], target: Place, old: bool = False) -> list[str]:
    return [one.alias for one in granted(rules, target, old)]


@pytest.mark.parametrize("text", ["@SPEC", "@X", "%5f0d", "nobody", "!nobody", ""])
def test_strings_that_stand_for_no_account(text: str) -> None:
    assert aliases([rule(accounts=[text])], place("root")) == []
    assert aliases([rule(accounts=[text, "root"])], place("root")) == ["id-root"]


def test_an_account_without_a_user_name() -> None:
    target = Place("a", accounts=(account("", id="bare"), account("root")))
    assert aliases([rule(accounts=["@ALL"])], target) == ["bare", "id-root"]
    assert aliases([rule(accounts=["root"])], target) == ["id-root"]


def test_one_user_name_with_two_kinds_of_secret_is_two_accounts() -> None:
    kinds = [AssetAccount(id=k, name=k, username="root", secret_type=Choice(value=k)) for k in ("key", "pw")]
    target = Place("a", accounts=tuple(kinds))
    assert aliases([rule(accounts=["root", "@ALL"])], target) == ["key", "pw"]
    assert aliases([rule(accounts=["root", "!root"])], target) == []


def test_a_switched_off_account_is_not_given_by_its_name_either() -> None:
    target = Place("a", accounts=(account("root", active=False),))
    assert aliases([rule(accounts=["root", "@ALL"])], target) == []


def test_all_is_taken_off_by_its_own_exclusion_only_where_it_stands_alone() -> None:
    # the server spreads @ALL first: `!@ALL` then takes from a string that is gone
    assert aliases([rule(accounts=["@ALL", "!@ALL"])], place("root")) == ["id-root"]


def test_a_virtual_account_can_be_excluded() -> None:
    made = [rule("1", accounts=["@INPUT", "root"]), rule("2", accounts=["!@INPUT"])]
    assert aliases(made, place("root")) == ["id-root"]


def test_same_name_and_plain_name_add_up() -> None:
    made = [
        rule("1", days=5, accounts=["@USER"], actions=actions("connect")),
        rule("2", days=9, accounts=["alice"], actions=actions("upload")),
    ]
    (one,) = granted(made, place("alice"))
    assert (one.alias, one.actions) == ("id-alice", ("connect", "upload"))
    assert one.until == NOW + timedelta(days=9)


@pytest.mark.parametrize(("days", "since", "yes"), [(0, -1, False), (1, 0, False), (0.001, -0.001, True)])
def test_a_rule_that_ends_or_starts_at_this_very_moment_grants_nothing(
    days: float, since: float, yes: bool
) -> None:
    assert live(rule(days=days, since=since), NOW) is yes


def test_an_asset_in_several_nodes_is_reached_by_any_of_them() -> None:
    target = place("root", keys=("1:2:3", "1:7:1"))
    for node in ("n", "m"):
        assert evaluate(
            [rule(assets=[], nodes=refs(node))], PERSON, target, {"n": "1:2", "m": "1:7"}, NOW
        ).yes


def test_without_actions_the_asset_is_seen_and_no_account_is_given() -> None:
    got = evaluate([rule(actions=[])], PERSON, place("root"), {}, NOW)
    assert got.yes
    assert got.accounts == ()


def test_an_end_counts_only_for_the_accounts_of_its_rule() -> None:
    made = [rule("1", days=3, accounts=["app"]), rule("2", days=30, accounts=["root"])]
    assert {one.username: one.until for one in granted(made, place("app", "root"))} == {
        "app": NOW + timedelta(days=3),
        "root": NOW + timedelta(days=30),
    }


def test_protocols_that_no_rule_names() -> None:
    target = Place("a", protocols=(Protocol(name="ssh", port=22),))
    assert evaluate([rule(protocols=[])], PERSON, target, {}, NOW).protocols == ()
    assert evaluate([rule(protocols=["all"])], PERSON, target, {}, NOW).protocols == target.protocols


def test_v3_10_knows_no_exclusion_and_keeps_accounts_without_actions() -> None:
    assert aliases([rule(accounts=["@ALL", "!root"])], place("root"), old=True) == ["id-root"]
    (bare,) = granted([rule(accounts=["root"], actions=[])], place("root"), old=True)
    assert bare.actions == ()
    assert aliases([rule(accounts=["@ALL"], actions=[])], place("root"), old=True) == []
