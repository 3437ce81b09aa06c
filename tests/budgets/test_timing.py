"""How long things take, as ratios to a bare Textual app in the same run. Printed only: machines differ.

`python -m tests.budgets.bench` measures more rounds.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.budgets import measures
from tests.budgets.explorer import exploring, serving, signing_in

pytestmark = pytest.mark.xdist_group("terminal")
ROUNDS = 3


@pytest.fixture(scope="module")
def server() -> Iterator[dict[str, Any]]:
    with serving() as ready:
        yield ready


def test_start(server: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> None:
    with signing_in(server) as environ:
        took = measures.starts(environ, ROUNDS)
        server_time = measures.waited_for_server(environ)
    with capsys.disabled():
        bare = took["bare"]
        print(f"\nbare Textual app     {bare * 1000:4.0f} ms")
        print(f"first frame          {took['frame'] / bare:4.2f} × bare (budget 1.25)")
        own = took["rows"] - server_time
        print(
            f"first rows           {own / bare:4.2f} × bare (budget 1.9, server apart: {server_time:.3f} s)"
        )
    assert took["bare"] < took["rows"]
    assert took["frame"] < took["rows"]
    assert 0 < server_time < took["rows"]


def test_without_a_terminal(server: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> None:
    with signing_in(server) as environ:
        took = measures.headless(environ, server["examples"], ROUNDS)
        server_time = measures.server_time(environ, server["examples"])
    with capsys.disabled():
        nothing = took["nothing"]
        print(f"\npython -c pass       {nothing * 1000:4.0f} ms")
        print(f"jmstui --version     {took['version'] / nothing:4.2f} × that (budget 4)")
        print(f"jmstui --help        {took['help'] / nothing:4.2f} × that (budget 4)")
        print(f"jmstui why           {took['why']:4.2f} s (budget 0.35 s + server's {server_time:4.2f} s)")
    assert server_time > 0
    assert took["nothing"] < took["why"]


def test_a_key(server: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> None:
    with signing_in(server) as environ, exploring(environ, size=(140, 43)) as terminal:
        terminal.press("p")
        took = measures.median_key(terminal)
        with capsys.disabled():
            print(f"\nkey to last byte     {took * 1000:4.1f} ms, median (budget 8 ms)")
        assert "1–38 of" in terminal.text()
