"""Data on stdout (JSON, CSV, an aligned table), words on stderr. All of it harmless, whatever the server
sent."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, TextIO

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What a spreadsheet takes for the beginning of a formula, full-width forms too."""


MOST_LINES = 10_000
"""Lines that one text may take on a terminal: nothing of it is left out."""
DATE = 16
"""Cells of a moment in a table."""


@dataclass(frozen=True, slots=True)
class Field:
    """A column of a headless table or CSV."""

    key: str
    title: str
    align: str = "left"
    width: int = 8
    """Cells that it needs at least on a terminal."""
    priority: int = 0
    """0 is always there; the highest number goes first when a terminal is narrow."""
    tail: bool = False
    """A text that is too long loses its beginning, not its end: paths."""


def add_format_arguments(parser: ArgumentParser) -> None:
    """`--json` and `--csv`, one of them at most; without them a table for people."""
    group = parser.add_mutually_exclusive_group()
    group.add_argument("--json", action="store_true", help="JSON, times in ISO 8601")
    group.add_argument("--csv", action="store_true", help="CSV, one line for each row")


def say(text: str) -> None:
    """A line of words on stderr, cleaned; on a terminal broken at spaces."""
    from jmstui.text import clean

    lines = [one for line in text.split("\n") for one in wrapped(clean(line), sys.stderr)]
    print("\n".join(lines), file=sys.stderr, flush=True)


def wrapped(text: str, out: TextIO, indent: str = "", columns: int | None = None) -> list[str]:
    """A cleaned `text` behind `indent`, in lines that fit the terminal; one line where `out` is none."""
    from jmstui.text import wrap

    room = _columns(out) if columns is None else columns
    return wrap(text, max(room, len(indent) + 20), indent, MOST_LINES) if room else [indent + text]


def iso(moment: datetime | None) -> str | None:
    """ISO 8601 with offset, in the local zone; None stays None."""
    return None if moment is None else moment.astimezone().isoformat(timespec="seconds")


def write_json(value: object, stream: TextIO | None = None) -> None:
    """`value` as JSON in UTF-8; a lone surrogate becomes an escape, so that the output is always valid."""
    import json
    import re

    out = stream or sys.stdout
    text = json.dumps(value, ensure_ascii=False, indent=2, default=_plain)
    try:
        text.encode(getattr(out, "encoding", None) or "utf-8", "surrogatepass")
    except UnicodeEncodeError:
        text = json.dumps(value, ensure_ascii=True, indent=2, default=_plain)
    out.write(re.sub(_UNSHOWN, lambda found: _escape(found.group()), text) + "\n")


_UNSHOWN = (
    r"[\x7f-\xa0\xad\u061c\u180e\u200b-\u200f\u2028-\u202f\u2060-\u206f\ud800-\udfff\ufeff\ufff9-\ufffb"
    r"\U000e0000-\U000e007f]"
)
"""What must not reach a terminal as it is: it stands as an escape in the JSON, and means the same."""


def _escape(char: str) -> str:
    code = ord(char)
    if code > 0xFFFF:
        code -= 0x10000
        return f"\\u{0xD800 + (code >> 10):04x}\\u{0xDC00 + (code & 0x3FF):04x}"
    return f"\\u{code:04x}"


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return iso(value)
    if isinstance(value, (set, frozenset, tuple)):
        return list(value)
    raise TypeError(f"{type(value).__name__} is not JSON")


def csv_cell(value: object) -> str:
    """The text of a CSV cell: cleaned, and with a leading `'` where a spreadsheet would take it for a
    formula."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return str(value)
    if isinstance(value, datetime):
        return iso(value) or ""
    if isinstance(value, dict):
        value = [f"{key} {csv_cell(item)}" for key, item in value.items() if item is not None]
    if isinstance(value, (list, tuple)):
        value = "; ".join(csv_cell(item) for item in value)
    from jmstui.text import clean

    raw = str(value)
    text = clean(raw, 1_000_000)
    dangerous = raw.lstrip(" \u00a0\u200b\ufeff").startswith(FORMULA) or text.lstrip().startswith(FORMULA)
    return f"'{text}" if dangerous else text


def write_csv(
    fields: Sequence[Field], rows: Iterable[Sequence[object]], stream: TextIO | None = None
) -> None:
    """A header line of keys and one line a row (RFC 4180 quoting)."""
    import csv

    out = stream or sys.stdout
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([field.key for field in fields])
    for row in rows:
        writer.writerow([_encodable(csv_cell(value), out) for value in row])


def table_cell(value: object) -> str:
    """The text of a table's cell, cleaned."""
    from jmstui.text import clean

    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return value.astimezone().strftime("%Y-%m-%d %H:%M")
    if isinstance(value, (list, tuple)):
        return ", ".join(table_cell(item) for item in value)
    return clean(str(value))


def write_table(
    fields: Sequence[Field],
    rows: Iterable[Sequence[object]],
    stream: TextIO | None = None,
    columns: int | None = None,
    whole: str = "--csv",
) -> None:
    """An aligned table by cell width.

    On a terminal of `columns` cells the least important columns go first, a ">" behind the titles and a line
    on stderr say how many and that `whole` shows all, and the widest of the others are cut with a mark.
    """
    from jmstui.text import cut, cut_start, width

    out = stream or sys.stdout
    lines = [[field.title for field in fields], *([table_cell(value) for value in row] for row in rows)]
    widths = [max(width(line[i]) for line in lines) for i in range(len(fields))]
    room = columns if columns is not None else _columns(out)
    kept = list(range(len(fields)))
    if room:
        kept = _kept(fields, widths, room)
        least = [max(width(fields[i].title), min(widths[i], fields[i].width)) for i in kept]
        more = 2 if len(kept) < len(fields) else 0
        for i, cells in zip(
            kept, _fit([widths[i] for i in kept], least, room - _gaps(kept) - more), strict=True
        ):
            widths[i] = cells
    for number, line in enumerate(lines):
        texts = []
        for i in kept:
            shown = (cut_start if fields[i].tail and number else cut)(line[i], widths[i])
            pad = " " * max(0, widths[i] - width(shown))
            texts.append(pad + shown if fields[i].align == "right" else shown + pad)
        end = " >" if not number and len(kept) < len(fields) else ""
        out.write(_encodable("  ".join(texts).rstrip() + end, out) + "\n")
    gone = len(fields) - len(kept)
    if gone:
        out.flush()
        say(f"> {gone} column{'s' if gone > 1 else ''}: {whole} shows all")


def _gaps(kept: Sequence[int]) -> int:
    return 2 * (len(kept) - 1)


def _kept(fields: Sequence[Field], widths: Sequence[int], room: int) -> list[int]:
    """The columns that a terminal has room for: the highest priority goes first, of equals the last."""
    from jmstui.text import width

    kept = list(range(len(fields)))
    while (
        sum(max(width(fields[i].title), min(widths[i], fields[i].width)) for i in kept) + _gaps(kept) + 2
        > room
    ):
        goer = max(kept, key=lambda i: (fields[i].priority, i))
        if not fields[goer].priority:
            break
        kept.remove(goer)
    return kept


def _encodable(text: str, out: TextIO) -> str:
    """What the stream's encoding can carry; the rest as `?` (a Latin-1 locale must not end a list
    half-way)."""
    encoding = getattr(out, "encoding", None) or "utf-8"
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return text.encode(encoding, "replace").decode(encoding)
    return text


def _columns(out: TextIO) -> int:
    """The terminal's width; 0 where the output is no terminal, and then nothing is cut."""
    if not out.isatty():
        return 0
    import shutil

    return shutil.get_terminal_size((80, 24)).columns


def _fit(widths: list[int], least: list[int], room: int) -> list[int]:
    """Take cells from the widest column again and again until the table fits, never below `least`."""
    widths = list(widths)
    while sum(widths) > room:
        able = [i for i, wide in enumerate(widths) if wide > least[i]]
        if not able:
            break
        widest = max(able, key=lambda i: widths[i])
        second = max((widths[i] for i in able if i != widest), default=least[widest])
        take = min(sum(widths) - room, max(1, widths[widest] - max(second, least[widest])))
        widths[widest] -= take
    return widths


def emit(
    args: Namespace,
    fields: Sequence[Field],
    rows: Sequence[Sequence[object]],
    document: dict[str, Any],
) -> None:
    """Write what `--json` / `--csv` ask for: the whole document, or the rows."""
    if getattr(args, "json", False):
        write_json(document)
    elif getattr(args, "csv", False):
        write_csv(fields, rows)
    else:
        write_table(fields, rows)


class Progress:
    """One line on stderr that is written over, only where stderr is a terminal."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._out = stream or sys.stderr
        self._on = self._out.isatty() and os.environ.get("TERM") != "dumb"
        self._shown = False

    def show(self, text: str) -> None:
        """Replace the line."""
        if self._on:
            from jmstui.text import clean, cut

            self._out.write("\r\x1b[K" + cut(clean(text), max(10, _columns(self._out) - 1)))
            self._out.flush()
            self._shown = True

    def clear(self) -> None:
        """Take the line away."""
        if self._shown:
            self._out.write("\r\x1b[K")
            self._out.flush()
            self._shown = False
