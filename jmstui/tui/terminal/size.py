"""How large the terminal is."""

from __future__ import annotations

import os

ASSUMED = (80, 24)
"""Columns and rows of a terminal that does not say its size, as a serial line does not."""
LARGEST = (1000, 500)
"""More than any screen shows: what says more is mistaken."""


def terminal_size(*descriptors: int) -> tuple[int, int]:
    """(columns, rows) as the first of the descriptors that is a terminal says it; 80×24 where it does not."""
    for number in descriptors:
        try:
            return sane(*os.get_terminal_size(number))
        except (OSError, ValueError):
            continue
    return ASSUMED


def sane(columns: int, rows: int) -> tuple[int, int]:
    """A size that can be drawn: what is 0 is assumed, and what is huge is the largest."""
    wide = min(columns, LARGEST[0]) if columns > 0 else ASSUMED[0]
    high = min(rows, LARGEST[1]) if rows > 0 else ASSUMED[1]
    return wide, high
