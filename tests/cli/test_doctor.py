"""`jmstui doctor`: one line a check, `--json`, 1 when one failed."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from typing import Any

import pytest

from jmstui import secrets
from tests.budgets.tty import Terminal


@pytest.fixture(autouse=True)
def _no_keyring_seen() -> None:
    secrets.keyring_state.cache_clear()


def test_the_demo_is_well(jmstui: Callable[..., Any]) -> None:
    ran = jmstui("doctor", "--demo")
    assert ran.status == 0, ran.out
    assert all(line.startswith(("pass", "unknown", " ")) for line in ran.out.splitlines())
    names = {line.split()[1] for line in ran.out.splitlines() if not line.startswith(" ")}
    assert names >= {"reach", "proxy", "tls", "jumpserver", "edition", "version", "clock", "credential"}
    assert names >= {"expiry", "organization", "roles", "throttle", "keyring", "terminal"}


def test_json_and_one_when_a_check_failed(
    jmstui: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JMSTUI_TOKEN", "C4NARY-token")
    ran = jmstui("doctor", "--url", "http://127.0.0.1:9", "--json")
    found = {check["name"]: check for check in json.loads(ran.out)}
    assert ran.status == 1
    assert found["reach"]["state"] == "fail"
    assert found["reach"]["next"]
    assert found["keyring"]["state"] in ("pass", "unknown")
    assert "C4NARY" not in ran.out + ran.err


def test_no_keyring_is_no_finding(jmstui: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
    found = {check["name"]: check for check in json.loads(jmstui("doctor", "--demo", "--json").out)}
    assert found["keyring"]["state"] == "pass"
    assert found["keyring"]["text"].startswith("none is used, so secrets stay in memory only: this machine")
    assert jmstui("doctor", "--help").out.count("1 when a check failed") == 1


def test_lines_fit_beside_the_names(jmstui: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jmstui.cli.output._columns", lambda out: 60)
    lines = jmstui("doctor", "--demo").out.splitlines()
    assert all(len(line) <= 60 for line in lines)
    assert any(line.startswith(" " * 23) for line in lines)


def test_a_password_is_tried_once(
    start_demo: Callable[..., Any], jmstui: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    demo = start_demo(assets=20)
    monkeypatch.setenv("JMSTUI_URL", demo.url)
    monkeypatch.setenv("JMSTUI_USERNAME", demo.credentials["token"]["username"])
    monkeypatch.setenv("JMSTUI_PASSWORD", "wrong")
    ran = jmstui("doctor", "--json")
    found = {check["name"]: check for check in json.loads(ran.out)}
    assert ran.status == 1
    assert found["credential"]["state"] == "fail"
    assert found["credential"]["next"] == "Check user name and password."
    assert found["roles"]["state"] == "unknown"
    assert sum(1 for each in demo.requests if each[1].endswith("authentication/auth/")) == 1
    monkeypatch.setenv("JMSTUI_PASSWORD", demo.credentials["token"]["password"])
    found = {check["name"]: check for check in json.loads(jmstui("doctor", "--json").out)}
    assert found["credential"]["state"] == "pass"
    assert "credential until" in found["expiry"]["text"]


def test_bad_settings_are_a_check_too(jmstui: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JMSTUI_TOKEN", "a")
    monkeypatch.setenv("JMSTUI_SESSION", "b")
    ran = jmstui("doctor")
    assert ran.status == 1
    assert "JMSTUI_TOKEN and JMSTUI_SESSION" in ran.out


@pytest.mark.parametrize(
    ("environ", "size", "words"),
    [
        ({"TERM": "xterm-256color", "COLORTERM": "truecolor"}, (100, 50), "true colour"),
        ({"TERM": "xterm-256color", "COLORTERM": ""}, (100, 50), "256 colours"),
        ({"TERM": "screen"}, (100, 50), "inside a multiplexer"),
        ({"TERM": "dumb"}, (100, 50), "FAIL +terminal"),
        ({"TERM": "xterm"}, (50, 50), "60×16"),
    ],
)
def test_what_the_terminal_can_do(environ: dict[str, str], size: tuple[int, int], words: str) -> None:
    argv = [sys.executable, "-m", "jmstui", "doctor", "--demo"]
    with Terminal(argv, *size, environ=environ | {"PYTHONPATH": os.getcwd()}) as terminal:
        terminal.wait(words, 20)
