"""What the recordings say about filters and counts, as relations that hold on the demo too.

`test_contract` compares shapes; here the recorded requests are asked in pairs, and the same inequality or
equality that holds between the recorded numbers must hold between the demo's.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.replay import recordings
from tests.demo.asking import ask, count, demo

SAME_COUNT = [
    ("4.10", "assets-list", "assets-list-fields", "fields change no count"),
    ("4.10", "assets-list", "assets-list-past-the-end", "past the end the count stays"),
    ("4.10", "permissions-list", "permissions-list-with-members", "action=retrieve changes no count"),
    ("3.10", "permissions-list", "permissions-list-expired", "v3.10 ignores is_expired"),
    ("3.10", "assets-list", "assets-list-bad-filter", "v3.10 ignores zone"),
]
FEWER = [
    ("4.10", "assets-list-node", "assets-list-node-direct", "direct assets are fewer"),
    ("4.10", "assets-list", "assets-list-bad-filter", "zone=1 is a part of the name"),
    ("4.10", "assets-list", "assets-list-inactive", "inactive ones are fewer"),
    ("4.10", "permissions-list", "permissions-list-expired", "expired ones are fewer"),
    ("4.10", "permissions-list", "permissions-list-invalid", "invalid ones are fewer"),
    ("4.10", "users-list", "users-list-search", "a search narrows"),
]


def recorded_count(api: str, name: str) -> int:
    return int(recordings(api)[name]["response"]["json"]["count"])


def served_count(api: str, name: str) -> int:
    path = recordings(api)[name]["request"]["path"].removeprefix("/api/v1/")
    path = path.replace("zone=1", "zone=Frank") if api == "4.10" else path
    status, found = ask(demo(api), path)
    assert status == 200
    return int(found["count"])


@pytest.mark.parametrize(("api", "one", "other", "why"), SAME_COUNT, ids=[row[3] for row in SAME_COUNT])
def test_counts_that_are_equal_as_recorded(api: str, one: str, other: str, why: str) -> None:
    assert recorded_count(api, one) == recorded_count(api, other), why
    assert served_count(api, one) == served_count(api, other), why


@pytest.mark.parametrize(("api", "many", "few", "why"), FEWER, ids=[row[3] for row in FEWER])
def test_counts_that_shrink_as_recorded(api: str, many: str, few: str, why: str) -> None:
    assert recorded_count(api, many) > recorded_count(api, few) > 0, why
    assert served_count(api, many) > served_count(api, few) > 0, why


@pytest.mark.parametrize("api", ["4.10", "3.10"])
def test_without_limit_v4_cuts_at_200_and_v3_does_not(api: str) -> None:
    recorded = recordings(api)["assets-list-no-limit"]["response"]["json"]
    served = ask(demo(api), "assets/assets/?fields=id")[1]
    assert (len(recorded) == 200) == (len(served) == 200) == (api == "4.10")


def links(answer: dict[str, Any]) -> tuple[str | None, str | None]:
    """The queries of `next` and `previous`."""
    found = [answer[name] and answer[name].partition("?")[2] for name in ("next", "previous")]
    return found[0], found[1]


@pytest.mark.parametrize("api", ["4.10", "3.10"])
@pytest.mark.parametrize(
    "name", ["assets-list", "assets-list-fields", "assets-list-small", "assets-list-order"]
)
def test_next_has_the_same_query_as_recorded(api: str, name: str) -> None:
    recording = recordings(api)[name]
    served = ask(demo(api), recording["request"]["path"].removeprefix("/api/v1/"))[1]
    assert links(served) == links(recording["response"]["json"])


def test_previous_of_the_recorded_page_past_the_end() -> None:
    recording = recordings("4.10")["assets-list-past-the-end"]
    served = ask(demo(), recording["request"]["path"].removeprefix("/api/v1/"))[1]
    assert links(served) == links(recording["response"]["json"])


def test_a_tree_is_sorted_by_value_with_every_count_in_its_name() -> None:
    for recorded in (recordings("4.10")["nodes-tree-top"]["response"]["json"], tree()):
        assert all(item["name"].startswith(item["meta"]["data"]["value"] + " (") for item in recorded)
        assert {item["pId"] for item in recorded} == {"", "1"}
    assert count(demo(), "assets/assets/?node=1") == int(
        next(i for i in tree() if i["id"] == "1")["name"][9:-1]
    )


def tree() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = ask(demo(), "assets/nodes/children/tree/")[1]
    return found
