"""The file that the explorer draws on."""

from __future__ import annotations

import os
import select

from jmstui.terminal import DRAWN_ON


class TerminalFile:
    """Text to the terminal: that of stdout, else the one that the process belongs to (/dev/tty).

    What stderr is does not matter, nor whether another process that shares the line made it non-blocking.
    """

    def __init__(self, encoding: str) -> None:
        self._encoding = encoding
        self._held: list[str] = []
        self._number = _open()
        self._gone = False

    def fileno(self) -> int:
        """The descriptor."""
        return self._number

    def write(self, text: str) -> None:
        """Keep it until the next `flush`."""
        self._held.append(text)

    def flush(self) -> None:
        """Send all; a line that has gone takes it silently, as its hangup ends the explorer."""
        data = memoryview("".join(self._held).encode(self._encoding, "replace"))
        self._held.clear()
        while data and not self._gone:
            try:
                data = data[os.write(self._number, data) :]
            except BlockingIOError:
                select.select([], [self._number], [], 1.0)
            except OSError:
                self._gone = True


def _open() -> int:
    """A descriptor of our own on the terminal; when the line is let go, it is too."""
    number = os.dup(1) if os.isatty(1) else os.open("/dev/tty", os.O_WRONLY | os.O_NOCTTY | os.O_CLOEXEC)
    DRAWN_ON.append(number)
    return number
