"""One key after the other: keys that arrive together (a slow line, a paste, a script) mean what they would
mean apart.

Textual passes a key on through the queues of the widgets, and takes the next one before it is known what
the first one did: of `/web` in one piece, `w` would act in the list before `/` had opened the search.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from textual import events
from textual.app import App

from jmstui.tui.screens.base import BaseScreen

if TYPE_CHECKING:
    from jmstui.tui.app import JmsApp

STUCK = 0.5
"""Seconds after which a key that never came to its end (its widget went) holds up the others no longer."""
AT_ONCE = "ctrl+c"
EARLY_ENTER = "ctrl+j"
"""What Enter becomes when it is typed before the terminal is in raw mode."""


class KeyDone(events.Event, bubble=True):
    """Follows a key through the same queues; when it comes up to the app, the key has done its work."""

    def __init__(self, turn: int) -> None:
        super().__init__()
        self.turn = turn


class TypeAhead:
    """Holds keys and pastes until those before them are done."""

    def __init__(self, app: JmsApp) -> None:
        self._app = app
        self._held: deque[events.Key | events.Paste] = deque()
        self._turn = 0
        self._busy = False

    async def take(self, event: events.Event) -> bool:
        """See to a key or a paste; False for every other event. Ctrl-C never waits."""
        if isinstance(event, KeyDone):
            await self._done(event.turn)
            return True
        if not isinstance(event, events.Key | events.Paste) or event.is_forwarded:
            return False
        if getattr(event, "key", "") == EARLY_ENTER:
            event = events.Key("enter", "\r")
        if self._busy and getattr(event, "key", "") != AT_ONCE:
            self._hold(event)
        else:
            await self._pass_on(event)
        return True

    def _hold(self, event: events.Key | events.Paste) -> None:
        self._held.append(event)
        if len(self._held) == 1:
            turn = self._turn
            self._app.set_timer(STUCK, lambda: self._app.post_message(KeyDone(turn)))

    async def _done(self, turn: int) -> None:
        """A key has done its work: on with those that waited."""
        if turn != self._turn:
            return
        self._busy = False
        while self._held and not self._busy:
            await self._pass_on(self._held.popleft())

    async def _pass_on(self, event: events.Key | events.Paste) -> None:
        """A line that is being typed at the bottom of the screen takes keys before anything else does."""
        app = self._app
        if not app.screen_stack:  # the explorer has been left: nothing is there that a key could mean
            return
        screen = app.screen
        target = app.focused or screen
        if isinstance(screen, BaseScreen) and screen.take_first(event):
            target = screen.prompt
        else:
            await App.on_event(app, event)
        self._turn += 1
        self._busy = target.post_message(KeyDone(self._turn))
