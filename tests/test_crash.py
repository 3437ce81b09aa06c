"""Crash reports hold no secret and are ours alone; memory is not dumped."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from jmstui.crash import scrub, write_report
from jmstui.models.credential import Password, Secret, known_secrets
from tests.homes import empty_home


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return empty_home(tmp_path, monkeypatch)


def test_a_report_is_private_and_scrubbed(home: Path) -> None:
    password = Password("alice", Secret("c4nary pw"))
    try:
        raise RuntimeError("failed with c4nary pw and Authorization: Bearer abcdefgh12345678")
    except RuntimeError as error:
        said = write_report(error)
    path = next(home.joinpath("state").rglob("crash-*.txt"))
    text = path.read_text()
    assert str(path) in said
    assert path.stat().st_mode & 0o777 == 0o600
    assert "RuntimeError" in text
    assert "test_crash.py" in text
    assert "c4nary pw" not in text.split("raise RuntimeError")[-1].splitlines()[-1]
    assert "abcdefgh12345678" not in text.splitlines()[-1]
    assert password.password.reveal() not in said


@pytest.mark.parametrize(
    "text",
    [
        "Authorization: Bearer C4NARY00",
        "Authorization: Token C4NARY00abc",
        "jms_sessionid=C4NARY00; path=/",
        '{"password": "C4NARY00"}',
        "{'code': 'C4NARY00'}",
        'Signature keyId="x",signature="C4NARY00"',
        "https://root:C4NARY00@jms/",
    ],
)
def test_what_looks_like_a_secret_is_taken_out(text: str) -> None:
    assert "C4NARY00" not in scrub(text)


def test_plain_words_stay() -> None:
    text = (
        'File "x.py", line 3, in token_of\n    raise ValueError("not a token")\n'
        "ValueError: not a token at all"
    )
    assert scrub(text) == text


def test_secrets_are_known_while_they_live() -> None:
    secret = Secret("alive-0815")
    assert "alive-0815" in known_secrets()
    del secret
    assert "alive-0815" not in known_secrets()


def test_a_report_that_cannot_be_written_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", "/proc/nowhere")
    assert "No crash report could be written" in write_report(ValueError("x"))


def test_no_core_dump_with_a_secret_in_memory() -> None:
    code = """
import ctypes, resource
from jmstui.crash import no_core_dumps
hard = resource.getrlimit(resource.RLIMIT_CORE)[1]
resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))
no_core_dumps()
print(resource.getrlimit(resource.RLIMIT_CORE)[0])
print(ctypes.CDLL(None).prctl(3, 0, 0, 0, 0))
"""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=30, check=True
    )
    limit, dumpable = done.stdout.split()
    assert limit == "0"
    if sys.platform == "linux":
        assert dumpable == "0"


def test_no_core_dump_while_a_password_is_on_its_way() -> None:
    """The transport of a login conversation carries no credential, and a password goes through it."""
    code = """
import asyncio, resource
from jmstui.services.connect import open_transport
from jmstui.settings import Settings
hard = resource.getrlimit(resource.RLIMIT_CORE)[1]
resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))
asyncio.run(open_transport(Settings(url="https://jms.example.com")))
print(resource.getrlimit(resource.RLIMIT_CORE)[0])
"""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=30, check=True
    )
    assert done.stdout.strip() == "0"
