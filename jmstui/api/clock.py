"""The clocks that the service layer reads, in one value, so that tests can drive time."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any


def _steady() -> float:
    """Seconds that nobody can set, and that go on while the machine sleeps (where the system tells them)."""
    if sys.platform == "linux":
        return time.clock_gettime(time.CLOCK_BOOTTIME)
    if sys.platform == "darwin":  # time.monotonic() stands still in sleep there, this one does not
        return time.clock_gettime(time.CLOCK_MONOTONIC)
    return time.monotonic()


@dataclass(frozen=True, slots=True)
class Clock:
    """`monotonic` for waiting (s), `wall` for what a person reads (s since the epoch), `sleep` to let time
    pass."""

    monotonic: Callable[[], float] = time.monotonic
    wall: Callable[[], float] = time.time
    sleep: Callable[[float], Awaitable[Any]] = asyncio.sleep

    def steady(self) -> float:
        """For ages: as `monotonic`, but it goes on while the machine sleeps."""
        return _steady() if self.monotonic is time.monotonic else self.monotonic()
