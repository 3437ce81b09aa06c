"""What every list on screen has in common, and the list whose rows are already here."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeVar

if TYPE_CHECKING:
    from jmstui.api.errors import ApiError
    from jmstui.models.base import BadRow

R = TypeVar("R")

Kind = Literal["total", "rows", "error", "reset"]


@dataclass(frozen=True, slots=True)
class Change:
    """What changed in a list.

    `total`: its head, i.e. `total`, `exact`, `as_of`, `stale`, `shifted` or `loading`, and no row.
    `rows`: the rows `first` to `last`. `error`: `error` was set, for these rows. `reset`: everything.
    """

    kind: Kind
    first: int = 0
    last: int = -1


def row_id(row: Any) -> str:
    """The id of a row, as text; platforms have numbers."""
    return str(row.id)


def runs(old: Sequence[Any], new: Sequence[Any]) -> Iterator[tuple[int, int]]:
    """First and last index of each run of rows that differ, rows that came or went included."""
    start: int | None = None
    longest, shortest = max(len(old), len(new)), min(len(old), len(new))
    for at in range(longest + 1):
        same = at >= longest or (at < shortest and (old[at] is new[at] or old[at] == new[at]))
        if not same and start is None:
            start = at
        elif same and start is not None:
            yield start, at - 1
            start = None


class Extent:
    """How long a list is, from what its pages say.

    A short page is the end, whatever the server counted; without `trust` its count is only a guess: v3.10
    counts wrong for `/perms/users/…` (§14), and v4.10 may give a tree's old sum there (§6.6). A full page
    where the count said "end" means that there may be more.
    """

    def __init__(self, size: int, trust: bool = True) -> None:
        self._size, self._trust = size, trust
        self._count: int | None = None
        self._told = float("-inf")
        self._end: int | None = None
        self._least = 0
        self._most: int | None = None

    @property
    def total(self) -> int | None:
        """Rows in all, as far as it is known; None before the first answer."""
        if self._end is not None:
            return self._end
        if self._count is None and not self._least:
            return self._most
        total = max(self._count or 0, self._least)
        return total if self._most is None else min(total, self._most)

    @property
    def exact(self) -> bool:
        """Whether `total` is sure."""
        if self._end is not None:
            return True
        if self._most is not None and self._least >= self._most:
            return True
        agrees = self._count is not None and self._least <= self._count
        return self._trust and agrees and (self._most is None or self._most >= (self._count or 0))

    def may_go_on(self, page: int) -> bool:
        """Whether there may be another page behind this one although `total` ends with it."""
        return not self.exact and self.total == (page + 1) * self._size == self._least

    def learn(self, page: int, rows: int, count: int | None, as_of: float) -> tuple[bool, bool]:
        """One answer: `rows` rows for this page, and the server's count.

        Gives whether the count is another one than before, and whether this answer is older than what is
        known.
        """
        changed = self._count is not None and count is not None and count != self._count
        older = as_of < self._told
        if changed and older:
            return True, True
        if changed:
            self._end = self._most = None
            self._least = 0
        if not older:
            self._count, self._told = count, as_of
        end = page * self._size + rows
        if rows > self._size or (rows < self._size and (rows or not page)):
            self._end = end
        elif rows:
            self._least = max(self._least, end)
            if self._most is not None and self._most < end:
                self._most = None
            if self._end is not None and self._end < end:
                self._end = None
        elif self._end is None:
            self._most = end if self._most is None else min(self._most, end)
            self._least = min(self._least, end)
        return changed, older


class LocalList(Generic[R]):
    """The face of `pages.RemoteList` over rows that are already here; sorting and searching are the
    caller's."""

    exact = True
    shifted = False
    loading = False

    def __init__(
        self,
        rows: Sequence[R | BadRow],
        as_of: float | None = None,
        stale: bool = False,
        on_change: Callable[[Change], None] | None = None,
    ) -> None:
        self._rows = list(rows)
        self.as_of = as_of
        self.stale = stale
        self.error: ApiError | None = None
        self._tell = on_change or (lambda change: None)

    @property
    def total(self) -> int:
        """Rows in all."""
        return len(self._rows)

    def get(self, index: int) -> R | BadRow | None:
        """The row, or None outside the list."""
        return self._rows[index] if 0 <= index < len(self._rows) else None

    def index_of(self, row: str) -> int | None:
        """Where the row with this id is."""
        return next((i for i, each in enumerate(self._rows) if row_id(each) == row), None)

    def replace(self, rows: Sequence[R | BadRow], as_of: float | None = None, stale: bool = False) -> None:
        """Other rows: `total` is told when the head changes, `rows` for each run that differs."""
        old, head = self._rows, (len(self._rows), self.as_of, self.stale)
        self._rows, self.as_of, self.stale = list(rows), as_of, stale
        if head != (len(self._rows), as_of, stale):
            self._tell(Change("total"))
        for first, last in runs(old, self._rows):
            self._tell(Change("rows", first, last))

    def want(self, first: int, last: int, direction: int = 0) -> None:
        """Nothing to ask for."""

    async def refresh(self) -> None:
        """Nothing to ask for: whoever made the list asks again and calls `replace`."""

    def close(self) -> None:
        """Nothing to end."""
