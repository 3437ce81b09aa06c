"""Every name of Textual's that is not part of its interface, used or overridden here and nowhere else.

A version of Textual may change any of them: `NAMES` lists them, and a test holds it against the Textual that
is installed, and the other modules against using one.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import Future
from typing import Any

from textual import events
from textual._xterm_parser import XTermParser
from textual.drivers.linux_driver import LinuxDriver
from textual.message import Message

NAMES: dict[type, tuple[str, ...]] = {
    XTermParser: ("_sequence_to_key_events",),
    LinuxDriver: (
        "_get_terminal_size",
        "_sigtstp_application",
        "_sigcont_application",
        "_file",
        "_size",
        "_loop",
        "_app",
    ),
}
"""Methods and attributes, by the class that has them."""


class KeySequences:
    """Textual's knowledge of what keys send."""

    def __init__(self) -> None:
        self._parser = XTermParser()

    def keys(self, sequence: str) -> list[events.Key]:
        """The keys that a character or a whole escape sequence stands for; none for an unknown one. May raise
        for numbers that no keyboard sends."""
        return list(self._parser._sequence_to_key_events(sequence))

    def mouse(self, sequence: str) -> Message | None:
        """What the mouse did. May raise as `keys`."""
        return self._parser.parse_mouse_code(sequence)

    def told_size(self, event: events.Resize) -> None:
        """The mouse counts in pixels from now on, and this is how many there are."""
        self._parser.terminal_size = event.size
        self._parser.terminal_pixel_size = event.pixel_size
        self._parser.mouse_pixels = True


class DriverHooks(LinuxDriver):
    """Textual's driver, with the places at which ours differs under names of our own."""

    def choose(self, file: Any, size: tuple[int, int]) -> None:
        """Draw on `file`, and start with `size` (columns, rows)."""
        self._file = file
        self._size = size

    def terminal_size(self) -> tuple[int, int]:
        """(columns, rows), each at least 1."""
        return super()._get_terminal_size()

    def _get_terminal_size(self) -> tuple[int, int]:
        return self.terminal_size()

    def hand_over(self, messages: list[Message]) -> Future[None] | None:
        """Post messages to the app from another thread, in their order; None where the app has ended."""
        job = self._post(messages)
        try:
            return asyncio.run_coroutine_threadsafe(job, self._loop)
        except RuntimeError:
            job.close()
            return None

    async def _post(self, messages: list[Message]) -> None:
        for message in messages:
            await self._app._post_message(message)
