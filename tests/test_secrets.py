"""Where a secret may live: a command, the keyring, a private file; and nowhere else."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from jmstui import keyring_child, secrets, state, tokens
from jmstui.config import SettingsError
from jmstui.models.credential import AccessKey, BearerToken, Password, Secret
from jmstui.secrets import Kept, KeyringError, obtain, run_secret_command
from jmstui.settings import Settings
from tests.homes import empty_home

URL = "https://jms.example.com"
SOON = datetime.now(UTC) + timedelta(hours=5)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    secrets.keyring_state.cache_clear()
    return empty_home(tmp_path, monkeypatch)


@pytest.fixture
def keyring(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A keyring that answers; gives the file that stands for it."""
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "tests.keyrings_for_tests.FileKeyring")
    monkeypatch.setenv("JMS_TEST_KEYRING", str(tmp_path / "ring.json"))
    return tmp_path / "ring.json"


def script(tmp_path: Path, body: str) -> str:
    path = tmp_path / "give secret.py"
    path.write_text(body)
    return f"{sys.executable} '{path}'"


# --- a command ---


def test_a_command_gives_its_first_line(tmp_path: Path) -> None:
    assert (
        run_secret_command(script(tmp_path, "print('hunter2 \u00e4'); print('more')")).reveal() == "hunter2 ä"
    )


def test_a_command_runs_without_a_shell_and_without_our_input(tmp_path: Path) -> None:
    body = "import sys; print(sys.argv[1], repr(sys.stdin.read()))"
    assert run_secret_command(script(tmp_path, body) + " '$HOME;id'").reveal() == "$HOME;id ''"


def test_a_command_does_not_see_our_secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JMSTUI_TOKEN", "t0ken")
    assert (
        run_secret_command(
            script(tmp_path, "import os; print(os.environ.get('JMSTUI_TOKEN', 'none'))")
        ).reveal()
        == "none"
    )


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("import sys; print('S3CRET'); print('S3CRET', file=sys.stderr); sys.exit(3)", "ended with status 3"),
        ("import os; print('S3CRET', flush=True); os.kill(os.getpid(), 9)", "ended with signal 9"),
        ("print()", "printed nothing"),
        ("import sys; sys.stdout.buffer.write(b'S3CRET\\xff\\n')", "not UTF-8"),
    ],
)
def test_a_failing_command_is_named_and_its_output_never_shown(
    tmp_path: Path, body: str, words: str, capfd: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SettingsError) as caught:
        run_secret_command(script(tmp_path, body))
    assert words in str(caught.value)
    assert "S3CRET" not in str(caught.value) + "".join(capfd.readouterr())


def test_a_command_that_prints_without_end_is_ended(tmp_path: Path) -> None:
    began = time.monotonic()
    with pytest.raises(SettingsError, match="printed more than 64 KB"):
        run_secret_command(script(tmp_path, "while True: print('S3CRET' * 1000)"))
    assert time.monotonic() - began < secrets.COMMAND_SECONDS / 2, "it did not wait for the end"
    body = f"print('hunter2'); print('x' * {secrets.MOST - 9})"
    assert run_secret_command(script(tmp_path, body)).reveal() == "hunter2"


def test_a_late_or_missing_command(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="did not end within 1 seconds"):
        run_secret_command(script(tmp_path, "import time; time.sleep(30)"), seconds=1)
    with pytest.raises(SettingsError, match="cannot be run"):
        run_secret_command("/no/such/program x")
    with pytest.raises(SettingsError, match="quote"):
        run_secret_command("pass 'show")


# --- the keyring ---


@pytest.mark.parametrize(
    ("backend", "words"),
    [
        ("keyring.backends.fail.Keyring", "none"),
        ("keyring.backends.null.Keyring", "keeps nothing"),
        ("tests.keyrings_for_tests.PlaintextKeyring", "plain file"),
    ],
)
def test_backends_that_are_none_are_refused_and_named(
    monkeypatch: pytest.MonkeyPatch, backend: str, words: str
) -> None:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", backend)
    found = secrets.keyring_state()
    assert not found.usable
    assert backend in found.why
    assert words in found.why
    with pytest.raises(KeyringError, match="Nothing was stored"):
        secrets.remember(Kept("bearer", URL), Secret("x"))


def test_a_silent_keyring_is_given_up_after_two_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "tests.keyrings_for_tests.SilentKeyring")
    started = time.monotonic()
    found = secrets.keyring_state()
    assert not found.usable
    assert "did not answer within 2 seconds" in found.why
    assert time.monotonic() - started < 4


def test_a_chain_is_worth_its_first_real_member() -> None:
    class ChainerBackend:
        def __init__(self, *backends: object) -> None:
            self.backends = backends

    fail = type("Keyring", (), {"__module__": "keyring.backends.fail"})()
    plain = type("PlaintextKeyring", (), {"__module__": "keyrings.alt.file"})()
    real = type("Keyring", (), {"__module__": "keyring.backends.SecretService"})()
    assert keyring_child._real_backend(ChainerBackend(fail, plain, real))[0] is real
    backend, name, why = keyring_child._real_backend(ChainerBackend(plain, fail))
    assert backend is None
    assert "keyrings.alt" in name
    assert "plain file" in why
    assert keyring_child._real_backend(ChainerBackend())[0] is None


def test_store_list_and_forget(keyring: Path) -> None:
    kept = Kept("bearer", URL, "alice", SOON.isoformat())
    secrets.remember(kept, Secret("S3CRET"))
    assert secrets.kept_secrets() == [kept]
    assert secrets.recall(kept) == Secret("S3CRET")
    index = state.state_dir() / "secrets.json"
    assert index.stat().st_mode & 0o777 == 0o600
    assert "S3CRET" not in index.read_text()
    secrets.remember(kept, Secret("another"))
    assert secrets.kept_secrets() == [kept]
    secrets.forget(kept)
    assert secrets.kept_secrets() == []
    assert secrets.recall(kept) is None
    secrets.forget(kept)


def test_a_backend_that_repeats_the_secret_does_not_leak_it(
    monkeypatch: pytest.MonkeyPatch, keyring: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "tests.keyrings_for_tests.LeakyKeyring")
    with pytest.raises(KeyringError, match="RuntimeError") as caught:
        secrets.remember(Kept("token", URL, "a"), Secret("S3CRET"))
    assert "S3CRET" not in str(caught.value) + "".join(capfd.readouterr())


def test_a_secret_never_is_an_argument(keyring: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []
    really = subprocess.Popen

    def watched(args: list[str], **options: object) -> object:
        seen.extend([*args, *map(str, dict(options["env"]).values())])  # type: ignore[call-overload]
        return really(args, **options)  # type: ignore[call-overload]

    monkeypatch.setattr(secrets.subprocess, "Popen", watched)
    secrets.remember(Kept("token", URL, "a"), Secret("S3CRET"))
    assert seen
    assert not any("S3CRET" in word for word in seen)


def test_keyring_is_never_imported_here(keyring: Path) -> None:
    code = (
        "import sys; from jmstui.secrets import *; from jmstui.models.credential import Secret\n"
        "keyring_state(); remember(Kept('token', 'https://a', 'b'), Secret('c')); assert 'keyring' not "
        "in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


# --- the order ---


def test_the_order_environment_command_keyring(tmp_path: Path, keyring: Path) -> None:
    secrets.remember(Kept("token", URL, "alice"), Secret("from keyring"))
    command = script(tmp_path, "print('from command')")
    given = Password("alice", Secret("from environment"))
    base = Settings(url=URL + "/", username="alice")
    assert obtain(Settings(url=URL, username="alice", credential=given, secret_command=command)) is given
    assert obtain(Settings(url=URL, username="alice", secret_command=command)) == Password(
        "alice", Secret("from command")
    )
    assert obtain(base) == Password("alice", Secret("from keyring"))
    assert obtain(Settings(url=URL, username="bob")) is None
    assert obtain(Settings(url="https://other.example.com", username="alice")) is None


def test_a_command_gives_the_secret_of_the_profiles_mode(tmp_path: Path) -> None:
    key = "48cf0957-02c3-5ab2-9033-ff4fb8268a08"
    command = script(tmp_path, "print('x')")
    assert obtain(Settings(url=URL, auth="access-key", key_id=key, secret_command=command)) == AccessKey(
        key, Secret("x")
    )


def test_without_anything_no_keyring_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(secrets, "_ask_child", lambda *_: pytest.fail("a keyring was asked"))
    assert obtain(Settings(url=URL, username="alice")) is None
    assert tokens.find_token(Settings(url=URL)) is None


# --- a kept token ---


def test_a_token_in_a_private_file(home: Path) -> None:
    path = tokens.keep_in_runtime_file(URL, "alice", BearerToken(Secret("t0ken")), SOON)
    assert path.is_relative_to(home / "run")
    assert path.stat().st_mode & 0o777 == 0o600
    found = tokens.find_token(Settings(url=URL + "/"))
    assert found is not None
    assert found.credential == BearerToken(Secret("t0ken"))
    assert (found.username, found.until) == ("alice", SOON)
    assert tokens.find_token(Settings(url=URL, username="bob")) is None
    assert tokens.find_token(Settings(url="https://other")) is None
    assert tokens.find_token(Settings(url=URL, auth="access-key")) is None
    assert tokens.forget_all(Settings(url=URL)) == 1
    assert not path.exists()
    assert tokens.find_token(Settings(url=URL)) is None


def test_an_ended_token_is_not_used(keyring: Path) -> None:
    past = datetime.now(UTC) - timedelta(seconds=5)
    tokens.keep_in_runtime_file(URL, "alice", BearerToken(Secret("old")), past)
    tokens.keep_in_keyring(URL, "bob", BearerToken(Secret("old")), past)
    assert tokens.find_token(Settings(url=URL)) is None
    tokens.keep_in_keyring(URL, "carol", BearerToken(Secret("new")), SOON)
    found = tokens.find_token(Settings(url=URL))
    assert found is not None
    assert found.username == "carol"
    assert tokens.forget_all(Settings(url=URL)) == 3


def test_a_token_file_that_others_may_read_is_refused(home: Path) -> None:
    path = tokens.keep_in_runtime_file(URL, "alice", BearerToken(Secret("t")), SOON)
    path.chmod(0o640)
    with pytest.raises(SettingsError, match="others may read"):
        tokens.find_token(Settings(url=URL))


def test_a_link_in_place_of_a_token_file_is_refused(home: Path) -> None:
    path = tokens.keep_in_runtime_file(URL, "alice", BearerToken(Secret("t")), SOON)
    path.rename(home / "elsewhere")
    path.symlink_to(home / "elsewhere")
    with pytest.raises(SettingsError, match="not used"):
        tokens.find_token(Settings(url=URL))


def test_a_runtime_directory_that_others_may_enter_is_refused(home: Path) -> None:
    (home / "run").chmod(0o755)
    with pytest.raises(SettingsError, match="yours alone"):
        tokens.keep_in_runtime_file(URL, "alice", BearerToken(Secret("t")), SOON)


def test_without_a_runtime_directory_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("XDG_RUNTIME_DIR")
    with pytest.raises(SettingsError, match="XDG_RUNTIME_DIR is not set"):
        tokens.keep_in_runtime_file(URL, "alice", BearerToken(Secret("t")), SOON)
    assert tokens.find_token(Settings(url=URL)) is None


def test_somebody_elses_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "x"
    state.write_private(path, "x")
    monkeypatch.setattr(os, "getuid", lambda: path.stat().st_uid + 1)
    with pytest.raises(SettingsError, match="another user"):
        state.read_private(path)


def test_a_silent_keyring_does_not_outlive_a_parent_that_was_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "tests.keyrings_for_tests.SilentKeyring")
    code = "from jmstui import keyring_child; keyring_child.LIFE_SECONDS = 1; keyring_child.main()"
    done = subprocess.run(
        [sys.executable, "-c", code], input=b'{"do": "probe"}', capture_output=True, timeout=30, check=False
    )
    assert done.returncode == -signal.SIGALRM


async def test_who_stops_waiting_ends_the_program_that_is_waited_for() -> None:
    import asyncio
    import time

    task = asyncio.create_task(secrets.aside(secrets.run_secret_command, "sleep 50"))
    for _ in range(500):
        if secrets._running:
            break
        await asyncio.sleep(0.01)
    program = next(iter(secrets._running))
    start = time.monotonic()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await asyncio.to_thread(program.wait, 10) == -signal.SIGKILL
    assert time.monotonic() - start < 5
