"""Rules, their filters, relations and expansions (§6.1 to §6.3, §6.5)."""

from __future__ import annotations

from typing import Any

import pytest

from jmstui.demo.records import Asset, Rule
from jmstui.demo.world import DEFAULT, World, ancestors
from tests.demo.asking import ask, count, demo, rows

RULES = "perms/asset-permissions/"


def world() -> World:
    return demo().world


def default_rules() -> list[Rule]:
    return [rule for rule in world().rules.values() if rule.org_id == DEFAULT]


def names(query: str, **options: Any) -> set[str]:
    return {row["name"] for row in rows(demo(), f"{RULES}?limit=1000&{query}", **options)}


def example() -> tuple[str, Asset]:
    """The example user's id and the example asset."""
    user = world().user_named(world().examples["user"])
    assert user is not None
    return user.id, next(a for a in world().assets.values() if a.name == world().examples["asset"])


def covers(rule: Rule, asset: Asset) -> bool:
    """Brute force, from the keys."""
    keys = {key for i in asset.node_ids for key in ancestors(world().nodes[i].key)}
    return asset.id in rule.asset_ids or any(world().nodes[i].key in keys for i in rule.node_ids)


def concerns(rule: Rule, user: str) -> bool:
    return user in rule.user_ids or any(user in world().groups[g].user_ids for g in rule.group_ids)


def resources(rule: Rule) -> bool:
    return bool((rule.user_ids or rule.group_ids) and (rule.asset_ids or rule.node_ids) and rule.actions)


def test_members_are_in_the_detail_and_in_a_list_asked_with_retrieve() -> None:
    listed = rows(demo(), RULES + "?limit=3")[0]
    assert "users" not in listed
    detail = ask(demo(), f"{RULES}{listed['id']}/")[1]
    assert {"users", "user_groups", "assets", "nodes"} <= set(detail)
    assert rows(demo(), RULES + "?limit=3&action=retrieve")[0] == detail
    assert [len(detail[k]) for k in ("users", "user_groups", "assets", "nodes")] == [
        listed[k + "_amount"] for k in ("users", "user_groups", "assets", "nodes")
    ]
    before = rows(demo("3.10"), RULES + "?limit=1&action=retrieve")[0]
    assert "users_amount" not in before
    assert "users_amount" in rows(demo("3.10"), RULES + "?limit=1")[0]


def test_filters_by_state() -> None:
    now = world().now
    inside = {r.name for r in default_rules() if r.date_start < now < r.date_expired}
    active = {r.name for r in default_rules() if r.is_active}
    every = {r.name for r in default_rules()}
    assert names("is_valid=true") == inside & active
    assert names("is_valid=false") == every - (inside & active)
    assert names("is_active=false") == every - active
    assert names("is_expired=true") == every - inside
    assert names("is_expired=false") == every
    assert names("is_no_resource=1") == {r.name for r in default_rules() if not resources(r)}
    assert names("is_effective=1") == {r.name for r in default_rules() if resources(r)} & inside & active
    assert names("from_ticket=1") == {r.name for r in default_rules() if r.from_ticket}
    old = demo("3.10")
    for query in ("is_expired=true", "is_active=false", "is_no_resource=1"):
        assert count(old, f"{RULES}?{query}") == len(every)
    assert 0 < count(old, RULES + "?is_valid=true") < len(every)


def test_filters_by_user_and_asset() -> None:
    user, asset = example()
    mine = {r.name for r in default_rules() if concerns(r, user)}
    on_it = {r.name for r in default_rules() if covers(r, asset)}
    assert names(f"user_id={user}") == names(f"username={world().examples['user']}") == mine
    assert names(f"user_id={user}&all=false") == {r.name for r in default_rules() if user in r.user_ids}
    assert names(f"asset_id={asset.id}") == names(f"asset_name={asset.name}") == on_it
    assert names(f"asset_id={asset.id}&all=0") == {r.name for r in default_rules() if asset.id in r.asset_ids}
    assert names(f"user_id={user}&asset_id={asset.id}") == mine & on_it
    joined = rows(demo(), f"assets/assets/{asset.id}/perm-users/{user}/permissions/?limit=1000")
    assert {row["name"] for row in joined} == mine & on_it
    assert all("users" in row for row in joined)
    valid = rows(demo(), f"assets/assets/{asset.id}/perm-users/{user}/permissions/?limit=9&is_valid=true")
    assert (
        {row["name"] for row in valid} == names(f"user_id={user}&asset_id={asset.id}&is_valid=true") != set()
    )


def test_a_user_is_named_by_user_name_alone() -> None:
    user = world().user_named(world().examples["user"])
    assert user is not None
    assert names(f"username={user.username}")
    assert names(f"username={user.email}") == set()


def test_filters_by_node_group_and_accounts() -> None:
    node = next(n for r in default_rules() for i in r.node_ids if (n := world().nodes[i]).key.count(":") >= 2)
    up = set(ancestors(node.key))
    above = {r.name for r in default_rules() if any(world().nodes[i].key in up for i in r.node_ids)}
    assert names(f"node_id={node.id}") == above
    assert names(f"node_id={node.id}&all=false") == {r.name for r in default_rules() if node.id in r.node_ids}
    group = world().groups[next(r.group_ids[0] for r in default_rules() if r.group_ids)]
    of_group = {r.name for r in default_rules() if group.id in r.group_ids}
    assert names(f"user_group_id={group.id}") == names(f"user_group={group.name}") == of_group
    both = {r.name for r in default_rules() if "@ALL" in r.accounts or {"root", "deploy"} <= set(r.accounts)}
    assert names("accounts=root,deploy") == both


def test_an_asset_in_no_node_crashes_the_filter_as_on_the_server() -> None:
    loose = next(a for a in world().assets.values() if a.org_id == DEFAULT and not a.node_ids)
    assert ask(demo(), f"{RULES}?limit=1&asset_id={loose.id}")[0] == 500
    assert ask(demo(), f"{RULES}?limit=1&asset_id={loose.id}&all=false")[0] == 200
    users = rows(demo(), f"assets/assets/{loose.id}/perm-users/?limit=1000&fields=id")
    root = world().org_root(DEFAULT).id
    on_root = [r for r in default_rules() if root in r.node_ids or loose.id in r.asset_ids]
    assert {u["id"] for u in users} == {
        u
        for r in on_root
        for u in [*r.user_ids, *(m for g in r.group_ids for m in world().groups[g].user_ids)]
    }


def test_who_is_on_an_asset_counts_dead_rules_too() -> None:
    _, asset = example()
    on_it = [r for r in default_rules() if covers(r, asset)]
    users = {
        u for r in on_it for u in [*r.user_ids, *(m for g in r.group_ids for m in world().groups[g].user_ids)]
    }
    found = rows(demo(), f"assets/assets/{asset.id}/perm-users/?fields=id,groups")
    assert {row["id"] for row in found} == users
    groups = rows(demo(), f"assets/assets/{asset.id}/perm-user-groups/")
    assert {row["id"] for row in groups} == {g for r in on_it for g in r.group_ids}
    assert all("users" in row for row in groups)


def test_relations_and_expansions() -> None:
    rule = next(
        r for r in default_rules() if r.user_ids and r.group_ids and r.node_ids and "@ALL" in r.accounts
    )
    for tail, name, ids in (
        ("users", "user", rule.user_ids),
        ("user-groups", "usergroup", rule.group_ids),
        ("assets", "asset", rule.asset_ids),
        ("nodes", "node", rule.node_ids),
    ):
        found = rows(demo(), f"perms/asset-permissions-{tail}-relations/?assetpermission={rule.id}&limit=100")
        assert [row[name] for row in found] == ids
    members = set(rule.user_ids) | {m for g in rule.group_ids for m in world().groups[g].user_ids}
    assert {row["user"] for row in rows(demo(), f"{RULES}{rule.id}/users/all/")} == members
    covered = {a.id for a in world().assets.values() if a.org_id == DEFAULT and covers(rule, a)}
    assert {row["asset"] for row in rows(demo(), f"{RULES}{rule.id}/assets/all/")} == covered
    accounts = rows(demo(), f"{RULES}{rule.id}/accounts/?limit=1000&fields=id,asset")
    assert {row["asset"]["id"] for row in accounts} <= covered


@pytest.mark.parametrize("user", ["viewer", "auditor"])
def test_others_may_not_read_rules(user: str) -> None:
    assert ask(demo(), RULES + "?limit=1", user=user)[0] == 403
