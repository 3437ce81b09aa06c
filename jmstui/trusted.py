"""Files that decide where a credential goes: used only where nobody but their owner, or root, may write them.

Owner and mode are those of the open file, so that no other file can take its place in between.
"""

from __future__ import annotations

import contextlib
import os
import shlex
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from jmstui.config import SettingsError

MOST = 16 << 20
"""Bytes of a file that we read ourselves; a configuration is shorter."""


class NotTrusted(SettingsError):
    """A file, or a directory of certificates, that somebody else could have written."""


@contextlib.contextmanager
def open_trusted(path: Path) -> Iterator[BinaryIO]:
    """The open file at `path`, a pipe or a device too. Raises `OSError`, and `NotTrusted` with a sentence for
    one of another user or one that others may write."""
    # without O_NONBLOCK a FIFO that somebody planted would hold us before its owner is known
    extra = getattr(os, "O_NONBLOCK", 0)
    with open(path, "rb", opener=lambda name, flags: os.open(name, flags | extra)) as file:
        refuse_others(os.fstat(file.fileno()), path)
        if hasattr(os, "set_blocking"):
            os.set_blocking(file.fileno(), True)
        yield file


def read_trusted(path: Path) -> bytes:
    """What stands in the file at `path`. Raises as `open_trusted`, and `NotTrusted` for more than `MOST`
    bytes."""
    with open_trusted(path) as file:
        raw = file.read(MOST + 1)
    if len(raw) > MOST:
        raise NotTrusted(f"{path}: is not used: it is larger than {MOST >> 20} MB.")
    return raw


def name_of(file: BinaryIO) -> str:
    """A name by which a library can open this very file, for as long as it is open; its path where the system
    has no such names."""
    held = f"/dev/fd/{file.fileno()}"
    return held if os.path.exists(held) else str(file.name)


def refuse_others(state: os.stat_result, path: Path) -> None:
    """Raise `NotTrusted` where somebody other than us or root owns or may write what has this state. Systems
    without users' numbers have nothing to look at; a device is root's whoever may write to it."""
    if not hasattr(os, "getuid") or stat.S_ISCHR(state.st_mode):
        return
    if state.st_uid not in (os.getuid(), 0):
        raise NotTrusted(
            f"{path}: is not used: it belongs to another user (number {state.st_uid}), and it decides where "
            "a credential goes."
        )
    if state.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        raise NotTrusted(
            f"{path}: is not used: others may write it, and it decides where a credential goes. Check what "
            f"stands in it, then run `chmod go-w {shlex.quote(str(path))}`."
        )
