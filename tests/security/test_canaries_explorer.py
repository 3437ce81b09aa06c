"""No secret is in anything that the explorer writes: the screen's bytes, the clipboard, files, the title."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import pytest

from jmstui.demo.totp import code_at
from tests.budgets.tty import Terminal
from tests.demo_server import RunningDemo
from tests.security.canaries import (
    JMSTUI,
    OSC52,
    ProcessList,
    environments,
    files_below,
    found_in,
    planted,
)

CRASH = """
import sys
from jmstui.tui import app
def fail(self):
    from jmstui.models.credential import known_secrets
    raise ZeroDivisionError(f"inside: {sorted(known_secrets())}")
app.JmsApp.action_quit_twice = fail
from jmstui.cli.main import run
sys.exit(run(sys.argv[1:]))
"""


def on_terminal(argv: list[str], environ: dict[str, str]) -> Terminal:
    return Terminal(argv, 110, 32, environ={"PYTHONPATH": os.getcwd(), **environ})


def written(terminal: Terminal, home: Path) -> bytes:
    """What was drawn, letter by letter and line by line, and what stands in files."""
    return bytes(terminal.raw) + terminal.text().encode() + b"".join(files_below(home).values())


@pytest.mark.parametrize("mode", ["password", "bearer", "private token", "access key secret", "session"])
def test_the_screens_the_log_the_copy_and_a_crash(target: RunningDemo, home: Path, mode: str) -> None:
    secrets = planted(target)
    script = home / "crash.py"
    script.write_text(CRASH)
    environ = environments(secrets, target)[mode] | {"JMSTUI_URL": target.url}
    with on_terminal([sys.executable, str(script)], environ) as terminal:
        terminal.wait(r"1–\d+ of ")
        for keys, shown in (
            ("?", "Keys:"),
            ("\x1b", "Assets  1–"),
            ("o", "YOU HAVE"),
            ("\x1b", "Assets  1–"),
        ):
            terminal.write(keys)
            terminal.wait(shown)
        terminal.write(":users\r")
        terminal.wait("Users  1–")
        terminal.write("\r")
        assert found_in(Path(f"/proc/{terminal.pid}/cmdline").read_bytes(), secrets) == []
        terminal.write("@")
        terminal.wait("users/profile/permissions/")
        terminal.write("c")
        terminal.wait("clipboard")
        assert OSC52.search(bytes(terminal.raw)), "the request was copied"
        assert found_in(written(terminal, home), secrets) == []
        terminal.write(b"\x03")
        end = time.monotonic() + 10
        while not terminal.ended and time.monotonic() < end:
            terminal.read(0.1)
        assert b"ZeroDivisionError" in terminal.raw
        assert found_in(written(terminal, home), secrets) == []
    report = next(home.joinpath("state").rglob("crash-*.txt")).read_text()
    assert "inside: ['[secret]" in report


def test_what_is_typed(target: RunningDemo, home: Path) -> None:
    mfa = target.credentials["mfa"]
    with ProcessList() as processes, on_terminal([*JMSTUI, "--url", target.url], {}) as terminal:
        terminal.wait("Sign in by")
        terminal.write(mfa["username"] + "\x1b[B" + mfa["password"])
        terminal.settle(0.5)
        assert mfa["username"] in terminal.text()
        terminal.write("\r")
        terminal.wait("Type the code")
        code = code_at(mfa["otp_secret"], time.time())
        secrets = planted(target)
        assert found_in(written(terminal, home), secrets) == []
        terminal.write(code + "\r")
        terminal.wait("My assets|Assets")
        terminal.wait(r" of \d")
        terminal.write("@")
        terminal.wait("mfa/challenge|users/profile/permissions/")
        terminal.write("c")
        terminal.wait("clipboard")
        terminal.write("\x03\x03")
        terminal.settle(0.5)
        bearer = target.demo.sessions.token_for(
            target.world.people["mfauser"].id, "127.0.0.1", target.clock.time()
        )
        secrets |= {"bearer of the session": bearer.key}
        assert found_in(written(terminal, home), secrets) == []
        assert found_in(b"\n".join(processes.seen), secrets) == []
