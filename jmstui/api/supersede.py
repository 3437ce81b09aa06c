"""Typing: one question when the typing pauses, and an answer to an older question never overwrites a newer
one."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final, Generic, TypeVar

from jmstui.api.errors import ApiError

A = TypeVar("A")
T = TypeVar("T")

PAUSE: Final = 0.3


class Latest(Generic[A, T]):
    """`put` a question as often as it changes; `tell(question, answer)` is called for the last one only.

    `ask` is awaited when nothing new came for `pause` seconds. A newer question cancels the older one,
    waiting or asked. An `ApiError` goes to `fail(question, error)`.
    """

    def __init__(
        self,
        ask: Callable[[A], Awaitable[T]],
        tell: Callable[[A, T], None],
        fail: Callable[[A, ApiError], None],
        pause: float = PAUSE,
    ) -> None:
        self._ask, self._tell, self._fail, self._pause = ask, tell, fail, pause
        self._generation = 0
        self._task: asyncio.Task[None] | None = None

    @property
    def busy(self) -> bool:
        """A question waits for the pause, or for its answer."""
        return self._task is not None and not self._task.done()

    def put(self, question: A, at_once: bool = False) -> None:
        """The newest question; `at_once` (Enter) skips the pause."""
        self.cancel()
        self._task = asyncio.create_task(
            self._run(question, self._generation, 0.0 if at_once else self._pause)
        )

    def cancel(self) -> None:
        """Drop what waits or is asked; nothing more is told."""
        self._generation += 1
        if self._task is not None:
            self._task.cancel()
            self._task = None

    async def _run(self, question: A, generation: int, pause: float) -> None:
        if pause:
            await asyncio.sleep(pause)
        try:
            answer = await self._ask(question)
        except ApiError as error:
            if generation == self._generation:
                self._fail(question, error)
            return
        if generation == self._generation:  # `ask` may have swallowed the cancellation
            self._tell(question, answer)
