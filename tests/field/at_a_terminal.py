"""The explorer of the demo on a pty, with an empty home."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.budgets.tty import Terminal

JMSTUI = f"{sys.executable} -m jmstui"
ROWS = r"Assets  1–\d+ of"


def homes(folder: Path) -> dict[str, str]:
    """The variables of a home that holds nothing."""
    return dict.fromkeys(("HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_RUNTIME_DIR"), str(folder))


@contextmanager
def explorer(
    folder: Path,
    command: str = f"exec {JMSTUI} --demo",
    *,
    size: tuple[int, int] = (100, 30),
    environ: Mapping[str, str] | None = None,
    until: str = ROWS,
    **more: Any,
) -> Iterator[Terminal]:
    """`command`, a line of a shell's, with its rows on the screen."""
    own = {**homes(folder), **(environ or {})}
    with Terminal(["bash", "-c", command], *size, environ=own, **more) as terminal:
        terminal.wait(until)
        terminal.settle()
        yield terminal
