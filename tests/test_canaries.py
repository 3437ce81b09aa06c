"""Working credentials of every mode as canaries: nothing that the program writes may hold one."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.budgets.tty import Terminal
from tests.homes import empty_home

MODES = ("password", "private-token", "access-key", "session", "bearer")
COMMANDS = (
    ("list", "users", "--limit", "2", "--verbose"),
    ("list", "users", "--org", "Nowhere"),
    ("why", "nobody", "nothing", "--verbose"),
    ("doctor", "--json"),
    ("config", "show"),
    ("list", "assets", "--url", "http://127.0.0.1:9"),
)
CRASH = """
import sys
from jmstui.api import transport
def fail(self, *args, **kwargs):
    held = [vars(each) for each in [self.auth] if each]
    raise ZeroDivisionError(f"{args} {self.auth!r} {held} {dict(__import__('os').environ)}")
transport.Transport._request = fail
from jmstui.cli.main import run
sys.exit(run(["list", "users"]))
"""


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return empty_home(tmp_path, monkeypatch)


def planted(mode: str, demo: Any) -> tuple[dict[str, str], str]:
    """(variables that sign in, the secret in them)."""
    given = demo.credentials
    if mode == "password":
        account = given["token"]
        return {
            "JMSTUI_USERNAME": account["username"],
            "JMSTUI_PASSWORD": account["password"],
        }, account["password"]
    if mode == "private-token":
        return {"JMSTUI_PRIVATE_TOKEN": given["private_token"]}, given["private_token"]
    if mode == "access-key":
        key = given["access_key"]
        return {"JMSTUI_ACCESS_KEY_ID": key["id"], "JMSTUI_ACCESS_KEY_SECRET": key["secret"]}, key["secret"]
    if mode == "session":
        return {"JMSTUI_SESSION": given["session"]}, given["session"].partition("=")[2]
    return {"JMSTUI_TOKEN": minted(demo)}, minted(demo)


def minted(demo: Any) -> str:
    """A bearer token of the administrator, as the server gives it."""
    import json
    import urllib.request

    body = json.dumps(demo.credentials["token"]).encode()
    request = urllib.request.Request(
        f"{demo.url}/api/v1/authentication/auth/", body, {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=20) as answer:
        token: str = json.loads(answer.read())["token"]
    return token


def written(home: Path) -> str:
    """All that the program left in files."""
    return "".join(
        path.read_bytes().decode("utf-8", "replace")
        for path in home.rglob("*")
        if path.is_file() and path.name != "fail.py"
    )


@pytest.mark.parametrize("mode", MODES)
def test_no_command_shows_or_writes_the_secret(mode: str, demo: Any, home: Path) -> None:
    variables, canary = planted(mode, demo)
    env = os.environ | variables | {"JMSTUI_URL": demo.url}
    assert len(canary) >= 6
    for command in COMMANDS:
        argv = [sys.executable, "-m", "jmstui", *command]
        done = subprocess.run(argv, env=env, capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode in (0, 1, 2, 4, 5), (command, done.stderr)
        assert canary not in done.stdout + done.stderr, command
    assert canary not in written(home)


@pytest.mark.parametrize("mode", MODES)
def test_a_crash_with_everything_in_its_text_shows_nothing(mode: str, demo: Any, home: Path) -> None:
    variables, canary = planted(mode, demo)
    script = home / "fail.py"
    script.write_text(CRASH)
    env = os.environ | variables | {"JMSTUI_URL": demo.url, "PYTHONPATH": os.getcwd()}
    done = subprocess.run(
        [sys.executable, str(script)], env=env, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 70
    report = written(home)
    assert "ZeroDivisionError" in report
    assert canary not in done.stdout + done.stderr + report


@pytest.mark.parametrize("mode", MODES)
def test_the_explorer_shows_and_writes_it_nowhere(mode: str, demo: Any, home: Path) -> None:
    variables, canary = planted(mode, demo)
    environ = variables | {"JMSTUI_URL": demo.url}
    with Terminal([sys.executable, "-m", "jmstui"], 140, 40, environ=environ) as terminal:
        terminal.wait("Assets  1")
        for keys in ("@", "\x1b", "?", "\x1b", "o", "\x1b", ":users\r", "\r"):
            terminal.press(keys)
        assert canary not in bytes(terminal.raw).decode("utf-8", "replace")
        shown = Path(f"/proc/{terminal.pid}/cmdline")
        if shown.exists():
            assert canary not in shown.read_text()
    assert canary not in written(home)


def test_a_kept_token_stands_in_its_own_file_only(
    start_demo: Callable[..., Any], home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    demo = start_demo(assets=20)
    variables, password = planted("password", demo)
    env = os.environ | variables | {"JMSTUI_URL": demo.url}
    argv = [sys.executable, "-m", "jmstui"]
    login = subprocess.run(
        [*argv, "login", "--runtime-file"], env=env, capture_output=True, text=True, timeout=60, check=True
    )
    token = minted(demo)
    listed = subprocess.run(
        [*argv, "list", "users", "-v"], env=env, capture_output=True, text=True, timeout=60, check=True
    )
    said = login.stdout + login.stderr + listed.stdout + listed.stderr
    assert token not in said
    assert password not in said + written(home)
    holders = [path for path in home.rglob("*") if path.is_file() and token in path.read_text()]
    assert [path.parent for path in holders] == [home / "run" / "jmstui"]
