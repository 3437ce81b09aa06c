"""Single flight: all who ask the same thing at the same time share one request."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Hashable
from typing import Any, Generic, TypeVar

from jmstui.api.query import Priority

K = TypeVar("K", bound=Hashable)
T = TypeVar("T")


class Flight(Generic[T]):
    """One request under way and how many wait for it."""

    def __init__(self, priority: Priority) -> None:
        self.priority = priority
        self.askers = 0
        self.task: asyncio.Task[T]


class Flights(Generic[K, T]):
    """The requests under way, by question."""

    def __init__(self, on_upgrade: Callable[[], None] | None = None) -> None:
        self._under_way: dict[K, Flight[T]] = {}
        self._tasks: set[asyncio.Task[T]] = set()
        self._on_upgrade = on_upgrade

    def __len__(self) -> int:
        return len(self._under_way)

    def __contains__(self, key: K) -> bool:
        return key in self._under_way

    async def join(
        self,
        key: K,
        start: Callable[[Flight[T]], Coroutine[Any, Any, T]],
        priority: Priority = Priority.INTERACTIVE,
    ) -> tuple[T, bool]:
        """The result, and whether somebody else had asked before.

        A cancelled asker leaves the others alone; when the last one goes, the request is cancelled. An error
        goes to all askers. An interactive asker makes a waiting prefetch interactive.
        """
        flight = self._under_way.get(key)
        joined = flight is not None
        if flight is None:
            flight = self._launch(key, start, priority)
        elif priority < flight.priority:
            flight.priority = priority
            if self._on_upgrade:
                self._on_upgrade()
        flight.askers += 1
        try:
            return await asyncio.shield(flight.task), joined
        finally:
            flight.askers -= 1
            if not flight.askers and not flight.task.done():
                self._forget(flight)
                flight.task.cancel()

    def _launch(
        self, key: K, start: Callable[[Flight[T]], Coroutine[Any, Any, T]], priority: Priority
    ) -> Flight[T]:
        flight: Flight[T] = Flight(priority)
        self._under_way[key] = flight
        flight.task = asyncio.create_task(start(flight))
        self._tasks.add(flight.task)
        flight.task.add_done_callback(lambda task: self._landed(flight, task))
        return flight

    def _landed(self, flight: Flight[T], task: asyncio.Task[T]) -> None:
        self._forget(flight)
        self._tasks.discard(task)
        if not task.cancelled():
            task.exception()  # read, so that an error nobody waits for any more is not reported as lost

    def _forget(self, flight: Flight[T]) -> None:
        for key in [key for key, each in self._under_way.items() if each is flight]:
            del self._under_way[key]

    def rename(self, new: Callable[[K], K]) -> None:
        """Questions under way become known by another key, so that those who ask by that one join them."""
        self._under_way = {new(key): flight for key, flight in self._under_way.items()}

    async def close(self) -> None:
        """Cancel everything and wait until the connections are free."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
