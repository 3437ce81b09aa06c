"""Textual's driver for a terminal, made to survive what terminals do."""

from __future__ import annotations

import os
import select
import signal
import time
from concurrent.futures import wait
from typing import TYPE_CHECKING, Any

from textual.message import Message

from jmstui.tui.terminal.encoding import Decoder, terminal_encoding
from jmstui.tui.terminal.events import Events
from jmstui.tui.terminal.output import TerminalFile
from jmstui.tui.terminal.size import terminal_size
from jmstui.tui.terminal.units import SPLIT, Units
from jmstui.tui.textual_private import DriverHooks

if TYPE_CHECKING:
    from textual.app import App

TICK = 0.1
"""Seconds after which a begun sequence, and the end, is looked after."""
PIECE = 4096
"""Bytes that are read at once, as many as the kernel keeps for a terminal."""


class TerminalDriver(DriverHooks):
    """Draws on the terminal of stdin and stdout whatever stderr is, and takes whatever comes in."""

    def __init__(
        self, app: App[Any], *, debug: bool = False, mouse: bool = True, size: tuple[int, int] | None = None
    ) -> None:
        super().__init__(app, debug=debug, mouse=mouse, size=size)
        self._encoding = terminal_encoding()
        self._gathered: list[Message] = []
        self._terminal = TerminalFile(self._encoding)
        self.choose(self._terminal, size or self.terminal_size())

    def terminal_size(self) -> tuple[int, int]:
        """(columns, rows) of the terminal; 80×24 while it does not say them."""
        return terminal_size(self._terminal.fileno(), self.fileno)

    def run_input_thread(self) -> None:
        """Read until the explorer ends; a terminal that has gone is a hangup."""
        units, decoder, translate = Units(), Decoder(self._encoding), Events()
        heard = time.monotonic()
        while not self.exit_event.is_set():
            found = []
            if select.select([self.fileno], [], [], TICK)[0]:
                try:
                    data = os.read(self.fileno, PIECE)
                except BlockingIOError:
                    continue
                except OSError:
                    data = b""
                if not data:
                    os.kill(os.getpid(), signal.SIGHUP)
                    return
                heard = time.monotonic()
                found = units.feed(decoder.feed(data))
            elif units.waiting or decoder.waiting:
                silent = time.monotonic() - heard
                found = units.late(silent)
                if silent >= SPLIT:
                    decoder.forget()
            if found:
                self._take([message for unit in found for message in translate.of(unit)])

    def send_message(self, message: Message) -> None:
        """Gather what one read brought."""
        self._gathered.append(message)

    def _take(self, messages: list[Message]) -> None:
        """Pass messages on and wait until the app has them: what comes faster waits in the kernel."""
        for message in messages:
            self.process_message(message)
        done, self._gathered = self.hand_over(self._gathered), []
        while done is not None and not self.exit_event.is_set() and wait([done], TICK).not_done:
            pass
