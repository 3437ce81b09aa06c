"""Servers and networks that mean harm: bodies without an end, bombs, nesting, pages that repeat for ever."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from jmstui.demo import Fault
from tests.budgets.tty import Terminal
from tests.demo_server import RunningDemo, run_demo
from tests.security.canaries import JMSTUI, Ran, run

MOST = 220
"""Megabytes at most: the limit of one body (32 MB), decoded, beside the program itself."""
MEASURED = """
import sys
from jmstui.cli.main import run
status = run(sys.argv[1:])
with open("/proc/self/status") as file:  # getrusage would count what our parent held before the exec
    peak = next(int(line.split()[1]) // 1024 for line in file if line.startswith("VmHWM"))
print(f"peak={peak}", file=sys.stderr)
sys.exit(status)
"""


def measured(demo: RunningDemo, *argv: str) -> tuple[Ran, int]:
    """The command, and the megabytes that it held at most."""
    environ = {"JMSTUI_URL": demo.url, "JMSTUI_PRIVATE_TOKEN": demo.credentials["private_token"]}
    ran = run([sys.executable, "-c", MEASURED, *argv], environ)
    said, _, peak = ran.err.rpartition("peak=")
    return Ran(ran.status, ran.out, said), int(peak)


@pytest.mark.parametrize("kind", ["huge", "gzip-bomb", "deep", "malformed", "truncated"])
@pytest.mark.parametrize("path", ["assets/assets/", ""])
def test_an_error_within_bounded_memory(faulty: RunningDemo, kind: str, path: str) -> None:
    faulty.faults.add(Fault(kind, path))
    ran, peak = measured(faulty, "list", "assets", "--json")
    assert ran.status == 4, ran.err
    assert ran.out == ""
    assert ran.err.startswith("jmstui: ")
    assert len(ran.err.splitlines()) == 1
    assert peak < MOST


def test_a_bad_row_is_a_marked_row(faulty: RunningDemo) -> None:
    faulty.faults.add(Fault("bad-row", "assets/assets/"))
    ran, _ = measured(faulty, "list", "assets", "--json", "--limit", "10")
    assert ran.status == 0
    assert "could not be read" in ran.err
    items = json.loads(ran.out)["items"]
    assert len(items) == 10
    assert sum(str(item["name"]).startswith("(unreadable row") for item in items) == 3
    assert len({item["id"] for item in items}) == 10


@pytest.fixture
def endless() -> Iterator[RunningDemo]:
    """Every page of a list is its first one, and `count` says that there is always more."""
    running = run_demo(assets=2500)
    plain: Callable[..., Any] = running.demo.answer

    def answer(request: Any) -> Any:
        if not request.path.endswith(("assets/assets/", "perms/asset-permissions/")):
            return plain(request)
        parts = request.raw_query.split("&")
        query = "&".join(part for part in parts if not part.startswith("offset="))
        given = plain(replace(request, raw_query=query))
        if isinstance(given.data, dict):
            rows = given.data["results"]
            rows = (rows * 1000)[:1000] if "permissions" in request.path else rows
            given.data = {**given.data, "count": 1_000_000, "next": "more", "results": rows}
            given.body = json.dumps(given.data).encode()
        return given

    running.demo.answer = answer  # type: ignore[method-assign]
    yield running
    running.close()


@pytest.mark.parametrize("argv", [["list", "assets", "--json", "--limit", "0"], ["expiring", "--json"]])
def test_a_page_that_repeats_for_ever(endless: RunningDemo, argv: list[str]) -> None:
    ran, peak = measured(endless, *argv)
    assert peak < MOST
    assert ran.status == 4, ran.err
    assert "again and again" in ran.err
    assert len([each for each in endless.requests if "asset" in each[1]]) < 6


@pytest.mark.parametrize("kind", ["huge", "gzip-bomb", "deep", "malformed"])
def test_the_explorer_says_it_in_the_table_and_goes_on(faulty: RunningDemo, kind: str) -> None:
    environ = {"JMSTUI_URL": faulty.url, "JMSTUI_PRIVATE_TOKEN": faulty.credentials["private_token"]}
    with Terminal(JMSTUI, 110, 32, environ={"PYTHONPATH": os.getcwd(), **environ}) as terminal:
        terminal.wait(r"1–\d+ of ")
        faulty.faults.add(Fault(kind, "users/users/"))
        terminal.write("2")
        terminal.wait("(?i)larger than|nested|could not be read|cannot be read|is no|JSON|not answer")
        assert terminal.memory() < MOST
        faulty.faults.clear()
        terminal.write("r")
        terminal.wait(r"1–\d+ of ")
