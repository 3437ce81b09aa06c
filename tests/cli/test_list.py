"""`jmstui list`: the columns of the views, paged, cut with a word, over all organizations."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from typing import Any

import pytest

Jmstui = Callable[..., Any]


@pytest.fixture
def at(demo: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Signed in as the administrator of the common demo server."""
    monkeypatch.setenv("JMSTUI_URL", demo.url)
    monkeypatch.setenv("JMSTUI_PRIVATE_TOKEN", demo.credentials["private_token"])
    return demo


@pytest.mark.parametrize("noun", ["assets", "users", "groups", "permissions", "nodes", "platforms", "orgs"])
def test_every_noun_in_every_form(noun: str, at: Any, jmstui: Jmstui) -> None:
    ran = jmstui("list", noun, "--json", "--limit", "3")
    assert ran.status == 0, ran.err
    document = json.loads(ran.out)
    assert set(document) == {"total", "items", "complete"}
    assert len(document["items"]) == min(3, document["total"])
    assert document["complete"] == (document["total"] <= 3)
    assert all(item["id"] for item in document["items"])
    rows = list(csv.reader(io.StringIO(jmstui("list", noun, "--csv", "--limit", "3").out)))
    assert rows[0] == list(document["items"][0])
    assert [row[0] for row in rows[1:]] == [item["id"] for item in document["items"]]
    assert len(jmstui("list", noun, "--limit", "3").out.splitlines()) == 1 + len(document["items"])


def test_a_cut_list_says_so_on_stderr(at: Any, jmstui: Jmstui) -> None:
    ran = jmstui("list", "assets", "--limit", "2")
    assert "cut: 2 of" in ran.err
    assert "cut:" not in ran.out
    assert jmstui("list", "platforms", "--limit", "0").err == ""


def test_all_rows_come_in_pages_of_a_thousand(at: Any, jmstui: Jmstui) -> None:
    ran = jmstui("list", "assets", "--limit", "0", "--json", "--verbose")
    document = json.loads(ran.out)
    assert document["complete"]
    assert len(document["items"]) == document["total"] > 1000
    assert len({item["id"] for item in document["items"]}) == document["total"]
    asked = [line for line in ran.err.splitlines() if line.startswith("GET assets/assets/")]
    assert len(asked) == 2
    assert all("limit=1000" in line for line in asked)


def test_a_node_narrows(at: Any, jmstui: Jmstui) -> None:
    path = next(node.full_value for node in at.world.nodes.values() if node.key.count(":") == 1)
    below = json.loads(jmstui("list", "assets", "--node", path, "--json").out)
    everything = json.loads(jmstui("list", "assets", "--json", "--limit", "1").out)
    assert 0 < below["total"] < everything["total"]
    assert jmstui("list", "users", "--node", path).status == 2


def test_search_and_sort(at: Any, jmstui: Jmstui) -> None:
    names = [
        item["name"]
        for item in json.loads(jmstui("list", "assets", "--search", "web", "--sort", "name", "--json").out)[
            "items"
        ]
    ]
    back = [
        item["name"]
        for item in json.loads(
            jmstui("list", "assets", "--search", "web", "--sort", "name", "--desc", "--json").out
        )["items"]
    ]
    assert names
    assert names == back[::-1]
    ran = jmstui("list", "assets", "--sort", "shoe-size")
    assert ran.status == 2
    assert "name" in ran.err


def test_quick_filters_are_those_of_the_views() -> None:
    from jmstui.cli.list import FILTERS, NOUNS
    from jmstui.views import all_views

    views = all_views()
    assert {
        noun: tuple(quick.key for quick in views[noun].filters)
        for noun in NOUNS
        if noun in views and views[noun].filters
    } == FILTERS


def test_a_quick_filter_narrows(at: Any, jmstui: Jmstui) -> None:
    items = json.loads(jmstui("list", "users", "--filter", "disabled", "--json").out)["items"]
    off = {user.id for user in at.world.users.values() if not user.is_active}
    assert items
    assert {item["id"] for item in items} <= off
    path = next(node.full_value for node in at.world.nodes.values() if node.key.count(":") == 1)
    both = json.loads(jmstui("list", "assets", "--filter", "host", "--node", path, "--json").out)
    below = json.loads(jmstui("list", "assets", "--node", path, "--json").out)
    hosts = {
        item["id"]
        for item in json.loads(jmstui("list", "assets", "--filter", "host", "--json", "--limit", "0").out)[
            "items"
        ]
    }
    assert {item["id"] for item in both["items"]} == {item["id"] for item in below["items"]} & hosts


def test_an_unknown_quick_filter_names_the_known_ones(at: Any, jmstui: Jmstui) -> None:
    ran = jmstui("list", "users", "--filter", "host")
    assert ran.status == 2
    assert "disabled, expired, locked" in ran.err
    assert "has none" in jmstui("list", "groups", "--filter", "host").err
    assert jmstui("list", "users", "--filter", "nonsense").status == 2


def test_an_empty_list_is_done(at: Any, jmstui: Jmstui) -> None:
    ran = jmstui("list", "users", "--search", "no-such-user-anywhere", "--json")
    assert ran.status == 0
    assert json.loads(ran.out) == {"total": 0, "items": [], "complete": True}


def test_over_all_organizations_with_a_column_for_it(at: Any, jmstui: Jmstui) -> None:
    found = json.loads(jmstui("list", "assets", "--all-orgs", "--limit", "0", "--json").out)
    assert found["total"] == len(at.world.assets) == len(found["items"])
    assert {item["organization"] for item in found["items"]} >= {
        "DEFAULT",
        "Production",
        "Staging",
        "研发中心",
    }


def test_numbers_of_a_rule_have_names(at: Any, jmstui: Jmstui) -> None:
    argv = ("list", "permissions", "--limit", "5")
    items = json.loads(jmstui(*argv, "--json").out)["items"]
    shown = list(csv.DictReader(io.StringIO(jmstui(*argv, "--csv").out)))
    for item, row in zip(items, shown, strict=True):
        assert list(item["who"]) == ["users", "user_groups"]
        assert list(item["what"]) == ["assets", "nodes"]
        assert row["who"] == f"users {item['who']['users']}; user_groups {item['who']['user_groups']}"
        assert row["what"] == f"assets {item['what']['assets']}; nodes {item['what']['nodes']}"
    rule = next(each for each in at.world.rules.values() if str(each.id) == items[0]["id"])
    assert items[0]["who"]["users"] == len(rule.user_ids)


def test_a_refusal_names_no_key_of_the_explorer() -> None:
    from jmstui.views import all_views

    for view in all_views().values():
        assert "`" not in view.why_not, view.name


def test_times_are_iso_with_offset(at: Any, jmstui: Jmstui) -> None:
    from datetime import datetime

    items = json.loads(jmstui("list", "permissions", "--json").out)["items"]
    times = [
        value
        for item in items
        for value in item.values()
        if isinstance(value, str) and value[:4].isdigit() and value[4:5] in "-/" and ":" in value
    ]
    assert times
    assert all(datetime.fromisoformat(value).tzinfo for value in times)


def test_an_ordinary_user_gets_their_own_assets_and_is_refused_the_users(
    at: Any, jmstui: Jmstui, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JMSTUI_PRIVATE_TOKEN", at.people["viewer"]["private_token"])
    ran = jmstui("list", "assets", "--json")
    assert ran.status == 0
    assert "the ones that you can reach" in ran.err
    ran = jmstui("list", "users")
    assert ran.status == 5
    assert ran.out == ""


def test_bad_rows_are_counted_and_cost_no_page(
    start_demo: Callable[..., Any], jmstui: Jmstui, monkeypatch: pytest.MonkeyPatch
) -> None:
    from jmstui.demo import Fault

    demo = start_demo(faults=[Fault("bad-row", "users/users/")])
    monkeypatch.setenv("JMSTUI_URL", demo.url)
    monkeypatch.setenv("JMSTUI_PRIVATE_TOKEN", demo.credentials["private_token"])
    ran = jmstui("list", "users", "--json")
    assert ran.status == 0
    assert "could not be read" in ran.err
    assert json.loads(ran.out)["items"]


@pytest.mark.parametrize(
    ("fault", "status"),
    [
        ("503", 4),
        ("html", 4),
        ("truncated", 4),
        ("reset", 4),
        ("expire", 3),
        ("malformed", 4),
        ("redirect-elsewhere", 4),
    ],
)
def test_faults_have_their_status_and_one_sentence(
    fault: str, status: int, start_demo: Callable[..., Any], jmstui: Jmstui, monkeypatch: pytest.MonkeyPatch
) -> None:
    from jmstui.demo import Fault

    demo = start_demo(faults=[Fault(fault)])
    monkeypatch.setenv("JMSTUI_URL", demo.url)
    monkeypatch.setenv("JMSTUI_PRIVATE_TOKEN", demo.credentials["private_token"])
    ran = jmstui("list", "users")
    assert (ran.status, ran.out) == (status, "")
    assert len(ran.err.splitlines()) == 1
    assert ran.err.startswith("jmstui: ")


def test_no_server_is_four(jmstui: Jmstui, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JMSTUI_PRIVATE_TOKEN", "x")
    ran = jmstui("list", "users", "--url", "http://127.0.0.1:9")
    assert ran.status == 4
    assert "Cannot reach 127.0.0.1:9" in ran.err


def test_http_to_another_machine_needs_a_word(jmstui: Jmstui, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JMSTUI_PRIVATE_TOKEN", "x")
    ran = jmstui("list", "users", "--url", "http://jms.invalid")
    assert ran.status == 2
    assert "--allow-http" in ran.err
    assert jmstui("list", "users", "--url", "http://jms.invalid", "--allow-http").status == 4


def test_insecure_warns(at: Any, jmstui: Jmstui) -> None:
    assert "certificates are not checked" in jmstui("list", "users", "--insecure", "--limit", "1").err


def test_demo_needs_nothing(jmstui: Jmstui) -> None:
    ran = jmstui("list", "orgs", "--demo")
    assert ran.status == 0
    assert "Production" in ran.out


def test_a_silent_fallback_is_said(at: Any, jmstui: Jmstui) -> None:
    ran = jmstui("list", "users", "--limit", "1", "--org", "12345678-1111-2222-3333-444444444444")
    assert "instead" in ran.err
    assert jmstui("list", "users", "--org", "Nowhere").status == 5
