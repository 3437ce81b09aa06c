"""The terminal survives: signals, a dropped line, a stop and back, an error inside."""

from __future__ import annotations

import os
import re
import signal
import sys
import termios
import time
from pathlib import Path

import pytest

from tests.budgets.tty import Terminal
from tests.homes import empty_home

DEMO = [sys.executable, "-m", "jmstui", "--demo"]
UP = "Assets"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return empty_home(tmp_path, monkeypatch)


def shell(command: str) -> list[str]:
    """The command under a shell that then says its status: the terminal belongs to the shell, as in real
    life."""
    return ["bash", "-c", f"{command}; printf '\\033[2J\\033[Hstatus=%s\\n' $?; stty -a; sleep 30"]


def child_of(terminal: Terminal) -> int:
    """The process id of the explorer below the shell."""
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            stat = Path(f"/proc/{pid}/stat").read_text()
        except OSError:
            continue
        if int(stat.rpartition(")")[2].split()[1]) == terminal.pid:
            return int(pid)
    raise AssertionError("the explorer is not there")


def gone(pid: int, seconds: float = 8) -> bool:
    """Whether the process ends within the time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            if Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
                return True
        except OSError:
            return True
        time.sleep(0.05)
    return False


def assert_sane(terminal: Terminal) -> None:
    """The line discipline is back, and every mode is off."""
    shown = terminal.text()
    assert re.search(r"\bisig icanon\b", shown), shown
    assert re.search(r"(?<!-)\becho\b", shown), shown
    raw = bytes(terminal.raw)
    for mode in (b"1049", b"1004", b"2004", b"1000", b"1002", b"1003", b"1006", b"2026"):
        on, off = raw.rfind(b"\x1b[?" + mode + b"h"), raw.rfind(b"\x1b[?" + mode + b"l")
        assert on == -1 or off > on, mode
    assert raw.rfind(b"\x1b[?25h") > raw.rfind(b"\x1b[?25l")


@pytest.mark.parametrize(
    ("number", "status"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129), (signal.SIGINT, 130)]
)
def test_a_signal_restores_the_terminal(number: int, status: int) -> None:
    """From another terminal, with the line still there and the mouse captured."""
    with Terminal(shell(" ".join([*DEMO, "--mouse"])), 100, 30) as terminal:
        terminal.wait(UP)
        terminal.settle()
        assert b"\x1b[?1000h" in terminal.raw
        os.kill(child_of(terminal), number)
        terminal.wait(f"status={status}", 10)
        terminal.settle()
        assert_sane(terminal)
        assert "Traceback" not in terminal.text()


def test_a_dropped_line_leaves_no_process() -> None:
    terminal = Terminal(DEMO, 100, 30)
    terminal.wait(UP)
    terminal.settle()
    os.close(terminal._fd)
    end = time.monotonic() + 8
    status = None
    while time.monotonic() < end and status is None:
        done, code = os.waitpid(terminal.pid, os.WNOHANG)
        status = os.waitstatus_to_exitcode(code) if done else None
        time.sleep(0.05)
    assert status == 129


def test_stop_and_back() -> None:
    command = f"set -m; {' '.join(DEMO)}; echo stopped=$?; stty -a | tr ';' '\\n' | grep -c '[ ]icanon'; fg"
    with Terminal(["bash", "-c", f"{command}; printf '\\033[2Jstatus=%s' $?; sleep 30"], 100, 30) as terminal:
        terminal.wait(UP)
        terminal.settle()
        os.kill(child_of(terminal), signal.SIGTSTP)
        terminal.wait("stopped=", 10)
        terminal.settle()
        terminal.wait(UP, 10)
        terminal.settle()
        os.kill(child_of(terminal), signal.SIGTERM)
        terminal.wait("status=143", 10)


def test_an_error_inside_is_a_sentence_and_a_report(home: Path) -> None:
    code = (
        "import sys; from jmstui.tui import app\n"
        "def fail(self): canary = 'C4NARY-local'; raise ZeroDivisionError('inside')\n"
        "app.JmsApp.action_quit_twice = fail\n"
        "from jmstui.cli.main import run; sys.exit(run(['--demo']))"
    )
    script = home / "fail.py"
    script.write_text(code)
    with Terminal(
        shell(f"{sys.executable} {script}"), 120, 30, folder=os.getcwd(), environ={"PYTHONPATH": os.getcwd()}
    ) as terminal:
        terminal.wait(UP)
        terminal.settle()
        terminal.write(b"\x03")
        terminal.wait("status=70", 10)
        terminal.settle()
        shown = bytes(terminal.raw).decode().rpartition("\x1b[?1049l")[2]
        assert "ZeroDivisionError" in shown
        assert "crash-" in shown
        assert "Traceback" not in shown
        assert "C4NARY-local" not in bytes(terminal.raw).decode()
        assert_sane(terminal)
    report = next(home.joinpath("state").rglob("crash-*.txt"))
    assert report.stat().st_mode & 0o777 == 0o600
    assert "ZeroDivisionError: inside" in report.read_text()


def test_leaving_as_usual_is_zero() -> None:
    with Terminal(shell(" ".join(DEMO)), 100, 30) as terminal:
        terminal.wait(UP)
        terminal.settle()
        terminal.write(b"\x03\x03")
        terminal.wait("status=0", 10)
        terminal.settle()
        assert_sane(terminal)


def test_a_terminal_that_has_gone_is_no_error() -> None:
    from jmstui.terminal import restore

    restore(None, modes=False)
    leader, follower = os.openpty()
    saved = termios.tcgetattr(follower)
    os.close(leader)
    os.close(follower)
    restore(saved, modes=False)
