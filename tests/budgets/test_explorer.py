"""The same counts for the whole explorer over its demo server, at 140×40."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.budgets.tty import COLORS_256, TRUECOLOR, Terminal

DOWN, PAGE_DOWN, ESCAPE = "\x1b[B", "\x1b[6~", "\x1b"

pytestmark = pytest.mark.xdist_group("terminal")


@pytest.fixture(scope="module", params=["truecolor", "256"])
def explorer(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Terminal]:
    """The explorer on its Assets."""
    home: Path = tmp_path_factory.mktemp("home")
    own = {"HOME": str(home), "XDG_CONFIG_HOME": "", "XDG_STATE_HOME": "", "XDG_RUNTIME_DIR": ""}
    colours = TRUECOLOR if request.param == "truecolor" else COLORS_256
    with Terminal([sys.executable, "-m", "jmstui", "--demo"], environ={**colours, **own}) as terminal:
        terminal.wait(r"Assets +1–\d+ of [\d,]+")
        terminal.settle(1)
        yield terminal


@pytest.fixture
def closed(explorer: Terminal) -> Iterator[Terminal]:
    """The same with the detail pane closed."""
    explorer.press("p", quiet=0.5)
    yield explorer
    explorer.press("p", quiet=0.7)


@pytest.fixture
def allowed(request: pytest.FixtureRequest) -> dict[str, int]:
    """Bytes for ↓ and PgDn in these colours."""
    wide = "truecolor" in request.node.name
    return {"down": 450 if wide else 400, "page": 7500 if wide else 6000}


@pytest.mark.parametrize("explorer", ["truecolor"], indirect=True)
def test_the_first_picture(explorer: Terminal) -> None:
    """Frame, tree, rows and detail, each drawn as it comes."""
    assert explorer.total <= 20_000


def test_down(closed: Terminal, allowed: dict[str, int]) -> None:
    closed.press("\x1b[H", quiet=0.5)
    spent = [closed.press(DOWN, quiet=0.5).bytes for _ in range(4)]
    assert 0 < max(spent) <= allowed["down"], spent


def test_down_held_over_200_rows(closed: Terminal) -> None:
    closed.press("\x1b[H", quiet=0.5)
    before = closed.total
    for _ in range(200):
        closed.press(DOWN, quiet=0.01)
    closed.settle(0.5)
    assert 0 < (closed.total - before) / 200 <= 900


def test_page_down(closed: Terminal, allowed: dict[str, int]) -> None:
    closed.press("\x1b[H", quiet=0.5)
    spent = [closed.press(PAGE_DOWN, quiet=0.7).bytes for _ in range(3)]
    assert 1000 < max(spent) <= allowed["page"], spent


def test_detail_of_another_row(explorer: Terminal) -> None:
    spent = [explorer.press(DOWN, quiet=0.7).bytes for _ in range(3)]
    assert 0 < max(spent) <= 8000 + 450, spent


def test_the_command_line(explorer: Terminal) -> None:
    spent = {key: explorer.press(key, quiet=0.4).bytes for key in (":", "a", "s", ESCAPE)}
    assert all(0 < each <= 400 for each in spent.values()), spent


def test_the_search_line(explorer: Terminal) -> None:
    """A letter by itself; what it finds is drawn when the typing pauses."""
    opened = explorer.press("/", quiet=0.2).bytes
    letters = [explorer.press(letter, quiet=0.05).bytes for letter in "zz"]
    explorer.settle(1)
    explorer.press(ESCAPE, quiet=1)
    assert 0 < max(opened, *letters) <= 400, (opened, letters)


def test_moving_the_focus(explorer: Terminal) -> None:
    spent = [explorer.press("\t", quiet=0.3).bytes for _ in range(3)]
    assert 0 < max(spent) <= 700, spent


@pytest.mark.parametrize("explorer", ["truecolor"], indirect=True)
@pytest.mark.parametrize(
    "keys", ["", "/w", ":a", "?", "o"], ids=["assets", "search", "command", "help", "organizations"]
)
def test_idle(explorer: Terminal, keys: str) -> None:
    if keys:
        explorer.press(keys, quiet=1)
    explorer.settle(1)
    used = explorer.cpu()
    moved = explorer.listen(5)
    used = explorer.cpu() - used
    if keys:
        explorer.press(ESCAPE, quiet=1)
    assert moved == 0
    assert used <= 0.1


@pytest.mark.parametrize("explorer", ["truecolor"], indirect=True)
def test_memory(explorer: Terminal) -> None:
    assert explorer.memory() <= 120
