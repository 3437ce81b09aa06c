"""What users and groups reach, and the verdict, against a brute-force evaluation (§6.4 to §6.6)."""

from __future__ import annotations

import random
from typing import Any

from jmstui.demo.records import Asset, Rule
from jmstui.demo.world import DEFAULT, World, ancestors
from tests.demo.asking import ROOT, ask, count, demo, rows

ACTIONS = ("connect", "upload", "download", "copy", "paste", "delete", "share")


def world() -> World:
    return demo().world


def valid(rule: Rule) -> bool:
    return rule.is_active and rule.date_start < world().now < rule.date_expired


def grants(rule: Rule, user: str, asset: Asset) -> bool:
    nodes = asset.node_ids or [
        n.id for n in world().nodes.values() if n.org_id == asset.org_id and n.key.isdigit()
    ]
    keys = {key for i in nodes for key in ancestors(world().nodes[i].key)}
    return (user in rule.user_ids or any(user in world().groups[g].user_ids for g in rule.group_ids)) and (
        asset.id in rule.asset_ids or any(world().nodes[i].key in keys for i in rule.node_ids)
    )


def reached(user: str, org: str | None = DEFAULT) -> set[str]:
    rules = [rule for rule in world().rules.values() if valid(rule)]
    return {
        a.id
        for a in world().assets.values()
        if org in (None, a.org_id) and any(grants(rule, user, a) for rule in rules)
    }


def example_user() -> Any:
    return world().user_named(world().examples["user"])


def test_the_verdict_is_brute_force_over_all_organizations() -> None:
    rng = random.Random(1)
    users, assets = list(world().users.values()), list(world().assets.values())
    rules = [rule for rule in world().rules.values() if valid(rule)]
    yes = 0
    for _ in range(300):
        user, asset = rng.choice(users), rng.choice(assets)
        joined = [rule for rule in rules if grants(rule, user.id, asset)]
        status, found = ask(demo(), f"perms/users/{user.id}/assets/{asset.id}/")
        assert status == (200 if joined else 404)
        if not joined:
            assert found == {"detail": "Object object does not exist.", "code": "object_does_not_exist"}
            continue
        yes += 1
        every = any("all" in rule.protocols for rule in joined)
        offered = {p for p, _ in asset.protocols if every or any(p in rule.protocols for rule in joined)}
        assert {p["name"] for p in found["permed_protocols"]} == offered
        usernames = {a.username for a in world().accounts_of(asset) if a.is_active}
        given = {x for r in joined for x in r.accounts if r.actions}
        allowed = usernames if "@ALL" in given else usernames & given
        allowed -= {x[1:] for x in given if x.startswith("!")}
        real = {a["username"] for a in found["permed_accounts"] if not a["alias"].startswith("@")}
        assert allowed <= real <= usernames | {user.username}
    assert yes > 20


def test_the_list_of_assets_is_that_of_the_organization() -> None:
    user = example_user()
    found = rows(demo(), f"perms/users/{user.id}/assets/")
    assert {row["id"] for row in found} == reached(user.id)
    assert count(demo(), f"perms/users/{user.id}/assets/", org=ROOT) == len(reached(user.id, None))
    assert len(rows(demo(), f"perms/users/{user.id}/assets/?limit=5000")) == len(found)
    searched = rows(demo(), f"perms/users/{user.id}/assets/?search=web&limit=1000")
    assert {row["id"] for row in searched} == {row["id"] for row in found if "web" in row["name"]}


def test_v3_counts_wrong_and_ends_too_early() -> None:
    old, path = demo("3.10"), "perms/users/self/assets/"
    truth = len(rows(old, path, user="viewer"))
    said = count(old, path, user="viewer")
    assert said < truth == count(demo(), path, user="viewer")
    last = ask(old, f"{path}?limit=10&offset={said - 5}", user="viewer")[1]
    assert last["next"] is None
    assert len(last["results"]) == 10
    assert "date_expired" not in str(ask(old, f"{path}{last['results'][0]['id']}/", user="viewer")[1])


def test_self_and_my_are_the_caller_and_others_are_forbidden() -> None:
    viewer = world().people["viewer"].id
    mine = rows(demo(), "perms/users/self/assets/?limit=1000", user="viewer")
    assert rows(demo(), "perms/users/my/assets/?limit=1000", user="viewer") == mine
    assert {row["id"] for row in mine} == reached(viewer)
    assert ask(demo(), f"perms/users/{viewer}/assets/?limit=1", user="viewer")[0] == 403
    assert ask(demo(), f"perms/users/self/assets/{mine[0]['id']}/", user="viewer")[0] == 200
    assert rows(demo(), "perms/users/self/assets/?limit=10", user="denied") == []


def test_the_tree_begins_with_favorites_and_counts_what_is_reached() -> None:
    items = rows(demo(), "perms/users/self/nodes/tree/", user="viewer")
    assert (items[0]["id"], items[0]["pId"]) == ("favorite", "")
    mine = [world().assets[i] for i in reached(world().people["viewer"].id)]
    root = world().org_root(DEFAULT)
    for item in items[1:]:
        inside = [a for a in mine if any(item["id"] in ancestors(world().nodes[i].key) for i in a.node_ids)]
        loose = [a for a in mine if not a.node_ids] if item["id"] == root.key else []
        assert item["name"] == f"{item['meta']['data']['value']} ({len(inside) + len(loose)})"
    top = rows(demo(), "perms/users/self/nodes/children/tree/", user="viewer")
    assert top == [item for item in items if item["id"].count(":") <= 1]
    flat = rows(demo(), "perms/users/self/nodes/", user="viewer")
    assert {node["key"] for node in flat} == {item["id"] for item in items[1:]}
    assert ask(demo(), "perms/users/self/nodes/?order=name", user="viewer")[0] == 500


def test_children_with_assets_are_those_of_the_node_itself() -> None:
    mine = reached(world().people["viewer"].id)
    node = next(n for n in world().nodes.values() if {a.id for a in world().direct_assets(n.id)} & mine)
    items = rows(demo(), f"perms/users/self/nodes/children-with-assets/tree/?key={node.key}", user="viewer")
    found = {item["id"] for item in items if item["meta"]["type"] == "asset"}
    assert found == {a.id for a in world().direct_assets(node.id)} & mine
    below = rows(demo(), f"perms/users/self/nodes/{node.id}/assets/?limit=1000", user="viewer")
    assert {row["id"] for row in below} == set(world().assets_below(node)) & mine
    favourites = rows(demo(), "perms/users/self/nodes/favorite/assets/", user="viewer")
    assert len(favourites) == len(rows(demo(), "assets/favorite-assets/", user="viewer")) == 5


def test_what_a_group_reaches() -> None:
    rule = next(
        r for r in world().rules.values() if r.org_id == DEFAULT and valid(r) and r.group_ids and r.node_ids
    )
    group = world().groups[rule.group_ids[0]]
    rules = [r for r in world().rules.values() if group.id in r.group_ids]
    keys = {world().nodes[i].key: r for r in rules if valid(r) for i in r.node_ids}
    assets = {i for r in rules if valid(r) for i in r.asset_ids}
    for asset in world().assets.values():
        if any(k in keys for i in asset.node_ids for k in ancestors(world().nodes[i].key)):
            assets.add(asset.id)
    loose = {a.id for a in world().assets.values() if not a.node_ids}
    found = {row["id"] for row in rows(demo(), f"perms/user-groups/{group.id}/assets/")}
    assert found - loose == assets - loose
    nodes = {row["id"] for row in rows(demo(), f"perms/user-groups/{group.id}/nodes/")}
    assert nodes == {i for r in rules for i in r.node_ids}
