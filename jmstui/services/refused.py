"""What is noted of passwords that just failed and of accounts that are locked: a password in a loop of
commands must not be sent again and lock the account, or prolong the lock (§1.5).

A note is a small private file for one user of one server, and only whoever has that user's turn (`turns`)
touches it. It ends by itself: what is past its time counts for nothing and is deleted by the next start, and
the two bytes of a slow, salted hash in it tell one password from another, and not which it was.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jmstui.api.errors import AccountLocked, AddressLocked, SignInError
from jmstui.config import SettingsError
from jmstui.services.turns import Account, account_of, clear, everybody, path_of, take
from jmstui.state import passing_dir, read_private, state_dir, write_private

if TYPE_CHECKING:
    from jmstui.models.credential import Password
    from jmstui.settings import Settings

SECONDS = 600.0
"""How long a refused password is held back: so seldom, the server's seven failures in half an hour are never
reached. As long is a lock heeded whose length is unknown."""
LONGEST = 99_999 * 60.0
"""A note that claims more than the longest lock of a server makes no sense."""
_MOST = 20
_MARK_BYTES = 2


class Held(SignInError):
    """A password that was not sent, for what the server said a moment ago. `why` is the sentence without the
    way round it."""

    def __init__(self, why: str, way: str) -> None:
        super().__init__(f"{why} {way}")
        self.why = why


class JustRefused(Held):
    """This password failed a moment ago."""

    code = "just-refused"

    def __init__(self, at: float, path: Path) -> None:
        super().__init__(
            f"The server refused this user name and password at {_clock(at)}, so they were not sent again: "
            "failures lock the account. Correct the password.",
            f"If it is right by now, delete {path} and try again.",
        )


class StillLocked(Held):
    """The server called the account, or our address, locked."""

    code = "still-locked"

    def __init__(self, at: float, until: float, path: Path) -> None:
        super().__init__(
            f"The server said at {_clock(at)} that this account or address is locked, so no password was "
            f"sent: trying extends the lock. Wait until {_clock(until)}.",
            f"If an administrator unlocked it since, delete {path} and try again.",
        )


def check(settings: Settings, password: Password) -> None:
    """Raises `JustRefused` for a password that this server refused within the last ten minutes, and
    `StillLocked` for an account, or an address of ours, that it called locked."""
    account = account_of(settings, password.username)
    for whose in (account, everybody(account)):
        note = _read(whose)
        if note.locked:
            raise StillLocked(*note.locked[0], _path(whose))
        if note.passwords:
            mark = _mark(note, password)
            for known, at, _ in note.passwords:
                if known == mark:
                    raise JustRefused(at, _path(whose))


def remember(settings: Settings, password: Password, error: SignInError) -> None:
    """Note that the server refused it. Of a locked account only that is noted: the password, which may well
    be the right one, was not looked at."""
    account = account_of(settings, password.username)
    whose = everybody(account) if isinstance(error, AddressLocked) else account
    note, now = _read(whose), time.time()
    if isinstance(error, AccountLocked):
        note.locked = [(now, now + (60.0 * error.minutes if error.minutes else SECONDS))]
    else:
        note.passwords = [*note.passwords, (_mark(note, password), now, now + SECONDS)][-_MOST:]
    _write(whose, note)


def forget(settings: Settings, password: Password) -> None:
    """The server took it."""
    account = account_of(settings, password.username)
    clear(everybody(account), "json")
    note = _read(account)
    if note.passwords or note.locked:
        mark = _mark(note, password)
        note.passwords = [known for known in note.passwords if known[0] != mark]
        note.locked = []
        _write(account, note)


def sweep() -> None:
    """Delete what is past its time, and locks that a killed process left. Raises nothing; costs a look into
    a directory where there is nothing."""
    for old in {passing_dir(), state_dir()}:
        with contextlib.suppress(OSError):
            (old / "refused.json").unlink()  # v0.1.0's, with whole hashes
    for whose in Account.all():
        turn = take(whose)
        if turn is None:
            continue  # somebody is signing in, and looks at it
        with turn:
            path = path_of(whose, "json")
            if path is not None and path.exists():
                _write(whose, _read(whose))


@dataclass(slots=True)
class _Note:
    salt: str = field(default_factory=lambda: os.urandom(16).hex())
    passwords: list[tuple[str, float, float]] = field(default_factory=list)
    """(mark, since, until)"""
    locked: list[tuple[float, float]] = field(default_factory=list)
    """(since, until), at most one"""


def _clock(at: float) -> str:
    near = abs(at - time.time()) < 12 * 3600
    return time.strftime("%H:%M" if near else "%Y-%m-%d %H:%M", time.localtime(at))


def _path(whose: Account) -> Path:
    path = path_of(whose, "json")
    assert path is not None  # something was read there
    return path


def _mark(note: _Note, password: Password) -> str:
    text = password.password.reveal().encode("utf-8", "surrogatepass")
    salt = bytes.fromhex(note.salt)
    return hashlib.scrypt(text, salt=salt, n=1 << 14, r=8, p=1, dklen=_MARK_BYTES).hex()


def _read(whose: Account) -> _Note:
    """What is noted and still counts. A file that is not ours or makes no sense counts for nothing."""
    path = path_of(whose, "json")
    with contextlib.suppress(SettingsError, ValueError, TypeError, KeyError):
        found: Any = json.loads((read_private(path) if path else None) or "{}")
        if found:
            return _Note(
                bytes.fromhex(found["salt"]).hex(),
                [(str(mark), *span) for mark, *rest in found["passwords"] if (span := _alive(*rest))],
                [span for rest in found["locked"] if (span := _alive(*rest))],
            )
    return _Note()


def _alive(at: Any, until: Any) -> tuple[float, float] | None:
    """A span of time that holds now and is no longer than one can be; else None."""
    at, until = float(at), float(until)
    return (at, until) if at <= time.time() < until <= at + LONGEST else None


def _write(whose: Account, note: _Note) -> None:
    path = path_of(whose, "json")
    if path is None:
        return  # where nothing can be kept, the next run asks the server
    if not note.passwords and not note.locked:
        clear(whose, "json")
        return
    text = {"salt": note.salt, "passwords": note.passwords, "locked": note.locked}
    with contextlib.suppress(SettingsError):
        write_private(path, json.dumps(text))
