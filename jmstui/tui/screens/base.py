"""What every screen has: the header, the status line, the prompt, and one sentence where the terminal is
too small."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, cast

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.dom import DOMNode
from textual.geometry import Region
from textual.reactive import Reactive
from textual.screen import Screen
from textual.strip import Strip
from textual.timer import Timer
from textual.widget import Widget

from jmstui.text import clean, cut, pad, width
from jmstui.tui.keys import hints
from jmstui.tui.session import seconds_until
from jmstui.tui.theme import palette_of
from jmstui.tui.widgets.header import Header, StatusLine
from jmstui.tui.widgets.lines import strip
from jmstui.tui.widgets.prompt import Prompt

if TYPE_CHECKING:
    from jmstui.tui.app import JmsApp
    from jmstui.tui.navigation import Navigation
    from jmstui.tui.session import Session
    from jmstui.views.spec import Line, Tone

SETTLING = 0.01
"""Seconds for which a screen that comes up is laid out before it is drawn: once instead of three times."""
TINY = (40, 10)
"""Columns and rows up to which a terminal shows the sentence only."""


class TooSmall(Widget):
    """The sentence for a very small terminal."""

    DEFAULT_CSS = "TooSmall { display: none; }"

    def render_line(self, y: int) -> Strip:
        """A line of the sentence, wrapped here since the widget knows its width."""
        import textwrap

        columns, rows = self.app.size
        sentence = (
            f"This terminal is {columns}×{rows}; jmstui needs 60×16 or more. Make the window larger, "
            "or press Ctrl-C twice to quit."
        )
        lines = textwrap.wrap(sentence, max(1, self.size.width - 2))
        base = palette_of(self.app).base
        return strip(
            [(" " + pad(lines[y], self.size.width - 2) if y < len(lines) else "", base)],
            self.size.width,
            base,
        )


class Rule(Widget):
    """The vertical line between tree and table."""

    DEFAULT_CSS = "Rule { width: 1; height: 1fr; }"

    def render_line(self, y: int) -> Strip:
        """One cell of it."""
        palette = palette_of(self.app)
        return strip([("│", palette.dim)], self.size.width, palette.base)


class Divider(Widget):
    """The horizontal line above the detail."""

    DEFAULT_CSS = "Divider { width: 1fr; height: 1; }"

    def render_line(self, y: int) -> Strip:
        """The line."""
        palette = palette_of(self.app)
        return strip([("─" * self.size.width, palette.dim)], self.size.width, palette.base)


class BaseScreen(Screen[None], inherit_bindings=False):
    """Base of all screens. `where` is the screen's name in the registry of keys; a subclass composes
    `body`."""

    where: ClassVar[str] = ""
    DEFAULT_CSS = """
    BaseScreen, BaseScreen:ansi { layout: vertical; background: $background; }
    BaseScreen.-tiny > * { display: none; }
    BaseScreen.-tiny > TooSmall { display: block; height: 1fr; width: 1fr; }
    """
    BINDINGS: ClassVar[list[BindingType]] = []
    AUTO_FOCUS = ""
    """None would be the app's own: the first widget, drawn once more when it loses the focus again."""
    focused: Reactive[Widget | None] = Reactive(None, repaint=False)
    """Textual draws the whole screen when the focus moves; here the panes draw the two lines that differ."""

    def __init__(self) -> None:
        super().__init__()
        self.notice = ""
        """The first half of a long sentence, in the status line until the next key."""
        self._countdown: Timer | None = None
        self._stood: dict[Widget, tuple[Region, Region]] = {}
        """Where each widget stands in the picture that was drawn last, and how far it is seen."""

    @property
    def jms(self) -> JmsApp:
        """The app, by its real type."""
        return cast("JmsApp", self.app)

    @property
    def session(self) -> Session:
        """Who is signed in."""
        return self.jms.session

    @property
    def nav(self) -> Navigation:
        """The ways to other screens."""
        return self.jms.nav

    @property
    def prompt(self) -> Prompt:
        """The line at the bottom."""
        return self.query_one(Prompt)

    def compose(self) -> ComposeResult:
        yield Header()
        yield from self.body()
        yield StatusLine()
        yield Prompt()
        yield TooSmall()

    def body(self) -> ComposeResult:
        """What stands between header and status line."""
        raise NotImplementedError

    def hints(self) -> list[tuple[str, str]]:
        """The keys in the bottom line."""
        return hints(self.where, self.able())

    def able(self) -> frozenset[str] | None:
        """What the screen's view can do, for the help; None for everything."""
        return None

    def help_title(self) -> str:
        """What the help calls this screen."""
        return self.where

    def help_lines(self) -> list[Line]:
        """What the help says besides the keys."""
        return []

    def as_of(self) -> tuple[float | None, bool]:
        """When what is shown was given (s since the epoch), and whether it is past its time."""
        return None, False

    def on_mount(self) -> None:
        """First texts of the frame."""
        self.sync_frame()

    def on_screen_resume(self) -> None:
        """Bring the frame up to date when the screen comes on top again."""
        if self.jms.drawn:
            self.app.delay_update(SETTLING)
        self.sync_frame()

    def lay_out_now(self) -> None:
        """Lay out what asked for it, not with the next frame."""
        if self._layout_required:
            self._layout_required = False
            self._refresh_layout()

    def paint_now(self) -> None:
        """Draw all that is laid out at once, not with the next of Textual's 60 frames a second."""
        self._compositor.update_widgets({self})
        self._dirty_widgets.clear()
        self._repaint_required = False
        self._compositor_refresh()

    def _compositor_refresh(self) -> None:
        # in a batch Textual would render all the same, and throw it away
        if not self.app._batch_count:
            self._mark_what_moved()
            super()._compositor_refresh()

    def _mark_what_moved(self) -> None:
        """Have drawn what stands elsewhere than in the picture before. Textual compares with the layout
        before, and forgets a move when something (a focus, say) looked at the layout in between."""
        if self is not self.app.screen or self._compositor.root is None:
            return
        places = self._compositor.visible_widgets
        if places is self._stood:
            return
        moved = places.items() ^ self._stood.items()
        self._stood = places
        self._compositor._dirty_regions.update(
            shown for _, (region, clip) in moved if (shown := region.intersection(clip))
        )

    def on_resize(self, event: events.Resize) -> None:
        """Fold to one sentence and back; nothing is lost, since the widgets stay."""
        columns, rows = event.size
        self.set_class(columns <= TINY[0] or rows <= TINY[1], "-tiny")
        self.call_after_refresh(self._place_caret)

    def _place_caret(self) -> None:
        """The terminal's cursor goes along with what it stands in."""
        if self.jms.screen is not self:
            return
        typed_into: Any = self.prompt if self.prompt.active else self.focused
        if hasattr(typed_into, "place_caret"):
            typed_into.place_caret()

    def _reset_focus(self, widget: Widget, avoiding: list[Widget] | None = None) -> None:
        # what a very small terminal hides has the keys again as soon as there is room
        if avoiding or not (self.has_class("-tiny") or widget.focusable):
            super()._reset_focus(widget, avoiding)

    def take_first(self, event: events.Key | events.Paste) -> bool:
        """The prompt sees every key and paste first; it needs no focus for that, so nothing is repainted."""
        if not self.is_mounted or not self.query(Prompt):
            return False
        if isinstance(event, events.Paste):
            return self.prompt.paste(event.text)
        if self.notice or self.session.clock_notice:
            self.notice = self.session.clock_notice = ""
            self.sync_status()
        return self.prompt.feed(event)

    def client_said(self, event: Any) -> None:
        """An event of the client; the status line is up to date already."""

    def tell(self, sentence: str, tone: Tone = "plain") -> None:
        """Show a sentence until the next key: in the bottom line, and in the line above it too when it is
        long."""
        if not self.query(Prompt):  # a key that came while this screen was being built
            self.call_after_refresh(self.tell, sentence, tone)
            return
        room = max(20, self.size.width - 2)
        first, rest = _halves(clean(sentence), room)
        self.notice = first if rest else ""
        self.sync_status()
        self.prompt.say(rest or first, tone)

    def sync_frame(self) -> None:
        """Header, status line and hints as things are now."""
        if not self.is_mounted:
            return
        session = self.session
        header = self.query_one(Header)
        header.set(**session.header())
        self.prompt.set_hints(self.hints())
        self.sync_status()

    def sync_status(self) -> None:
        """The status line as things are now."""
        if self.is_mounted and self.query(StatusLine):  # at the end the parts go before the screen
            self.query_one(StatusLine).set(*([self.notice] if self.notice else self.status_parts()))
            self._run_countdown(self.session.waiting_until is not None)

    def status_parts(self) -> Iterable[str]:
        """The status line's words, the most important first."""
        session, client = self.session, self.session.client
        if session.waiting_until is not None:
            ours = client is not None and not client.budget.refused
            whose = (
                f"our own limit of {client.budget.size} requests a minute"
                if client and ours
                else ("the server's request limit")
            )
            yield f"waiting {seconds_until(session.waiting_until)} s for {whose}"
        if client is None:
            yield session.doing
            return
        if client.offline_since is not None:
            yield f"offline since {_clock(client.offline_since, seconds=False)}"
        if client.signed_out is not None:
            yield "signed out: r signs in"
        if session.clock_notice:
            yield f"this clock is {session.clock_notice}"
        at, stale = self.as_of()
        if at is not None:
            yield f"as of {_clock(at)}" + (" (old)" if stale else "")
        if client.budget.left * 3 < client.budget.size:
            yield f"{client.budget.left} of {client.budget.size} requests left this minute"
        if client.latency_ms is not None:
            yield f"{client.latency_ms:.0f} ms"

    def _run_countdown(self, on: bool) -> None:
        """The one thing that ticks: seconds until the server takes requests again."""
        if on and self._countdown is None:
            self._countdown = self.set_interval(1.0, self.sync_status)
        elif not on and self._countdown is not None:
            self._countdown.stop()
            self._countdown = None

    def action_command(self) -> None:
        """Open the `:` line."""
        self.prompt.open(":")

    def action_organization(self) -> None:
        """Open the organization switcher."""
        self.nav.show_organizations()

    def action_log(self) -> None:
        """Open the request log."""
        self.nav.show_log()

    def action_help(self) -> None:
        """Show the keys of this screen."""
        self.nav.show_help(self)

    def action_view(self, key: str) -> None:
        """Go to a main view by its number."""
        self.nav.go_by_key(key)

    def action_back(self) -> None:
        """Back to the former place."""
        self.nav.travel(-1)

    def action_forward(self) -> None:
        """Forward again."""
        self.nav.travel(1)

    def action_out(self) -> None:
        """Leave this screen."""
        self.nav.leave_top()

    def action_leave(self) -> None:
        """Leave this screen (`q`)."""
        self.action_out()


def start_worker(
    node: DOMNode,
    work: Callable[..., Awaitable[Any]],
    *arguments: Any,
    group: str,
    exclusive: bool = True,
    exit_on_error: bool = True,
) -> None:
    """Have `await work(*arguments)` done behind the screen. A function, no coroutine: a worker that ends
    before it began leaves none behind that nobody awaited."""
    job: Any = partial(work, *arguments)
    node.run_worker(job, group=group, exclusive=exclusive, exit_on_error=exit_on_error)


def _clock(at: float, seconds: bool = True) -> str:
    """A moment as the wall clock of this machine."""
    return time.strftime("%H:%M:%S" if seconds else "%H:%M", time.localtime(at))


def _halves(text: str, room: int) -> tuple[str, str]:
    """A sentence in at most two lines, broken at a space."""
    if width(text) <= room:
        return text, ""
    head = cut(text, room)[:-1]
    space = head.rfind(" ")
    head = head[:space] if space > len(head) // 2 else head
    return head, text[len(head) :].strip()
