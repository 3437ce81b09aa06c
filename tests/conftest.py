"""Fixtures that every part of the tests may use."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.demo_server import RunningDemo, run_demo


@pytest.fixture(autouse=True)
def no_keyring(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No test meets this machine's keyring, nor what a former test found."""
    from jmstui.secrets import keyring_state

    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
    keyring_state.cache_clear()
    yield
    keyring_state.cache_clear()


@pytest.fixture(autouse=True)
def no_notes(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """What one test notes of a refused password stops no other, and nothing of it stays on this machine."""
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path_factory.mktemp("run")))
    monkeypatch.setattr("jmstui.state.USERS_RUNTIME", Path("/nowhere"))


@pytest.fixture(scope="session", autouse=True)
def usual_umask() -> None:
    """Files that tests make are not for others to write, whatever this machine's user is used to."""
    os.umask(0o022)


@pytest.fixture(scope="session")
def demo() -> Iterator[RunningDemo]:
    """One demo server for all tests of this process: 2,000 assets, no throttling. Leave no fault behind."""
    running = run_demo()
    yield running
    running.close()


@pytest.fixture
def start_demo() -> Iterator[Callable[..., RunningDemo]]:
    """Starts demo servers of one's own, e.g. `start_demo(assets=50, rate=180)`; they end with the test."""
    running: list[RunningDemo] = []

    def start(**options: Any) -> RunningDemo:
        running.append(run_demo(**{"assets": 200, **options}))
        return running[-1]

    yield start
    for each in running:
        each.close()
