"""The request budget: a sliding window like the server's own (§7.6), interactive before prefetch.

The server counts 180 requests a minute per user over all of that user's clients; 150 by default leaves the
browser beside us some room. A 429 means that others used up what we thought was left: then we wait as long as
the server says, send one request alone, and for a minute no more than four side by side, so that few are
refused again and none runs out of tries.
"""

from __future__ import annotations

import asyncio
import math
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from jmstui.api.clock import Clock
from jmstui.api.events import Event, Resumed, Waiting
from jmstui.api.query import Priority

PER_MINUTE: Final = 150
PER_MINUTE_ANONYMOUS: Final = 60
WINDOW: Final = 60.0
WIDE: Final = 4
"""Side by side in the minute after a 429; the server does about four a second anyway (§12)."""
UNTOLD: Final = 10.0
"""Seconds to wait after a 429 that names no time."""


@dataclass(slots=True, eq=False)
class Slot:
    """Leave to send one request, given at `at` (monotonic) after `waited` seconds. Give it back with
    `Budget.done`."""

    at: float
    waited: float = 0.0


@dataclass(slots=True, eq=False)
class _Waiter:
    priority: Callable[[], Priority]
    since: float
    deadline: float | None
    slot: asyncio.Future[Slot]


class Budget:
    """`size` requests in any `window` seconds. Nothing runs while nobody waits."""

    def __init__(
        self,
        size: int = PER_MINUTE,
        *,
        window: float = WINDOW,
        clock: Clock | None = None,
        tell: Callable[[Event], None] | None = None,
    ) -> None:
        self.size = max(1, size)
        self.window = window
        self.waiting_until: float | None = None
        """When the next interactive request goes (s since the epoch), while one has to wait."""
        self.tell = tell
        self._clock = clock or Clock()
        self._sent: deque[float] = deque()
        self._blocked = -math.inf
        self._width = WIDE
        self._calm = -math.inf
        """Until then only `_width` requests may be under way: 1 after a 429, then twice as many each time."""
        self._out: set[Slot] = set()
        self._waiters: list[_Waiter] = []
        self._wake: asyncio.Event | None = None
        self._pump: asyncio.Task[None] | None = None

    @property
    def left(self) -> int:
        """Requests that may still go at this moment."""
        now = self._clock.monotonic()
        return 0 if now < self._blocked else max(0, self.size - self._count(now))

    @property
    def refused(self) -> bool:
        """Whether the server's own limit (a 429) holds requests back, not our `size`."""
        return self._clock.monotonic() < self._blocked

    async def slot(
        self,
        priority: Priority | Callable[[], Priority] = Priority.INTERACTIVE,
        max_wait: float | None = None,
    ) -> Slot:
        """Wait until a request may go. `priority` may be a function, for one that rises while it waits.

        Raises `Throttled` when the wait would be longer than `max_wait` seconds.
        """
        ask = priority if callable(priority) else lambda: priority
        now = self._clock.monotonic()
        if not self._waiters and self._when(ask(), now) <= now:
            return self._grant(now, now)
        deadline = None if max_wait is None else now + max_wait
        waiter = _Waiter(ask, now, deadline, asyncio.get_running_loop().create_future())
        self._waiters.append(waiter)
        self.reconsider()
        try:
            return await waiter.slot
        except asyncio.CancelledError:
            if waiter.slot.done() and not waiter.slot.cancelled() and not waiter.slot.exception():
                self.done(waiter.slot.result(), unsent=True)
            raise
        finally:
            if waiter in self._waiters:
                self._waiters.remove(waiter)
                self.reconsider()

    def done(self, slot: Slot, refused_for: float | None = None, unsent: bool = False) -> None:
        """The request is over. `refused_for`: it was answered 429, to be repeated after so many seconds.

        What the server refused, or what never left, does not count in the window (§7.6).
        """
        self._out.discard(slot)
        now = self._clock.monotonic()
        if (unsent or refused_for is not None) and slot.at in self._sent:
            self._sent.remove(slot.at)
        if refused_for is not None:
            self._blocked = max(self._blocked, now + refused_for)
            self._width, self._calm = 1, self._blocked + self.window
        elif not unsent and slot.at >= self._blocked:
            self._width = min(WIDE, self._width * 2)
        self.reconsider()

    def reconsider(self) -> None:
        """Somebody came, went, or became more urgent."""
        if self._wake is not None:
            self._wake.set()
        if self._waiters and (self._pump is None or self._pump.done()):
            self._wake = asyncio.Event()
            self._pump = asyncio.create_task(self._serve())

    def _count(self, now: float) -> int:
        while self._sent and self._sent[0] <= now - self.window:
            self._sent.popleft()
        return len(self._sent)

    def _when(self, priority: Priority, now: float) -> float:
        """The earliest moment for one more request; infinity: when something else is done."""
        limit = self.size
        if priority is not Priority.INTERACTIVE:
            limit -= math.ceil(limit / 3)  # the last third is for what a person waits for
        if limit < 1:
            return math.inf
        if now < self._blocked:
            return self._blocked
        if now < self._calm and len(self._out) >= self._width:
            return math.inf
        count = self._count(now)
        return now if count < limit else self._sent[count - limit] + self.window

    def _grant(self, now: float, since: float) -> Slot:
        slot = Slot(now, now - since)
        self._sent.append(now)
        self._out.add(slot)
        return slot

    async def _serve(self) -> None:
        """Give out slots as they become free; ends when nobody waits."""
        assert self._wake is not None
        try:
            while self._waiters:
                self._wake.clear()
                soonest = self._give()
                if self._waiters and not self._wake.is_set():
                    await self._rest(soonest)
        finally:
            self._announce(None)

    def _give(self) -> float:
        """Serve everybody whose time has come; the moment when to look again."""
        soonest = math.inf
        urgent: float | None = None
        for waiter in sorted(self._waiters, key=lambda each: each.priority()):
            now = self._clock.monotonic()
            if waiter.slot.done():
                continue
            at = self._when(waiter.priority(), now)
            if at <= now:
                self._waiters.remove(waiter)
                waiter.slot.set_result(self._grant(now, waiter.since))
            elif waiter.deadline is not None and math.isfinite(at) and at > waiter.deadline:
                from jmstui.api.errors import Throttled

                self._waiters.remove(waiter)
                waiter.slot.set_exception(Throttled(math.ceil(at - now)))
            else:
                soonest = min(soonest, at)
                if waiter.priority() is Priority.INTERACTIVE and math.isfinite(at) and urgent is None:
                    urgent = at
        if urgent is not None or not any(w.priority() is Priority.INTERACTIVE for w in self._waiters):
            self._announce(urgent)
        return soonest

    async def _rest(self, until: float) -> None:
        assert self._wake is not None
        woken = asyncio.ensure_future(self._wake.wait())
        waits: set[asyncio.Future[object]] = {woken}  # type: ignore[arg-type]
        if math.isfinite(until):
            waits.add(asyncio.ensure_future(self._clock.sleep(max(0.0, until - self._clock.monotonic()))))
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for each in waits:
                each.cancel()

    def _announce(self, at: float | None) -> None:
        """Say when the countdown starts, changes by more than half a second, or ends."""
        if at is None:
            if self.waiting_until is not None:
                self.waiting_until = None
                if self.tell:
                    self.tell(Resumed())
            return
        until = self._clock.wall() + at - self._clock.monotonic()
        if self.waiting_until is None or abs(until - self.waiting_until) > 0.5:
            self.waiting_until = until
            if self.tell:
                self.tell(Waiting(until))
