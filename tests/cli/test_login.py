"""Signing in for commands: tokens that are kept, codes that are asked for, passwords that go out once."""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from jmstui import secrets
from jmstui.demo.totp import code_at
from tests.budgets.tty import Terminal

Jmstui = Callable[..., Any]


@pytest.fixture(autouse=True)
def _no_keyring_seen() -> None:
    secrets.keyring_state.cache_clear()


@pytest.fixture
def at(start_demo: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> Any:
    """A demo server of one's own; its address is in the environment."""
    demo = start_demo(assets=60)
    monkeypatch.setenv("JMSTUI_URL", demo.url)
    return demo


@pytest.fixture
def keyring(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "tests.keyrings_for_tests.FileKeyring")
    monkeypatch.setenv("JMS_TEST_KEYRING", str(home / "ring.json"))
    return home / "ring.json"


def logins(demo: Any) -> int:
    """How often a user name and a password reached the server."""
    return sum(1 for each in demo.requests if each[1].endswith("authentication/auth/") and each[0] == "POST")


def admin(demo: Any, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    account: dict[str, str] = demo.credentials["token"]
    monkeypatch.setenv("JMSTUI_USERNAME", account["username"])
    monkeypatch.setenv("JMSTUI_PASSWORD", account["password"])
    return account


def test_a_loop_of_commands_is_no_loop_of_logins(
    at: Any, jmstui: Jmstui, monkeypatch: pytest.MonkeyPatch, home: Path
) -> None:
    account = admin(at, monkeypatch)
    ran = jmstui("login", "--runtime-file")
    assert ran.status == 0
    assert ran.out == ""
    assert account["username"] in ran.err
    assert "until" in ran.err
    assert logins(at) == 1
    path = next((home / "run" / "jmstui").iterdir())
    assert path.stat().st_mode & 0o777 == 0o600
    assert account["password"] not in path.read_text()
    for _ in range(3):
        assert jmstui("list", "users", "--limit", "1").status == 0
    monkeypatch.delenv("JMSTUI_USERNAME")
    monkeypatch.delenv("JMSTUI_PASSWORD")
    assert jmstui("list", "users", "--limit", "1").status == 0
    assert logins(at) == 1
    assert jmstui("logout").status == 0
    assert not path.exists()
    assert jmstui("list", "users").status == 3


def test_the_keyring_keeps_the_token_and_the_password_only_when_asked(
    at: Any, jmstui: Jmstui, monkeypatch: pytest.MonkeyPatch, keyring: Path
) -> None:
    account = admin(at, monkeypatch)
    assert jmstui("login", "--keyring").status == 0
    assert account["password"] not in keyring.read_text()
    listed = json.loads(jmstui("secrets", "list", "--json").out)["items"]
    assert [(item["username"], item["url"]) for item in listed] == [(account["username"], at.url)]
    assert jmstui("login", "--remember-password").status == 0
    assert account["password"] in keyring.read_text()
    shown = jmstui("secrets", "list")
    assert "password" in shown.out
    assert account["password"] not in shown.out
    monkeypatch.delenv("JMSTUI_PASSWORD")
    monkeypatch.delenv("JMSTUI_USERNAME")
    assert jmstui("list", "users", "--limit", "1").status == 0
    assert jmstui("secrets", "forget", "9").status == 2
    assert jmstui("secrets", "forget", "--all").status == 0
    assert json.loads(jmstui("secrets", "list", "--json").out)["items"] == []
    assert json.loads(keyring.read_text()) == {}


def test_what_a_keyring_that_is_away_keeps_stays_listed_until_the_entry_is_taken_off(
    at: Any, jmstui: Jmstui, monkeypatch: pytest.MonkeyPatch, keyring: Path
) -> None:
    admin(at, monkeypatch)
    assert jmstui("login", "--keyring").status == 0
    held = keyring.read_text()
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
    ran = jmstui("secrets", "forget", "--all")
    assert ran.status == 2
    assert "0 of 1 forgotten" in ran.err
    assert "--entry-only" in ran.err
    assert len(json.loads(jmstui("secrets", "list", "--json").out)["items"]) == 1
    ran = jmstui("secrets", "forget", "1", "--entry-only")
    assert ran.status == 0
    assert "still there" in ran.err
    assert json.loads(jmstui("secrets", "list", "--json").out)["items"] == []
    assert keyring.read_text() == held


def test_without_a_keyring_it_is_said_before_a_password_is_asked_for(
    at: Any, jmstui: Jmstui, monkeypatch: pytest.MonkeyPatch
) -> None:
    admin(at, monkeypatch)
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    ran = jmstui("login")
    assert ran.status == 2
    assert "null" in ran.err
    assert "--runtime-file" in ran.err
    assert logins(at) == 0
    monkeypatch.delenv("XDG_RUNTIME_DIR")
    ran = jmstui("login")
    assert ran.status == 2
    assert "--runtime-file" not in ran.err
    assert "JMSTUI_PRIVATE_TOKEN" in ran.err
    assert logins(at) == 0


def test_a_kept_token_that_ended_is_forgotten_and_the_password_used(
    at: Any, jmstui: Jmstui, monkeypatch: pytest.MonkeyPatch
) -> None:
    admin(at, monkeypatch)
    assert jmstui("login", "--runtime-file").status == 0
    from jmstui.demo import Fault

    at.faults.add(Fault("expire"))
    ran = jmstui("list", "users", "--limit", "1")
    assert ran.status == 0, ran.err
    assert "no longer taken" in ran.err
    assert logins(at) == 2


def test_a_wrong_password_goes_out_once_and_is_three(
    at: Any, jmstui: Jmstui, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = admin(at, monkeypatch)
    monkeypatch.setenv("JMSTUI_PASSWORD", account["password"] + "x")
    ran = jmstui("list", "users")
    assert (ran.status, ran.out) == (3, "")
    assert "left" in ran.err
    assert logins(at) == 1
    assert account["password"] not in ran.err


def test_mfa_without_a_terminal_is_three(at: Any, jmstui: Jmstui, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JMSTUI_USERNAME", at.credentials["mfa"]["username"])
    monkeypatch.setenv("JMSTUI_PASSWORD", at.credentials["mfa"]["password"])
    ran = jmstui("list", "assets")
    assert ran.status == 3
    assert "second factor" in ran.err


def test_nothing_to_sign_in_with_is_three(at: Any, jmstui: Jmstui) -> None:
    ran = jmstui("list", "users")
    assert ran.status == 3
    assert "no terminal to ask on" in ran.err


def test_where_to_is_usage(jmstui: Jmstui) -> None:
    for command in (["list", "users"], ["login"], ["logout"]):
        ran = jmstui(*command)
        assert ran.status == 2
        assert "--url" in ran.err


def test_login_is_for_passwords(at: Any, jmstui: Jmstui, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JMSTUI_TOKEN", "x")
    ran = jmstui("login", "--runtime-file")
    assert ran.status == 2
    assert "no login" in ran.err


def test_a_secret_command_signs_in(at: Any, jmstui: Jmstui, home: Path) -> None:
    account = at.credentials["token"]
    give = home / "give.py"
    give.write_text(f"print({account['password']!r})")
    path = home / "jms.toml"
    path.write_text(
        f'[profile.p]\nurl = "{at.url}"\nusername = "{account["username"]}"\nsecret_command = '
        f'"{sys.executable} {give}"\n'
    )
    path.chmod(0o600)
    ran = jmstui("list", "users", "--limit", "1", "--config", str(path), "--profile", "p")
    assert ran.status == 0, ran.err


# --- on a real terminal ---


def on_terminal(*argv: str) -> Terminal:
    line = " ".join([sys.executable, "-m", "jmstui", *argv])
    return Terminal(
        ["bash", "-c", f"{line}; echo status=$?; sleep 20"], 120, 24, environ={"PYTHONPATH": os.getcwd()}
    )


def test_password_and_code_are_asked_for_unseen(at: Any, home: Path) -> None:
    mfa = at.credentials["mfa"]
    with on_terminal("login", "--runtime-file") as terminal:
        terminal.wait("User name:")
        terminal.write(mfa["username"] + "\n")
        terminal.wait("Password of")
        terminal.write(mfa["password"] + "\n")
        terminal.wait("Code \\(otp\\)")
        code = code_at(mfa["otp_secret"], time.time())
        terminal.write(code + "\n")
        terminal.wait("status=0", 15)
        assert mfa["password"] not in bytes(terminal.raw).decode()
        assert code not in bytes(terminal.raw).decode()
    assert len(list((home / "run" / "jmstui").iterdir())) == 1


def test_a_wrong_code_may_be_typed_again_and_is_never_sent_twice(at: Any) -> None:
    mfa = at.credentials["mfa"]
    with on_terminal("login", "--runtime-file", "--username", mfa["username"]) as terminal:
        terminal.wait("Password of")
        terminal.write(mfa["password"] + "\n")
        terminal.wait("Code \\(otp\\)")
        terminal.write("000000\n")
        terminal.wait("code is wrong", 15)
        terminal.settle()
        assert sum(1 for each in at.requests if each[1].endswith("mfa/challenge/")) == 1
        terminal.write(code_at(mfa["otp_secret"], time.time()) + "\n")
        terminal.wait("status=0", 15)


def test_the_end_of_input_at_the_password_is_three(at: Any) -> None:
    with on_terminal("login", "--runtime-file", "--username", "alice") as terminal:
        terminal.wait("Password of")
        terminal.write(b"\x04")
        terminal.wait("status=3", 10)


def test_ctrl_c_at_the_password_is_130(at: Any) -> None:
    with on_terminal("login", "--runtime-file", "--username", "alice") as terminal:
        terminal.wait("Password of")
        terminal.write(b"\x03")
        terminal.wait("status=130", 10)
        assert "Traceback" not in terminal.text()
    assert logins(at) == 0


def as_person(demo: Any, name: str, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    person: dict[str, Any] = demo.people[name]
    monkeypatch.setenv("JMSTUI_USERNAME", person["username"])
    monkeypatch.setenv("JMSTUI_PASSWORD", person["password"])
    return person


@pytest.mark.parametrize(("name", "words"), [("smsuser", "sent by sms"), ("mailuser", "sent by e-mail")])
def test_a_code_is_sent_and_entered(name: str, words: str, at: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    as_person(at, name, monkeypatch)
    with on_terminal("login", "--runtime-file") as terminal:
        terminal.wait(words, 15)
        terminal.wait("Code \\(")
        terminal.write(at.outbox[-1][2] + "\n")
        terminal.wait("status=0", 15)
    assert len(at.outbox) == 1


def test_a_review_is_waited_for(at: Any, jmstui: Jmstui, monkeypatch: pytest.MonkeyPatch) -> None:
    from jmstui.cli import session

    as_person(at, "reviewed", monkeypatch)
    monkeypatch.setattr(session, "REVIEW_POLL", 0.2)
    settle = threading.Timer(1.5, at.reviews.approve)
    settle.start()
    ran = jmstui("login", "--runtime-file")
    settle.join()
    assert ran.status == 0, ran.err
    assert "reviewer" in ran.err


def test_a_rejected_review_is_three(at: Any, jmstui: Jmstui, monkeypatch: pytest.MonkeyPatch) -> None:
    from jmstui.cli import session

    as_person(at, "reviewed", monkeypatch)
    monkeypatch.setattr(session, "REVIEW_POLL", 0.2)
    settle = threading.Timer(1.5, at.reviews.reject)
    settle.start()
    ran = jmstui("login", "--runtime-file")
    settle.join()
    assert ran.status == 3
    assert "rejected" in ran.err


def test_ctrl_c_withdraws_a_review(at: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    as_person(at, "reviewed", monkeypatch)
    with on_terminal("list", "assets") as terminal:
        terminal.wait("waits for a reviewer", 15)
        assert len(at.reviews.pending) == 1
        terminal.write(b"\x03")
        terminal.wait("status=130", 15)
    assert at.reviews.pending == []


def test_nobody_reviews_in_time(at: Any, jmstui: Jmstui, monkeypatch: pytest.MonkeyPatch) -> None:
    from jmstui.cli import session

    as_person(at, "reviewed", monkeypatch)
    monkeypatch.setattr(session, "REVIEW_POLL", 0.1)
    monkeypatch.setattr(session, "REVIEW_SECONDS", 0.5)
    ran = jmstui("list", "assets")
    assert ran.status == 3
    assert "withdrawn" in ran.err
    assert at.reviews.pending == []
