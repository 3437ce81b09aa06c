"""A password that just failed is not sent again by the next command."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from jmstui.services import refused
from jmstui.state import runtime_dir, state_dir
from tests.cli.test_login import logins

Jmstui = Callable[..., Any]


def note(folder: Path | None = None) -> Path:
    """The one note there is."""
    (found,) = (folder or runtime_dir()).glob("sign-in-*.json")
    return found


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
    path = note()
    assert "guessed-wrong-1" not in path.read_text()
    assert path.stat().st_mode & 0o777 == 0o600
    assert not list(state_dir().glob("*"))
    monkeypatch.setenv("JMSTUI_PASSWORD", at.credentials["token"]["password"])
    assert jmstui("list", "orgs").status == 0


def test_after_ten_minutes_it_is_sent_again(at: Any, jmstui: Jmstui, monkeypatch: pytest.MonkeyPatch) -> None:
    jmstui("list", "orgs")
    path = note()
    found = json.loads(path.read_text())
    ((mark, since, until),) = found["passwords"]
    assert until - since == refused.SECONDS
    path.write_text(json.dumps(found | {"passwords": [[mark, since - 700, until - 700]]}))
    jmstui("list", "orgs")
    assert logins(at) == 2
    ((_, again, _),) = json.loads(path.read_text())["passwords"]
    assert again >= since, "what was past its time is gone"


def test_nothing_is_left_of_a_note_past_its_time(
    at: Any, jmstui: Jmstui, monkeypatch: pytest.MonkeyPatch
) -> None:
    jmstui("list", "orgs")
    path = note()
    found = json.loads(path.read_text())
    ((mark, since, _),) = found["passwords"]
    path.write_text(json.dumps(found | {"passwords": [[mark, since, since]]}))
    monkeypatch.setenv("JMSTUI_PASSWORD", at.credentials["token"]["password"])
    assert jmstui("list", "orgs").status == 0
    assert not path.exists()


def test_without_a_runtime_directory_it_stands_in_ours(
    at: Any, jmstui: Jmstui, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("XDG_RUNTIME_DIR")
    jmstui("list", "orgs")
    assert "not sent again" in jmstui("list", "orgs").err
    assert note(state_dir()).stat().st_mode & 0o777 == 0o600


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
    found = json.loads(note().read_text())
    ((since, until),) = found["locked"]
    assert until - since > refused.SECONDS
    assert len(found["passwords"]) == 7, "nothing made of a password that may be the right one"
    for password in (right, "another-one"):
        monkeypatch.setenv("JMSTUI_PASSWORD", password)
        ran = jmstui("list", "orgs")
        assert ran.status == 3
        assert "is locked, so no password was sent" in ran.err
    assert logins(at) == 8


@pytest.mark.parametrize(
    "text",
    [
        "",
        "nonsense",
        "[]",
        '{"salt": 1}',
        '{"salt": "x", "passwords": [], "locked": []}',
        '{"salt": "00", "passwords": [["a", 0]], "locked": []}',
        '{"salt": "00", "passwords": [], "locked": [[0, 9e99]]}',
        '{"salt": "00", "passwords": [], "locked": [["a", "b"]]}',
    ],
)
def test_a_file_that_makes_no_sense_counts_for_nothing(at: Any, jmstui: Jmstui, text: str) -> None:
    jmstui("list", "orgs")
    note().write_text(text)
    assert "tries are left" in jmstui("list", "orgs").err
    assert "not sent again" in jmstui("list", "orgs").err
