"""Nodes and trees of the demo server (§3)."""

from __future__ import annotations

import re
from typing import Any

from jmstui.demo.world import World, ancestors
from tests.demo.asking import DEFAULT, ROOT, ask, count, demo, rows

TREE = "assets/nodes/children/tree/"


def amount(item: dict[str, Any]) -> int:
    """The count in a tree item's name, after its value."""
    tail = item["name"].removeprefix(item["meta"]["data"]["value"])
    found = re.fullmatch(r" \((\d+)\)", tail, re.S)
    assert found, item["name"]
    return int(found[1])


def world() -> World:
    return demo().world


def test_the_top_is_the_root_and_its_children_and_a_key_gives_children_only() -> None:
    top = rows(demo(), TREE)
    assert sorted(item["id"].count(":") for item in top) == [0] + [1] * (len(top) - 1)
    below = rows(demo(), TREE + "?key=1:0")
    assert below
    assert all(item["pId"] == "1:0" for item in below)
    node = world().node_by_key("1:0")
    assert node is not None
    assert rows(demo(), f"{TREE}?id={node.id}") == below
    assert ask(demo(), TREE + "?key=9:9:9") == (
        404,
        {"detail": "Node object does not exist.", "code": "object_does_not_exist"},
    )


def test_all_is_the_whole_tree_with_counts_of_what_a_node_lists() -> None:
    items = rows(demo(), TREE + "?all=all")
    assert len(items) == count(demo(), "assets/nodes/")
    assert max(item["id"].count(":") for item in items) == 5
    for item in items[:: len(items) // 12]:
        assert amount(item) == count(demo(), f"assets/assets/?node={item['id']}")
        direct = count(demo(), f"assets/assets/?node={item['id']}&show_current_asset=1")
        assert direct == len(world().direct_assets(item["meta"]["data"]["id"]))
        assert direct == count(demo(), f"assets/assets/?node={item['meta']['data']['id']}&all=0")
    bare = rows(demo(), TREE + "?asset_amount=0")
    assert all(item["name"] == item["meta"]["data"]["value"] for item in bare)


def test_root_organization_shows_the_top_of_each() -> None:
    items = rows(demo(), TREE, org=ROOT)
    assert {item["meta"]["data"]["value"] for item in items} == {org.name for org in world().real_orgs}
    assert sorted(item["id"] for item in items) == ["1", "2", "3", "4"]


def test_a_search_keeps_matches_and_their_ancestors() -> None:
    items = rows(demo(), TREE + "?all=all&search=shard-1")
    keys = {item["id"] for item in items}
    hits = [item["id"] for item in items if "shard-1" in item["name"]]
    assert hits
    assert keys == {key for hit in hits for key in ancestors(hit)}
    assert rows(demo(), TREE + "?all=all&q=shard-1") == rows(demo(), TREE + "?all=all")


def test_assets_stand_below_a_node_but_not_below_the_root() -> None:
    node = next(
        n
        for n in world().nodes.values()
        if n.org_id == DEFAULT and ":" in n.key and world().direct_assets(n.id)
    )
    items = rows(demo(), f"{TREE}?key={node.key}&assets=1")
    found = {item["id"] for item in items if item["meta"]["type"] == "asset"}
    assert found == {asset.id for asset in world().direct_assets(node.id)}
    assert not [item for item in rows(demo(), TREE + "?key=1&assets=1") if item["meta"]["type"] == "asset"]
    searched = rows(demo(), TREE + "?key=1&assets=1&search=jump-01")
    assert [item["name"] for item in searched if item["meta"]["type"] == "asset"] == ["jump-01"]


def test_the_category_tree_adds_up() -> None:
    items = rows(demo(), "assets/nodes/category/tree/", user="auditor")
    total = sum(int(re.findall(r"\((\d+)\)$", i["name"])[0]) for i in items if i.get("pId") == "ROOT")
    assert total == count(demo(), "assets/assets/")
    platform = next(item for item in items if item["title"] == "Redis" and item["meta"]["type"] == "platform")
    below = rows(demo(), f"assets/nodes/category/tree/?key={platform['id']}&assets=1")
    assert len(below) == count(demo(), f"assets/assets/?platform={platform['id']}")


def test_who_may_see_which_tree() -> None:
    assert ask(demo(), TREE, user="auditor")[0] == 403
    assert ask(demo(), TREE, user="viewer")[0] == 403
    assert ask(demo(), "assets/nodes/category/tree/", user="viewer")[0] == 403
    assert ask(demo(), TREE, user="orgadmin")[0] == 200


def test_the_flat_lists_and_a_node_by_id() -> None:
    listed = rows(demo(), "assets/nodes/?limit=1000")
    assert rows(demo(), "assets/nodes/?limit=1000&search=/DEFAULT/Web/")
    one = listed[5]
    assert ask(demo(), f"assets/nodes/{one['id']}/")[1] == one
    assert rows(demo(), f"assets/nodes/?ids={one['id']},{listed[7]['id']}&limit=9") == [one, listed[7]]
    assert [n["key"] for n in rows(demo(), "assets/nodes/?limit=5&key=1:0")] == ["1:0"]
    keys = {n["key"] for n in rows(demo(), "assets/nodes/children/?key=1")}
    assert keys == {item["id"] for item in rows(demo(), TREE + "?key=1")}
    production = next(org for org in world().real_orgs if org.name == "Production")
    assert ask(demo(), f"assets/nodes/{one['id']}/", org=production.id)[0] == 404
