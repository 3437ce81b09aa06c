"""Small, large and changing terminals: panes fold, what is cut has a mark, a resize loses nothing."""

from __future__ import annotations

from typing import Any

import pytest
from textual import events
from textual.geometry import Offset

from jmstui.settings import Settings
from jmstui.text import clean, cut, width
from jmstui.tui.screens.access import AccessScreen
from jmstui.tui.screens.detail import DetailScreen
from tests.tui.drive import Driver, explorer, signed_in

SMALL, USUAL, LARGE, HUGE, TINY = (60, 16), (80, 24), (140, 40), (200, 60), (40, 10)


async def rows(drive: Driver) -> None:
    await drive.until(lambda: drive.screen.table.current is not None, "rows")


async def resize(drive: Driver, size: tuple[int, int]) -> None:
    """Another size, and until it is drawn."""
    await drive.pilot.resize_terminal(*size)
    await drive.until(lambda: drive.app.size == size, f"{size}")
    await drive.pilot.pause()


@pytest.mark.parametrize("size", [SMALL, USUAL, LARGE, HUGE], ids=str)
@pytest.mark.parametrize("key", ["1", "2", "3", "5"])
async def test_what_is_cut_has_a_mark(demo: Any, size: tuple[int, int], key: str) -> None:
    async with signed_in(demo, size=size) as drive:
        await rows(drive)
        await drive.press(key)
        await rows(drive)
        table = drive.screen.table
        await drive.until(lambda: table.source.get(table.sight[1]) is not None, "all rows in sight")
        layout = table.layout_for(table.size.width)
        titles, *drawn = [table.make_line(y).text for y in range(1, table.size.height)]
        assert titles.endswith(">") == (len(layout.columns) < len(table.columns))
        for index, line in enumerate(drawn[: table.sight[1] - table.sight[0] + 1], table.sight[0]):
            assert width(line) == table.size.width
            row, at = table.source.get(index), 1
            for column, cells in layout.columns:
                shown, at = _cells(line, at, cells), at + cells + layout.gap
                whole = clean(column.cell(row))
                assert "…" in shown or shown.strip() == whole.strip(), (column.title, whole, line)
        for line in drive.lines():
            assert width(line) <= size[0]


def _cells(line: str, at: int, count: int) -> str:
    """What stands in `count` cells from `at` on."""
    used, out = 0, ""
    for char in line:
        if at <= used < at + count:
            out += char
        used += width(char)
    return out


async def test_panes_fold_and_unfold(demo: Any) -> None:
    async with signed_in(demo, size=LARGE) as drive:
        await rows(drive)
        await drive.shows("▾ DEFAULT", "[Overview]")
        screen = drive.screen
        await resize(drive, USUAL)
        assert (screen.side_tree.display, screen.pane.display) == (True, False)
        await resize(drive, SMALL)
        assert (screen.side_tree.display, screen.table.display) == (False, True)
        await drive.press("tab")
        await drive.until(lambda: screen.side_tree.display and not screen.table.display, "the tree alone")
        assert screen.focused is screen.side_tree
        await drive.press("enter")
        await drive.until(lambda: screen.table.display, "the table alone")
        await resize(drive, HUGE)
        await drive.shows("▾ DEFAULT", "[Overview]")
        assert screen.table.size.height > 30


async def test_too_small_says_so_and_the_keys_work_again_afterwards(demo: Any) -> None:
    async with signed_in(demo, size=USUAL) as drive:
        await rows(drive)
        await drive.press("down", "down")
        table = drive.screen.table
        for size in (TINY, (20, 5), (200, 8)):
            await resize(drive, size)
            await drive.shows("jmstui needs 60×16")
            assert "core-app" not in drive.text()
            await resize(drive, SMALL)
            await drive.gone("jmstui needs")
            row = table.cursor
            await drive.press("down")
            assert (drive.screen.focused, table.cursor) == (table, row + 1)
        await drive.press("tab")
        await resize(drive, TINY)
        await resize(drive, LARGE)
        assert drive.screen.focused is drive.screen.side_tree
        await drive.press("4")
        await drive.until(lambda: isinstance(drive.screen, AccessScreen) and drive.screen.focused is not None)
        await resize(drive, TINY)
        await resize(drive, SMALL)
        await drive.type("ali")
        assert drive.screen.field("who").value == "ali"


async def test_too_small_while_signing_in_forgets_nothing(demo: Any) -> None:
    async with explorer(Settings(url=demo.url), size=USUAL) as drive:
        await drive.shows("Sign in to a JumpServer")
        drive.screen.query_one("#username").focus()
        await drive.type("ali")
        await resize(drive, TINY)
        await resize(drive, SMALL)
        await drive.type("ce")
        assert drive.screen.query_one("#username").value == "alice"


async def test_a_resize_while_requests_are_in_flight_loses_nothing(start_demo: Any) -> None:
    demo = start_demo(assets=400, latency_ms=400)
    async with signed_in(demo, size=LARGE) as drive:
        for size in (USUAL, TINY, SMALL, LARGE):
            await resize(drive, size)
        await rows(drive)
        await drive.shows("▾ DEFAULT", "[Overview]")
        await drive.press("down", "down", "slash")
        await drive.type("web")
        for size in (SMALL, TINY, USUAL):
            await resize(drive, size)
        await drive.shows("Assets  /web  1–")
        assert drive.screen.prompt.line.text == "web"
        await drive.press("enter", "down", "enter")
        await drive.until(lambda: isinstance(drive.screen, DetailScreen), "the detail")
        for size in (TINY, LARGE, SMALL):
            await resize(drive, size)
        await drive.shows("[Overview]", "address", "connectivity")
        await drive.press("escape")
        await drive.shows("Assets  /web")
        assert drive.screen.table.cursor == 1


async def test_the_cursor_is_where_the_text_is(demo: Any) -> None:
    async with signed_in(demo, size=USUAL) as drive:
        await rows(drive)
        app = drive.app

        async def stands(x: int, y: int, where: str) -> None:
            await drive.until(lambda: app.cursor_position == Offset(x, y), f"{where}: {(x, y)}")

        left = drive.screen.table.region.x
        await stands(left, 3, "table")
        await drive.press("tab")
        await stands(0, 2, "tree")
        await drive.press("slash")
        await drive.type("生产x")
        await stands(len(" /") + 5, 23, "search")
        await resize(drive, SMALL)
        await stands(len(" /") + 5, 15, "search, after a resize")
        await drive.press("escape", "4")
        await drive.until(lambda: isinstance(drive.screen, AccessScreen) and drive.screen.focused is not None)
        who, what = (drive.screen.field(side).region for side in ("who", "what"))
        await stands(who.x + 1, who.y, "who")
        await drive.press("tab")
        await stands(what.x + 1, what.y, "what, before a letter is typed")
        await drive.type("研发")
        await stands(what.x + 5, what.y, "what")
        await resize(drive, HUGE)
        what = drive.screen.field("what").region
        await stands(what.x + 5, what.y, "what, after a resize")


async def test_the_cursor_is_in_the_fields_of_the_sign_in(demo: Any) -> None:
    async with explorer(Settings(url=demo.url), size=USUAL) as drive:
        await drive.shows("Sign in to a JumpServer")
        for name, text in (("username", "王丽"), ("password", "geheim")):
            field = drive.screen.query_one(f"#{name}")
            field.focus()
            await drive.until(lambda field=field: drive.app.cursor_position.y == field.region.y, name)
            await drive.type(text)
            x = field.region.x + 1 + width(text)
            await drive.until(lambda x=x: drive.app.cursor_position.x == x, f"{name}: {x}")


async def test_the_window_that_loses_the_focus_changes_nothing(demo: Any) -> None:
    async with signed_in(demo, size=USUAL) as drive:
        await rows(drive)
        drive.app.post_message(events.AppBlur())
        await drive.pilot.pause()
        assert drive.screen.focused is drive.screen.table
        await drive.press("down")
        drive.app.post_message(events.AppFocus())
        await drive.press("down")
        assert drive.screen.table.cursor == 2


async def test_a_narrow_head_keeps_the_position_and_marks_what_it_left_out(demo: Any) -> None:
    async with signed_in(demo, size=SMALL) as drive:
        await rows(drive)
        text = "a search that is far too long for a terminal of sixty columns"
        await drive.press("slash")
        await drive.type(text)
        await drive.shows("…  0")
        assert cut(text, 20)[:-1] in drive.lines()[1]
        assert drive.lines()[-1].endswith("columns")
