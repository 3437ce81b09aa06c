"""The same picture in a real tmux as on a plain terminal, wide characters included, after some keys."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.budgets.tty import COLORS_256, Terminal

KEYS = [
    ("\x1b[B", "Down"),
    ("\x1b[6~", "PageDown"),
    ("\t", "Tab"),
    ("d", "d"),
    ("/", "/"),
    ("生", "生"),
    ("x", "x"),
]

pytestmark = [
    pytest.mark.xdist_group("terminal"),
    pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is not installed"),
]


@pytest.mark.parametrize("size", [(140, 40), (80, 24)], ids=["140x40", "80x24"])
def test_tmux_shows_what_a_terminal_shows(tmp_path: Path, size: tuple[int, int]) -> None:
    columns, rows = size
    argv = [sys.executable, "-m", "tests.budgets.harness", "--detail", "--rows", "500"]
    with Terminal(argv, columns, rows, environ=COLORS_256) as terminal:
        terminal.wait("of 500")
        for keys, _ in KEYS:
            terminal.press(keys)
        expected = [line.rstrip() for line in _joined(terminal)]

    plain = {key: value for key, value in os.environ.items() if key not in ("COLUMNS", "LINES", "NO_COLOR")}
    config = tmp_path / "tmux.conf"
    config.write_text(f"set -g status off\nset -g default-size {columns}x{rows}\n")
    tmux = ["tmux", "-u", "-S", str(tmp_path / "socket"), "-f", str(config)]
    subprocess.run(
        [*tmux, "new-session", "-d", "-x", str(columns), "-y", str(rows), *argv], check=True, env=plain
    )
    try:
        _wait_for(tmux, "of 500")
        for _, name in KEYS:
            subprocess.run([*tmux, "send-keys", name], check=True)
            time.sleep(0.3)
        shown = _wait_for(tmux, "/生x")
        where = subprocess.run(
            [*tmux, "display", "-p", "#{cursor_x},#{cursor_y}"], check=True, capture_output=True, text=True
        )
    finally:
        subprocess.run([*tmux, "kill-server"], check=False, capture_output=True)
    assert [line.rstrip() for line in shown.split("\n")[:rows]] == expected
    assert where.stdout.strip() == f"{len(' /') + 3},{rows - 1}"


def _joined(terminal: Terminal) -> list[str]:
    """The screen's lines; pyte keeps an empty cell behind each wide character."""
    return [
        "".join(terminal.screen.buffer[y][x].data for x in range(terminal.screen.columns))
        for y in range(terminal.screen.lines)
    ]


def _wait_for(tmux: list[str], text: str) -> str:
    for _ in range(100):
        shown = subprocess.run(
            [*tmux, "capture-pane", "-p"], check=True, capture_output=True, text=True
        ).stdout
        if text in shown:
            return shown
        time.sleep(0.1)
    raise AssertionError(f"{text!r} did not come up in tmux:\n{shown}")
