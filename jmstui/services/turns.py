"""One sign-in at a time for a user of a server, over all processes of ours: nine commands that start at once
must not send nine wrong passwords, and the server counts each."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import ipaddress
import os
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, NamedTuple

from jmstui.api.errors import ApiError
from jmstui.config import SettingsError
from jmstui.secrets import user_key
from jmstui.state import passing_dir

if TYPE_CHECKING:
    from jmstui.settings import Settings

WAIT_SECONDS = 120.0
"""How long one waits for those before it: two sign-ins to a server that is silent up to its timeout."""
_LOOK_SECONDS = 0.05
_PREFIX = "sign-in-"


class Busy(ApiError):
    """Others sign in as this user and do not come to an end; nothing was sent."""

    code = "sign-in-busy"

    def __init__(self, seconds: float) -> None:
        super().__init__(
            "Another jmstui has been signing in as this user on this server for "
            f"{seconds:.0f} seconds, and two at once could lock the account. Nothing was sent; try again "
            "when it is through."
        )


class Account(NamedTuple):
    """A user of a server, as the name of what is kept about it: no name or address stands in it."""

    server: str
    name: str

    @classmethod
    def all(cls) -> Iterator[Account]:
        """Every account of which something is kept."""
        folder = _folder()
        try:
            found = {path.stem for path in folder.glob(f"{_PREFIX}*")} if folder else set()
        except OSError:
            return
        for stem in sorted(found):
            server, _, name = stem.removeprefix(_PREFIX).partition("-")
            yield cls(server, name)


def account_of(settings: Settings, username: str) -> Account:
    """The account in its normal form: the server counts failures by the name in small letters (§1.5), and
    many addresses are one server's. Raises `BadAddress`."""
    return Account(_digest(_server(settings.url or "")), _digest(user_key(username)))


def everybody(account: Account) -> Account:
    """What holds for all users of a server from here, such as an address that is locked."""
    return Account(account.server, "all")


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _server(url: str) -> str:
    """Host, port and base path without what can be written in two ways: scheme, default port, a dot at the
    end, an address with zeros."""
    from jmstui.api.address import parse_address

    found = parse_address(url)
    host = found.host.rstrip(".").lower()
    with contextlib.suppress(ValueError):
        host = str(ipaddress.ip_address(host))
    return f"{host} {found.port or ''} {found.path.rstrip('/')}"


def _folder() -> Path | None:
    """Where turns and notes stand; None where there is no place for them."""
    try:
        return passing_dir()
    except (OSError, RuntimeError, SettingsError):
        return None


def path_of(account: Account, kind: str) -> Path | None:
    """The file of a kind ("lock", "json") about an account; None where there is no place for it."""
    folder = _folder()
    return folder / f"{_PREFIX}{account.server}-{account.name}.{kind}" if folder else None


def clear(account: Account, kind: str) -> None:
    """Delete the file, where there is one."""
    path = path_of(account, kind)
    if path is not None:
        with contextlib.suppress(OSError):
            path.unlink()


class Turn:
    """The turn of an account, until the end of the `with`; `handle` is None where no file can be locked."""

    def __init__(self, path: Path | None, handle: int | None) -> None:
        self._path, self._handle = path, handle

    def __enter__(self) -> Turn:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._handle is not None and self._path is not None:
            with contextlib.suppress(OSError):
                self._path.unlink()  # before it is free: whoever gets it looks whether it is still the one
            os.close(self._handle)


def take(account: Account) -> Turn | None:
    """The turn, if nobody has it; None if somebody does. Where no file can be locked everybody gets one."""
    try:
        import fcntl
    except ImportError:
        return Turn(None, None)
    path = path_of(account, "lock")
    if path is None:
        return Turn(None, None)
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    except OSError:
        return Turn(None, None)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if os.path.samestat(os.fstat(handle), os.stat(path)):
            return Turn(path, handle)
    except (BlockingIOError, FileNotFoundError):
        pass  # somebody has it, or had it and is through
    except OSError:
        os.close(handle)
        return Turn(None, None)  # a file system without locks
    os.close(handle)
    return None


@contextlib.asynccontextmanager
async def turn(account: Account, seconds: float = WAIT_SECONDS) -> AsyncIterator[None]:
    """Wait for the turn of an account and hold it; a process that dies gives it back. Raises `Busy`."""
    end = time.monotonic() + seconds
    while (held := take(account)) is None:
        if time.monotonic() > end:
            raise Busy(seconds)
        await asyncio.sleep(_LOOK_SECONDS)
    with held:
        yield
