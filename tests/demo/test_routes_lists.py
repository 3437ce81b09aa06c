"""Pages, fields, search, order and filters of the demo server, as §7 and the recordings have them."""

from __future__ import annotations

import pytest

from jmstui.demo.world import name_key
from tests.demo.asking import DEFAULT, ROOT, ask, count, demo, rows

ASSETS = "assets/assets/"


def test_without_limit_a_list_is_a_bare_array_cut_at_200() -> None:
    status, found = ask(demo(), ASSETS + "?fields=id")
    assert status == 200
    assert isinstance(found, list)
    assert len(found) == 200
    assert len(rows(demo("3.10"), ASSETS + "?fields=id")) == count(demo("3.10"), ASSETS)


@pytest.mark.parametrize("limit", ["0", "-3", "many", ""])
def test_a_limit_that_is_none_counts_as_not_given(limit: str) -> None:
    assert isinstance(ask(demo(), f"{ASSETS}?limit={limit}&fields=id")[1], list)


def test_a_limit_is_capped_at_a_thousand_and_in_v3_at_ten_thousand() -> None:
    large = demo("4.10", 20_000)
    assert len(ask(large, ASSETS + "?limit=5000&fields=id")[1]["results"]) == 1000
    old = demo("3.10", 20_000)
    assert len(ask(old, ASSETS + "?limit=20000&fields=id")[1]["results"]) == 10_000


def test_next_and_previous_are_absolute_with_sorted_parameters() -> None:
    server = demo()
    first = ask(server, ASSETS + "?search=web&limit=3&fields=id,name")[1]
    assert first["previous"] is None
    assert first["next"] == (
        "http://demo.example/api/v1/assets/assets/?fields=id%2Cname&limit=3&offset=3&search=web"
    )
    second = ask(server, ASSETS + "?limit=3&offset=3&search=web&fields=id")[1]
    assert second["previous"] == "http://demo.example/api/v1/assets/assets/?fields=id&limit=3&search=web"
    beyond = ask(server, ASSETS + "?limit=3&offset=99999&fields=id")[1]
    assert (beyond["next"], beyond["results"]) == (None, [])
    assert beyond["previous"]


def test_paging_through_gives_every_row_once() -> None:
    server = demo()
    total = count(server, ASSETS)
    seen = [
        row["id"]
        for offset in range(0, total, 300)
        for row in rows(server, f"{ASSETS}?limit=300&offset={offset}")
    ]
    assert len(seen) == len(set(seen)) == total


def test_fields_choose_and_refuse() -> None:
    server = demo()
    assert list(rows(server, ASSETS + "?limit=1&fields=name,id,nonsense")[0]) == ["name", "id"]
    assert "nodes" not in rows(server, ASSETS + "?limit=1&fields!=nodes,labels")[0]
    assert set(rows(server, ASSETS + "?limit=1&fields_size=mini")[0]) == {
        "id",
        "name",
        "address",
        "zone",
        "platform",
    }
    small = rows(demo("3.10"), ASSETS + "?limit=1&fields_size=small")[0]
    assert set(small) == {"id", "name", "address", "comment", "is_active"}


def test_search_wants_every_word_and_q_is_new() -> None:
    server, old = demo(), demo("3.10")
    found = rows(server, ASSETS + "?search=PROD%20web&limit=50")
    assert found
    assert all("prod" in row["name"] and "web" in row["name"] for row in found)
    assert count(server, ASSETS + "?q=prod%20web") == count(server, ASSETS + "?search=prod,web")
    assert count(old, ASSETS + "?q=prod") == count(old, ASSETS)
    assert count(server, ASSETS + "?search=10.0.0.1") > 0
    assert count(server, ASSETS + "?search=prod%09web") == count(server, ASSETS + "?search=prod,web")
    assert count(server, ASSETS + "?q=web&search=nonsense") == count(server, ASSETS + "?search=web")


def test_order_goes_both_ways_and_unknown_names_are_ignored() -> None:
    server = demo()
    down = [row["address"] for row in rows(server, ASSETS + "?order=-address&limit=1000&fields=address")]
    assert down == sorted(down, reverse=True)
    plain = rows(server, ASSETS + "?limit=9&fields=id")
    assert rows(server, ASSETS + "?order=nonsense&limit=9&fields=id") == plain
    twice = rows(server, ASSETS + "?order=platform,-name&limit=300&fields=name,platform")
    assert [r["platform"]["id"] for r in twice] == sorted(r["platform"]["id"] for r in twice)
    first = [r["name"] for r in twice if r["platform"] == twice[0]["platform"]]
    assert first == sorted(first, key=name_key, reverse=True)


def test_unknown_parameters_and_nodes_and_bad_booleans_are_ignored() -> None:
    server = demo()
    total = count(server, ASSETS)
    assert count(server, ASSETS + "?nonsense=1") == total
    assert count(server, ASSETS + "?node=9:9:9") == total
    assert count(server, ASSETS + "?is_active=perhaps") == total


def test_a_bad_uuid_in_a_declared_filter_is_refused_and_a_label_id_is_a_crash() -> None:
    assert ask(demo(), ASSETS + "?limit=1&id=nonsense") == (400, {"id": ["Enter a valid UUID."]})
    assert ask(demo(), "users/users/?limit=1&id=nonsense")[0] == 400
    for name in ("user_id", "user_group_id", "asset_id", "node_id"):
        answer = ask(demo(), f"perms/asset-permissions/?limit=1&{name}=nonsense")
        assert answer == (400, {name: ["Enter a valid UUID."]})
    one = rows(demo(), ASSETS + "?limit=1&fields=id")
    assert rows(demo(), f"{ASSETS}?limit=1&fields=id&id={one[0]['id'].replace('-', '').upper()}") == one
    assert ask(demo(), ASSETS + f"?limit=1&labels={DEFAULT}")[0] == 500
    assert ask(demo(), "users/users/?limit=1&days=3")[0] == 500


def test_labels_are_anded_by_name_and_ored_by_value() -> None:
    server = demo()

    def has(row: dict[str, list[dict[str, str]]], text: str) -> bool:
        return any(f"{x['name']}:{x['value']}" == text for x in row["labels"])

    every = rows(server, ASSETS + "?limit=1000") + rows(server, ASSETS + "?limit=1000&offset=1000")
    either = rows(server, ASSETS + "?labels=team:sre,team:dba&limit=1000")
    assert {r["id"] for r in either} == {r["id"] for r in every if has(r, "team:sre") or has(r, "team:dba")}
    both = rows(server, ASSETS + "?labels=team:*,env:prod&limit=1000")
    assert both
    assert all(has(r, "env:prod") and any(x["name"] == "team" for x in r["labels"]) for r in both)
    assert count(server, ASSETS + "?labels=no-such-name:*") == 0
    assert count(server, ASSETS + "?labels=env:prod,no-such-name:*") == count(
        server, ASSETS + "?labels=env:prod"
    )


def test_nodes_go_in_the_order_of_each_column() -> None:
    for name in ("full_value", "value", "key"):
        down = [row[name] for row in rows(demo(), f"assets/nodes/?order=-{name}&limit=1000")]
        up = [row[name] for row in rows(demo(), f"assets/nodes/?order={name}&limit=1000")]
        assert down != up
        assert sorted(up) == sorted(down)
        assert up[0] == down[-1]


def test_ids_choose_and_refuse() -> None:
    server = demo()
    three = [row["id"] for row in rows(server, ASSETS + "?limit=3&fields=id")]
    assert [row["id"] for row in rows(server, f"{ASSETS}?ids={','.join(three)}&limit=9")] == three
    assert count(server, f"{ASSETS}?id!={three[0]}") == count(server, ASSETS) - 1


@pytest.mark.parametrize(
    ("query", "holds"),
    [
        ("category=database", lambda row: row["category"]["value"] == "database"),
        ("type=linux", lambda row: row["type"]["value"] == "linux"),
        ("platform=1", lambda row: row["platform"]["id"] == 1),
        ("platform=Linux", lambda row: row["platform"]["name"] == "Linux"),
        ("exclude_platform=Linux", lambda row: row["platform"]["name"] != "Linux"),
        ("is_active=0", lambda row: not row["is_active"]),
        ("is_gateway=1", lambda row: row["platform"]["name"] == "Gateway"),
        ("protocols=rdp,mysql", lambda row: {p["name"] for p in row["protocols"]} & {"rdp", "mysql"}),
        ("zone=Frank", lambda row: "Frank" in row["zone"]["name"]),
        ("ping_enabled=false", lambda row: not row["auto_config"]["ping_enabled"]),
    ],
)
def test_a_filter_gives_all_that_it_should_and_nothing_else(query: str, holds: object) -> None:
    server = demo()
    every = rows(server, ASSETS + "?limit=1000") + rows(server, ASSETS + "?limit=1000&offset=1000")
    wanted = [row["id"] for row in every if row["zone"] is not None or "zone" not in query if holds(row)]
    assert [row["id"] for row in rows(server, f"{ASSETS}?{query}&limit=1000")] == wanted
    assert wanted


def test_rel_turns_and_into_or_and_not() -> None:
    server = demo()
    total, a, b = (count(server, ASSETS + q) for q in ("", "?category=web", "?is_active=false"))
    both = count(server, ASSETS + "?category=web&is_active=false")
    assert count(server, ASSETS + "?category=web&is_active=false&_rel=or") == a + b - both
    assert count(server, ASSETS + "?category=web&_rel=not") == total - a


def test_dates_stand_in_the_zone_of_the_request() -> None:
    path = ASSETS + "?limit=1&fields=date_created"
    assert rows(demo(), path)[0]["date_created"].endswith("+0800")
    berlin = rows(demo(), path, x_tz="Europe/Berlin")[0]["date_created"]
    assert berlin[-5:] in ("+0100", "+0200")


def test_labels_of_choices_follow_the_language() -> None:
    path = ASSETS + "?limit=1&category=host&fields=category"
    assert rows(demo(), path)[0]["category"] == {"value": "host", "label": "Host"}
    assert rows(demo(), path, accept_language="zh-hans")[0]["category"]["label"] == "主机"


def test_root_lists_all_organizations_and_relations_nothing() -> None:
    server = demo()
    assert count(server, ASSETS, org=ROOT) == 2000
    assert count(server, "users/users/", org=ROOT) == 500
    assert count(server, "perms/asset-permissions/", org=ROOT) == 300
    assert count(server, "perms/asset-permissions-users-relations/") > 0
    assert count(server, "perms/asset-permissions-users-relations/", org=ROOT) == 0
    assert count(server, "users/users-groups-relations/", org=ROOT) == 0
    names = {org.name for org in server.world.real_orgs}
    assert {row["org_name"] for row in rows(server, ASSETS + "?limit=1000&order=-name", org=ROOT)} <= names


def test_what_v3_knows_by_other_names() -> None:
    server, old = demo(), demo("3.10")
    row, before = rows(server, ASSETS + "?limit=1")[0], rows(old, ASSETS + "?limit=1")[0]
    assert "zone" in row
    assert "domain" in before
    assert not {"zone", "accounts_amount", "date_updated", "directory_services"} & set(before)
    assert set(before["platform"]) == {"id", "name"}
    labelled = rows(old, ASSETS + "?labels=team:sre&limit=1")[0]
    assert "team:sre" in labelled["labels"]
    assert ask(old, "assets/zones/?limit=1")[0] == ask(server, "assets/domains/?limit=1")[0] == 404
    assert ask(old, "assets/domains/?limit=1")[0] == 200
    assert count(old, ASSETS + "?zone=1") == count(old, ASSETS)
    assert count(old, ASSETS + "?domain=Frank") == count(server, ASSETS + "?zone=Frank")
    name = server.world.examples["asset"]
    assert ask(server, f"{ASSETS}{name}/")[0] == 200
    assert ask(old, f"{ASSETS}{name}/")[0] == 404
