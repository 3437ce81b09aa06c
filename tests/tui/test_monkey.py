"""2,000 random keys over every screen; `python -m tests.monkey --keys 20000` does more."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import monkey
from tests.homes import empty_home


def test_no_key_crashes_the_explorer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    empty_home(tmp_path, monkeypatch)
    report = monkey.run(2000, seed=2026, per_round=130)
    print(report)
    assert report.keys == 2000
    assert report.rounds >= len(monkey.BEGIN), "every screen had its turn"
    met = {name.split()[0] for name in report.screens}
    assert {"browse", "detail", "access", "orgs", "log", "help", "login"} <= met, report
    views = {name.partition(" ")[2] for name in report.screens}
    assert {"assets", "users", "permissions", "expiring", "groups", "nodes", "platforms"} <= views, report


def test_a_crash_tells_the_way_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from jmstui.tui.app import JmsApp

    empty_home(tmp_path, monkeypatch)

    def fail(self: JmsApp) -> None:
        raise ZeroDivisionError("planted")

    monkeypatch.setattr(JmsApp, "action_quit_twice", fail)
    with pytest.raises(monkey.Crashed, match=r"ZeroDivisionError: planted\nseed 7, .*ctrl"):
        monkey.run(2000, seed=7)
