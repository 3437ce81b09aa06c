"""The Access view: the answer below the form, each line of which can be opened, and the keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from textual import on
from textual.binding import BindingType

from jmstui.tui.fields import Field
from jmstui.tui.keys import FIELD_HINTS, bindings
from jmstui.tui.messages import AnswerLines
from jmstui.tui.questions import Thing, answer_lines
from jmstui.tui.screens.access_form import AccessForm
from jmstui.tui.screens.base import start_worker
from jmstui.tui.widgets.line_tree import LineTree
from jmstui.tui.widgets.prompt import Prompt
from jmstui.tui.widgets.remote_table import RemoteTable
from jmstui.views.spec import Line

if TYPE_CHECKING:
    from textual.widget import Widget


class AccessScreen(AccessForm):
    """The answer to what the form says, and the keys."""

    BINDINGS: ClassVar[list[BindingType]] = bindings("access")

    # the answer

    def ask(self, fresh: bool = False) -> None:
        """Ask what the fields say."""
        if not self.session.ready or (self.who is None and self.what is None):
            return
        self.side, self.found = "", {}
        self._turn += 1
        if not fresh or not self._lines:  # a refresh leaves the former answer where it is
            self._age, self._lines = None, []
            self.answer.set_lines((), waiting="asking …", fresh=True)
        window = self.who is not None and self.what is None
        self.show_table(window, fresh)
        start_worker(self, self._answer, self.who, self.what, self._turn, fresh, group="access")

    def show_table(self, on: bool, fresh: bool = False) -> None:
        """The window on the assets of the user who stands alone."""
        self.set_class(on, "-table")
        table = self.query_one(RemoteTable)
        window: Any = table.source
        if on and fresh and window is not None:
            start_worker(self, window.refresh, group="window")
            return
        if not on or self.who is None:
            table.set_source(None)
            return
        from jmstui.api.pages import RemoteList
        from jmstui.services.what_can import assets_page

        client, identity = self.session.client, self.session.identity
        assert client is not None
        assert identity is not None
        page_of = assets_page(identity, self.who.id)
        table.set_source(RemoteList(client, page_of, on_change=table.source_changed))

    async def _answer(self, who: Thing | None, what: Thing | None, turn: int, fresh: bool) -> None:
        """A worker: the answer, as often as it grows."""
        from jmstui.api.errors import ApiError
        from jmstui.tui.asker import Asker

        client, identity = self.session.client, self.session.identity
        assert client is not None
        assert identity is not None
        asker: Any = Asker(client, fresh)
        lines: list[Line] = []
        try:
            async for lines in answer_lines(asker, identity, who, what):
                self.post_message(AnswerLines(turn, lines, asker.age))
        except ApiError as error:
            failed = Line(f"! {error.sentence}", tone="bad")
            self.post_message(AnswerLines(turn, [*lines, failed], asker.age, failed=True))

    @on(AnswerLines)
    def _show_answer(self, message: AnswerLines) -> None:
        if message.turn != self._turn:
            return
        self._failed = message.failed
        if message.failed and len(message.lines) == 1:
            self.answer.set_lines([*message.lines, *self._lines])  # the error above the former answer
        else:
            self._age, self._lines = message.age, message.lines
            self.answer.set_lines(message.lines)
        self.sync_status()

    @on(LineTree.Followed)
    def _follow(self, message: LineTree.Followed) -> None:
        self.nav.follow(message.target)

    @on(RemoteTable.Opened)
    def _open(self, message: RemoteTable.Opened) -> None:
        """An asset of the window: why can this user reach it?"""
        row = message.row
        self._choose("what", Thing("asset", str(row.id), row.name, row.address or "", row))
        self.field("what").value = row.name
        self._go_on("what")

    def client_said(self, event: Any) -> None:
        """Back on line, or signed in again: what failed is asked for once more; the table looks after
        itself."""
        from jmstui.api.events import Online, SignedIn

        old = self._failed or (self._age is not None and self._age.stale)
        if not old or not isinstance(event, Online | SignedIn):
            return
        text = self.field(self.side).value.strip() if self.side else ""
        if text:
            self._look_up(self.side, text)
        else:
            self.ask(fresh=True)

    # keys

    def hints(self) -> list[tuple[str, str]]:
        """In a field, letters are text: only keys that are none."""
        if isinstance(self.focused, Field):
            return [*FIELD_HINTS, ("Esc", "answer" if self._below() else "back"), ("F1", "help")]
        return super().hints()

    def on_descendant_focus(self) -> None:
        """Other keys mean something now."""
        self.prompt.set_hints(self.hints())

    def _below(self) -> bool:
        """Whether there is an answer, or candidates, below the fields."""
        return bool(self._lines or self.found or self.has_class("-table"))

    def _panes(self) -> list[Widget]:
        panes: list[Widget] = [self.field("who"), self.field("what"), self.answer]
        if self.has_class("-table"):
            panes.append(self.query_one(RemoteTable))
        return [pane for pane in panes if not pane.disabled]

    def action_next_pane(self) -> None:
        """Tab."""
        self._step(1)

    def action_previous_pane(self) -> None:
        """Shift-Tab."""
        self._step(-1)

    def action_into(self) -> None:
        """↓ in a field: into the candidates or the answer."""
        if isinstance(self.focused, Field):
            self.answer.focus()

    def _step(self, by: int) -> None:
        panes = self._panes()
        here = panes.index(self.focused) if self.focused in panes else 0
        panes[(here + by) % len(panes)].focus()

    def action_refresh(self) -> None:
        """Ask again."""
        if self.nav.sign_in_again():
            return
        self.ask(fresh=True)

    @on(Prompt.Submitted)
    def _command(self, message: Prompt.Submitted) -> None:
        self.nav.run_command(message.text)

    @on(Prompt.Answered)
    def _answered(self, message: Prompt.Answered) -> None:
        if message.tag == "quit" and message.yes:
            self.app.exit(0)

    def action_out(self) -> None:
        """Esc: out of a field into the answer, when there is one; else back to where we came from."""
        if isinstance(self.focused, Field) and self._below():
            self.answer.focus()
        elif not self.nav.leave_view():
            self.tell("This is a main view: q quits, : goes to another one.")

    def action_leave(self) -> None:
        """`q`."""
        self.prompt.ask("Quit jmstui?", "quit", "quits")
