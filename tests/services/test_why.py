from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest

from jmstui.access.status import DEAD
from jmstui.api.errors import NotFound, NotPermitted
from jmstui.demo import access as truth
from jmstui.demo.records import Asset, Rule, User
from jmstui.demo.world import DEFAULT
from jmstui.models.user import User as UserRecord
from jmstui.services.answers import AssetName, UserName
from jmstui.services.why import Why, not_among_yours, why
from tests.demo_server import RunningDemo
from tests.services.asking import Counted, every, last, signed_in


def user_name(user: User) -> UserName:
    return UserName(user.id, user.username, user.name)


def asset_name(asset: Asset) -> AssetName:
    return AssetName(asset.id, asset.name, asset.address)


def codes(answer: Why) -> set[str]:
    return {warned.code for warned in answer.warnings}


@pytest.fixture
def alone(start_demo: Any) -> RunningDemo:
    """A world that a test may change."""
    demo: RunningDemo = start_demo(assets=200)
    return demo


def pair(demo: RunningDemo) -> tuple[User, Asset, Rule]:
    """A valid user and an active asset of Default that exactly one rule, made here, joins."""
    world = demo.world
    people = {user.username for user in world.people.values()}
    user = next(
        u
        for u in world.members(world.orgs[DEFAULT])
        if u.username not in people
        and u.is_active
        and not u.login_blocked
        and len(world.groups_of(u.id)) == 1
    )
    asset = next(a for a in world.assets.values() if a.org_id == DEFAULT and a.node_ids and a.is_active)
    for rule in world.rules.values():
        if user.id in rule.user_ids:
            rule.user_ids.remove(user.id)
        for group in world.groups_of(user.id):
            if group.id in rule.group_ids:
                rule.group_ids.remove(group.id)
    now = datetime.now(UTC)
    made = Rule("11111111-1111-4111-8111-111111111111", "the one rule", DEFAULT, [user.id])
    made.asset_ids, made.accounts = [asset.id], ["@ALL"]
    made.date_start, made.date_expired = now - timedelta(days=1), now + timedelta(days=100)
    world.rules[made.id] = made
    world.version += 1
    return user, asset, made


async def ask(demo: RunningDemo, user: User, asset: Asset, who: str = "admin", org: str | None = None) -> Why:
    async with signed_in(demo, who, org) as (client, identity):
        return await last(why(client, identity, user_name(user), asset_name(asset)))


async def test_yes_in_parts_verdict_first(alone: RunningDemo) -> None:
    user, asset, rule = pair(alone)
    async with signed_in(alone) as (client, identity):
        counted = Counted(alone)
        parts = await every(why(client, identity, user_name(user), asset_name(asset)))
        assert [part.verdict for part in parts] == [None, "yes", "yes"]
        assert parts[0].accounts
        assert parts[0].rules == ()
        assert [part.settled for part in parts] == [False, True, True]
        assert [part.done for part in parts] == [False, False, True]
        assert {line.split("?")[0] for line in counted.lines[:2]} == {
            f"perms/users/{user.id}/assets/{asset.id}/",
            f"assets/assets/{asset.id}/perm-users/{user.id}/permissions/",
        }
        assert len(counted) <= 5
        again = Counted(alone)
        assert (await last(why(client, identity, user_name(user), asset_name(asset)))).verdict == "yes"
        assert len(again) == 0
    end = parts[-1]
    assert end.until == rule.date_expired.replace(microsecond=0) if rule.date_expired else False
    assert [stand.rule.name for stand in end.rules] == ["the one rule"]
    assert [[step.type for step in path] for path in end.rules[0].paths] == [["user", "asset"]]
    assert end.complete
    assert end.near == ()


async def test_json_is_the_promised_shape(alone: RunningDemo) -> None:
    user, asset, _ = pair(alone)
    document = (await ask(alone, user, asset)).to_json()
    keys = "verdict granted reasons unknown until user asset organization accounts protocols rules near "
    keys += "warnings complete"
    assert " ".join(document) == keys
    assert document["user"] == {"id": user.id, "username": user.username, "name": user.name}
    assert document["asset"] == {"id": asset.id, "name": asset.name, "address": asset.address}
    assert document["organization"]["id"] == DEFAULT
    assert datetime.fromisoformat(document["until"]).tzinfo is not None
    account = document["accounts"][0]
    assert list(account) == ["name", "username", "actions", "until", "has_secret", "virtual"]
    assert account["actions"][0] == "connect"
    assert list(document["rules"][0]) == ["id", "name", "status", "until", "paths", "accounts", "actions"]
    assert document["rules"][0]["accounts"] == ["@ALL"]
    assert "connect" in document["rules"][0]["actions"]
    assert document["rules"][0]["paths"][0][0] == {"type": "user", "id": user.id, "name": user.username}


async def test_paths_by_group_and_by_every_node(alone: RunningDemo) -> None:
    user, asset, rule = pair(alone)
    group = alone.world.groups_of(user.id)[0]
    node = alone.world.nodes[asset.node_ids[0]]
    root = alone.world.org_root(DEFAULT)
    rule.group_ids, rule.node_ids, rule.asset_ids, rule.user_ids = [group.id], [root.id], [], []
    alone.world.version += 1
    end = await ask(alone, user, asset)
    ways = end.rules[0].paths
    assert len(ways) == len(set(asset.node_ids))
    by_last = {way[-2].id: way for way in ways}
    way = by_last[node.id]
    assert [step.type for step in way[:2]] == ["user", "group"]
    assert way[1].name == group.name
    assert [step.id for step in way[2:-1]] == [
        n.id for key in truth_lineage(node.key) for n in [alone.world.node_by_key(key)] if n
    ]
    assert way[-1].id == asset.id


def truth_lineage(key: str) -> list[str]:
    parts = key.split(":")
    return [":".join(parts[: n + 1]) for n in range(len(parts))]


@pytest.mark.parametrize(
    ("change", "lacks"),
    [
        ({"is_active": False}, "disabled"),
        ({"date_expired": datetime(2026, 1, 2, 12, tzinfo=UTC)}, "expired on 2026-01-02"),
        ({"date_start": datetime(2099, 1, 2, 12, tzinfo=UTC)}, "starts on 2099-01-02"),
    ],
)
async def test_no_names_the_rule_that_would_have_granted_it(
    alone: RunningDemo, change: dict[str, Any], lacks: str
) -> None:
    user, asset, rule = pair(alone)
    for name, value in change.items():
        setattr(rule, name, value)
    async with signed_in(alone) as (client, identity):
        counted = Counted(alone)
        end = await last(why(client, identity, user_name(user), asset_name(asset)))
        assert end.verdict == "no"
        assert end.near[0].rule.id == rule.id
        assert end.near[0].lacks.startswith(lacks)
        assert [stand.rule.id for stand in end.rules] == [rule.id]
        assert end.rules[0].status in DEAD
        assert end.rules[0].paths
        assert len(counted) <= 7
        again = Counted(alone)
        await last(why(client, identity, user_name(user), asset_name(asset)))
        assert len(again) == 0
    assert end.to_json()["near"][0]["lacks"] == end.near[0].lacks
    assert end.complete


async def test_no_with_rules_that_cover_one_side(alone: RunningDemo) -> None:
    user, asset, rule = pair(alone)
    other = next(a for a in alone.world.assets.values() if a.org_id == DEFAULT and a.id != asset.id)
    rule.asset_ids = [other.id]
    end = await ask(alone, user, asset)
    assert end.verdict == "no"
    assert "covers the user but not the asset" in {one.lacks for one in end.near if one.rule.id == rule.id}
    assert end.rules == ()


async def test_a_404_for_what_does_not_exist_is_no_verdict(demo: RunningDemo) -> None:
    nobody = UserName("99999999-9999-4999-8999-999999999999", "nobody")
    nothing = AssetName("99999999-9999-4999-8999-999999999999", "nothing")
    world = demo.world
    asset = asset_name(next(a for a in world.assets.values() if a.org_id == DEFAULT))
    user = user_name(world.people["viewer"])
    async with signed_in(demo) as (client, identity):
        with pytest.raises(NotFound, match="no user nobody"):
            await last(why(client, identity, nobody, asset))
        with pytest.raises(NotFound, match="no asset nothing"):
            await last(why(client, identity, user, nothing))


async def test_warnings_stand_apart_from_the_verdict(alone: RunningDemo) -> None:
    user, asset, rule = pair(alone)
    rule.accounts, rule.protocols = ["@INPUT"], ["nosuch"]
    asset.is_active = user.is_active = False
    end = await ask(alone, user, asset)
    assert (end.verdict, end.granted) == ("blocked", True)
    assert end.reasons == ("user-disabled", "asset-inactive", "no-protocol")
    assert codes(end) == {
        "virtual-account",
        "protocol-not-offered",
        "acl-may-refuse",
        "tree-may-lag",
    }
    rule.accounts = []
    user.is_active, user.login_blocked = True, True
    end = await ask(alone, user, asset)
    assert {"no-account", "user-locked"} <= set(end.reasons)
    assert end.accounts == ()
    user.login_blocked, user.date_expired = False, datetime(2026, 1, 1, tzinfo=UTC)
    assert "user-expired" in (await ask(alone, user, asset)).reasons


async def test_accounts_without_a_secret_are_named(alone: RunningDemo) -> None:
    user, asset, _ = pair(alone)
    accounts = alone.world.accounts_of(asset)
    bare = [account.username for account in accounts if account.is_active and not account.has_secret]
    assert ("no-secret" in codes(await ask(alone, user, asset))) is bool(bare)
    for account in accounts:
        account.has_secret = False
    alone.world.remove_asset(asset.id)
    alone.world.add_asset(asset, accounts)
    alone.world.rules["11111111-1111-4111-8111-111111111111"].asset_ids = [asset.id]
    assert "no-secret" in codes(await ask(alone, user, asset))


async def test_an_asset_of_another_organization_is_explained_from_there(demo: RunningDemo) -> None:
    world = demo.world
    now = datetime.now(UTC)
    rule = next(
        r
        for r in world.rules.values()
        if r.org_id != DEFAULT and truth.is_valid(r, now) and r.asset_ids and r.user_ids
    )
    user, asset = world.users[rule.user_ids[0]], world.assets[rule.asset_ids[0]]
    end = await ask(demo, user, asset, org=DEFAULT)
    assert end.granted
    assert "other-organization" in codes(end)
    assert end.organization.id == rule.org_id
    assert rule.id in {stand.rule.id for stand in end.rules}
    assert all(stand.paths for stand in end.rules)


async def test_oneself_without_rights(demo: RunningDemo) -> None:
    world = demo.world
    viewer = world.people["viewer"]
    own = world.rules.values()
    mine = next(
        r for r in own if viewer.id in r.user_ids and r.asset_ids and truth.is_valid(r, datetime.now(UTC))
    )
    reached = world.assets[mine.asset_ids[0]]
    async with signed_in(demo, "viewer") as (client, identity):
        end = await last(why(client, identity, user_name(viewer), asset_name(reached)))
        assert end.granted
        assert not end.complete
        assert "rules-not-visible" in codes(end)
        assert end.until == max(a.until for a in end.accounts if a.until) if end.accounts else True
        far = next(
            a for a in world.assets.values() if truth.verdict(world, viewer, a, datetime.now(UTC)) is None
        )
        no = await last(why(client, identity, user_name(viewer), asset_name(far)))
        assert no.verdict == "no"
        assert no.warnings[0].text == "not among your assets, or no such asset"
        assert not no.complete
        assert not_among_yours(identity, "web-01", datetime.now(UTC)).to_json()["asset"]["name"] == "web-01"


async def test_about_others_without_rights_is_refused(demo: RunningDemo) -> None:
    world = demo.world
    user, asset = world.people["orgadmin"], next(iter(world.assets.values()))
    with pytest.raises(NotPermitted):
        await ask(demo, user, asset, who="viewer")


async def test_it_is_always_the_verdict_of_the_server(demo: RunningDemo) -> None:
    world, rng, now = demo.world, Random(3), datetime.now(UTC)
    rules = [
        rule for rule in world.rules.values() if rule.org_id == DEFAULT and rule.user_ids and rule.asset_ids
    ]
    async with signed_in(demo) as (client, identity):
        for _ in range(40):
            rule = rng.choice(rules)
            user, asset = world.users[rng.choice(rule.user_ids)], world.assets[rng.choice(rule.asset_ids)]
            end = await last(why(client, identity, user_name(user), asset_name(asset)))
            assert end.granted is (truth.verdict(world, user, asset, now) is not None)
            assert (end.verdict == "no") is not end.granted
            assert "verdict-unexplained" not in codes(end)
            assert rule.id in {stand.rule.id for stand in end.rules}
            assert all(stand.paths for stand in end.rules)


async def test_version_3_10_gives_no_days_with_accounts_and_the_rules_do(start_demo: Any) -> None:
    demo: RunningDemo = start_demo(assets=200, api="3.10")
    user, asset, rule = pair(demo)
    rule.accounts = ["@ALL", "@INPUT", "@USER"]
    async with signed_in(demo) as (client, identity):
        parts = await every(why(client, identity, user_name(user), asset_name(asset)))
    end = parts[-1]
    assert end.verdict == "yes"
    assert {account.until for account in parts[0].accounts} == {None}
    assert rule.date_expired
    assert end.until == rule.date_expired.replace(microsecond=0)
    assert {account.until for account in end.accounts} == {end.until}
    assert {account.alias for account in end.accounts if account.virtual} == {"@INPUT", "@USER"}
    assert end.rules[0].paths


async def test_a_user_of_another_organization_is_a_plain_no(demo: RunningDemo) -> None:
    world = demo.world
    user = next(u for u in world.users.values() if DEFAULT not in u.roles and u.username not in world.people)
    asset = next(a for a in world.assets.values() if a.org_id == DEFAULT)
    end = await ask(demo, user, asset)
    assert end.verdict == "no"
    assert end.user.username == user.username
    assert "not-a-member" in end.reasons
    assert end.complete
    record = UserRecord(id=user.id, username=user.username, name=user.name)
    async with signed_in(demo, "orgadmin") as (client, identity):
        assert (await last(why(client, identity, record, asset_name(asset)))).verdict == "no"
        with pytest.raises(NotFound):
            await last(why(client, identity, user_name(user), asset_name(asset)))
