"""The small shapes that every noun is made of (API reference §7.4)."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache

import msgspec


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """A row of the server; fields that jmstui does not know are ignored."""


class Ref(Record, frozen=True, kw_only=True):
    """A foreign key: `{"id", "name"}`. Platforms have numeric ids."""

    id: str | int
    name: str = ""


class Choice(Record, frozen=True, kw_only=True):
    """A choice: `{"value", "label"}`. Compare `value`; `label` is translated and differs by version."""

    value: str | int | None
    label: str = ""


class Label(Record, frozen=True, kw_only=True):
    """A v4 label; v3.10 sends the string `"name:value"` instead."""

    name: str
    value: str = ""
    color: str | None = None
    id: str = ""


class BadRow(Record, frozen=True, kw_only=True):
    """A row that could not be decoded, or that lacks a field on which the answer stands: shown as a marked
    row, so that one bad row never costs a page."""

    id: str
    """The row's id where it could be read, else a made-up one (`"bad-<n>"`)."""
    reason: str
    """One line, safe to show, e.g. ``Expected `str`, got `int` - at `$.name` ``."""
    raw: bytes = b""
    lacks: tuple[str, ...] = ()
    """The fields that the server left out, or gave as null, though the answer stands on them. What is absent
    is unknown, never empty: an answer must not count such a row, nor count without it."""
    noun: str = ""
    """What lacks them, e.g. "rule"."""
    loose: Record | None = None
    """What could be read of it, where it only lacks something."""


@lru_cache(maxsize=8192)
def moment(text: str | None) -> datetime | None:
    """A server date (`2026/03/04 05:06:07 +0800`, or ISO 8601), aware; None for null or nonsense."""
    if not text:
        return None
    try:
        return datetime.strptime(text, "%Y/%m/%d %H:%M:%S %z")
    except ValueError:
        pass
    try:
        value = datetime.fromisoformat(text)
    except ValueError:
        return None
    return value if value.tzinfo else None


def label_texts(labels: list[Label | str] | None) -> list[str]:
    """Labels of either version as `name:value` strings."""
    return [x if isinstance(x, str) else f"{x.name}:{x.value}" for x in labels or ()]
