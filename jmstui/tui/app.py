"""The explorer as a Textual app: who is signed in, and what happens when that changes. Wiring only."""

from __future__ import annotations

import asyncio
import gc
import os
import sys
import time
from collections.abc import Awaitable, Callable
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from textual import events, on
from textual.app import App
from textual.binding import Binding, BindingType
from textual.message import Message

from jmstui.tui.messages import (
    ClientSaid,
    CodeSent,
    OrgChanged,
    SignedIn,
    SignInFailed,
    StepWanted,
    TargetFound,
)
from jmstui.tui.navigation import Navigation
from jmstui.tui.screens.base import BaseScreen, start_worker
from jmstui.tui.session import Session
from jmstui.tui.theme import choose, install
from jmstui.tui.typeahead import TypeAhead
from jmstui.views import assets

if TYPE_CHECKING:
    from textual.driver import Driver
    from textual.screen import Screen

    from jmstui.settings import Settings

TWICE = 2.0
"""Seconds within which the second Ctrl-C quits."""
YIELD = 0.002
"""Seconds for the thread that writes: the first frame leaves before anything else is imported."""
STARTED = 2.0
"""Seconds after the first frame when the start is over."""


class JmsApp(App[int], inherit_bindings=False):
    """`session` is who is signed in, `nav` the way between the screens."""

    TITLE = "jmstui"
    ENABLE_COMMAND_PALETTE = False
    ESCAPE_TO_MINIMIZE = False
    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+c", "quit_twice", show=False, priority=True)]

    def __init__(self, settings: Settings, demo: bool = False) -> None:
        super().__init__(ansi_color=True)
        self.animation_level = "none"
        self._disable_tooltips = self._disable_notifications = True  # two widgets a screen that we never use
        self.session = Session(settings, demo)
        self.session.on_event = self._hear
        self.nav = Navigation(self)
        self._typed = TypeAhead(self)
        self._interrupted = -TWICE
        self.drawn = False
        """Whether the first frame is out; until then nothing is drawn."""
        install(self, choose("ansi" if settings.theme == "terminal" else settings.theme, os.environ))

    def get_driver_class(self) -> type[Driver]:
        """Ours, where there is one for the system."""
        if sys.platform == "win32":
            return super().get_driver_class()
        from jmstui.tui.terminal.driver import TerminalDriver

        return TerminalDriver

    def get_default_screen(self) -> Screen[Any]:
        """The first frame: the assets list without rows while signing in, or the login screen."""
        if self.session.can_begin:
            screen: Screen[Any] = self.nav.screen_of(assets.VIEW)
        else:
            from jmstui.tui.screens.login import LoginScreen

            screen = LoginScreen()
        self._begin_batch()
        # Textual forgets this for a default screen, and switching away from one needs it
        screen._push_result_callback(self, None)
        return screen

    def on_load(self) -> None:
        """Tasks begin when the loop comes round, on every Python: Textual starts them within `create_task`
        from 3.12 on, and one that ends at once would be over before whoever made it knows it."""
        asyncio.get_running_loop().set_task_factory(None)

    async def on_ready(self) -> None:
        """All is laid out: draw the first frame once what that set off is done."""
        self.call_later(self.screen.call_later, self._show_first_frame)

    def _show_first_frame(self) -> None:
        """The first frame is out: then the rest is imported, and the first requests go."""
        self.drawn = True
        if isinstance(self.screen, BaseScreen):
            self.screen.lay_out_now()
        self._end_batch()
        if isinstance(self.screen, BaseScreen):
            self.screen.paint_now()
        self.set_timer(YIELD, self._begin)
        self.set_timer(STARTED, collect_garbage_again)

    def _begin(self) -> None:
        if self.session.can_begin:
            from jmstui.tui.errands import attempt

            self.errand(partial(attempt, self.session.begin), "sign-in")

    def errand(self, work: Callable[[], Awaitable[Message]], group: str) -> None:
        """A worker does it and posts what came of it; a newer errand of the group ends the older one, also
        before it began."""
        start_worker(self, self._run_errand, work, group=group)

    async def _run_errand(self, work: Callable[[], Awaitable[Message]]) -> None:
        self.post_message(await work())

    async def on_event(self, event: events.Event) -> None:
        """Keys go one after the other, each when those before it have done their work."""
        if not await self._typed.take(event):
            await super().on_event(event)

    def on_app_blur(self, event: events.AppBlur) -> None:
        """The terminal's window lost the focus, or has it again: all stays as it is. Textual would draw the
        whole screen each time."""
        event.prevent_default()

    def on_app_focus(self, event: events.AppFocus) -> None:
        """See `on_app_blur`."""
        event.prevent_default()

    # who is signed in

    @on(SignedIn)
    def _signed_in(self) -> None:
        """Go where this user may go; after a renewed sign-in, on where we were."""
        self.nav.arrive()

    @on(SignInFailed)
    @on(StepWanted)
    @on(CodeSent)
    def _more_wanted(self, message: SignInFailed | StepWanted | CodeSent) -> None:
        """The credential did not do, or a second factor is due: the login screen goes on."""
        self.nav.ask_to_sign_in(message)

    def _hear(self, event: Any) -> None:
        """Events come from tasks of the client."""
        self.post_message(ClientSaid(event))

    @on(ClientSaid)
    def _client_said(self, message: ClientSaid) -> None:
        """Offline, waiting, a sign-in that ended: the screen says so; a new sign-in comes on top of it."""
        from jmstui.api.events import SignInNeeded

        event = message.event
        if isinstance(event, SignInNeeded):
            self.nav.sign_in_again()
        for screen in self.screen_stack:
            if isinstance(screen, BaseScreen):
                screen.sync_status()
                screen.client_said(event)

    @on(OrgChanged)
    def _org_changed(self, message: OrgChanged) -> None:
        self.nav.enter_org(message)

    @on(TargetFound)
    def _found(self, message: TargetFound) -> None:
        self.nav.show_found(message)

    # the end

    def write_raw(self, sequence: str) -> None:
        """Send a control sequence to the terminal (the clipboard's)."""
        if self._driver is not None:
            self._driver.write(sequence)

    def action_quit_twice(self) -> None:
        """Ctrl-C: the second one within two seconds quits."""
        now = time.monotonic()
        if now - self._interrupted < TWICE:
            self.exit(0)
            return
        self._interrupted = now
        self.nav.tell("Press Ctrl-C once more to quit.")

    def _handle_exception(self, error: Exception) -> None:
        """A screen whose building was cut short because we leave is mounted without its parts: no crash."""
        from textual._context import active_message_pump
        from textual.css.query import NoMatches

        screen = active_message_pump.get(None)
        if (
            self._exit
            and isinstance(error, NoMatches)
            and isinstance(screen, BaseScreen)
            and not screen.is_mounted
        ):
            return
        super()._handle_exception(error)

    def _fatal_error(self) -> None:
        """An error that nobody expected ends the app; Textual's traceback would show locals, secrets among
        them."""
        self._close_messages_no_wait()

    async def on_unmount(self) -> None:
        """Close the connections."""
        await self.session.close()


def collect_garbage_again() -> None:
    """The collector was off while modules came in: what they left stays, and is not looked through again."""
    if not gc.isenabled():
        gc.freeze()
        gc.enable()


def run(settings: Settings, demo: bool = False) -> int:
    """Run the explorer until it is left; returns the exit status."""
    app = JmsApp(settings, demo)
    status = app.run(mouse=settings.mouse)
    if app._exception is not None:
        raise app._exception  # the command line makes it a sentence and a report
    return (app.return_code or 0) if status is None else status
