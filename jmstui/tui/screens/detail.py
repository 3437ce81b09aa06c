"""The detail of one record as a screen of its own: where the terminal is low, and for the records that
lines lead to."""

from __future__ import annotations

from typing import Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType

from jmstui.tui.details import DetailLoader
from jmstui.tui.keys import abilities, bindings
from jmstui.tui.messages import DetailLoaded
from jmstui.tui.screens.base import BaseScreen
from jmstui.tui.widgets.detail import DetailPane
from jmstui.tui.widgets.line_tree import LineTree
from jmstui.views.spec import View


class DetailScreen(BaseScreen):
    """`row` in the tabs of `view`. `client` asks in the record's own organization; None for the session's."""

    where = "detail"
    BINDINGS: ClassVar[list[BindingType]] = bindings("detail")

    def __init__(self, view: View[Any], row: Any, client: Any = None) -> None:
        super().__init__()
        self.view, self.row = view, row
        self._details = DetailLoader(self, view)
        self._details.client = client

    def body(self) -> ComposeResult:
        yield DetailPane()

    def on_mount(self) -> None:
        """Ask for the first tab."""
        super().on_mount()
        self.query_one(DetailPane).focus()
        self._details.show(self.row)

    def able(self) -> frozenset[str]:
        """Keys that mean something for this record."""
        return abilities(self.view)

    def help_title(self) -> str:
        """The noun."""
        return f"one {self.view.noun}"

    def as_of(self) -> tuple[float | None, bool]:
        """The age of what the tab shows."""
        age = self._details.age
        return (None, False) if age is None else (age.as_of, age.stale)

    @on(DetailPane.TabShown)
    def _other_tab(self) -> None:
        self._details.show(self.row)

    @on(DetailLoaded)
    def _show(self, message: DetailLoaded) -> None:
        self.row = self._details.row or self.row
        self._details.paint(message)
        self.sync_status()

    @on(LineTree.Followed)
    def _follow(self, message: LineTree.Followed) -> None:
        self.nav.follow(message.target)

    def action_refresh(self) -> None:
        """Ask the server again for this tab."""
        if self.nav.sign_in_again():
            return
        self._details.show(self.row, fresh=True)

    def action_who(self) -> None:
        """Who can reach it, or what it can reach."""
        self._take_along(why=False)

    def action_why(self) -> None:
        """Take the record into the Access view."""
        self._take_along(why=True)

    def _take_along(self, why: bool) -> None:
        if self.view.who_can or self.view.what_can:
            self.nav.show_access(self.view, self.row, why=why)

    def client_said(self, event: Any) -> None:
        """Back on line, or signed in again: what failed is asked for once more."""
        self._details.client_said(event)
