"""Small files of ours that only their owner may read: the index of kept secrets, a token in the runtime
directory."""

from __future__ import annotations

import contextlib
import json
import os
import shlex
import stat
from pathlib import Path
from typing import Any

from jmstui.config import SettingsError


def state_dir() -> Path:
    """The platform's state directory for jmstui."""
    from platformdirs import user_state_path

    return user_state_path("jmstui")


def write_private(path: Path, text: str) -> None:
    """Write a file that only we may read, whole or not at all. Raises `SettingsError`."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with contextlib.suppress(FileNotFoundError):
            temporary.unlink()
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0)
        with os.fdopen(os.open(temporary, flags, 0o600), "w", encoding="utf-8") as file:
            file.write(text)
        os.replace(temporary, path)
    except OSError as error:
        raise SettingsError(f"{path}: cannot be written ({error.strerror}).") from None


def read_private(path: Path, advice: str = "", *, readable_ok: bool = False) -> str | None:
    """The text of a file of ours; None when there is none.

    Raises `SettingsError` for a link, a file of somebody else, or (not with `readable_ok`) one that others
    may read or write, with `advice` or how to take that from them.
    """
    extra = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    try:
        with open(path, "rb", opener=lambda name, flags: os.open(name, flags | extra)) as file:
            _refuse(os.fstat(file.fileno()), path, advice, readable_ok)
            return file.read(1 << 20).decode("utf-8", "replace")
    except FileNotFoundError:
        return None
    except OSError as error:
        raise SettingsError(f"{path}: is not used ({error.strerror}).") from None


def _refuse(found: os.stat_result, path: Path, advice: str, readable_ok: bool) -> None:
    if not stat.S_ISREG(found.st_mode):
        raise SettingsError(f"{path}: is not used: not an ordinary file.")
    if not hasattr(os, "getuid"):
        return
    if found.st_uid != os.getuid():
        raise SettingsError(f"{path}: is not used: it belongs to another user.")
    if found.st_mode & 0o077 and not readable_ok:
        advice = advice or f"Run `chmod 600 {shlex.quote(str(path))}`."
        raise SettingsError(f"{path}: is not used: others may read or write it. {advice}")


def _index_path() -> Path:
    return state_dir() / "secrets.json"


_INDEX_KEYS = {"kind", "url", "username", "until"}


def read_index() -> list[dict[str, Any]]:
    """The lines of the index; an unreadable one counts as empty, for it holds nothing that cannot be stored
    anew."""
    text = read_private(_index_path())
    try:
        rows = json.loads(text) if text else []
    except ValueError:
        return []
    return (
        [row for row in rows if isinstance(row, dict) and row.keys() == _INDEX_KEYS]
        if isinstance(rows, list)
        else []
    )


def write_index(rows: list[dict[str, Any]]) -> None:
    """Replace the index."""
    write_private(_index_path(), json.dumps(rows, indent=1) + "\n")


USERS_RUNTIME = Path("/run/user")
"""Where systemd keeps the runtime directories, by the users' numbers."""


def passing_dir() -> Path:
    """Where a note stands that need not outlive the session: the runtime directory, also where the
    environment does not name it (cron, `sudo -u`), so that all processes of a user meet; else with our
    state."""
    with contextlib.suppress(SettingsError):
        return runtime_dir()
    with contextlib.suppress(SettingsError, AttributeError):
        return _private_dir(USERS_RUNTIME / str(os.getuid()), "The runtime directory")
    return state_dir()


def runtime_dir() -> Path:
    """`$XDG_RUNTIME_DIR/jmstui`. Raises `SettingsError` when it is not set, not ours, or open to others."""
    named = os.environ.get("XDG_RUNTIME_DIR")
    if not named:
        raise SettingsError("XDG_RUNTIME_DIR is not set, so there is no private place for a token file.")
    return _private_dir(Path(named), "XDG_RUNTIME_DIR")


def _private_dir(base: Path, what: str) -> Path:
    """Our part of a directory that is ours alone. Raises `SettingsError`."""
    try:
        state = base.stat()
    except OSError as error:
        raise SettingsError(f"{what} ({base}) cannot be used ({error.strerror}).") from None
    if not stat.S_ISDIR(state.st_mode) or state.st_mode & 0o077 or state.st_uid != os.getuid():
        raise SettingsError(f"{what} ({base}) is not a directory of yours alone (mode 0700).")
    return base / "jmstui"
