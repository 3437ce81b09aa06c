"""Commands against a demo server on a socket, as one of its people."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.cli.conftest import Ran
from tests.demo_server import RunningDemo

Ask = Callable[..., Ran]


@pytest.fixture
def ask(demo: RunningDemo, jmstui: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch) -> Ask:
    """`ask("why", "alice", "web-01", who="viewer")` runs the command on the demo server."""

    def call(*argv: str, who: str = "admin", on: RunningDemo | None = None) -> Ran:
        server = on or demo
        monkeypatch.setenv("JMSTUI_PRIVATE_TOKEN", server.people[who]["private_token"])
        return jmstui(*argv, "--url", server.url)

    return call


def document(ran: Ran) -> dict[str, Any]:
    """The JSON on stdout."""
    value: dict[str, Any] = json.loads(ran.out)
    return value


def table(ran: Ran) -> list[dict[str, str]]:
    """The CSV on stdout."""
    return list(csv.DictReader(io.StringIO(ran.out)))
