"""Which characters the terminal's bytes are: the locale says it, also where its tables are not installed."""

from __future__ import annotations

import codecs
import os
import sys
from collections.abc import Mapping

UTF8 = "utf-8"
_ASCII = bytes(range(128)) + b"\x1b$B\x1b(B~{x~}+AGE-"
"""Every ASCII character, and what shifts the encodings that no terminal has."""


def terminal_encoding(environ: Mapping[str, str] | None = None) -> str:
    """Python's name of the encoding in which the terminal sends and shows text.

    Where Python was told one, or the locale's tables are there, it is Python's own; else the one that
    LC_ALL, LC_CTYPE or LANG names (`zh_CN.GBK`), which Python replaces by UTF-8 when the tables are missing.
    """
    environ = os.environ if environ is None else environ
    own = _usable(getattr(sys.__stdin__, "encoding", None) or UTF8)
    if own != UTF8 or environ.get("PYTHONIOENCODING") or environ.get("PYTHONUTF8") == "1":
        return own
    locale = next((environ[name] for name in ("LC_ALL", "LC_CTYPE", "LANG") if environ.get(name)), "")
    return _usable(locale.partition("@")[0].rpartition(".")[2])


def _usable(name: str) -> str:
    """The codec of that name if it leaves ASCII as it is, as every terminal's does; else UTF-8."""
    try:
        codec = codecs.lookup(name)
        if _ASCII.decode(codec.name) == _ASCII.decode("ascii") and codec.incrementaldecoder:
            return codec.name
    except (LookupError, ValueError, TypeError):
        pass
    return UTF8


class Decoder:
    """Bytes as they come, cut anywhere; what is no character of the encoding is left out."""

    def __init__(self, encoding: str) -> None:
        self._decoder = codecs.getincrementaldecoder(encoding)("ignore")

    def feed(self, data: bytes) -> str:
        """The characters that are whole with `data`."""
        return self._decoder.decode(data)

    @property
    def waiting(self) -> bool:
        """Whether a character has begun."""
        return bool(self._decoder.getstate()[0])

    def forget(self) -> None:
        """Its rest will not come: the next byte begins a new one."""
        self._decoder.reset()
