"""The counted budgets, of the real explorer against a server in another process: bytes, idle, memory."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from tests.budgets import measures
from tests.budgets.explorer import JMSTUI, ROWS, exploring, serving, signing_in
from tests.budgets.measures import DOWN, ESCAPE, PAGE_DOWN
from tests.budgets.tty import COLORS_256, TRUECOLOR, Terminal

pytestmark = pytest.mark.xdist_group("explorer")
SUITE_PAGES = 100
"""Pages of 100 rows that the suite walks through; the bench command walks through all 1,000."""


@pytest.fixture(scope="module")
def server() -> Iterator[dict[str, Any]]:
    with serving("--assets", "100000") as ready:
        yield ready


@pytest.fixture(scope="module")
def environ(server: dict[str, Any]) -> Iterator[dict[str, str]]:
    with signing_in(server) as own:
        yield own


@pytest.fixture(scope="module", params=["truecolor", "256"])
def colours(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def table(colours: str, environ: dict[str, str]) -> Iterator[Terminal]:
    """38 rows of assets, the detail pane closed."""
    known = TRUECOLOR if colours == "truecolor" else COLORS_256
    with exploring(environ, "--org", "root", size=(140, 43), colours=known) as terminal:
        terminal.press("p")
        assert "1–38 of 100,000" in terminal.text()
        yield terminal


def test_down(table: Terminal, colours: str) -> None:
    spent = [table.press(DOWN, quiet=0.25).bytes for _ in range(6)]
    assert 0 < max(spent) <= (450 if colours == "truecolor" else 400), spent


def test_down_held_over_200_rows(table: Terminal) -> None:
    assert 0 < measures.held(table) <= 900


def test_page_down(table: Terminal, colours: str) -> None:
    spent = [table.press(PAGE_DOWN, quiet=0.5).bytes for _ in range(4)]
    assert 38 * 50 < max(spent) <= (7500 if colours == "truecolor" else 6000), spent


@pytest.mark.parametrize("kind", [":", "/"])
def test_the_line_at_the_bottom(table: Terminal, kind: str) -> None:
    """Opening, each letter, closing. A search by these letters finds nothing new within the pauses here, so
    that the table's own change is its head and no row."""
    table.press(measures.HOME, quiet=0.3)
    spent = {"open and close": [table.press(key, quiet=0.3).bytes for key in (kind, ESCAPE)]}
    spent["letters"] = [table.press(key, quiet=0.1).bytes for key in (kind, "a", "s")]
    assert all(0 < each <= 400 for many in spent.values() for each in many), spent
    if kind == ":":
        assert 0 < table.press(ESCAPE, quiet=0.3).bytes <= 400
    else:
        table.settle(1)
        assert "/as" in table.text()
        table.press(ESCAPE, quiet=1)
    assert "of 100,000" in table.text()


def test_the_window_loses_the_focus_and_has_it_again(table: Terminal) -> None:
    """Another window, tab or pane of the terminal: nothing is drawn."""
    assert [table.press(report, quiet=0.3).bytes for report in ("\x1b[O", "\x1b[I")] == [0, 0]


@pytest.mark.parametrize("known", [TRUECOLOR, COLORS_256], ids=["truecolor", "256"])
def test_detail_of_another_row(environ: dict[str, str], known: dict[str, str]) -> None:
    with exploring(environ, "--org", "root", colours=known) as terminal:
        spent = [terminal.press(DOWN, quiet=0.6).bytes for _ in range(4)]
        assert "[Overview]" in terminal.text()
        assert 500 < max(spent) <= 8000, spent


SCREENS = {
    "assets": "",
    "tree": "\t",
    "detail": "\t\t",
    "search": "/we",
    "command": ":us",
    "users": "2",
    "permissions": "3",
    "access": "4",
    "expiring": "5",
    "organizations": "o",
    "log": "@",
    "help": "?",
}
"""The keys that lead to each screen from the assets; two of them leave a focused field."""


def test_idle_screens(environ: dict[str, str]) -> None:
    """Every screen in a program of its own, all at once, fields with the focus too: 5 seconds of nothing."""
    with ExitStack() as stack:
        argv = [*JMSTUI, "--org", "root"]
        shown = {name: stack.enter_context(Terminal(argv, environ=environ)) for name in SCREENS}
        for name, keys in SCREENS.items():
            shown[name].wait(ROWS)
            for key in keys:
                shown[name].press(key)
        nobody = {**environ, "JMSTUI_URL": "", "JMSTUI_PRIVATE_TOKEN": ""}
        shown["sign-in"] = stack.enter_context(Terminal(JMSTUI, environ=nobody))
        shown["sign-in"].wait("[Aa]ddress")
        for terminal in shown.values():
            terminal.settle(quiet=0.3)
        first, *others = shown.values()
        first.settle(quiet=1.5)
        for terminal in others:
            terminal.settle(quiet=0.01)
        used = {name: terminal.cpu() for name, terminal in shown.items()}
        before = {name: terminal.total for name, terminal in shown.items()}
        first.listen(5)
        for terminal in others:
            terminal.read(0)
        spent = {name: terminal.total - before[name] for name, terminal in shown.items()}
        busy = {name: terminal.cpu() - used[name] for name, terminal in shown.items()}
    assert spent == dict.fromkeys(shown, 0)
    assert max(busy.values()) <= 0.05, busy


def test_waiting_for_the_server() -> None:
    """Answers take 5 s: meanwhile at most 200 bytes a second, and keys are answered."""
    with (
        serving("--latency", "5000") as ready,
        signing_in(ready) as environ,
        Terminal(JMSTUI, environ=environ) as terminal,
    ):
        terminal.wait(r"\? help")
        terminal.settle(0.5)
        assert terminal.listen(3) <= 3 * 200
        assert "loading" in terminal.text()
        assert 0 < terminal.press(":").bytes <= 400


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads resident memory from /proc")
def test_memory(environ: dict[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    """After the start, and after walking through assets; `--rate` so that our own budget lets us."""
    flags = ("--org", "root", "--rate", "100000")
    with exploring(environ, *flags) as terminal:
        at_start = terminal.memory()
    with exploring(environ, *flags, size=(140, 106)) as terminal:
        terminal.press("p")
        head = measures.walk(terminal, SUITE_PAGES)
        walked = terminal.memory()
    with capsys.disabled():
        print(f"\nresident: {at_start:.0f} MB after the start, {walked:.0f} MB after {SUITE_PAGES} pages")
    shown = re.search(r"([\d,]+)–[\d,]+ of 100,000", head)
    assert shown is not None
    assert int(shown[1].replace(",", "")) > (SUITE_PAGES - 1) * 100
    assert 0 < at_start <= 75
    assert 0 < walked <= 120
