"""Prints the whole table of budgets, as measured here and now: `python -m tests.budgets.bench [--quick]`.

It takes about six minutes; `--quick` listens 5 s to the screens and walks through 200 pages, in two minutes.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from typing import Any, NamedTuple

from tests.budgets import measures
from tests.budgets.explorer import JMSTUI, ROWS, exploring, serving, signing_in
from tests.budgets.measures import DOWN, ESCAPE, PAGE_DOWN
from tests.budgets.test_explorer import SCREENS
from tests.budgets.tty import COLORS_256, TRUECOLOR, Terminal


class Row(NamedTuple):
    """A line of the table. `kept` None: printed without a verdict."""

    what: str
    measured: str
    budget: str
    against: str
    kept: bool | None


def at_most(what: str, value: float, most: float, unit: str, against: str) -> Row:
    """A value that must not be larger than its budget."""
    shown = f"{value:,.2f}" if most < 100 and unit != "MB" else f"{value:,.0f}"
    return Row(what, f"{shown} {unit}", f"{most:,g} {unit}", against, value <= most)


def timed(ready: Mapping[str, Any], environ: Mapping[str, str], rounds: int) -> Iterator[Row]:
    """Starts and headless answers: the shortest of some rounds, taken in turn."""
    took = measures.starts(environ, rounds)
    bare = took["bare"]
    against = f"bare Textual app, {bare:.3f} s"
    yield at_most("start → first frame", took["frame"] / bare, 1.25, "×", against)
    server = min(measures.waited_for_server(environ) for _ in range(3))
    apart = f"{against}; {took['rows']:.3f} s with the server's {server:.3f} s"
    yield at_most("start → first rows", (took["rows"] - server) / bare, 1.9, "×", apart)
    took = measures.headless(environ, ready["examples"], rounds)
    against = f"python -c pass, {took['nothing']:.3f} s"
    yield at_most("jmstui --version", took["version"] / took["nothing"], 4, "×", against)
    yield at_most("jmstui --help", took["help"] / took["nothing"], 4, "×", against)
    own = took["why"] - measures.server_time(environ, ready["examples"])
    yield at_most("jmstui why", own, 0.35, "s", f"{took['why']:.3f} s with the server's own time")


def keys(
    environ: Mapping[str, str], colours: Mapping[str, str], name: str, budget: dict[str, int]
) -> Iterator[Row]:
    """What keys send, the detail pane closed, 38 rows."""
    with exploring(environ, "--org", "root", size=(140, 43), colours=colours) as terminal:
        terminal.press("p")
        down = max(terminal.press(DOWN, quiet=0.4).bytes for _ in range(6))
        yield at_most(f"↓, {name}", down, budget["down"], "bytes", "largest of 6")
        yield at_most(f"PgDn, 38 rows, {name}", _page_down(terminal), budget["page"], "bytes", "largest of 4")
        yield at_most(f"↓ held over 200 rows, {name}", measures.held(terminal), 900, "bytes a key", "")
        terminal.press(measures.HOME, quiet=0.5)
        for kind in (":", "/"):
            typed = [terminal.press(key, quiet=0.15).bytes for key in (kind, "a", "s")]
            if kind == ":":
                typed.append(terminal.press(ESCAPE, quiet=0.4).bytes)
            yield at_most(f"{kind} opened, typed in, {name}", max(typed), 400, "bytes a key", "")
        terminal.press(ESCAPE, quiet=1)
        if name == "truecolor":
            took = measures.median_key(terminal, times=101)
            yield at_most("key to last byte, 100,000 rows", took * 1000, 8, "ms", "median of 101")
    with exploring(environ, "--org", "root", colours=colours) as terminal:
        spent = max(terminal.press(DOWN, quiet=0.8).bytes for _ in range(6))
        yield at_most(f"another row's detail, {name}", spent, 8000, "bytes", "with ↓ itself; largest of 6")


def _page_down(terminal: Terminal) -> int:
    return max(terminal.press(PAGE_DOWN, quiet=0.6).bytes for _ in range(4))


def waiting() -> Iterator[Row]:
    """A server that takes 5 s for each answer."""
    with (
        serving("--latency", "5000") as ready,
        signing_in(ready) as environ,
        Terminal(JMSTUI, environ=environ) as terminal,
    ):
        terminal.wait(r"\? help")
        terminal.settle(0.5)
        yield at_most("waiting for the server", terminal.listen(4) / 4, 200, "bytes/s", "answers after 5 s")


def memory(environ: Mapping[str, str], pages: int) -> Iterator[Row]:
    """Resident memory of the explorer's process."""
    flags = ("--org", "root", "--rate", "100000")
    with exploring(environ, *flags) as terminal:
        yield at_most("memory after the start", terminal.memory(), 75, "MB", "140×40")
    with exploring(environ, *flags, size=(140, 106)) as terminal:
        terminal.press("p")
        measures.walk(terminal, pages)
        yield at_most(
            f"memory after {pages * 100:,} assets", terminal.memory(), 120, "MB", "each on screen once"
        )


def idle(environ: Mapping[str, str], seconds: float) -> Iterator[Row]:
    """Every screen, left alone. All are open at once, each in a process of its own."""
    with ExitStack() as stack:
        argv = [*JMSTUI, "--org", "root"]
        shown = {name: stack.enter_context(Terminal(argv, environ=environ)) for name in SCREENS}
        for name, pressed in SCREENS.items():
            shown[name].wait(ROWS)
            for key in pressed:
                shown[name].press(key)
        shown["sign-in"] = stack.enter_context(
            Terminal(JMSTUI, environ={**environ, "JMSTUI_URL": "", "JMSTUI_PRIVATE_TOKEN": ""})
        )
        for terminal in shown.values():
            terminal.settle(quiet=1.5)
        used = {name: (terminal.total, terminal.cpu()) for name, terminal in shown.items()}
        shown["sign-in"].listen(seconds)
        for name, terminal in shown.items():
            terminal.read(0)
            sent, busy = terminal.total - used[name][0], terminal.cpu() - used[name][1]
            kept = sent == 0 and busy <= max(0.05, seconds / 1000)
            yield Row(f"idle {seconds:.0f} s: {name}", f"{sent} bytes", "0 bytes", f"{busy:.2f} s CPU", kept)


def everything(quick: bool) -> Iterator[Row]:
    """All rows, in the order in which they are measured."""
    with serving() as ready, signing_in(ready) as environ:
        yield from timed(ready, environ, 5 if quick else 15)
    with serving("--assets", "100000") as ready, signing_in(ready) as environ:
        yield from keys(environ, TRUECOLOR, "truecolor", {"down": 450, "page": 7500})
        yield from keys(environ, COLORS_256, "256 colours", {"down": 400, "page": 6000})
        yield from waiting()
        yield from memory(environ, 200 if quick else 1000)
        yield from idle(environ, 5 if quick else 60)


def show(rows: Iterator[Row], write: Callable[[str], object] = print) -> bool:
    """Write each row as soon as it is there. Whether all budgets were kept."""
    write(f"{'':2} {'what, at 140×40':38} {'measured':>16}  {'budget':>16}  measured against")
    kept = True
    for row in rows:
        kept &= row.kept is not False
        mark = "  " if row.kept else "! "
        write(f"{mark} {row.what:38} {row.measured:>16}  {row.budget:>16}  {row.against}".rstrip())
    return kept


def main() -> None:
    """The command; ends with status 1 when a budget was not kept."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="two minutes instead of six")
    given = parser.parse_args()
    machine = f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}"
    print(f"Python {platform.python_version()}, {sys.platform}, {machine}\n")
    sys.exit(0 if show(everything(given.quick)) else 1)


if __name__ == "__main__":
    main()
