"""What tests and bench command measure, each in a function that gives numbers."""

from __future__ import annotations

import re
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tests.budgets.explorer import AS_INSTALLED, JMSTUI, ROWS, plain
from tests.budgets.tty import Terminal

BARE = (sys.executable, "-m", "tests.budgets.bare")
NOTHING = (sys.executable, "-c", "pass")
DOWN, PAGE_DOWN, END, HOME, ESCAPE = "\x1b[B", "\x1b[6~", "\x1b[F", "\x1b[H", "\x1b"


def until(argv: Sequence[str], pattern: str, environ: Mapping[str, str]) -> float:
    """Seconds from the start of a program on a pty until `pattern` is on its screen."""
    with Terminal(argv, environ={**AS_INSTALLED, **environ}) as terminal:
        return terminal.wait(pattern)


def run_time(argv: Sequence[str], environ: Mapping[str, str]) -> float:
    """Seconds that a program takes which needs no terminal. Raises `CalledProcessError` when it fails."""
    started = time.perf_counter()
    subprocess.run(argv, env=plain(environ), capture_output=True, check=True)
    return time.perf_counter() - started


def in_turns(rounds: int, **measures: Callable[[], float]) -> dict[str, float]:
    """Each measure's shortest time over some rounds, all in turn, so that a busy moment hits them alike."""
    found: dict[str, list[float]] = {name: [] for name in measures}
    for _ in range(rounds):
        for name, measure in measures.items():
            found[name].append(measure())
    return {name: min(times) for name, times in found.items()}


def starts(environ: Mapping[str, str], rounds: int) -> dict[str, float]:
    """Seconds until a bare app shows its line, until the explorer's first frame, and until its first rows.

    The first frame is there when its hints are: they stand in the last line of it.
    """
    until(JMSTUI, ROWS, environ)  # the first run writes bytecode
    return in_turns(
        rounds,
        bare=lambda: until(BARE, "bare and ready", {}),
        frame=lambda: until(JMSTUI, "\\? help", environ),
        rows=lambda: until(JMSTUI, ROWS, environ),
    )


def waited_for_server(environ: Mapping[str, str]) -> float:
    """Seconds that the answers took which the first rows wait for, by the explorer's own log: who one is,
    then organization and rights at once, then the rows."""
    with Terminal(JMSTUI, 200, 40, environ={**AS_INSTALLED, **environ}) as terminal:
        terminal.wait(ROWS)
        terminal.press("@")
        log = re.findall(r"GET +200 +(\d+) +[\d,]+ +\w+ +(\S+)", terminal.text())
    took = {path.partition("?")[0]: int(ms) / 1000 for ms, path in log}
    return (
        took["users/profile/"]
        + max(took["orgs/orgs/current/"], took["users/profile/permissions/"])
        + took["assets/assets/"]
    )


def headless(environ: Mapping[str, str], examples: Mapping[str, Any], rounds: int) -> dict[str, float]:
    """Seconds of `python -c pass`, `--version`, `--help` and `why`."""
    why = [*JMSTUI, "why", examples["user"], examples["asset"]]
    return in_turns(
        rounds,
        nothing=lambda: run_time(NOTHING, {}),
        version=lambda: run_time([*JMSTUI, "--version"], {}),
        help=lambda: run_time([*JMSTUI, "--help"], {}),
        why=lambda: run_time(why, environ),
    )


def server_time(environ: Mapping[str, str], examples: Mapping[str, Any]) -> float:
    """Seconds that the server's answers to that `why` took, one after the other (the client's own log)."""
    why = [*JMSTUI, "why", examples["user"], examples["asset"], "--verbose"]
    done = subprocess.run(why, env=plain(environ), capture_output=True, check=True, text=True)
    asked = [line.split() for line in done.stderr.splitlines() if line.startswith("GET ")]
    return sum(float(words[words.index("ms") - 1]) for words in asked) / 1000


def median_key(terminal: Terminal, key: str = DOWN, times: int = 31) -> float:
    """Seconds from a key to the last byte of its answer."""
    return statistics.median(terminal.press(key, quiet=0.05).last for _ in range(times))


def held(terminal: Terminal, times: int = 200) -> float:
    """Bytes a key when ↓ is held, all that arrives afterwards included."""
    before = terminal.total
    for _ in range(times):
        terminal.press(DOWN, quiet=0.01)
    terminal.settle()
    return (terminal.total - before) / times


def idle(terminal: Terminal, seconds: float) -> tuple[int, float]:
    """(bytes, seconds of processor time) that a screen takes while nobody presses a key."""
    terminal.settle(quiet=1.0)
    used = terminal.cpu()
    return terminal.listen(seconds), terminal.cpu() - used


def walk(terminal: Terminal, pages: int) -> str:
    """PgDn until `pages` pages of 100 rows, or all, were on screen, each whole; the table's head at the end.

    Made for a terminal of 106 lines, the detail pane closed: each key shows 100 rows that were not there.
    """
    for _ in range(pages - 1):
        head, end = terminal.line(1), time.perf_counter() + 10
        if re.search(r"–([\d,]+) of \1", head):
            break  # the last row is on screen
        terminal.write(PAGE_DOWN)
        while terminal.line(1) == head or "│ ·" in terminal.text():
            if time.perf_counter() > end:
                raise AssertionError(f"PgDn is not answered any more:\n{terminal.text()}")
            terminal.read(0.05)
    return terminal.line(1)
