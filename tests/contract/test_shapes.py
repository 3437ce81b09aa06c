"""The comparison itself: it must see what it is there to see."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.shapes import Pool, differences, template

PATH = "/api/v1/things/"


def page(*rows: dict[str, Any]) -> dict[str, Any]:
    return {"count": len(rows), "next": None, "previous": None, "results": list(rows)}


def recording(path: str, json: Any) -> dict[str, Any]:
    return {"request": {"path": path}, "response": {"status": 200, "json": json}}


RECORDED = page(
    {"id": "a", "size": 1, "zone": None, "labels": [], "kind": {"value": 1, "label": "One"}},
    {"id": "b", "size": 2, "zone": None, "labels": [], "kind": {"value": 1, "label": "One"}},
)
POOL = Pool(
    [
        recording(PATH, RECORDED),
        recording("/api/v1/others/", [{"size": None, "zone": {"id": "z"}, "labels": ["x:y"], "id": 7}]),
    ]
)


def row(**changes: Any) -> dict[str, Any]:
    return {**RECORDED["results"][0], **changes}


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"size": None},
        {"zone": {"id": "other"}},
        {"labels": ["a:b"]},
        {"kind": {"value": 2, "label": "Two"}},
    ],
)
def test_what_was_seen_somewhere_is_no_difference(changes: dict[str, Any]) -> None:
    assert differences(POOL, PATH, RECORDED, page(row(**changes))) == []


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"size": "1"}, "size: string"),
        ({"id": 7}, "id: number"),
        ({"id": None}, "id: null"),
        ({"zone": {"id": "z", "name": "Z"}}, "has besides ['name']"),
        ({"zone": "z"}, "zone: string"),
        ({"labels": [1]}, "labels/[]: number"),
        ({"kind": {"value": 2}}, "lacks ['label']"),
        ({"kind": {"value": True, "label": ""}}, "value: boolean"),
        ({"new": 1}, "has besides ['new']"),
    ],
)
def test_what_was_never_seen_is_one(changes: dict[str, Any], words: str) -> None:
    assert words in "\n".join(differences(POOL, PATH, RECORDED, page(row(**changes))))


def test_a_missing_key_no_rows_and_another_wrapping_are_differences() -> None:
    short = row()
    del short["size"]
    assert "lacks ['size']" in differences(POOL, PATH, RECORDED, page(short))[0]
    assert "no rows" in differences(POOL, PATH, RECORDED, page())[0]
    assert "array instead of object" in differences(POOL, PATH, RECORDED, [row()])[0]
    assert (
        "lacks ['next']"
        in differences(POOL, PATH, RECORDED, {"count": 1, "previous": None, "results": [row()]})[0]
    )


def test_ids_do_not_make_another_path() -> None:
    one, other = "1080cda2-fcd0-5f5b-a243-354b00a7f613", "fe6fa72c-a729-5936-be04-c4ac7e0428c2"
    assert template(f"/a/{one}/b/{other}/?c={one}") == "/a/{id}/b/{id}/"
    assert template("/perms/users/self/assets/") == "/perms/users/{id}/assets/"
