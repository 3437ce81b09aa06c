"""The detail of a row: asked for when the cursor rests, painted as it comes, and never for a row that was
only passed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual.timer import Timer

from jmstui.tui.messages import DetailLoaded
from jmstui.tui.screens.base import start_worker
from jmstui.tui.widgets.detail import DetailPane
from jmstui.views.spec import Line, Tab, View

if TYPE_CHECKING:
    from jmstui.tui.asker import Age
    from jmstui.tui.screens.base import BaseScreen

REST = 0.15
"""Seconds that the cursor has to rest on a row."""


class DetailLoader:
    """Fills the `DetailPane` of a screen. Its worker posts `DetailLoaded` to the screen, which gives it to
    `paint`."""

    def __init__(self, screen: BaseScreen, view: View[Any]) -> None:
        self._screen, self.view = screen, view
        self.row: Any = None
        """The row that the pane is about."""
        self.client: Any = None
        """Asks in another organization than the session's; None for the session's own."""
        self.age: Age | None = None
        """How old the answers are that the lines are made of."""
        self.failed = False
        """Whether the last ask ended in an error."""
        self._turn = 0
        self._asking = -1
        """The turn whose question is under way."""
        self._timer: Timer | None = None
        self._first = True

    @property
    def pane(self) -> DetailPane:
        """The pane that is filled."""
        return self._screen.query_one(DetailPane)

    def stop(self) -> None:
        """Nothing is wanted any more."""
        self._turn += 1
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
        self._screen.workers.cancel_group(self._screen, "detail")
        self.row = self.age = None
        self.pane.set_title("")
        self.pane.set_lines((), waiting="", fresh=True)

    def rest(self, row: Any) -> None:
        """The cursor stands on `row` (None: it has not come yet). The detail is asked for when it stays
        there."""
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
        if row is None:
            return
        if self.row is not None and self._same(row, self.row):
            other, self.row = row != self.row, row
            if other and self._asking != self._turn:  # a refresh brought another content
                self.show(row)
                self._first = False
            else:
                self.look_again()
            return
        self._turn += 1
        self._screen.workers.cancel_group(self._screen, "detail")
        self._timer = self._screen.set_timer(REST, lambda: self.show(row))

    def _same(self, row: Any, other: Any) -> bool:
        return bool(getattr(row, "id", None) == getattr(other, "id", None))

    def show(self, row: Any, fresh: bool = False) -> None:
        """Show `row` now, in the tab that is on. `fresh`: as the server has it now, the record itself too."""
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
        if row is None:
            return
        from jmstui.models.base import BadRow

        self._turn += 1
        self._first = not fresh
        self.row = row
        if isinstance(row, BadRow):
            self._show_bad(row.reason, row.raw)
            return
        self.pane.set_title(self.view.row_name(row))
        tabs = self.tabs()
        self.pane.set_tabs([(tab.key, tab.title) for tab in tabs])
        tab = next((each for each in tabs if each.key == self.pane.tab), None)
        if tab is None:
            self.pane.set_lines((), waiting="nothing to show", fresh=True)
            return
        self._asking = self._turn
        start_worker(self._screen, self._ask, tab, row, self._turn, fresh, group="detail")

    def tabs(self) -> list[Tab[Any]]:
        """The tabs that this user may see."""
        identity = self._screen.session.identity
        return [tab for tab in self.view.tabs if identity is not None and identity.may(*tab.needs)]

    def _show_bad(self, reason: str, raw: bytes) -> None:
        self._screen.workers.cancel_group(self._screen, "detail")
        self.pane.set_title("unreadable row")
        self.pane.set_tabs([])
        text = raw[:20_000].decode("utf-8", "replace")
        self.pane.set_lines([Line(reason, tone="bad"), Line(text)], fresh=True)

    async def _ask(self, tab: Tab[Any], row: Any, turn: int, fresh: bool) -> None:
        """A worker: the lines of a tab, as often as more is known."""
        from jmstui.api.errors import ApiError
        from jmstui.tui.asker import Asker

        session = self._screen.session
        client = self.client or session.client
        assert client is not None
        assert session.identity is not None
        lines: list[Line] = []
        asker: Any = Asker(client, fresh)
        gone: ApiError | None = None
        try:
            if fresh and self.view.find is not None:
                try:
                    row = await self._again(asker, row, turn)
                except ApiError as error:  # what was seen of it stays, below the sentence
                    gone = error
            async for lines in tab.lines(asker, session.identity, row):
                self._screen.post_message(DetailLoaded(turn, lines, asker.age))
            if gone is not None:
                raise gone
            self._screen.post_message(DetailLoaded(turn, lines, asker.age))  # now it is known how old
        except ApiError as error:
            failed = Line(f"! {error.sentence}", tone="bad")
            lines = [failed, *lines] if fresh else [*lines, failed]  # a failed refresh stands above the old
            self._screen.post_message(DetailLoaded(turn, lines, asker.age, failed=True))
        finally:
            if self._asking == turn:
                self._asking = -1

    async def _again(self, asker: Any, row: Any, turn: int) -> Any:
        """The record as the server has it now, where it gives less than the list did with that kept."""
        assert self.view.find is not None
        found = await self.view.find(asker, str(row.id))
        row = _completed(found, row)
        if turn == self._turn:
            self.row = row
        return row

    def paint(self, message: DetailLoaded) -> None:
        """Show what came, unless another row or tab is wanted by now."""
        if message.turn != self._turn:
            return
        self.failed, self.age = message.failed, message.age
        self.pane.set_lines(message.lines, waiting="nothing here", fresh=self._first)
        self._first = False

    def look_again(self) -> None:
        """Lines that are past their time stay and are asked for once more."""
        if self.age is not None and self.age.stale and self._asking != self._turn:
            self.show(self.row)
            self._first = False

    def client_said(self, event: Any) -> None:
        """Back on line, or signed in again: what failed or is past its time is asked for once more."""
        from jmstui.api.events import Online, SignedIn

        if isinstance(event, Online | SignedIn):
            if self.failed:
                self.show(self.row)
            else:
                self.look_again()


def _completed(found: Any, row: Any) -> Any:
    """`found`, and from `row` what a detail leaves out and a list has (amounts of groups, say)."""
    if type(found) is not type(row):
        return found
    import msgspec

    missing = {name: getattr(row, name) for name in found.__struct_fields__ if getattr(found, name) is None}
    return msgspec.structs.replace(found, **missing)
