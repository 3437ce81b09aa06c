"""Data as text that is safe to draw and takes the cells that it seems to take. Pure; knows no terminal.

`clean` makes every character that could act on a terminal or on the eye visible, and rewrites the few things
whose width terminals disagree about (joined emoji, variation selectors, flags, skin tones), so that the
answer has one width everywhere: `width` counts it, `cut` and `pad` fit it.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from itertools import islice
from typing import Literal

ELLIPSIS = "…"
LIMIT = 2000
"""Characters of one value that are looked at unless the caller says otherwise: more than any row can show."""
STACK = 3
"""Combining marks that one character may carry."""

# Needs no second look: Latin, Greek, Cyrillic, kana, ideographs, Hangul, fullwidth; nothing of zero width.
_PLAIN = re.compile(
    r"[\x20-\x7e\u00a1-\u00ac\u00ae-\u02ff\u0386-\u0482\u048a-\u0556\u2013-\u2027\u2030-\u205e\u20a0-\u20bf"
    r"\u2190-\u21ff\u2500-\u25fc\u3000-\u3029\u3041-\u3096\u309b-\u30ff\u4e00-\u9fff\uac00-\ud7a3\uff01-\uff60]*"
)


def clean(text: str, limit: int = LIMIT) -> str:
    """`text` with everything that acts instead of showing replaced by something that shows.

    In: any string, lone surrogates and 1 MB included; at most `limit` characters of it are looked at, and the
    answer ends with "…" when there were more. Out: one line of printable characters. Controls become their
    pictures (␛ ␀ ↵ ⇥), other invisible ones their number in ‹›, joined emoji their parts, flags ‹CN›.
    """
    head = text if len(text) <= limit else text[:limit]
    out = head if _PLAIN.fullmatch(head) else _rewrite(head)
    return out if head is text else out + ELLIPSIS


def _rewrite(text: str) -> str:
    if not unicodedata.is_normalized("NFC", text):
        text = unicodedata.normalize("NFC", text)
    out: list[str] = []
    marks = 0  # combining marks on the last character, -1: nothing to stand on
    surplus = 0
    last = ""  # the last kind
    size = len(text)
    index = 0
    while index < size:
        char = text[index]
        index += 1
        kind = _kind(char)
        if kind == "mark":
            if last == "":
                out.append("◌")
                last, marks = "plain", 0
            marks += 1
            if marks <= STACK:
                out.append(char)
            else:
                surplus += 1
            continue
        if surplus:
            out.append(f"‹+{surplus}›")
            surplus = 0
        marks = 0
        if kind == "plain" or kind == "emoji":
            out.append(char)
        elif kind == "newline":
            if char == "\n" and index > 1 and text[index - 2] == "\r":
                continue
            out.append("↵")
        elif kind == "flag":
            if index < size and _kind(text[index]) == "flag":
                out.append(f"‹{_letter(char)}{_letter(text[index])}›")
                index += 1
            else:
                out.append(f"‹{_letter(char)}›")
        elif kind == "selector" and last in ("emoji", "plain", "selector"):
            kind = last
        elif (kind == "tone" and last == "emoji") or (
            kind == "joiner" and last in ("emoji", "tone") and index < size and _kind(text[index]) == "emoji"
        ):
            pass
        elif kind == "tab":
            out.append("⇥")
        elif kind == "control":
            out.append("␡" if char == "\x7f" else chr(0x2400 + ord(char)))
        else:
            out.append(f"‹{ord(char):02X}›")
        last = kind
    if surplus:
        out.append(f"‹+{surplus}›")
    return "".join(out)


def _letter(indicator: str) -> str:
    return chr(ord(indicator) - 0x1F1E6 + 65)


@lru_cache(maxsize=8192)
def _kind(char: str) -> str:
    """What a character does to a line: plain, emoji, mark, newline, flag, selector, tone, joiner, control or
    hidden."""
    code = ord(char)
    if 0x20 <= code < 0x7F:
        return "plain"
    if char in "\r\n\u2028\u2029":
        return "newline"
    if char == "\t":
        return "tab"
    if code < 0x20 or code == 0x7F:
        return "control"
    if 0x1F1E6 <= code <= 0x1F1FF:
        return "flag"
    if 0x1F3FB <= code <= 0x1F3FF:
        return "tone"
    if code in (0xFE0E, 0xFE0F):
        return "selector"
    if code == 0x200D:
        return "joiner"
    category = unicodedata.category(char)
    if category[0] == "C" or 0xFE00 <= code <= 0xFE0D or code == 0x034F or 0xE0100 <= code <= 0xE01EF:
        return "hidden"
    cells = _cells(char)
    if category in ("Mn", "Me"):
        return "mark"
    if cells == 0 or code in (0x115F, 0x1160, 0x3164, 0xFFA0, 0x2800) or category == "Mc":
        return "hidden"
    return "emoji" if category in ("So", "Sk", "Po", "Sm") and code > 0x2000 else "plain"


@lru_cache(maxsize=8192)
def _cells(char: str) -> int:
    from rich.cells import get_character_cell_size

    return get_character_cell_size(char)


def width(text: str) -> int:
    """Cells that a cleaned `text` takes."""
    return len(text) if text.isascii() else sum(map(_cells, text))


def cut(text: str, cells: int) -> str:
    """A cleaned `text` within `cells`; ends with "…" when something was left out. Looks no further than it
    must."""
    if cells <= 0:
        return ""
    head = text[: cells * (STACK + 1) + 1]
    if head.isascii():
        return text if len(text) <= cells else text[: cells - 1] + ELLIPSIS
    room = cells - 1  # for the ellipsis
    used = 0
    keep = 0
    for index, char in enumerate(head):
        used += _cells(char)
        if used <= room:
            keep = index + 1
        elif used > cells:
            return text[:keep] + ELLIPSIS
    return text if len(head) == len(text) else text[:keep] + ELLIPSIS


def pad(text: str, cells: int, align: Literal["left", "right"] = "left") -> str:
    """A cleaned `text` in exactly `cells` cells, cut or filled with spaces."""
    text = cut(text, cells)
    room = " " * (cells - width(text))
    return room + text if align == "right" else text + room


def columns(text: str, position: int) -> int:
    """Cells before the character at `position` of a cleaned `text`: where a caret stands."""
    return width("".join(islice(text, position)))
