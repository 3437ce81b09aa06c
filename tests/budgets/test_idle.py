"""Nothing moves by itself: no byte and no measurable processor time while nobody presses a key."""

from __future__ import annotations

import sys

import pytest

from tests.budgets.tty import TRUECOLOR, Terminal

pytestmark = pytest.mark.xdist_group("terminal")


@pytest.mark.parametrize("keys", ["", "\t", "/we", ":as"], ids=["table", "tree", "search", "command"])
def test_idle(keys: str) -> None:
    with Terminal([sys.executable, "-m", "tests.budgets.harness", "--detail"], environ=TRUECOLOR) as terminal:
        terminal.wait("1–")
        if keys:
            terminal.press(keys)
        terminal.settle(quiet=1)
        used = terminal.cpu()
        assert terminal.listen(5) == 0
        assert terminal.cpu() - used <= 0.05
