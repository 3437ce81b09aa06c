"""The form of the Access view: two fields, who and what, and the candidates for what is typed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.timer import Timer

from jmstui.tui.fields import Field, Label
from jmstui.tui.messages import Candidates
from jmstui.tui.questions import (
    HALF,
    HELP,
    Thing,
    candidate_lines,
    candidates,
    exact,
    oneself,
    only_oneself,
)
from jmstui.tui.screens.base import BaseScreen, start_worker
from jmstui.tui.widgets.line_tree import LineTree
from jmstui.tui.widgets.remote_table import RemoteTable
from jmstui.views.spec import Line

if TYPE_CHECKING:
    from textual.geometry import Size

    from jmstui.tui.asker import Age

PAUSE = 0.3
"""Seconds without a key before candidates are asked for."""
ROOMY = 24
"""Rows from which blank lines stand around the fields."""
COMMANDS = (":", "?")
"""Keys that mean the same among candidates as everywhere; all others are text there."""


class AccessForm(BaseScreen):
    """`who` and `what` are what was chosen; while a field is typed in, the lines below are candidates.
    `AccessScreen` asks for the answer, and adds the keys."""

    where = "access"
    DEFAULT_CSS = """
    AccessForm #fields { height: 1; }
    AccessForm.-roomy #fields { margin: 1 0; }
    AccessForm #fields Label { width: 6; height: 1; }
    AccessForm.-narrow #fields { height: 2; layout: grid; grid-size: 2 2; grid-columns: 6 1fr; }
    AccessForm RemoteTable { display: none; height: 50%; }
    AccessForm.-table RemoteTable { display: block; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.who: Thing | None = None
        self.what: Thing | None = None
        self.found: dict[str, Thing] = {}
        """The candidates on screen, by id."""
        self.side = ""
        """The field that the candidates are for; "" while the answer is shown."""
        self._turn = 0
        self._pause: Timer | None = None
        self._generation = -1
        self._age: Age | None = None
        self._lines: list[Line] = []
        """The answer on screen."""
        self._whose: tuple[str, str] | None = None
        """The server and the user who filled the fields."""
        self._failed = False
        """Whether the last answer or the last candidates did not come."""
        self._half = False
        """A row was taken along to ask why: nothing is asked before the other half is there."""

    # layout

    def as_of(self) -> tuple[float | None, bool]:
        """The age of the answer."""
        return (None, False) if self._age is None else (self._age.as_of, self._age.stale)

    def body(self) -> ComposeResult:
        with Horizontal(id="fields"):
            yield Label("Who")
            yield Field(id="who", hint="a user")
            yield Label("What")
            yield Field(id="what", hint="an asset: name or address")
        yield LineTree(id="answer")
        yield RemoteTable(title="Assets", id="window")

    @property
    def answer(self) -> LineTree:
        """The lines below."""
        return self.query_one("#answer", LineTree)

    def field(self, side: str) -> Field:
        """The field for who or what."""
        return self.query_one(f"#{side}", Field)

    def on_mount(self) -> None:
        """Fields as they were filled before the screen came up."""
        super().on_mount()
        from jmstui.tui.commands import complete
        from jmstui.views import find_view

        self.prompt.complete = complete
        self._fold(self.app.size)
        self.answer.set_lines(HELP)
        view = find_view("my-assets")
        if view is not None:
            self.query_one(RemoteTable).set_view(view.columns, view.row_id, "Assets")
        self._fill()

    def on_resize(self, event: events.Resize) -> None:
        """Fields stand below each other where it is narrow."""
        super().on_resize(event)
        self._fold(event.size)

    def _fold(self, size: Size) -> None:
        """Fields below each other where it is narrow; blank lines around them where there is room."""
        self.set_class(size.width < 60, "-narrow")
        self.set_class(size.height >= ROOMY, "-roomy")

    def on_screen_resume(self) -> None:
        """Another organization: the same question there; another user: an empty form."""
        super().on_screen_resume()
        self._fill()

    def take(self, thing: Thing, why: bool) -> None:
        """Fill the field that a thing belongs in; `why` keeps the other one, else it is emptied."""
        self._forget_another_user()
        if thing.kind == "user":
            self.who, self.what = thing, self.what if why else None
        else:
            self.what, self.who = thing, self.who if why else None
        self._generation, self._half = -1, why
        if self.is_mounted:
            self._fill()

    def _forget_another_user(self) -> None:
        """Nothing that a former user typed or was told is left for the one who is signed in now."""
        client, identity = self.session.client, self.session.identity
        if client is None or identity is None:
            return
        former, self._whose = self._whose, (client.server, identity.profile.id)
        if former in (None, self._whose):
            return
        self.who = self.what = self._age = None
        self.side, self.found, self._lines = "", {}, []
        self._turn += 1
        self.workers.cancel_group(self, "access")
        if self.is_mounted:
            self._stop_pause()
            self.show_table(False)
            self.answer.set_lines(HELP, fresh=True)

    def _fill(self) -> None:
        session = self.session
        if not self.is_mounted or session.identity is None or self._generation == session.generation:
            return
        self._forget_another_user()
        self._generation = session.generation
        own = only_oneself(session.identity)
        if own:
            self.who = oneself(session.identity)
        self.field("who").disabled = own
        for side in ("who", "what"):
            thing = self._thing(side)
            self.field(side).value = thing.name if thing else ""
        if self.who is not None and self.what is not None:
            self.answer.focus()
        else:
            self.field("what" if self.who is not None else "who").focus()
        half, self._half = self._half, False
        if half and (self.who is None or self.what is None):
            self.answer.set_lines(HALF, fresh=True)
        elif (self.who is not None and not own) or self.what is not None:
            self.ask()

    def _thing(self, side: str) -> Thing | None:
        return self.who if side == "who" else self.what

    def _choose(self, side: str, thing: Thing | None) -> None:
        if side == "who":
            self.who = thing
        else:
            self.what = thing

    # typing

    @on(Field.Changed)
    def _typed(self, message: Field.Changed) -> None:
        side = message.field.id or ""
        self._choose(side, None)
        if side != self.side:  # the lines below are candidates for the other one, if they are any
            self.side, self.found = side, {}
        self._stop_pause()
        if message.text.strip():
            self._pause = self.set_timer(PAUSE, lambda: self._look_up(side, message.text.strip()))

    def _stop_pause(self) -> None:
        if self._pause is not None:
            self._pause.stop()
            self._pause = None

    def _look_up(self, side: str, text: str, submitted: bool = False) -> None:
        self._stop_pause()
        self._turn += 1
        if self.session.ready:
            start_worker(self, self._candidates, side, text, self._turn, submitted, group="access")

    async def _candidates(self, side: str, text: str, turn: int, submitted: bool) -> None:
        """A worker: who or what may be meant."""
        from jmstui.api.errors import ApiError

        client, identity = self.session.client, self.session.identity
        assert client is not None
        assert identity is not None
        try:
            found = await candidates(client, identity, side, text, submitted)
        except ApiError as error:
            self.post_message(Candidates(turn, side, text, [], error=error.sentence))
        else:
            self.post_message(Candidates(turn, side, text, found, submitted))

    @on(Candidates)
    def _show_candidates(self, message: Candidates) -> None:
        if message.turn != self._turn:
            return
        self.show_table(False)
        self._failed = bool(message.error)
        if message.error:
            self.answer.set_lines([Line(f"! {message.error}", tone="bad")], fresh=True)
            return
        self.side = message.side
        self.found = {thing.id: thing for thing in message.things}
        meant = exact(message.text, message.things) if message.submitted else None
        if meant is not None:
            self._pick(message.side, meant)
            return
        self.answer.set_lines(candidate_lines(message.side, message.text, message.things), fresh=True)
        if not message.submitted or self._types_on(message.side):
            return
        if message.things:
            self.answer.focus()
            self.answer.move_to(1)
        else:
            self.field(message.side).focus()

    @on(Field.Submitted)
    def _enter(self, message: Field.Submitted) -> None:
        """⏎ in a field: who or what is meant without doubt, else the candidates; an empty one asks with the
        other alone."""
        side, text = message.field.id or "", message.text.strip()
        other = self.field(_other(side))
        if not text:
            self._choose(side, None)
            if self._thing(_other(side)) is not None:
                self.ask()
                self.answer.focus()
            elif other.value.strip():
                self._look_up(_other(side), other.value.strip(), submitted=True)
            else:
                self.tell("Type a user or an asset first.")
        elif self._thing(side) is not None:
            self._go_on(side)
        else:
            if not other.value.strip() and not other.disabled:
                other.focus()  # at once: whoever types on means the other one
            self._look_up(side, text, submitted=True)

    def _pick(self, side: str, thing: Thing) -> None:
        self._choose(side, thing)
        self.field(side).value = thing.name
        self._go_on(side)

    def _go_on(self, side: str) -> None:
        """After a field is filled: the other one when it is empty, and the answer so far; what stands in the
        other one unasked is looked up. With both filled, the answer."""
        other = _other(side)
        field, text = self.field(other), self.field(other).value.strip()
        if self._thing(other) is not None or field.disabled:
            self.answer.focus()
            self.ask()
        elif not text:
            field.focus()
            self.ask()
        elif not self._types_on(side):
            self._look_up(other, text, submitted=True)

    def _types_on(self, side: str) -> bool:
        """Whether the other field is being typed in, while `side` is still looked up."""
        field = self.field(_other(side))
        return self.focused is field and bool(field.value.strip())

    def on_key(self, event: events.Key) -> None:
        """⏎ on a candidate takes it, and letters among candidates go on with the text that they are for; the
        rest of the lines look after themselves."""
        if not self.side or not self.found or self.focused is not self.answer:
            return
        if event.is_printable and event.character not in COMMANDS:
            field = self.field(self.side)
            field.focus()
            field.on_key(event)
        elif event.key == "enter" and self.answer.current is not None:
            thing = self.found.get(self.answer.current.key)
            if thing is not None:
                event.stop()
                self._pick(self.side, thing)

    # what `AccessScreen` does

    def ask(self, fresh: bool = False) -> None:
        """Ask what the fields say."""
        raise NotImplementedError

    def show_table(self, on: bool, fresh: bool = False) -> None:
        """The window on the assets of the user who stands alone."""
        raise NotImplementedError


def _other(side: str) -> str:
    return "what" if side == "who" else "who"
