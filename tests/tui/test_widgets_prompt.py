"""The last line, the first line, and the line that is typed into."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.geometry import Offset

from jmstui.text import clean, width
from jmstui.tui.widgets.editing import LONGEST, EditLine
from jmstui.tui.widgets.header import Header, StatusLine
from jmstui.tui.widgets.prompt import Prompt
from jmstui.tui.widgets.remote_table import RemoteTable
from tests.tui.test_widgets_table import table
from tests.tui.widget_host import full, staged


async def test_hints_stand_there_whole_or_not_at_all() -> None:
    async with staged(table(full(3)), size=(24, 8)) as (host, _pilot):
        host.prompt.set_hints([(":", "go"), ("/", "search"), ("?", "help")])
        assert host.lines(host.prompt) == [" : go   ? help"]
        host.prompt.set_hints([(":", "go")])
        assert host.lines(host.prompt) == [" : go"]
        host.prompt.set_hints([])
        assert host.lines(host.prompt) == [""]


async def test_search_posts_each_letter_and_leaves_the_arrows_to_the_list() -> None:
    widget = table(full(30))
    async with staged(widget) as (host, pilot):
        host.prompt.open("/", "we")
        await pilot.press("b", "down", "backspace", "j")
        assert [each.text for each in host.seen(Prompt.SearchChanged)] == ["web", "we", "wej"]
        assert widget.cursor == 1
        assert host.lines(host.prompt) == [" /wej"]
        await pilot.press("enter")
        assert (host.last(Prompt.Submitted).kind, host.last(Prompt.Submitted).text) == ("/", "wej")
        assert not host.prompt.active
        await pilot.press("j")
        assert widget.cursor == 2


async def test_escape_gives_back_what_was_there() -> None:
    async with staged(table(full(30))) as (host, pilot):
        host.prompt.open("/", "old")
        await pilot.press("x", "escape")
        assert host.last(Prompt.Cancelled).text == "old"
        host.prompt.open(":")
        await pilot.press("backspace")
        assert host.last(Prompt.Cancelled).kind == ":"


async def test_completion_and_history() -> None:
    async with staged(table(full(3))) as (host, pilot):
        prompt = host.prompt
        prompt.complete = lambda text: [each for each in ("assets", "access") if each.startswith(text)]
        prompt.open(":")
        await pilot.press("a", "s")
        assert host.lines(prompt) == [" :as     assets"]
        await pilot.press("tab", "enter")
        assert host.last(Prompt.Submitted).text == "assets"
        prompt.open(":")
        await pilot.press("u", "up")
        assert prompt.line.text == "assets"
        await pilot.press("down")
        assert prompt.line.text == "u"
        await pilot.press("escape")
        prompt.open(":", "a")
        await pilot.press("tab", "tab", "shift+tab")
        assert prompt.line.text == "assets"


@pytest.mark.parametrize(
    ("key", "yes"),
    [("y", True), ("q", True), ("n", False), ("escape", False), ("x", False), ("enter", False)],
)
async def test_a_question_is_answered_by_any_key(key: str, yes: bool) -> None:
    async with staged(table(full(3))) as (host, pilot):
        host.prompt.ask("Quit \x1b[1mjmstui?", "quit", "quits")
        assert host.lines(host.prompt) == [" Quit ␛[1mjmstui?  y or q quits, any other key stays"]
        await pilot.press(key)
        assert (host.last(Prompt.Answered).tag, host.last(Prompt.Answered).yes) == ("quit", yes)
        assert not host.prompt.active


async def test_what_does_not_fit_is_counted_and_no_word_is_cut() -> None:
    async with staged(table(full(3)), size=(40, 13)) as (host, _pilot):
        host.prompt.complete = lambda text: ["assets", "expiring", "groups", "permissions", "users"]
        host.prompt.open(":")
        assert host.lines(host.prompt) == [" :     assets  expiring  groups  +2"]


async def test_a_sentence_stays_until_the_next_key() -> None:
    async with staged(table(full(3))) as (host, pilot):
        host.prompt.say("copied 3 cells", "good")
        assert host.lines(host.prompt) == [" copied 3 cells"]
        await pilot.press("down")
        assert host.lines(host.prompt) == [""]


async def test_the_terminal_cursor_is_where_the_text_is() -> None:
    widget = table(full(30))
    async with staged(widget) as (host, pilot):
        await pilot.press("down", "down")
        assert host.cursor_position == Offset(0, 4)
        host.prompt.open("/")
        assert host.cursor_position == Offset(2, 12)
        await pilot.press("生", "产")
        assert host.cursor_position == Offset(6, 12)
        widget.move_to(5)
        assert host.cursor_position == Offset(6, 12)
        await pilot.press("escape")
        assert host.cursor_position == Offset(0, 7)


async def test_pasted_lines_become_one() -> None:
    async with staged(table(full(3))) as (host, _pilot):
        assert not host.prompt.paste("to nobody")
        host.prompt.open("/")
        assert host.prompt.paste("web\x1b[31m\r\nprod\n")
        assert host.prompt.line.text == "web[31m prod"


async def test_header_keeps_the_organization_and_the_warnings() -> None:
    header = Header()
    async with staged(header, size=(100, 3)) as (host, pilot):
        header.set(server="jms.corp.example", user="alice", role="admin", organization="生产[x]")
        header.set(warnings=("TLS NOT VERIFIED",), until="token until 09:10")
        line = host.lines(header)[0]
        assert line.startswith(" jms.corp.example   alice · admin   生产[x] ▾ ")
        assert line.endswith("TLS NOT VERIFIED   token until 09:10")
        await pilot.resize_terminal(48, 3)
        await pilot.pause()
        line = host.lines(header)[0]
        assert "生产[x] ▾" in line
        assert "TLS NOT VERIFIED" in line
        assert "09:10" not in line


async def test_status_line_drops_the_last_parts_first() -> None:
    status = StatusLine()
    async with staged(status, size=(34, 3)) as (host, _pilot):
        status.set("as of 14:02:31", "", "41 of 180 requests left", "88 ms")
        assert host.lines(status)[0] == " as of 14:02:31"
        status.set("offline since 14:02", "88 ms")
        assert host.lines(status)[0] == " offline since 14:02   88 ms"


@pytest.mark.parametrize(
    ("keys", "text", "at"),
    [
        ("a b c", "abc", 3),
        ("a b left x", "axb", 2),
        ("a b home x", "xab", 1),
        ("a b home end backspace", "a", 1),
        ("a b home delete", "b", 0),
        ("a space b ctrl+w", "a ", 2),
        ("a b left ctrl+u", "b", 0),
    ],
)
def test_editing(keys: str, text: str, at: int) -> None:
    line = EditLine()
    for key in keys.split():
        assert line.feed(key, " " if key == "space" else key if len(key) == 1 else None)
    assert (line.text, line.at) == (text, at)


def test_a_secret_is_in_no_picture_and_no_repr() -> None:
    line = EditLine("hunter2", secret=True)
    assert "hunter2" not in repr(line)
    assert line.shown(20) == ("•" * 7, " ", "")
    assert line.paste("  tail\r\n")
    assert line.text == "hunter2tail"


def test_too_much_is_refused_whole() -> None:
    line = EditLine("x")
    assert not line.paste("y" * LONGEST)
    assert line.text == "x"


@given(st.text(max_size=80), st.integers(6, 40), st.integers(0, 80))
def test_what_is_shown_fits_and_holds_the_caret(text: str, room: int, at: int) -> None:
    line = EditLine(text)
    line.at = min(at, len(text))
    before, under, after = line.shown(room)
    assert width(before) + width(under) + width(after) <= room
    assert under
    assert clean(before + under + after) == before + under + after


async def test_highlighted_is_told_once_a_move() -> None:
    widget = table(full(30))
    async with staged(widget) as (host, pilot):
        before = len(host.seen(RemoteTable.Highlighted))
        await pilot.press("down", "down")
        await pilot.pause()
        assert len(host.seen(RemoteTable.Highlighted)) == before + 2
