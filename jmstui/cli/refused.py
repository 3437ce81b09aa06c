"""Passwords that just failed: a command in a loop must not send one again and lock the account (§1.5)."""

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
        clock = time.strftime("%H:%M", time.localtime(at))
        super().__init__(
            f"The server refused this user name and password at {clock}, so they were not sent again: "
            "failures lock the account. Correct the password. If it is right by now, delete "
            f"{path} and try again."
        )


def check(settings: Settings, password: Password) -> None:
    """Raises `JustRefused` for a password that this server refused within the last ten minutes."""
    for entry in _entries():
        if entry["mark"] == _mark(settings, password, bytes.fromhex(entry["salt"])):
            raise JustRefused(entry["at"], _path())


def remember(settings: Settings, password: Password, error: SignInError) -> None:
    """Note that the server refused it. The password itself is not kept: a slow, salted hash of it is."""
    import os

    locked = 60.0 * (error.minutes or 0) if isinstance(error, AccountLocked) else 0.0
    salt, now = os.urandom(_SALT_BYTES), time.time()
    entry = {
        "salt": salt.hex(),
        "mark": _mark(settings, password, salt),
        "at": now,
        "until": now + max(SECONDS, locked),
    }
    _write([*_entries(), entry])


def forget(settings: Settings, password: Password) -> None:
    """The server took it."""
    entries = _entries()
    others = [e for e in entries if e["mark"] != _mark(settings, password, bytes.fromhex(e["salt"]))]
    if len(others) < len(entries):
        _write(others)


def _path() -> Path:
    from jmstui.state import state_dir

    return state_dir() / "refused.json"


def _mark(settings: Settings, password: Password, salt: bytes) -> str:
    from hashlib import scrypt

    text = "\0".join((settings.url or "", password.username, password.password.reveal()))
    return scrypt(text.encode("utf-8", "surrogatepass"), salt=salt, n=1 << 14, r=8, p=1, dklen=32).hex()


def _entries() -> list[dict[str, Any]]:
    """What is noted and still counts; a file that is not ours or makes no sense counts for nothing."""
    from jmstui.config import SettingsError
    from jmstui.state import read_private

    with contextlib.suppress(SettingsError, ValueError, TypeError, KeyError):
        found = json.loads(read_private(_path()) or "[]")
        now = time.time()
        rows: list[dict[str, Any]] = [
            {"salt": str(e["salt"]), "mark": str(e["mark"]), "at": float(e["at"]), "until": float(e["until"])}
            for e in found
        ]
        return [row for row in rows if row["at"] <= now < row["until"] and bytes.fromhex(row["salt"])]
    return []


def _write(entries: list[dict[str, Any]]) -> None:
    from jmstui.config import SettingsError
    from jmstui.state import write_private

    # where nothing can be kept, the next run asks the server
    with contextlib.suppress(SettingsError):
        write_private(_path(), json.dumps(entries[-_MOST:]))
