"""Passwords that just failed, and accounts that are locked: a command in a loop must not send a password
again and lock the account, or prolong the lock (§1.5)."""

from __future__ import annotations

import contextlib
import json
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jmstui.api.errors import AccountLocked, SignInError

if TYPE_CHECKING:
    from jmstui.models.credential import Password
    from jmstui.settings import Settings

SECONDS = 600.0
"""How long a refused password is held back: so seldom, the server's seven failures in half an hour are never
reached."""
_MOST = 20
_SALT_BYTES = 16


class JustRefused(SignInError):
    """This password failed a moment ago; it was not sent again."""

    code = "just-refused"

    def __init__(self, at: float, path: Path) -> None:
        super().__init__(
            f"The server refused this user name and password at {_clock(at)}, so they were not sent again: "
            "failures lock the account. Correct the password. If it is right by now, delete "
            f"{path} and try again."
        )


class StillLocked(SignInError):
    """The server called the account locked; no password was sent."""

    code = "account-locked"

    def __init__(self, at: float, until: float, path: Path) -> None:
        super().__init__(
            f"The server said at {_clock(at)} that this account or address is locked, so no password was "
            f"sent: trying extends the lock. Wait until {_clock(until)}. If an administrator unlocked it "
            f"since, delete {path} and try again."
        )


def check(settings: Settings, password: Password) -> None:
    """Raises `JustRefused` for a password that this server refused within the last ten minutes, and
    `StillLocked` for an account that it called locked."""
    for entry in _entries():
        if entry["mark"] == _mark(settings, password, entry):
            if entry["salt"]:
                raise JustRefused(entry["at"], _path())
            raise StillLocked(entry["at"], entry["until"], _path())


def remember(settings: Settings, password: Password, error: SignInError) -> None:
    """Note that the server refused it. The password itself is not kept: a slow, salted hash of it is. Of a
    locked account only its name is noted: the password, which may well be the right one, was not looked
    at."""
    import os

    now, locked = time.time(), isinstance(error, AccountLocked)
    seconds = 60.0 * error.minutes if isinstance(error, AccountLocked) and error.minutes else SECONDS
    entry = {"salt": "" if locked else os.urandom(_SALT_BYTES).hex(), "at": now, "until": now + seconds}
    _write([*_entries(), entry | {"mark": _mark(settings, password, entry)}])


def forget(settings: Settings, password: Password) -> None:
    """The server took it."""
    entries = _entries()
    others = [e for e in entries if e["mark"] != _mark(settings, password, e)]
    if len(others) < len(entries):
        _write(others)


def _clock(at: float) -> str:
    return time.strftime("%H:%M", time.localtime(at))


def _path() -> Path:
    """Where the file stands: in the runtime directory, which goes with the last session, else with our
    state."""
    from jmstui.config import SettingsError
    from jmstui.state import runtime_dir, state_dir

    try:
        return runtime_dir() / "refused.json"
    except SettingsError:
        return state_dir() / "refused.json"


def _mark(settings: Settings, password: Password, entry: dict[str, Any]) -> str:
    """What stands for this password in an entry with a salt; for the account in one without."""
    if not entry["salt"]:
        return f"{password.username} {settings.url or ''}"
    from hashlib import scrypt

    salt = bytes.fromhex(entry["salt"])
    text = "\0".join((settings.url or "", password.username, password.password.reveal()))
    return scrypt(text.encode("utf-8", "surrogatepass"), salt=salt, n=1 << 14, r=8, p=1, dklen=32).hex()


def _entries() -> list[dict[str, Any]]:
    """What is noted and still counts; the rest is deleted. A file that is not ours or makes no sense counts
    for nothing."""
    from jmstui.config import SettingsError
    from jmstui.state import read_private

    with contextlib.suppress(SettingsError, ValueError, TypeError, KeyError):
        found = json.loads(read_private(_path()) or "[]")
        now = time.time()
        rows: list[dict[str, Any]] = [
            {"salt": str(e["salt"]), "mark": str(e["mark"]), "at": float(e["at"]), "until": float(e["until"])}
            for e in found
        ]
        for row in rows:
            bytes.fromhex(row["salt"])  # raises for what is none
        alive = [row for row in rows if row["at"] <= now < row["until"]]
        if len(alive) < len(rows):
            _write(alive)
        return alive
    return []


def _write(entries: list[dict[str, Any]]) -> None:
    from jmstui.config import SettingsError
    from jmstui.state import write_private

    # where nothing can be kept, the next run asks the server
    with contextlib.suppress(SettingsError, OSError):
        if entries:
            write_private(_path(), json.dumps(entries[-_MOST:]))
        else:
            _path().unlink(missing_ok=True)
