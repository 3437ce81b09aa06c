"""A page of a list."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Generic, TypeVar

from jmstui.models.base import BadRow

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """`{"count", "next", "previous", "results"}` (API reference §7.1), or a bare array."""

    rows: list[T | BadRow] = field(default_factory=list)
    count: int | None = None
    """The server's total; None when it sent a bare array. It can be wrong: a short page is the end."""
    bad: int = 0
    """How many of `rows` are `BadRow`."""

    @property
    def lacking(self) -> list[BadRow]:
        """The rows that could be read but lack what the answer stands on."""
        return [row for row in self.rows if isinstance(row, BadRow) and row.lacks] if self.bad else []
