"""Where a secret may live: a command's output, or the keyring, which `keyring_child` asks in a process of its
own.

A keyring whose D-Bus is silent hangs its thread for good; so every call runs in a child that is killed when
it is late.
Secrets go to the child and come from it by pipes, never as arguments or environment.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeVar

from jmstui.config import SettingsError
from jmstui.isolation import CHILD, trusted_path
from jmstui.models.credential import Secret

if TYPE_CHECKING:
    from jmstui.models.credential import Credential
    from jmstui.settings import Settings

T = TypeVar("T")

PROBE_SECONDS = 2.0
CALL_SECONDS = 60.0
"""For storing and reading: a person may have to unlock the keyring."""
COMMAND_SECONDS = 60.0
MOST = 1 << 16
"""Bytes that a command may print; a secret is shorter."""


class KeyringError(SettingsError):
    """The keyring did not do what was asked; the text names the backend and holds no secret."""


@dataclass(frozen=True, slots=True)
class KeyringState:
    """Whether there is a keyring that secrets may go to, its name, and if not, why."""

    usable: bool
    name: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class Kept:
    """A line of the index of what the keyring holds for us; no secret in it."""

    kind: str
    """"bearer", or the mode of a remembered secret: "token" (a password), "private-token", "access-key",
    "session"."""
    url: str
    username: str = ""
    """User name, or the id of an access key."""
    until: str = ""
    """ISO 8601, for a bearer token."""

    @property
    def account(self) -> str:
        """The name under which the keyring holds the secret."""
        return f"{self.kind} {self.username or '-'} {self.url}"


def child_environment() -> dict[str, str]:
    """Our environment without secrets, for programs that we start."""
    from jmstui.settings import SECRET_VARIABLES

    return {key: value for key, value in os.environ.items() if key not in SECRET_VARIABLES}


async def aside(work: Callable[..., T], *arguments: Any) -> T:
    """`work` in a thread. Whoever stops waiting for it ends the programs that it waits for, so that nothing
    stays behind and nobody has to wait for them."""
    import asyncio

    try:
        return await asyncio.to_thread(work, *arguments)
    except asyncio.CancelledError:
        for program in list(_running):
            program.kill()
        raise


_running: set[subprocess.Popen[bytes]] = set()


def _run(
    argv: Sequence[str],
    seconds: float,
    environ: Mapping[str, str],
    folder: str | None = None,
    given: bytes | None = None,
) -> tuple[int, bytes]:
    """(status, what it printed) of a program that works in `folder` and gets `given` on stdin, in a session
    of its own where it is the keyring's. One without `given` is ended at once when it prints more than
    `MOST`, and the output is one byte longer then. Raises `OSError`, `TimeoutExpired`."""
    program = subprocess.Popen(
        argv,
        stdin=subprocess.DEVNULL if given is None else subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environ,
        cwd=folder,
        start_new_session=given is not None,
    )
    _running.add(program)
    with program:
        try:
            if given is None:
                out = _bounded_output(program, seconds)
            else:
                out, _ = program.communicate(given, timeout=seconds)
        finally:
            _running.discard(program)
            if program.poll() is None:
                program.kill()
    return program.returncode, out


def _bounded_output(program: subprocess.Popen[bytes], seconds: float) -> bytes:
    """What a program prints, until its end or just above `MOST`. Raises `TimeoutExpired`."""
    import select
    import time

    assert program.stdout is not None
    end, out = time.monotonic() + seconds, b""
    while len(out) <= MOST:
        ready, _, _ = select.select([program.stdout], [], [], max(0.0, end - time.monotonic()))
        if not ready:
            raise subprocess.TimeoutExpired(program.args, seconds)
        part = os.read(program.stdout.fileno(), MOST + 1 - len(out))
        if not part:
            program.wait(max(0.0, end - time.monotonic()))
            break
        out += part
    return out


# --- a command --------------------------------------------------------------------------------------------


def run_secret_command(command: str, seconds: float = COMMAND_SECONDS) -> Secret:
    """The first line that `command` prints. No shell, nothing on stdin, its output never shown.

    Raises `SettingsError` with its exit status, or that it is missing, late, silent or prints without end.
    """
    import shlex

    try:
        words = shlex.split(command)
    except ValueError:
        raise SettingsError("secret_command: a quote is not closed.") from None
    if not words:
        raise SettingsError("secret_command is empty.")
    try:
        status, out = _run([os.path.expanduser(words[0]), *words[1:]], seconds, child_environment())
    except subprocess.TimeoutExpired:
        raise SettingsError(f"secret_command: {words[0]} did not end within {seconds:.0f} seconds.") from None
    except OSError as error:
        raise SettingsError(f"secret_command: {words[0]} cannot be run ({error.strerror}).") from None
    if len(out) > MOST:
        raise SettingsError(
            f"secret_command: {words[0]} printed more than {MOST >> 10} KB; it shall print the secret alone."
        )
    if status != 0:
        how = f"status {status}" if status > 0 else f"signal {-status}"
        raise SettingsError(f"secret_command: {words[0]} ended with {how}; run it by hand to see why.")
    line = out.split(b"\n", 1)[0].rstrip(b"\r")
    if not line:
        raise SettingsError(f"secret_command: {words[0]} printed nothing on its first line.")
    try:
        return Secret(line.decode())
    except UnicodeDecodeError:
        raise SettingsError(f"secret_command: what {words[0]} printed is not UTF-8 text.") from None


# --- the keyring ------------------------------------------------------------------------------------------


@lru_cache(maxsize=1)
def keyring_state() -> KeyringState:
    """Look once for a real backend, for two seconds at most. Never raises."""
    try:
        answer = _ask_child({"do": "probe"}, PROBE_SECONDS)
    except KeyringError as error:
        return KeyringState(False, "none", str(error))
    return KeyringState(bool(answer["usable"]), str(answer["name"]), str(answer.get("why", "")))


def remember(kept: Kept, secret: Secret) -> None:
    """Put a secret into the keyring and its name into the index. Raises `KeyringError`."""
    state = keyring_state()
    if not state.usable:
        raise KeyringError(f"No keyring to keep it in: {state.why or state.name}. Nothing was stored.")
    _ask_child({"do": "set", "account": kept.account, "secret": secret.reveal()}, CALL_SECONDS)
    from jmstui.state import read_index, write_index

    write_index([asdict(kept), *(row for row in read_index() if Kept(**row).account != kept.account)])


def recall(kept: Kept) -> Secret | None:
    """The secret under a name of the index; None when the keyring no longer has it. Raises `KeyringError`."""
    found = _ask_child({"do": "get", "account": kept.account}, CALL_SECONDS).get("secret")
    return Secret(found) if found else None


def forget(kept: Kept) -> None:
    """Delete a secret from keyring and index; one that the keyring no longer has is no error. Raises
    `KeyringError`, and leaves it in the index then."""
    _ask_child({"do": "delete", "account": kept.account}, CALL_SECONDS)
    forget_entry(kept)


def forget_entry(kept: Kept) -> None:
    """Take a secret off the index; what the keyring holds stays there, and is no longer looked for."""
    from jmstui.state import read_index, write_index

    write_index([row for row in read_index() if Kept(**row).account != kept.account])


def kept_secrets() -> list[Kept]:
    """What the index names: no secret is read, the keyring is not asked."""
    from jmstui.state import read_index

    return [Kept(**row) for row in read_index()]


def obtain(settings: Settings) -> Credential | None:
    """The first credential of: environment or descriptor, `secret_command`, keyring. None: somebody has to
    be asked.

    Blocks while the command or the keyring works: call it in a thread. Raises `SettingsError`.
    """
    from jmstui.settings import build_credential

    if settings.credential is not None:
        return settings.credential
    mode = settings.auth or "token"
    identity = {"username": settings.username, "key_id": settings.key_id}
    if settings.secret_command:
        return build_credential(mode, identity, run_secret_command(settings.secret_command), "secret_command")
    name = {"token": settings.username, "access-key": settings.key_id}.get(mode) or ""
    for kept in kept_secrets():
        of_server = kept.kind == mode and kept.url == address_key(settings.url or "")
        if of_server and user_key(kept.username) == user_key(name):
            secret = recall(kept)
            if secret is not None:
                return build_credential(mode, identity, secret, "keyring")
    return None


def user_key(username: str) -> str:
    """A user name in its normal form: the server counts failures by the name in small letters (§1.5)."""
    import unicodedata

    return unicodedata.normalize("NFKC", username).strip().casefold()


def address_key(url: str) -> str:
    """An address in its normal form, as the name of what is kept for it. Raises `BadAddress`."""
    from jmstui.api.address import parse_address

    return parse_address(url).url


# --- the child --------------------------------------------------------------------------------------------


def _ask_child(question: Mapping[str, Any], seconds: float) -> dict[str, Any]:
    """One question to a fresh child process. Raises `KeyringError` when it is late or fails."""
    try:
        _, out = _run(
            [sys.executable or "", *CHILD, *trusted_path()],
            seconds,
            child_environment(),
            os.path.abspath(os.sep),
            json.dumps(question).encode(),
        )
    except subprocess.TimeoutExpired:
        raise KeyringError(f"the keyring did not answer within {seconds:.0f} seconds") from None
    except OSError as error:
        raise KeyringError(f"the keyring could not be asked ({error.strerror})") from None
    try:
        answer: dict[str, Any] = json.loads(out)
    except ValueError:
        raise KeyringError("the keyring failed without a word") from None
    if "error" in answer:
        raise KeyringError(str(answer["error"]))
    return answer
