"""Sliding one-minute windows, counted per user over all clients (§7.6)."""

from __future__ import annotations

from collections import deque

WINDOW = 60.0


class Throttle:
    """Times of the requests let through in the last minute, by key. A refused request is not counted."""

    def __init__(self) -> None:
        self._served: dict[str, deque[float]] = {}

    def take(self, key: str, limit: int, now: float) -> float | None:
        """Counts a request at `now` (s). None: let through; else the seconds to wait. `limit` 0: no limit."""
        if limit <= 0:
            return None
        served = self._served.setdefault(key, deque())
        while served and served[0] <= now - WINDOW:
            served.popleft()
        if len(served) >= limit:
            return max(0.0, WINDOW - (now - served[0]))
        served.append(now)
        return None

    def clear(self) -> None:
        """Forgets every request."""
        self._served.clear()
