"""The table that is a window on a list."""

from __future__ import annotations

import time
from typing import Any

import pytest

from jmstui.api.pages import Change
from jmstui.models.base import BadRow
from jmstui.tui.widgets.columns import lay_out
from jmstui.tui.widgets.remote_table import RemoteTable
from jmstui.views.spec import Column
from tests.tui.widget_host import FakeList, Row, full, staged

COLUMNS: tuple[Column[Any], ...] = (
    Column("name", "NAME", lambda row: row.name, width=10, grow=1, order="name"),
    Column("id", "ID", lambda row: row.id, width=8, priority=2, align="right"),
    Column("state", "ACTIVE", lambda row: row.state, width=6, priority=1, order="active",
           tone=lambda row: "plain" if row.state == "yes" else "warn"),
)  # fmt: skip


def table(source: FakeList | None = None) -> RemoteTable:
    """A table over a list that tells it of changes."""
    made = RemoteTable(COLUMNS, source, title="Assets")
    if source is not None:
        source.on_change = made.source_changed
    return made


async def test_head_rows_and_position() -> None:
    async with staged(table(full(12117))) as (host, _pilot):
        lines = host.lines()
        assert lines[0] == " Assets  1–10 of 12,117"
        assert lines[1].split() == ["NAME", "ID", "ACTIVE"]
        assert lines[2].split() == ["name-0", "id0", "yes"]
        assert len(lines) == 12


async def test_the_head_says_what_narrows_and_what_is_doubtful() -> None:
    source = full(50)
    widget = table(source)
    async with staged(widget) as (host, _pilot):
        widget.set_head(where="web [red]", search="pr\x1bod", order="-name")
        assert host.lines()[0] == " Assets  web [red]  /pr␛od  1–10 of 50"
        assert "NAME↓" in host.lines()[1]
        source.exact, source.stale, source.shifted = False, True, True
        widget.sync()
        assert host.lines()[0].endswith("of ≥ 50  (old)  (the list moved: r)")


async def test_a_hundred_thousand_rows_open_at_once() -> None:
    class Counting(FakeList):
        asked = 0

        def get(self, index: int) -> Any:
            self.asked += 1
            return Row(f"id{index}", f"name-{index}")

    source = Counting(100_000)
    async with staged(table(source)) as (host, pilot):
        assert source.asked < 200
        start = time.perf_counter()
        await pilot.press("end")
        assert time.perf_counter() - start < 1
        assert host.lines()[-1].split()[0] == "name-99999"
        assert source.asked < 400


async def test_want_follows_the_eye_with_its_direction() -> None:
    source = full(500)
    async with staged(table(source)) as (_host, pilot):
        assert source.wanted[-1] == (0, 9, 0)
        await pilot.press("pagedown")
        assert source.wanted[-1] == (10, 19, 1)
        await pilot.press("pageup")
        assert source.wanted[-1] == (0, 9, -1)
        before = len(source.wanted)
        await pilot.press("down", "down")
        assert len(source.wanted) == before


async def test_at_an_edge_it_scrolls_by_half_a_page() -> None:
    widget = table(full(100))
    async with staged(widget) as (_host, pilot):
        await pilot.press(*["down"] * 9)
        assert (widget.cursor, widget.top) == (9, 0)
        await pilot.press("down")
        assert (widget.cursor, widget.top) == (10, 6)
        await pilot.press("home")
        assert (widget.cursor, widget.top) == (0, 0)


async def test_rows_that_have_not_come_are_marked_and_then_shown() -> None:
    source = FakeList(None)
    widget = table(source)
    async with staged(widget) as (host, pilot):
        assert host.lines()[2].strip() == "loading…"
        assert source.wanted == [(0, 9, 0)]
        source.total = 40
        source.arrive([Row("a", "first")], total=41)
        await pilot.pause()
        assert host.lines()[2].split()[0] == "first"
        assert host.lines()[3].strip() == "·"
        told = host.last(RemoteTable.Highlighted)
        assert (told.row_id, told.index, told.row.name) == ("a", 0, "first")
        await pilot.press("down")
        told = host.last(RemoteTable.Highlighted)
        assert (told.row_id, told.index, told.row) == (None, 1, None)
        source.arrive([Row("b", "second")], 1)
        await pilot.pause()
        assert host.last(RemoteTable.Highlighted).row_id == "b"


async def test_an_empty_list_and_a_failed_one_say_so() -> None:
    source = FakeList(0)
    widget = table(source)
    async with staged(widget) as (host, _pilot):
        assert host.lines()[2].strip() == "nothing here"
        assert host.lines()[0].endswith(" 0")
        source.error = RuntimeError("The server cannot be reached.\x07")
        widget.sync()
        assert host.lines()[2].strip() == "! The server cannot be reached.␇"


async def test_a_bad_row_is_a_marked_row() -> None:
    bad = BadRow(id="bad-1", reason="Expected `str`, got `int` - at `$.name`")
    source = FakeList(2, {0: Row("a", "first"), 1: bad})
    widget = table(source)
    async with staged(widget) as (host, pilot):
        assert host.lines()[3].startswith(" ! unreadable row: Expected `str`")
        await pilot.press("down", "enter")
        assert host.last(RemoteTable.Opened).row is bad


async def test_the_row_stays_under_the_cursor_by_its_id() -> None:
    source = full(30)
    widget = table(source)
    async with staged(widget) as (host, pilot):
        await pilot.press(*["down"] * 4)
        shown_at = widget.cursor - widget.top
        source.arrive([Row("new", "name-new"), *[source.rows[index] for index in range(30)]], total=31)
        await pilot.pause()
        assert widget.cursor == 5
        assert widget.current_id == "id4"
        assert widget.cursor - widget.top == shown_at
        await pilot.resize_terminal(30, 8)
        await pilot.pause()
        assert widget.current_id == "id4"
        assert widget.top <= widget.cursor < widget.top + widget.page
        assert host.last(RemoteTable.Highlighted).row_id == "id4"


async def test_another_order_keeps_the_row_when_it_is_among_the_first() -> None:
    widget = table(full(30))
    async with staged(widget) as (_host, pilot):
        await pilot.press("down", "down")
        turned = FakeList(None)
        turned.on_change = widget.source_changed
        old = widget.source
        widget.set_source(turned, keep=widget.current_id)
        assert old is not None
        assert old.closed  # type: ignore[attr-defined]
        turned.arrive([Row(f"id{29 - index}", "x") for index in range(30)], total=30)
        await pilot.pause()
        assert widget.current_id == "id2"
        assert widget.cursor == 27


async def test_news_from_a_list_that_was_replaced_change_nothing() -> None:
    old = full(30)
    widget = table(old)
    async with staged(widget) as (_host, pilot):
        old.on_change(Change("reset"))
        new = full(3)
        widget.set_source(new)
        await pilot.pause()
        assert new.wanted == [(0, 2, 0)]


async def test_one_accent_cell_a_row_and_one_style() -> None:
    source = FakeList(2, {0: Row("a", "first"), 1: Row("b", "second", "no")})
    widget = table(source)
    async with staged(widget) as (_host, _pilot):
        assert len(list(widget.render_line(2))) == 1
        pieces = list(widget.render_line(3))
        assert [piece.text for piece in pieces if piece.style == widget.palette.warn] == ["no"]
        assert len(pieces) == 3


async def test_names_from_the_server_are_never_markup() -> None:
    source = FakeList(1, {0: Row("a", "[bold red]x[/]\x1b[2J\u202e")})
    async with staged(table(source)) as (host, _pilot):
        assert "[bold red]x[/]␛[2J‹202E›" in host.lines()[2]


async def test_columns_line_up_under_wide_names_also_when_cut() -> None:
    names = [
        "生产环境服务器数据库主机一号二号三号四号五号",
        "e\u0301" * 40,
        "👨\u200d👩\u200d👧" * 9,
        "plain",
        "a🇨🇳" * 12,
    ]
    source = FakeList(len(names), {index: Row(f"id{index}", name) for index, name in enumerate(names)})
    widget = table(source)
    from rich.cells import cell_len

    async with staged(widget, size=(40, 13)) as (host, _pilot):
        for index in range(len(names)):
            line = widget.render_line(2 + index)
            assert line.cell_length == cell_len(line.text) == 40
            before = line.text.partition(f"id{index}")[0]
            assert cell_len(before) == host.lines()[1].index("ID") - 1


@pytest.mark.parametrize(
    ("room", "keys"),
    [(60, ["name", "id", "state"]), (20, ["name", "state"]), (12, ["name"]), (6, ["name"])],
)
def test_the_least_important_columns_go_first(room: int, keys: list[str]) -> None:
    layout = lay_out(COLUMNS, room)
    assert [column.key for column, _ in layout.columns] == keys
    assert layout.dropped is (len(keys) < 3)
    assert sum(cells for _, cells in layout.columns) + layout.gap * (len(keys) - 1) <= room


def test_room_that_is_left_goes_to_those_that_grow() -> None:
    layout = lay_out(COLUMNS, 80)
    assert sum(cells for _, cells in layout.columns) + 2 * layout.gap == 80
    assert [cells for _, cells in layout.columns][1:] == [8, 6]


def test_the_sorted_column_has_room_for_its_arrow() -> None:
    assert lay_out(COLUMNS, 26, "active").columns[-1][1] == len("ACTIVE") + 1


async def test_a_sign_says_that_columns_are_missing() -> None:
    async with staged(table(full(5)), size=(22, 13)) as (host, _pilot):
        assert host.lines()[1].endswith(">")
        assert "ID" not in host.lines()[1]


async def test_a_list_that_shrank_tells_which_row_is_under_the_cursor_now() -> None:
    source = full(30)
    widget = table(source)
    async with staged(widget) as (host, pilot):
        await pilot.press("end")
        for index in range(5, 30):
            del source.rows[index]
        source.total = 5
        source.on_change(Change("total"))
        await pilot.pause()
        assert (widget.cursor, widget.current_id) == (4, "id4")
        assert host.last(RemoteTable.Highlighted).row_id == "id4"
        assert host.lines()[0] == " Assets  1–5 of 5"


async def test_a_row_that_changed_is_told_and_drawn() -> None:
    source = full(30)
    async with staged(table(source)) as (host, pilot):
        source.arrive([Row("id0", "renamed")])
        await pilot.pause()
        assert host.last(RemoteTable.Highlighted).row.name == "renamed"
        assert host.lines()[2].split()[0] == "renamed"


async def test_where_room_is_short_the_search_stays_before_the_title() -> None:
    widget = table(full(12117))
    async with staged(widget, size=(34, 13)) as (host, _pilot):
        widget.set_head(search="web-frontend")
        assert host.lines()[0] == "  /web-frontend  1–10 of 12,117"


async def test_another_search_holds_the_rows_until_the_first_arrive() -> None:
    widget = table(full(30))
    async with staged(widget) as (host, pilot):
        before = host.lines()[2:]
        found = FakeList(None)
        found.on_change = widget.source_changed
        widget.set_source(found, hold=True)
        widget.set_head(search="db")
        assert host.lines()[0] == " Assets  /db"
        assert host.lines()[2:] == before
        assert found.wanted
        await pilot.press("down", "enter")
        assert host.last(RemoteTable.Opened) is None
        found.arrive([Row("d", "db-1")], total=1)
        await pilot.pause()
        assert [line.split()[:1] for line in host.lines()[2:4]] == [["db-1"], []]
        assert host.last(RemoteTable.Highlighted).row_id == "d"


async def test_rows_are_held_for_half_a_second_at_most_and_never_without_leave() -> None:
    widget = table(full(30))
    async with staged(widget) as (host, pilot):
        widget.set_source(FakeList(None), hold=True)
        await pilot.pause(0.7)
        assert host.lines()[2].strip() == "loading…"
        widget.set_source(full(30))
        assert host.lines()[2].split()[0] == "name-0"
        widget.set_source(FakeList(None))
        assert host.lines()[2].strip() == "loading…"
        assert not any("name-" in line for line in host.lines())
