"""The explorer in real tmux and GNU screen: it starts, keys and Esc work, the shell's screen comes back."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.budgets.explorer import JMSTUI, ROWS, plain, serving, signing_in
from tests.budgets.tty import COLORS_256, Terminal

pytestmark = pytest.mark.xdist_group("terminal")
SCRIPT = 'echo before it; {} --org root "$@"; echo status $?; exec sleep 100'


@pytest.fixture(scope="module")
def environ() -> Iterator[dict[str, str]]:
    with serving() as ready, signing_in(ready) as own:
        yield own


@pytest.fixture
def short() -> Iterator[Path]:
    """A folder with a short name: both put a socket into it, whose path has 108 bytes at most."""
    with tempfile.TemporaryDirectory(prefix="jms", dir="/tmp") as folder:
        yield Path(folder)


def tmux(folder: Path) -> tuple[list[str], list[str]]:
    """(how to run a command in a tmux of our own, how to end that tmux)"""
    (folder / "conf").write_text("set -g status off\nset -g default-terminal tmux-256color\n")
    start = ["tmux", "-u", "-S", str(folder / "socket"), "-f", str(folder / "conf")]
    return [*start, "new-session"], [*start, "kill-server"]


def screen(folder: Path) -> tuple[list[str], list[str]]:
    """The same for GNU screen."""
    (folder / "conf").write_text("startup_message off\naltscreen on\nterm screen-256color\ndefutf8 on\n")
    start = ["screen", "-U", "-c", str(folder / "conf"), "-S", folder.name]
    return start, ["screen", "-S", folder.name, "-X", "quit"]


MULTIPLEXERS: list[Any] = [
    pytest.param(
        make, marks=pytest.mark.skipif(shutil.which(name) is None, reason=f"{name} is not installed"), id=name
    )
    for name, make in (("tmux", tmux), ("screen", screen))
]


@pytest.mark.parametrize("make", MULTIPLEXERS)
def test_in_a_multiplexer(make: Any, environ: dict[str, str], short: Path) -> None:
    start, end = make(short)
    script = SCRIPT.format(" ".join(JMSTUI))
    own = {**environ, **COLORS_256, "SCREENDIR": str(short), "TMUX": "", "STY": ""}
    with Terminal([*start, "sh", "-c", script], 100, 30, environ=own) as terminal:
        try:
            _drive(terminal)
        finally:
            subprocess.run(end, env=plain(own), check=False, capture_output=True)


def _drive(terminal: Terminal) -> None:
    terminal.wait(ROWS)
    terminal.press("\x1b[B")
    assert "before it" not in terminal.text(), "it is on the alternate screen"

    terminal.write("/")
    terminal.wait(r"(?m)^ /\s*$")
    terminal.write("生产a")
    terminal.wait("/生产a")
    terminal.settle(0.5)
    assert (terminal.screen.cursor.x, terminal.screen.cursor.y) == (len(" /") + 5, 29)

    terminal.write("\x1b")
    terminal.wait(r": go")
    terminal.wait(ROWS)
    for key, shown in (("2", "Users"), ("1", "Assets")):
        terminal.write(key)
        terminal.wait(rf"│ {shown} .*1–\d+ of" if shown == "Assets" else rf"{shown} .*1–\d+ of")

    terminal.write("\x03")
    terminal.wait("once more")
    terminal.write("\x03")
    terminal.wait("status 0")
    assert "before it" in terminal.text(), "the screen of the shell is back"
    assert "Assets" not in terminal.text()
