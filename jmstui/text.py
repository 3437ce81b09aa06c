"""Data as text that is safe to draw and takes the cells that it seems to take. Pure; knows no terminal.

`clean` makes every character that could act on a terminal or on the eye visible, and rewrites the few things
whose width terminals disagree about (joined emoji, variation selectors, flags, skin tones, spacing marks), so
that the answer has one width everywhere: `width` counts it, `cut`, `pad` and `wrap` fit it.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Literal

ELLIPSIS = "…"
LIMIT = 2000
"""Characters of one value that are looked at unless the caller says otherwise: more than any row can show."""
STACK = 3
"""Combining marks that one character may carry."""

# Needs no second look: Latin, Greek, Cyrillic, kana, ideographs, Hangul, fullwidth; nothing of zero width.
_PLAIN = (
    r"[\x20-\x7e\u00a1-\u00ac\u00ae-\u02ff\u0386-\u0482\u048a-\u0556\u2013-\u2027\u2030-\u205e\u20a0-\u20bf"
    r"\u2190-\u21ff\u2500-\u25fc\u3000-\u3029\u3041-\u3096\u309b-\u30ff\u4e00-\u9fff\uac00-\ud7a3\uff01-\uff60]*"
)
# Over the kinds of a text's characters (`_kind`): what belongs together. Compiled when first needed.
_TOKENS = (
    r"(?P<emoji>ES*O?S*(?:JES*O?S*)*)|(?P<plain>P)S*|(?P<marks>M+)|(?P<flag>FF?)|(?P<newline>RN|[RN])"
    r"|(?P<control>C)|(?P<hidden>.)"
)
_LOOKS_EMPTY = frozenset("\u034f\u115f\u1160\u2800\u3164\uffa0")
_DISPUTED = re.compile("[\u2630-\u2637\u268a-\u268f\u3248-\u324f\U0001d300-\U0001d376]")
"""Assigned otherwise by the tables of terminals (measured in tmux 3.3) than by rich's."""


def clean(text: str, limit: int = LIMIT) -> str:
    """`text` with everything that acts instead of showing replaced by something that shows.

    In: any string, lone surrogates and 1 MB included; at most `limit` characters of it are looked at, and the
    answer ends with "…" when there were more. Out: one line of printable characters. Controls become their
    pictures (␛ ␀ ↵ ⇥), other invisible ones their number in ‹›, joined emoji their parts, flags ‹CN›.
    """
    head = text if len(text) <= limit else text[:limit]
    out = head if _is_plain(head) else _rewrite(head)
    return out if head is text else out + ELLIPSIS


def _is_plain(text: str) -> bool:
    return text.isprintable() if text.isascii() else re.fullmatch(_PLAIN, text) is not None


def _rewrite(text: str) -> str:
    if not unicodedata.is_normalized("NFC", text):
        text = unicodedata.normalize("NFC", text)
    kinds = "".join(map(_kind, text))
    out: list[str] = []
    bearer = False  # whether a combining mark has something to stand on
    for token in re.finditer(_TOKENS, kinds):
        kind = token.lastgroup
        start, end = token.span()
        if kind == "plain":
            out.append(text[start])
        elif kind == "emoji":
            out.extend(text[at] for at in range(start, end) if kinds[at] == "E")
        elif kind == "marks":
            out.append(("" if bearer else "◌") + text[start : min(end, start + STACK)])
            if end - start > STACK:
                out.append(f"‹+{end - start - STACK}›")
        elif kind == "flag":
            out.append(f"‹{''.join(chr(ord(each) - 0x1F1E6 + 65) for each in text[start:end])}›")
        elif kind == "newline":
            out.append("↵")
        elif kind == "control":
            out.append({"\t": "⇥", "\x7f": "␡"}.get(text[start]) or chr(0x2400 + ord(text[start])))
        else:
            out.append(f"‹{ord(text[start]):02X}›")
        bearer = kind in ("plain", "emoji")
    return "".join(out)


@lru_cache(maxsize=8192)
def _kind(char: str) -> str:
    """A letter for what a character does to a line: Plain, Emoji, Mark, Newline, Return, Control, Flag,
    Selector, skin tOne, Joiner or Hidden."""
    code = ord(char)
    if 0x20 <= code < 0x7F:
        return "P"
    if code < 0x20 or code == 0x7F:
        return {"\n": "N", "\r": "R"}.get(char, "C")
    if code in (0x2028, 0x2029):
        return "N"
    if 0x1F1E6 <= code <= 0x1F1FF:
        return "F"
    if 0x1F3FB <= code <= 0x1F3FF:
        return "O"
    if code == 0x200D:
        return "J"
    if code in (0xFE0E, 0xFE0F):
        return "S"
    category = unicodedata.category(char)
    if category[0] == "C" or 0xFE00 <= code <= 0xFE0D or 0xE0100 <= code <= 0xE01EF:
        return "H"
    if char in _LOOKS_EMPTY or category == "Mc" or _DISPUTED.match(char):
        return "H"
    if category in ("Mn", "Me"):
        return "M"
    if _cells(char) == 0:
        return "H"
    return "E" if category == "So" or (code > 0x2000 and category in ("Sm", "Po", "Pd")) else "P"


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
    if len(text) <= cells and text.isascii():
        return text
    head = text[: cells * (STACK + 1) + 1]
    if head.isascii():
        return text[: cells - 1] + ELLIPSIS
    used = keep = 0
    for index, char in enumerate(head):
        used += _cells(char)
        if used <= cells - 1:
            keep = index + 1
        elif used > cells:
            return text[:keep] + ELLIPSIS
    return text if len(head) == len(text) else text[:keep] + ELLIPSIS


def cut_start(text: str, cells: int) -> str:
    """A cleaned `text` within `cells` by its end, where that says more, as in a path; begins with "…" when
    something was left out."""
    if cells <= 0:
        return ""
    if len(text) * 2 <= cells or width(text) <= cells:
        return text
    used, keep = 0, len(text)
    for index in range(len(text) - 1, -1, -1):
        size = _cells(text[index])
        used += size
        if used > cells - 1:
            break
        if size:  # a mark alone never begins it
            keep = index
    return ELLIPSIS + text[keep:]


def pad(text: str, cells: int, align: Literal["left", "right"] = "left") -> str:
    """A cleaned `text` in exactly `cells` cells, cut or filled with spaces."""
    text = cut(text, cells)
    room = " " * (cells - width(text))
    return room + text if align == "right" else text + room


def wrap(text: str, cells: int, indent: str = "", most: int = 40) -> list[str]:
    """A cleaned `text` in lines of at most `cells` cells, the `indent` (spaces) included; broken at spaces
    where there are any, later lines two cells further in. What does not fit into `most` lines ends with
    "…"."""
    if len(indent) + width(text) <= cells:
        return [indent + text]
    lines: list[str] = []
    hang = indent
    while text and len(lines) < most - 1 and len(hang) + width(text) > cells:
        head = _fitting(text, max(2, cells - len(hang)))
        space = head.rfind(" ")
        if space > len(head) // 2 and text[len(head)] != " ":
            head = head[:space]
        lines.append(hang + head)
        text = text[len(head) :].lstrip(" ")
        hang = indent + "  "
    if text:
        lines.append(hang + cut(text, max(2, cells - len(hang))))
    return lines


def _fitting(text: str, cells: int) -> str:
    """As much of a text that is longer than `cells` as fits, with the marks of its last character."""
    used = 0
    for index, char in enumerate(text):
        used += _cells(char)
        if used > cells:
            return text[:index]
    return text
