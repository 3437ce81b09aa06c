"""A demo server and an empty home for each test of what this program protects."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.demo_server import RunningDemo, run_demo
from tests.homes import empty_home
from tests.security.hostile import hostile_demo


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home directory, in the environment of every program that is started too."""
    return empty_home(tmp_path, monkeypatch)


@pytest.fixture(scope="session")
def target() -> Iterator[RunningDemo]:
    """A demo server for these tests; its faults are switched off after each test that uses `faulty`."""
    running = run_demo(assets=120, seed=815)
    yield running
    running.close()


@pytest.fixture(scope="session")
def hostile() -> Iterator[RunningDemo]:
    """A demo server in which everything that has a name has one that means harm."""
    running = hostile_demo()
    yield running
    running.close()


@pytest.fixture
def faulty(target: RunningDemo) -> Iterator[RunningDemo]:
    """The same server, for a test that switches faults on."""
    yield target
    target.faults.clear()
