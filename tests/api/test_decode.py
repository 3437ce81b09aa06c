"""Decoding row by row; nothing that a server can send gets past the error classes."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jmstui.api.decode import MAX_DEPTH, many, one, page, raw
from jmstui.api.errors import ApiError, NotJumpServer, Undecodable
from jmstui.models.asset import Asset
from jmstui.models.base import BadRow, Ref
from jmstui.models.node import TreeItem
from jmstui.models.page import Page

GOOD = '{"id": "1", "name": "web"}'


def rows_of(text: str | bytes) -> Page[Asset]:
    return page(Asset)(text.encode() if isinstance(text, str) else text)


def test_an_enveloped_page() -> None:
    found = rows_of(f'{{"count": 12117, "next": null, "previous": null, "results": [{GOOD}]}}')
    assert (found.count, found.bad) == (12117, 0)
    assert found.rows == [Asset(id="1", name="web")]


def test_a_bare_array_has_no_count() -> None:
    found = rows_of(f" [{GOOD}, {GOOD}]")
    assert (found.count, len(found.rows)) == (None, 2)
    assert many(Asset)(f"[{GOOD}]".encode()) == [Asset(id="1", name="web")]


@pytest.mark.parametrize("count", ["null", '"12"', "-1", "1.5", "true", "[]", "1" * 30])
def test_a_count_that_is_none(count: str) -> None:
    assert rows_of(f'{{"count": {count}, "results": []}}').count is None


@pytest.mark.parametrize(
    "bad",
    [
        '{"id": "9", "name": 5}',
        '{"id": "9", "name": null}',
        '{"id": "9"}',
        '{"id": "9", "name": "broken \\ud83d name"}',
        '{"id": "9", "name": "x", "platform": []}',
        '{"id": "9", "name": NaN}',
        '{"id": "9", "name": "x", "nodes": [{"id": []}]}',
    ],
)
def test_one_bad_row_is_a_marked_row(bad: str) -> None:
    for text in (f'{{"count": 3, "results": [{GOOD}, {bad}, {GOOD}]}}', f"[{GOOD}, {bad}, {GOOD}]"):
        found = rows_of(text)
        assert found.bad == 1
        row = found.rows[1]
        assert isinstance(row, BadRow)
        assert row.id == "9"
        assert row.reason.isprintable()
        assert found.rows[0] == found.rows[2] == Asset(id="1", name="web")


def test_bytes_that_are_not_unicode_cost_one_row() -> None:
    found = rows_of(b'{"count": 2, "results": [{"id": "1", "name": "web"}, {"id": "2", "name": "\xff\xfe"}]}')
    assert [type(row) for row in found.rows] == [Asset, BadRow]
    assert found.count == 2


@pytest.mark.parametrize(
    "bad", ["null", "5", '"text"', "[]", '{"id": null}', '{"id": true}', '{"id": "\\u001b[31m"}', "{}"]
)
def test_a_row_without_an_id_gets_one_of_its_place(bad: str) -> None:
    found = page(Asset, 300)(f"[{GOOD}, {bad}]".encode())
    row = found.rows[1]
    assert isinstance(row, BadRow)
    assert row.id == "bad-301"


def test_a_huge_bad_row_is_not_kept_whole() -> None:
    row = rows_of('[{"id": "1", "name": 5, "comment": "%s"}]' % ("x" * 1_000_000)).rows[0]
    assert isinstance(row, BadRow)
    assert len(row.raw) < 100_000


def test_a_text_of_a_megabyte_is_data() -> None:
    row = rows_of('[{"id": "1", "name": "%s"}]' % ("x" * 1_000_000)).rows[0]
    assert isinstance(row, Asset)
    assert len(row.name) == 1_000_000


@pytest.mark.parametrize("text", ["<!DOCTYPE html><html>", "  <html>"])
def test_a_web_page_is_no_jumpserver(text: str) -> None:
    for decode in (rows_of, one(Asset), many(Asset), raw):
        with pytest.raises(NotJumpServer):
            decode(text.encode())  # type: ignore[operator]


@pytest.mark.parametrize(
    "text", ["", "{", "[1,", '{"count": 1}', '{"results": {}}', "5", "null", '"x"', '{"results": null}']
)
def test_what_is_no_list(text: str) -> None:
    with pytest.raises(Undecodable):
        rows_of(text)


@pytest.mark.parametrize(
    "text",
    ["[" * 100_000 + "]" * 100_000, '{"a": ' * 100_000, '{"results": [{"id": "1", "name": ' + "[" * 100_000],
)
def test_deep_nesting(text: str) -> None:
    for decode in (rows_of, one(Asset), many(Asset), raw):
        with pytest.raises(Undecodable):
            decode(text.encode())  # type: ignore[operator]


def test_nesting_that_some_pythons_can_read() -> None:
    body = ("[" * 2_000 + "]" * 2_000).encode()
    with pytest.raises(Undecodable):
        raw(body)
    try:
        rows = rows_of(body).rows
    except Undecodable:
        rows = []
    assert all(isinstance(row, BadRow) for row in rows)


def test_one() -> None:
    assert one(Ref)(b'{"id": 1, "name": "x", "more": [1]}') == Ref(id=1, name="x")
    for text in (
        b'{"name": "x"}',
        b"[]",
        b"null",
        b'{"id": "1", "name": "\\ud800"}',
        b'{"id": "1", "name": "\xff"}',
    ):
        with pytest.raises(Undecodable):
            one(Ref)(text)


def test_raw_is_what_came() -> None:
    body = b'{ "a": [1, "\\ud800"] }'
    assert raw(body) == body
    deepest = b"[" * MAX_DEPTH + b"]" * MAX_DEPTH
    assert raw(deepest) == deepest
    with pytest.raises(Undecodable):
        raw(b"[" + deepest + b"]")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["id", "name", "results", "count", "platform", "nodes", "meta", "type"]),
            inner,
            max_size=5,
        )
    ),
    max_leaves=25,
)
BODIES = st.binary(max_size=200) | JSON.map(lambda value: json.dumps(value).encode())


@given(BODIES)
def test_any_bytes_are_a_value_or_an_api_error(body: bytes) -> None:
    for decode in (page(Asset), many(TreeItem), one(Asset), one(TreeItem), raw):
        try:
            value: Any = decode(body)
        except ApiError:
            continue
        rows = value.rows if isinstance(value, Page) else value if isinstance(value, list) else []
        assert all(isinstance(row, Asset | TreeItem | BadRow) for row in rows)
