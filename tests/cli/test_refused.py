"""A password that just failed is not sent again by the next command."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from jmstui.cli import refused
from jmstui.state import runtime_dir, state_dir
from tests.cli.test_login import logins

Jmstui = Callable[..., Any]


@pytest.fixture
def at(start_demo: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> Any:
    demo = start_demo(assets=60)
    monkeypatch.setenv("JMSTUI_URL", demo.url)
    monkeypatch.setenv("JMSTUI_USERNAME", demo.credentials["token"]["username"])
    monkeypatch.setenv("JMSTUI_PASSWORD", "guessed-wrong-1")
    return demo


def test_seven_runs_are_one_failure(at: Any, jmstui: Jmstui, monkeypatch: pytest.MonkeyPatch) -> None:
    assert [jmstui("list", "orgs").status for _ in range(7)] == [3] * 7
    assert logins(at) == 1
    ran = jmstui("why", "self", "web-01")
    assert ran.status == 3
    assert "not sent again" in ran.err
    assert ran.out == ""
    path = runtime_dir() / "refused.json"
    assert "guessed-wrong-1" not in path.read_text()
    assert path.stat().st_mode & 0o777 == 0o600
    assert not (state_dir() / "refused.json").exists()
    monkeypatch.setenv("JMSTUI_PASSWORD", at.credentials["token"]["password"])
    assert jmstui("list", "orgs").status == 0


def test_after_ten_minutes_it_is_sent_again(at: Any, jmstui: Jmstui, monkeypatch: pytest.MonkeyPatch) -> None:
    jmstui("list", "orgs")
    path = runtime_dir() / "refused.json"
    (entry,) = json.loads(path.read_text())
    assert entry["until"] - entry["at"] == refused.SECONDS
    entry["at"], entry["until"] = entry["at"] - 700, entry["until"] - 700
    path.write_text(json.dumps([entry]))
    jmstui("list", "orgs")
    assert logins(at) == 2
    (other,) = json.loads(path.read_text())
    assert other["mark"] != entry["mark"], "what was past its time is gone"


def test_nothing_is_left_of_a_note_past_its_time(
    at: Any, jmstui: Jmstui, monkeypatch: pytest.MonkeyPatch
) -> None:
    jmstui("list", "orgs")
    path = runtime_dir() / "refused.json"
    (entry,) = json.loads(path.read_text())
    path.write_text(json.dumps([entry | {"until": entry["at"]}]))
    monkeypatch.setenv("JMSTUI_PASSWORD", at.credentials["token"]["password"])
    assert jmstui("list", "orgs").status == 0
    assert not path.exists()


def test_without_a_runtime_directory_it_stands_in_ours(
    at: Any, jmstui: Jmstui, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("XDG_RUNTIME_DIR")
    jmstui("list", "orgs")
    assert "not sent again" in jmstui("list", "orgs").err
    assert (state_dir() / "refused.json").stat().st_mode & 0o777 == 0o600


def test_a_locked_account_is_left_alone_as_long_as_it_is_locked(
    at: Any, jmstui: Jmstui, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(7):
        monkeypatch.setenv("JMSTUI_PASSWORD", f"wrong-{number}")
        jmstui("list", "orgs")
    right = at.credentials["token"]["password"]
    monkeypatch.setenv("JMSTUI_PASSWORD", right)
    assert "locked" in jmstui("list", "orgs").err
    assert logins(at) == 8
    *_, entry = json.loads((runtime_dir() / "refused.json").read_text())
    assert entry["until"] - entry["at"] > refused.SECONDS
    assert entry["salt"] == "", "nothing made of a password that may be the right one"
    assert at.credentials["token"]["username"] in entry["mark"]
    for password in (right, "another-one"):
        monkeypatch.setenv("JMSTUI_PASSWORD", password)
        ran = jmstui("list", "orgs")
        assert ran.status == 3
        assert "is locked, so no password was sent" in ran.err
    assert logins(at) == 8


@pytest.mark.parametrize(
    "text",
    ["", "nonsense", "{}", '[{"salt": 1}]', "[[]]", '[{"salt": "x", "mark": "", "at": 0, "until": 9e9}]'],
)
def test_a_file_that_makes_no_sense_counts_for_nothing(at: Any, jmstui: Jmstui, text: str) -> None:
    path = runtime_dir() / "refused.json"
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o600)
    assert "tries are left" in jmstui("list", "orgs").err
    assert "not sent again" in jmstui("list", "orgs").err
