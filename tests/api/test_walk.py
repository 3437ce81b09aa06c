"""A list whose pages repeat is an error, and an honest one never is."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from jmstui.api import walk
from jmstui.api.errors import Repeats, TooLarge
from jmstui.models.base import BadRow


@dataclass
class Row:
    id: str


def rows(*ids: str) -> list[Row]:
    return [Row(ident) for ident in ids]


def test_a_page_of_old_rows_ends_it() -> None:
    seen = walk.Walk()
    assert seen.take(rows("a", "b")) == [True, True]
    assert seen.take(rows("b", "c")) == [False, True], "a row that moved on is not there twice"
    assert seen.take([]) == []
    with pytest.raises(Repeats, match="again and again"):
        seen.take(rows("a", "c"))


def test_rows_without_an_id_are_no_repetition() -> None:
    seen = walk.Walk()
    for _ in range(3):
        assert seen.take([BadRow(id="bad-0", reason="x"), BadRow(id="bad-1", reason="x")]) == [True, True]


def test_new_rows_for_ever_end_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(walk, "MOST_ROWS", 5)
    seen = walk.Walk()
    seen.take(rows("a", "b", "c"))
    with pytest.raises(TooLarge, match="more than 5 rows"):
        seen.take(rows("d", "e", "f"))
