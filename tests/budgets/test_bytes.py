"""What the widgets alone send down the line, over made-up rows that leave no cell empty and none as it was.

The same with real rows, and everything else that is counted: `test_explorer.py`.
"""

from __future__ import annotations

import sys

import pytest

from tests.budgets.tty import COLORS_256, TRUECOLOR, Terminal

DOWN, PAGE_DOWN = "\x1b[B", "\x1b[6~"
HARNESS = (sys.executable, "-m", "tests.budgets.harness")

pytestmark = pytest.mark.xdist_group("terminal")


def started(*options: str, environ: dict[str, str], rows: int = 40) -> Terminal:
    """The harness, ready for keys."""
    terminal = Terminal([*HARNESS, *options], rows=rows, environ=environ)
    terminal.wait("1–")
    terminal.settle()
    return terminal


@pytest.mark.parametrize(
    ("environ", "most"), [(TRUECOLOR, 7500), (COLORS_256, 6000)], ids=["truecolor", "256"]
)
def test_page_down_over_full_rows(environ: dict[str, str], most: int) -> None:
    """38 rows (and five lines around them), each cell as long as its column is wide, none as before."""
    with started(environ=environ, rows=43) as terminal:
        spent = [terminal.press(PAGE_DOWN).bytes for _ in range(3)]
        assert terminal.text().count("10.0.") == 38
        assert 38 * 100 < max(spent) <= most, spent
        assert terminal.press("n").bytes == 0, "the same rows again cost nothing"


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
