"""Every test of the command line has a home of its own, and a way to run a command."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.homes import empty_home


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home directory."""
    return empty_home(tmp_path, monkeypatch)


@dataclass
class Ran:
    """What a command did."""

    status: int
    out: str
    err: str


@pytest.fixture
def jmstui(capsys: pytest.CaptureFixture[str]) -> Callable[..., Ran]:
    """`jmstui("list", "assets")` runs the command in this process."""
    from jmstui.cli.main import run

    def call(*argv: str) -> Ran:
        capsys.readouterr()
        status = run(list(argv))
        said = capsys.readouterr()
        return Ran(status, said.out, said.err)

    return call
