"""What time it is for the server: a rule's days are counted there, whatever this machine's clock says."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

from jmstui.api.clock import Clock

APART: Final = 30.0
"""Seconds between the two clocks that are still no finding."""
_LAST: Final = 9
"""Answers that count: a single one that was long under way, or is wrong, moves nothing."""
_HALF_A_SECOND: Final = 0.5
"""`Date` is cut to whole seconds."""
_FIRST_YEAR, _LAST_YEAR = 2014, 9000
"""There is no JumpServer before it, and beyond them nothing can be reckoned with."""


class ServerClock:
    """The server's time, learnt from the `Date` headers of its answers (the median of the last ones, half of
    the way there and back taken off). Setting this machine's clock changes nothing about it. Before the first
    answer it is this machine's time. One for all organizations and clients of a connection.
    """

    def __init__(self, clock: Clock | None = None) -> None:
        self._clock = clock or Clock()
        self._offsets: deque[float] = deque(maxlen=_LAST)
        self._told = False

    def mark(self) -> float:
        """This moment, for `observe`."""
        return self._clock.steady()

    def observe(self, told: float | None, began: float, ended: float) -> None:
        """Learn from an answer of the server: `told` is its `told_by`, `began` and `ended` are `mark`s
        from before the request left and after the answer's head came."""
        if told is not None:
            self._offsets.append(told + _HALF_A_SECOND - (began + ended) / 2)

    @property
    def known(self) -> bool:
        """Whether the server has told its time."""
        return bool(self._offsets)

    @property
    def difference(self) -> float | None:
        """Seconds by which the server is ahead of this machine (behind: negative); None: not known."""
        return self._epoch_now() - self._clock.wall() if self._offsets else None

    def now(self) -> datetime:
        """The server's time, aware, in this machine's zone; this machine's time while the server's is not
        known."""
        at = self._epoch_now() if self._offsets else self._clock.wall()
        return datetime.fromtimestamp(at, UTC).astimezone()

    def news(self) -> str:
        """Once, when the two clocks are found to be more than `APART` from each other: "5 days ahead of the
        server's", said of this machine's. Else ""."""
        apart = self.difference
        if self._told or apart is None or abs(apart) <= APART:
            return ""
        self._told = True
        return f"{_length(abs(apart))} {'behind' if apart > 0 else 'ahead of'} the server's"

    def _epoch_now(self) -> float:
        return self._clock.steady() + sorted(self._offsets)[len(self._offsets) // 2]


def told_by(headers: Mapping[str, str]) -> float | None:
    """The time that an answer tells in its `Date`, in seconds since the epoch; `headers` have names in lower
    case. None where it tells none to be believed: no `Date`, nonsense, or an answer out of a proxy's store
    (`Age`)."""
    if headers.get("age", "0").strip().strip("0"):
        return None
    try:
        told = parsedate_to_datetime(headers.get("date", ""))
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
    if not _FIRST_YEAR <= told.year < _LAST_YEAR:
        return None
    return (told if told.tzinfo else told.replace(tzinfo=UTC)).timestamp()


def _length(seconds: float) -> str:
    """A length of time in the largest unit that it has two of: "45 s", "12 min", "5 hours", "3 days"."""
    for size, unit in ((86400, "days"), (3600, "hours"), (60, "min")):
        if seconds >= 2 * size:
            return f"{seconds / size:,.0f} {unit}"
    return f"{seconds:.0f} s"
