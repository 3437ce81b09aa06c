"""Reading a list page by page to its end, on a server that may be wrong about the end."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from jmstui.api.errors import Repeats, TooLarge
from jmstui.api.listing import row_id
from jmstui.models.base import BadRow

MOST_ROWS: Final = 1_000_000
"""Ten times the largest organization that this program is made for."""


class Walk:
    """Remembers which rows came, so that a page that repeats for ever is an error and not a loop."""

    def __init__(self) -> None:
        self._seen: set[str] = set()
        self._rows = 0

    def take(self, rows: Iterable[object]) -> list[bool]:
        """Whether each row of the next page is new; a row without an id counts as new.

        Raises `Repeats` when there were rows and all came before, `TooLarge` beyond `MOST_ROWS`.
        """
        new: list[bool] = []
        for row in rows:
            ident = row_id(row)
            made_up = isinstance(row, BadRow) and ident.startswith("bad-")
            new.append(made_up or ident not in self._seen)
            self._seen.add(ident)
        if new and not any(new):
            raise Repeats()
        self._rows += len(new)
        if self._rows > MOST_ROWS:
            raise TooLarge(f"the list has more than {MOST_ROWS:,} rows")
        return new
