"""The list screen of every view: what each key does."""

from __future__ import annotations

from typing import Any, ClassVar

from textual import on
from textual.binding import BindingType

from jmstui.tui import listing as lists
from jmstui.tui.history import Place
from jmstui.tui.keys import bindings
from jmstui.tui.screens.base import start_worker
from jmstui.tui.screens.list_screen import TALL, ListScreen
from jmstui.tui.widgets.prompt import Prompt
from jmstui.views.spec import Branch, Target

PAUSE = 0.3
"""Seconds without a key before a search or filter is asked for."""


class BrowseScreen(ListScreen):
    """A view on screen. It is kept while others are shown, so that coming back costs nothing."""

    BINDINGS: ClassVar[list[BindingType]] = bindings("browse")

    # keys

    def _panes(self) -> list[Any]:
        panes: list[Any] = [] if self.has_class("-no-side") else [self.side_tree]
        panes.append(self.table)
        if self.has_class("-pane"):
            panes.append(self.pane)
        return panes

    def _step_pane(self, by: int) -> None:
        panes = self._panes()
        here = panes.index(self.focused) if self.focused in panes else 0
        chosen = panes[(here + by) % len(panes)]
        self.set_class(chosen is self.side_tree, "-tree")
        chosen.focus()

    def action_next_pane(self) -> None:
        """Tab."""
        self._step_pane(1)

    def action_previous_pane(self) -> None:
        """Shift-Tab."""
        self._step_pane(-1)

    def action_search(self) -> None:
        """Type a search."""
        self.prompt.open("/", self.place.ask.search)

    def action_sort(self) -> None:
        """The next column that the list can be sorted by."""
        self._narrow(lists.with_order(self.place, lists.next_order(self.view, self.place.ask.order)))

    def action_reverse(self) -> None:
        """The other way round."""
        self._narrow(lists.with_order(self.place, lists.reversed_order(self.view, self.place.ask.order)))

    def action_filter(self) -> None:
        """The next quick filter."""
        if self.view.filters:
            self._narrow(lists.anew(self.place, quick=lists.next_quick(self.view, self.place.quick)))

    def action_direct(self) -> None:
        """Only what stands directly in the branch, or all below it."""
        if self.side is not None and self.side.direct:
            self._narrow(lists.anew(self.place, direct=not self.place.direct), at_once=True)

    def _narrow(self, place: Place, at_once: bool = False) -> None:
        """Go to a place once the keys pause: passing over several asks for the last one only."""
        if self.session.identity is None or not self.session.identity.may(*self.view.needs):
            return
        self.listing.place = place
        if self._pause is not None:
            self._pause.stop()
            self._pause = None
        if at_once:
            self.go(place)
        else:
            self._pause = self.set_timer(PAUSE, lambda: self.go(self.place))
            self._sync_head()

    @on(Prompt.SearchChanged)
    def _searching(self, message: Prompt.SearchChanged) -> None:
        self._narrow(lists.with_search(self.place, message.text))

    @on(Prompt.Cancelled)
    def _search_given_up(self, message: Prompt.Cancelled) -> None:
        if message.kind == "/" and message.text != self.place.ask.search:
            self._narrow(lists.with_search(self.place, message.text), at_once=True)

    @on(Prompt.Submitted)
    def _submitted(self, message: Prompt.Submitted) -> None:
        if message.kind == "/":
            if self._pause is not None or message.text != self.place.ask.search:
                self._narrow(lists.with_search(self.place, message.text), at_once=True)
        else:
            self.nav.run_command(message.text)

    @on(Prompt.Answered)
    def _answered(self, message: Prompt.Answered) -> None:
        if message.tag == "quit" and message.yes:
            self.app.exit(0)

    def action_refresh(self) -> None:
        """Ask again for what is in view: rows, tree, detail."""
        if self.nav.sign_in_again():
            return
        if self.listing.rows is None or self.view.all_rows:
            self.load(fresh=True)
        else:
            start_worker(self, self.listing.rows.refresh, group="refresh")
            if self.side_tree.display:
                self._load_side(reset=False, fresh=True)
        if self.has_class("-pane"):
            self._details.show(self.table.current, fresh=True)

    def action_pane(self) -> None:
        """The detail pane on or off."""
        self.pane_wanted = not self.pane_wanted
        self._fold(self.app.size.width, self.app.size.height)
        if not self.has_class("-pane") and self.pane_wanted:
            self.tell(f"The detail pane needs {TALL} rows; ⏎ opens the detail as a screen of its own.")

    def action_who(self) -> None:
        """Who can reach this asset, or what this user can reach."""
        self._take_along(why=False)

    def action_why(self) -> None:
        """Take the row into the Access view."""
        self._take_along(why=True)

    def _take_along(self, why: bool) -> None:
        if self.focused is self.side_tree and self.side_tree.current is not None:
            self._take_branch(self.side_tree.current)
            return
        row = self.table.current
        if row is not None and (self.view.who_can or self.view.what_can) and hasattr(row, "name"):
            self.nav.show_access(self.view, row, why=why)

    def _take_branch(self, branch: Branch) -> None:
        """`w` on a node: who can reach what is below it. On a group: the group itself."""
        from jmstui.tui.questions import NODES, node_of

        if self.side is None or not branch.record:
            self.tell("There is nothing to ask about this branch.")
        elif self.side.view == NODES:
            self.nav.show_thing(node_of(branch))
        else:
            self.nav.follow(Target(self.side.view, branch.record, branch.name))

    def action_out(self) -> None:
        """Out of the pane, the search, the filter, the branch; then out of the view."""
        place = self.place
        if self.focused is self.pane or (self.focused is self.side_tree and not self.has_class("-narrow")):
            self.table.focus()
        elif self.has_class("-tree"):
            self._step_pane(1)
        elif place.ask.search:
            self._narrow(lists.with_search(place, ""), at_once=True)
        elif place.quick:
            self._narrow(lists.anew(place, quick=""), at_once=True)
        elif place.branch:
            self._narrow(
                lists.anew(place, branch="", branch_name="", branch_filters=(), direct=False), at_once=True
            )
        elif self.view.key or not self.nav.leave_view():
            self.tell("This is a main view: q quits, : goes to another one.")

    def action_leave(self) -> None:
        """`q`: out of a view that is none of the main ones; there it asks whether to quit."""
        if self.view.key or not self.nav.leave_view():
            self.prompt.ask("Quit jmstui?", "quit", "quits")
