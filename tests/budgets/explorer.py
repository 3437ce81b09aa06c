"""The real explorer on a pty, and the demo server that it talks to, each a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from tests.budgets.tty import TRUECOLOR, Terminal

JMSTUI = (sys.executable, "-m", "jmstui")
ROWS = r"Assets .*1–\d+ of [\d,]+"
"""What the head of the table says as soon as there are rows."""
AS_INSTALLED = {"PYTHONDONTWRITEBYTECODE": "", "PYTHONUNBUFFERED": ""}
"""An installed program has its bytecode beside it; else each start would compile it."""


def plain(environ: Mapping[str, str]) -> dict[str, str]:
    """This process's environment without settings of its own for jmstui, and `environ` over it."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("JMSTUI_")}
    return {key: value for key, value in {**kept, **AS_INSTALLED, **environ}.items() if value}


@contextmanager
def serving(*options: str) -> Iterator[dict[str, Any]]:
    """A demo server as a process of its own; gives the JSON line that it prints when it listens."""
    command = [*JMSTUI, "demo-server", "--port", "0", "--rate", "0", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=plain({})) as process:
        assert process.stdout is not None
        try:
            yield json.loads(process.stdout.readline())
        finally:
            process.terminate()


@contextmanager
def signing_in(ready: Mapping[str, Any]) -> Iterator[dict[str, str]]:
    """The environment of somebody with the administrator's token and an empty home."""
    with tempfile.TemporaryDirectory() as home:
        yield {
            **AS_INSTALLED,
            "HOME": home,
            "XDG_CONFIG_HOME": home,
            "XDG_STATE_HOME": home,
            "JMSTUI_URL": ready["url"],
            "JMSTUI_PRIVATE_TOKEN": ready["credentials"]["private_token"],
        }


@contextmanager
def exploring(
    environ: Mapping[str, str],
    *flags: str,
    size: tuple[int, int] = (140, 40),
    colours: Mapping[str, str] = TRUECOLOR,
    argv: Sequence[str] = JMSTUI,
) -> Iterator[Terminal]:
    """The explorer with rows on its screen, and nothing more to come."""
    with Terminal([*argv, *flags], *size, environ={**environ, **colours}) as terminal:
        terminal.wait(r"1–\d+ of|Enlarge|larger")
        terminal.settle(0.4)
        yield terminal
