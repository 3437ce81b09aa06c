"""How columns share a width: pure arithmetic."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from jmstui.text import width

if TYPE_CHECKING:
    from jmstui.views.spec import Column

NARROWEST = 4
"""Cells that a column keeps when even the most important ones do not fit."""


class Layout(NamedTuple):
    """Columns with the cells that each got, `gap` cells between them."""

    columns: tuple[tuple[Column[Any], int], ...]
    gap: int
    dropped: bool
    """Some columns are not shown."""


def lay_out(columns: Sequence[Column[Any]], room: int, sorted_by: str = "") -> Layout:
    """Share `room` cells: the least important columns (highest `priority`, the last among equals) go first,
    the rest grow by their `grow`. The column sorted by (its `order`, without "-") keeps a cell for its
    arrow."""
    gap = 1 if room < 90 else 2
    kept = list(columns)
    least = {id(c): max(c.width, width(c.title) + (bool(c.order) and c.order == sorted_by)) for c in kept}

    def needed() -> int:
        return sum(least[id(c)] for c in kept) + gap * (len(kept) - 1)

    while needed() > room:
        going = max(reversed(kept), key=lambda c: c.priority, default=None)
        if going is None or going.priority == 0:
            break
        kept.remove(going)
    cells = [least[id(c)] for c in kept]
    short = needed() - room
    while short > 0 and max(cells, default=0) > NARROWEST:
        cells[cells.index(max(cells))] -= 1
        short -= 1
    while short > 0 and len(kept) > 1:
        kept.pop()
        short -= cells.pop() + gap
    _grow([c.grow for c in kept], cells, -short)
    return Layout(tuple(zip(kept, cells, strict=True)), gap, len(kept) < len(columns))


def _grow(shares: list[int], cells: list[int], spare: int) -> None:
    """Give `spare` cells away by shares; what does not divide goes to the first that grows."""
    total = sum(shares)
    if spare <= 0 or not total:
        return
    gifts = [spare * share // total for share in shares]
    gifts[next(i for i, share in enumerate(shares) if share)] += spare - sum(gifts)
    for index, gift in enumerate(gifts):
        cells[index] += gift
