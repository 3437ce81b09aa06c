"""The made-up world: as large, as deep and as strange as it has to be, and the same for the same seed."""

from __future__ import annotations

import re
import time
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from jmstui.demo import access
from jmstui.demo.world import DEFAULT, World, ancestors, build_world, name_key
from tests.demo.asking import demo

NOW = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)


@pytest.fixture(scope="module")
def world() -> World:
    return demo().world


def state(world: World, rule: object) -> str:
    """The first that holds of: disabled, future, expired, empty, soon, valid."""
    now = world.now
    if not rule.is_active:
        return "disabled"
    if rule.date_start > now:
        return "future"
    if rule.date_expired <= now:
        return "expired"
    if not ((rule.user_ids or rule.group_ids) and (rule.asset_ids or rule.node_ids) and rule.actions):
        return "empty"
    return "soon" if rule.date_expired < now + timedelta(days=30) else "valid"


def test_it_has_what_is_promised(world: World) -> None:
    assert len(world.real_orgs) == 4
    assert [org.name for org in world.real_orgs if not org.name.isascii()] == ["研发中心"]
    assert (len(world.assets), len(world.users), len(world.groups), len(world.rules)) == (2000, 500, 40, 300)
    assert max(node.key.count(":") + 1 for node in world.nodes.values()) == 6
    assert {org.id for org in world.real_orgs} == {asset.org_id for asset in world.assets.values()}


def test_the_same_seed_gives_the_same_world_and_another_seed_another() -> None:
    first, again, other = build_world(60, 3, NOW), build_world(60, 3, NOW), build_world(60, 4, NOW)
    assert first.assets == again.assets
    assert first.rules == again.rules
    assert first.users == again.users
    assert first.examples == again.examples
    assert first.examples != other.examples
    assert not set(first.assets) & set(other.assets)


def test_every_state_of_a_rule_is_there_and_every_way_to_name_members_and_targets(world: World) -> None:
    states = Counter(state(world, rule) for rule in world.rules.values())
    assert min(states[s] for s in ("disabled", "future", "expired", "empty", "soon", "valid")) >= 5
    rules = world.rules.values()
    assert any(r.user_ids and not r.group_ids for r in rules)
    assert any(r.group_ids and not r.user_ids for r in rules)
    assert any(r.asset_ids and not r.node_ids for r in rules)
    assert any(r.node_ids and not r.asset_ids for r in rules)
    assert any(":" not in world.nodes[n].key for r in rules for n in r.node_ids)
    assert any(r.from_ticket for r in rules)
    strings = {text for r in rules for text in r.accounts}
    assert {"@ALL", "@INPUT", "@USER", "@ANON", "@SPEC", "!root", "root"} <= strings
    assert any(not r.accounts for r in rules)
    assert len({r.actions for r in rules}) >= 5
    assert len({tuple(r.protocols) for r in rules}) >= 4


def test_rules_name_only_what_is_in_their_own_organization(world: World) -> None:
    for rule in world.rules.values():
        assert all(rule.org_id in world.users[i].roles for i in rule.user_ids)
        assert all(world.groups[i].org_id == rule.org_id for i in rule.group_ids)
        assert all(world.assets[i].org_id == rule.org_id for i in rule.asset_ids)
        assert all(world.nodes[i].org_id == rule.org_id for i in rule.node_ids)
    for asset in world.assets.values():
        assert all(world.nodes[i].org_id == asset.org_id for i in asset.node_ids)


def test_names_are_unique_within_an_organization(world: World) -> None:
    assert len({(a.org_id, a.name) for a in world.assets.values()}) == len(world.assets)
    assert len({(r.org_id, r.name) for r in world.rules.values()}) == len(world.rules)
    assert len({u.username for u in world.users.values()}) == len(world.users)


@pytest.mark.parametrize(
    "pattern",
    [
        r"\[red\].*\[/red\]",
        "\n",
        "\t",
        "\x1b\\[31m",
        "\x1b\\]8;;",
        "\u202e",
        "\u200f",
        "\u200d",
        "^=",
        r"^\+",
        "^-",
        "^@",
        "/",
        "测试",
        "^.{128}$",
    ],
)
def test_a_name_that_breaks_careless_programs_is_in_default(world: World, pattern: str) -> None:
    names = [a.name for a in world.assets.values() if a.org_id == DEFAULT]
    assert any(re.search(pattern, name) for name in names)


def test_the_first_screen_is_that_of_a_believable_company(world: World) -> None:
    names = sorted((a.name for a in world.assets.values() if a.org_id == DEFAULT), key=name_key)
    assert all(re.fullmatch(r"[a-z]+-[a-z0-9]+(-\d+)?", name) for name in names[:60])
    assert sum(not re.fullmatch(r"[\w-]+", name) for name in names) <= 20


def test_assets_lie_in_one_node_in_several_and_in_none(world: World) -> None:
    amounts = Counter(len(asset.node_ids) for asset in world.assets.values())
    assert amounts[0]
    assert amounts[1] > 1000
    assert amounts[2]
    assert amounts[3]
    assert 20 < sum(not asset.is_active for asset in world.assets.values()) < 200


def test_users_are_active_disabled_expired_and_locked(world: World) -> None:
    users = [user for name, user in world.users.items() if user.username not in world.people]
    assert sum(not user.is_active for user in users) > 5
    assert sum(user.date_expired < world.now for user in users) > 5
    assert sum(user.login_blocked for user in users) > 3


def test_the_named_people_have_what_signs_them_in(world: World) -> None:
    assert {"admin", "orgadmin", "auditor", "sysauditor", "viewer", "noorg", "mfauser", "reviewed"} <= set(
        world.people
    )
    for user in world.people.values():
        assert user.password
        assert len(user.private_token) == 40
        assert user.access_key
    assert world.people["mfauser"].otp_secret
    assert not access.rules_of_user(world, world.people["denied"].id)


def test_the_counts_of_the_tree_count_each_asset_once(world: World) -> None:
    counts = world.node_counts()
    for node in world.nodes.values():
        below = {
            asset.id
            for asset in world.assets.values()
            if any(node.key in ancestors(world.nodes[i].key) for i in asset.node_ids)
        }
        assert counts.get(node.key, 0) == len(below)


def test_accounts_are_found_by_their_id(world: World) -> None:
    for asset in list(world.assets.values())[:200]:
        for account in world.accounts_of(asset):
            assert world.account(account.id) == account
        assert world.account_amount(asset) == len(world.accounts_of(asset))
    kinds = [account for asset in world.assets.values() for account in world.accounts_of(asset)]
    assert any(not account.has_secret for account in kinds)
    assert any(not account.is_active for account in kinds)
    assert len({account.username for account in kinds}) > 10
    assert len({account.id for account in kinds}) == len(kinds)
    assert any(not world.accounts_of(asset) for asset in world.assets.values())


@pytest.mark.parametrize("seed", [0, 1, 7, 42, 99, 1234])
@pytest.mark.parametrize("amount", [50, 51, 97, 400])
def test_the_examples_are_true(seed: int, amount: int) -> None:
    world = build_world(amount, seed, NOW)
    examples = world.examples
    user, denied = world.user_named(examples["user"]), world.user_named(examples["denied_user"])
    (asset,) = [a for a in world.assets.values() if a.name == examples["asset"]]
    assert len(world.assets) == amount
    assert user is not None
    assert denied is not None
    found = access.verdict(world, user, asset, world.now)
    assert found is not None
    assert any(granted.account and granted.account.has_secret for granted in found.accounts)
    assert access.verdict(world, denied, asset, world.now) is None
    assert all(re.fullmatch(r"[a-z][a-z0-9-]*", text) for text in examples.values())


def test_a_hundred_thousand_assets_are_there_within_three_seconds() -> None:
    begun = time.process_time()
    world = build_world(100_000, 7, NOW)
    assert time.process_time() - begun < 3
    assert len(world.assets) == 100_000
