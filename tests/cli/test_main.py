"""The frame: what is imported, where flags may stand, and which exit status says what."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from jmstui.cli import main
from jmstui.cli.flags import COMMANDS

HEAVY = ("textual", "rich", "httpx", "msgspec", "keyring", "httpsig", "starlette", "asyncio", "platformdirs")


@pytest.mark.parametrize("flag", ["--version", "--help"])
def test_version_and_help_import_nothing_heavy(flag: str) -> None:
    found = f"[m for m in {HEAVY} if m in sys.modules]"
    code = f"import sys; from jmstui.cli.main import run; run(['{flag}']); print({found})"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=30, check=True
    )
    assert done.stdout.splitlines()[-1] == "[]"


def test_version(jmstui: Callable[..., Any]) -> None:
    from jmstui import __version__

    ran = jmstui("--version")
    assert (ran.status, ran.out) == (0, f"jmstui {__version__}\n")


@pytest.mark.parametrize("name", list(COMMANDS))
def test_the_help_of_each_command_has_an_example(name: str, jmstui: Callable[..., Any]) -> None:
    ran = jmstui(name, "--help")
    assert ran.status == 0
    assert "example" in ran.out.lower()
    assert f"jmstui {name}" in ran.out.partition("xample")[2]


@pytest.mark.parametrize(
    "argv",
    [
        ["--url", "https://a", "config", "show", "--json"],
        ["config", "--url", "https://a", "show", "--json"],
        ["config", "show", "--json", "--url=https://a"],
    ],
)
def test_global_flags_stand_before_and_after(argv: list[str], jmstui: Callable[..., Any]) -> None:
    ran = jmstui(*argv)
    assert ran.status == 0
    assert '"https://a"' in ran.out
    assert '"flag"' in ran.out


@pytest.mark.parametrize(
    "argv",
    [
        ["nonsense"],
        ["list"],
        ["list", "bananas"],
        ["--nonsense"],
        ["list", "users", "--json", "--csv"],
        ["--rate", "many"],
    ],
)
def test_wrong_usage_is_two(argv: list[str], jmstui: Callable[..., Any]) -> None:
    ran = jmstui(*argv)
    assert ran.status == 2
    assert ran.out == ""
    assert "--help" in ran.err


def test_without_a_terminal_the_explorer_says_so(jmstui: Callable[..., Any]) -> None:
    ran = jmstui()
    assert ran.status == 2
    assert "needs a terminal" in ran.err


def test_two_credentials_are_usage(jmstui: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JMSTUI_TOKEN", "a")
    monkeypatch.setenv("JMSTUI_SESSION", "b")
    ran = jmstui("list", "users", "--url", "https://jms.example.com")
    assert ran.status == 2
    assert "JMSTUI_TOKEN and JMSTUI_SESSION" in ran.err


def test_an_unexpected_error_is_a_sentence_and_a_report(
    jmstui: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, home: Path
) -> None:
    from jmstui.cli import config

    def fail(_args: object) -> int:
        raise ZeroDivisionError("inside")

    monkeypatch.setattr(config, "run", fail)
    ran = jmstui("config", "path")
    assert ran.status == 70
    assert "Traceback" not in ran.err
    assert "ZeroDivisionError" in ran.err
    report = next(home.joinpath("state").rglob("crash-*.txt"))
    assert str(report) in ran.err
    assert report.stat().st_mode & 0o777 == 0o600
    assert "ZeroDivisionError: inside" in report.read_text()


def test_an_interruption_is_130(jmstui: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    from jmstui.cli import config

    def stop(_args: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(config, "run", stop)
    assert jmstui("config", "path").status == 130


def test_a_reader_that_goes_is_no_error(start_demo: Callable[..., Any]) -> None:
    demo = start_demo(assets=1500)
    env = os.environ | {"JMSTUI_PRIVATE_TOKEN": demo.credentials["private_token"], "JMSTUI_URL": demo.url}
    line = f"{sys.executable} -m jmstui list assets --limit 0 | head -1; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(
        ["bash", "-c", line], env=env, capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("NAME")


@pytest.mark.parametrize(
    ("number", "status"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129), (signal.SIGINT, 130)]
)
def test_signals_end_a_command_with_their_status(
    number: int, status: int, start_demo: Callable[..., Any]
) -> None:
    demo = start_demo(latency_ms=20_000)
    env = os.environ | {"JMSTUI_PRIVATE_TOKEN": demo.credentials["private_token"], "JMSTUI_URL": demo.url}
    argv = [sys.executable, "-m", "jmstui", "list", "users"]
    child = subprocess.Popen(argv, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    time.sleep(1.5)
    child.send_signal(number)
    out, err = child.communicate(timeout=20)
    assert (child.returncode, out) == (status, "")
    assert "Traceback" not in err


def test_where_the_command_stands() -> None:
    assert main.command_of(["--url", "list", "why", "a"]) == "why"
    assert main.command_of(["--url=list", "-v", "list"]) == "list"
    assert main.command_of(["--demo"]) is None


def test_a_dumb_terminal_gets_a_sentence() -> None:
    leader, follower = pty.openpty()
    argv = [sys.executable, "-m", "jmstui", "--demo"]
    done = subprocess.run(
        argv,
        env=os.environ | {"TERM": "dumb"},
        stdin=follower,
        stdout=follower,
        stderr=subprocess.PIPE,
        timeout=30,
        check=False,
    )
    os.close(follower)
    os.close(leader)
    assert done.returncode == 2
    assert b"needs a terminal" in done.stderr
