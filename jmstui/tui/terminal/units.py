"""What a terminal sends, cut into characters, escape sequences and pastes. Pure: no clock, no file, no
Textual.

Whatever comes in, something sensible comes out, and never an exception: a sequence is bounded, a broken one
is dropped, one that never ends is given up by `late`.
"""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

ESC = "\x1b"
PASTE_START, PASTE_END = "\x1b[200~", "\x1b[201~"
LONGEST_PASTE = 1 << 20
"""Characters of one paste that are kept; no field takes nearly as many."""
AMBIGUOUS = 0.1
"""Seconds after which an Esc that nothing followed was the key."""
SPLIT = 1.0
"""Seconds for which the rest of a sequence that can be nothing else is waited for, on a slow line."""
UNENDED = 5.0
"""Seconds of silence after which a paste that the terminal never ended is over."""

_SEQUENCE = re.compile(
    "\x1b(?:"
    r"\[\[[A-E]"  # F1 to F5 of the Linux console
    "|\\[M[^\x1b]{3}"  # the mouse, in its oldest form
    r"|\[[0-?]{0,60}[ -/]{0,3}[@-~]"
    r"|O[0-9;]{0,4}[@-~])"
)
_BEGUN = re.compile("\x1b(?:\\[(?:\\[|M[^\x1b]{0,2}|[0-?]{0,60}[ -/]{0,3})?|O[0-9;]{0,4})?\\Z")
_STRING = re.compile("\x1b[\\]PX^_][^\x00-\x1f]{0,4096}(?:\x07|\x1b\\\\)")
_STRING_BEGUN = re.compile("\x1b[\\]PX^_][^\x00-\x1f]{0,4096}\x1b?\\Z")
_BROKEN = re.compile(r"\x1b\[[0-?]+[ -/]*")
_REST_OF_BROKEN = re.compile(r"[0-?]*[ -/]*")
_FEW = 16
"""Characters behind an Esc that somebody may have typed; more of them are a machine's."""


class Unit(NamedTuple):
    """`text` is one character, a whole escape sequence, or what was pasted; "" for the Esc key."""

    kind: Literal["char", "escape", "sequence", "paste"]
    text: str


class Units:
    """Feed it what was read, and ask `late` when nothing came for a while."""

    def __init__(self) -> None:
        self._held = ""
        """The begin of a sequence whose rest has not come yet."""
        self._paste: list[str] | None = None
        self._pasted = 0
        self._breaking = False
        """Whether what comes still belongs to a sequence that is too long to be one."""

    def feed(self, text: str) -> list[Unit]:
        """The units that are whole with `text`. An Esc with a key behind it in one piece is Esc, then the
        key."""
        out: list[Unit] = []
        text, self._held = self._held + text, ""
        at = self._go_on_breaking(text)
        while at < len(text):
            if self._paste is not None:
                at = self._take_pasted(text, at, out)
            elif text[at] != ESC:
                out.append(Unit("char", text[at]))
                at += 1
            else:
                at = self._take_escape(text, at, out)
        return out

    def late(self, seconds: float) -> list[Unit]:
        """What the held begin turns out to be when nothing has come for `seconds`."""
        if self._paste is not None:
            return self._end_paste() if seconds >= UNENDED else []
        held = self._held
        certain = len(held) > 2 and held[1] == "["
        if not held or seconds < (SPLIT if certain else AMBIGUOUS):
            return []
        self._held = ""
        if certain or len(held) > _FEW:
            return []
        return [Unit("escape", ""), *(Unit("char", char) for char in held[1:] if char != ESC)]

    @property
    def waiting(self) -> bool:
        """Whether `late` may still make something of what came."""
        return bool(self._held) or self._paste is not None

    def _go_on_breaking(self, text: str) -> int:
        if not self._breaking:
            return 0
        return self._behind_broken(text, _REST_OF_BROKEN.match(text, 0))

    def _behind_broken(self, text: str, match: re.Match[str] | None) -> int:
        """Where a sequence that is none ends, its last letter included."""
        at = match.end() if match else 0
        self._breaking = at == len(text)
        return at + 1 if at < len(text) and "@" <= text[at] <= "~" else at

    def _take_escape(self, text: str, at: int, out: list[Unit]) -> int:
        """An Esc at `at`: where what it begins ends."""
        if string := _STRING.match(text, at):
            return string.end()  # an answer to something that was never asked
        if found := _SEQUENCE.match(text, at):
            sequence = found.group()
            if sequence == PASTE_START:
                self._paste, self._pasted = [], 0
            elif sequence != PASTE_END:
                out.append(Unit("sequence", sequence))
            return found.end()
        if _BEGUN.match(text, at) or _STRING_BEGUN.match(text, at):
            self._held = text[at:]
            return len(text)
        if broken := _BROKEN.match(text, at):
            return self._behind_broken(text, broken)
        out.append(Unit("escape", ""))
        return at + 1

    def _take_pasted(self, text: str, at: int, out: list[Unit]) -> int:
        end = text.find(PASTE_END, at)
        if end >= 0:
            self._keep_pasted(text[at:end])
            out += self._end_paste()
            return end + len(PASTE_END)
        # the end may come in two pieces
        last = text.rfind(ESC, max(at, len(text) - len(PASTE_END) + 1))
        whole = last if last >= 0 and PASTE_END.startswith(text[last:]) else len(text)
        self._keep_pasted(text[at:whole])
        self._held = text[whole:]
        return len(text)

    def _keep_pasted(self, text: str) -> None:
        assert self._paste is not None
        self._paste.append(text[: max(0, LONGEST_PASTE - self._pasted)])
        self._pasted += len(text)

    def _end_paste(self) -> list[Unit]:
        text, self._paste, self._held = "".join(self._paste or ()), None, ""
        return [Unit("paste", text)]
