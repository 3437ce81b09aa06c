"""What a key sends down the line, counted on a terminal of 140×40 (the widgets alone, over made-up rows)."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest

from tests.budgets.tty import COLORS_256, TRUECOLOR, Terminal

DOWN, PAGE_DOWN, ESCAPE = "\x1b[B", "\x1b[6~", "\x1b"
HARNESS = (sys.executable, "-m", "tests.budgets.harness")

pytestmark = pytest.mark.xdist_group("terminal")


def started(*options: str, environ: dict[str, str], rows: int = 40) -> Terminal:
    """The harness, ready for keys."""
    terminal = Terminal([*HARNESS, *options], rows=rows, environ=environ)
    terminal.wait("1–")
    terminal.settle()
    return terminal


@pytest.fixture(scope="module", params=["truecolor", "256"])
def colours(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def table(colours: str) -> Iterator[Terminal]:
    """A table of 38 full rows (and five lines around them), without a detail pane."""
    environ = TRUECOLOR if colours == "truecolor" else COLORS_256
    with started(environ=environ, rows=43) as terminal:
        yield terminal


def test_down(table: Terminal, colours: str) -> None:
    table.press(DOWN)
    spent = [table.press(DOWN).bytes for _ in range(5)]
    assert 0 < max(spent) <= (450 if colours == "truecolor" else 400), spent


def test_down_held_over_200_rows(table: Terminal) -> None:
    before = table.total
    for _ in range(200):
        table.press(DOWN, quiet=0.01)
    table.settle()
    assert "206" in table.text()
    assert (table.total - before) / 200 <= 900


def test_page_down(table: Terminal, colours: str) -> None:
    spent = [table.press(PAGE_DOWN).bytes for _ in range(3)]
    assert table.text().count("10.0.") == 38
    assert 38 * 100 < max(spent) <= (7500 if colours == "truecolor" else 6000), spent


@pytest.mark.parametrize("kind", [":", "/"])
def test_prompt(table: Terminal, kind: str) -> None:
    spent = {key: table.press(key, quiet=0.4).bytes for key in (kind, "a", "s", "s", ESCAPE)}
    assert all(0 < each <= 400 for each in spent.values()), spent


def test_the_same_rows_again_cost_nothing(table: Terminal) -> None:
    assert table.press("n").bytes == 0


@pytest.mark.parametrize("environ", [TRUECOLOR, COLORS_256], ids=["truecolor", "256"])
def test_detail_of_another_row_and_moving_the_focus(environ: dict[str, str]) -> None:
    with started("--detail", environ=environ) as terminal:
        first = terminal.press("d").bytes
        assert "rule 0-0" in terminal.text()
        terminal.press(DOWN)
        second = terminal.press("d").bytes
        assert "rule 1-0" in terminal.text()
        assert 0 < min(first, second) <= max(first, second) <= 8000
        focus = [terminal.press("\t").bytes for _ in range(3)]
        assert 0 < max(focus) <= 600, focus


def test_the_first_frame_is_drawn_once() -> None:
    with started(environ=TRUECOLOR) as terminal:
        assert terminal.total <= 12_000


def test_every_theme_keeps_the_budget() -> None:
    for theme in ("light", "ansi", "mono"):
        with started("--theme", theme, environ=TRUECOLOR) as terminal:
            terminal.press(DOWN)
            assert 0 < terminal.press(DOWN).bytes <= 450, theme
            assert 0 < terminal.press(PAGE_DOWN).bytes <= 7500, theme


def test_a_key_is_answered_while_100000_rows_wait(capsys: pytest.CaptureFixture[str]) -> None:
    """Printed, not asserted but for its order of magnitude: machines differ."""
    with started("--rows", "100000", environ=TRUECOLOR) as terminal:
        times = sorted(terminal.press(DOWN, quiet=0.05).last for _ in range(21))
        memory = terminal.memory()
        for key in ("\x1b[F", "\x1b[H"):
            terminal.press(key)
        for _ in range(50):
            terminal.press(PAGE_DOWN, quiet=0.02)
        with capsys.disabled():
            print(f"\nkey to last byte: median {times[10] * 1000:.1f} ms")
            print(f"memory: {memory:.0f} MB, then {terminal.memory():.0f} MB")
        assert times[10] < 0.1
        assert terminal.memory() <= 120
