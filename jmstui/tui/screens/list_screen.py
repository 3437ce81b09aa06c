"""A list on screen: a tree beside a table, the detail of the row below, and how they are filled. No keys."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.timer import Timer

from jmstui.tui import listing as lists
from jmstui.tui.details import DetailLoader
from jmstui.tui.history import Place
from jmstui.tui.keys import abilities
from jmstui.tui.listing import Listing
from jmstui.tui.messages import DetailLoaded, RowsChanged, SideLoaded
from jmstui.tui.screens.base import BaseScreen, Divider, Rule, start_worker
from jmstui.tui.widgets.detail import DetailPane
from jmstui.tui.widgets.line_tree import LineTree
from jmstui.tui.widgets.remote_table import RemoteTable
from jmstui.tui.widgets.tree import SideTree
from jmstui.views.spec import Line, Side, View

if TYPE_CHECKING:
    from jmstui.tui.asker import Age
    from jmstui.views.spec import Branch

TALL = 32
"""Rows from which the detail pane is laid out below the table."""
NARROW = 72
"""Columns below which tree and table take turns."""


class ListScreen(BaseScreen):
    """Layout and loading of a view; `BrowseScreen` adds the keys."""

    where = "browse"
    DEFAULT_CSS = """
    ListScreen #body { height: 1fr; }
    ListScreen SideTree { width: 30%; min-width: 24; max-width: 44; }
    ListScreen DetailPane { height: 35%; display: none; }
    ListScreen Divider { display: none; }
    ListScreen.-pane DetailPane, ListScreen.-pane Divider { display: block; }
    ListScreen.-no-side SideTree, ListScreen.-no-side Rule { display: none; }
    ListScreen.-narrow Rule { display: none; }
    ListScreen.-narrow SideTree { display: none; width: 1fr; max-width: 100%; }
    ListScreen.-narrow.-tree SideTree { display: block; }
    ListScreen.-narrow.-tree RemoteTable { display: none; }
    ListScreen.-narrow.-no-side SideTree { display: none; }
    ListScreen.-narrow.-no-side RemoteTable { display: block; }
    """

    def __init__(self, view: View[Any]) -> None:
        super().__init__()
        self.view = view
        self.listing = Listing(view, lambda kind, change: self._tell_rows(kind, change))
        self.side: Side | None = None
        self.pane_wanted = True
        self._generation = -1
        self._start: Place | None = None
        self._side_turn = 0
        self._side_asking = -1
        """The turn whose tree is under way."""
        self._side_failed = False
        self._side_age: Age | None = None
        self._pause: Timer | None = None
        self._details = DetailLoader(self, view)

    # layout

    def body(self) -> ComposeResult:
        with Horizontal(id="body"):
            yield SideTree()
            yield Rule()
            yield RemoteTable(self.view.columns, row_id=self.view.row_id, title=self.view.title, id="table")
        yield Divider()
        yield DetailPane(id="detail")

    @property
    def table(self) -> RemoteTable:
        """The table."""
        return self.query_one(RemoteTable)

    @property
    def side_tree(self) -> SideTree:
        """The tree at the side; hidden where the view has none."""
        return self.query_one(SideTree)

    @property
    def pane(self) -> DetailPane:
        """The detail below; hidden where there is no room."""
        return self.query_one(DetailPane)

    @property
    def place(self) -> Place:
        """Where we are."""
        return self.listing.place

    @property
    def loaded(self) -> bool:
        """Whether rows for the present user and organization were asked for."""
        return self._generation == self.session.generation and self.session.ready

    def on_mount(self) -> None:
        """The frame without data: what the first frame of the program shows."""
        super().on_mount()
        from jmstui.tui.commands import complete

        self.prompt.complete = complete
        self.set_class(self.view.side is None, "-no-side")
        self._fold(self.app.size.width, self.app.size.height)
        self.table.focus()
        self.load()

    def on_resize(self, event: events.Resize) -> None:
        """Panes fold with the room; what is asked for goes on."""
        super().on_resize(event)
        self._fold(event.size.width, event.size.height)

    def on_unmount(self) -> None:
        """Nothing is asked for any more, and nobody is told."""
        self.listing.close()

    def _fold(self, columns: int, rows: int) -> None:
        had = self.has_class("-pane")
        self.set_class(columns < NARROW, "-narrow")
        self.set_class(rows >= TALL and self.pane_wanted, "-pane")
        if self.has_class("-pane") and not had:
            self._details.show(self.table.current)
        elif had and not self.has_class("-pane"):
            self._details.stop()
            if self.focused is self.pane:
                self.table.focus()

    def able(self) -> frozenset[str]:
        """Only keys that mean something in this view."""
        return abilities(self.view, self.side)

    def help_title(self) -> str:
        """The view."""
        return self.view.title

    def help_lines(self) -> list[Line]:
        """What the keys s and f go through in this view."""
        sorts = ", ".join(column.title.lower() for column in lists.sortable(self.view))
        filters = ", ".join(quick.title for quick in self.view.filters)
        lines = [Line("In this view", tone="head")]
        if sorts:
            lines.append(Line(f"s sorts by: {sorts}", 1))
        if filters:
            lines.append(Line(f"f narrows to: {filters}", 1))
        names = ", ".join((self.view.name, *self.view.aliases))
        return [*lines, Line(f": knows it as: {names}", 1)]

    def as_of(self) -> tuple[float | None, bool]:
        """The age of the oldest thing on screen: the rows, the tree beside them, the detail below them."""
        parts: list[Any] = [self.listing.rows]
        parts += [self._details.age] if self.has_class("-pane") else []
        parts += [self._side_age] if self.side_tree.display else []
        parts = [each for each in parts if each is not None]
        moments = [each.as_of for each in parts if each.as_of is not None]
        stale = any(each.stale for each in parts)
        return min(moments, default=None), stale

    # loading

    def start_at(self, place: Place) -> None:
        """The place to begin with when the screen comes up."""
        self._start = place
        self.load()

    def on_screen_resume(self) -> None:
        """Back on top: load what belongs to another user or organization than before; else what is past its
        time is shown at once and asked for once more behind it."""
        super().on_screen_resume()
        if not self.loaded:
            self.load()
            return
        self.table.look_again()
        self._look_at_side_again()
        if self.has_class("-pane"):
            self._details.look_again()

    def load(self, place: Place | None = None, fresh: bool = False) -> None:
        """Show a place of this view (default: the present one); loads tree and rows when the session is
        another."""
        session = self.session
        if not self.is_mounted or session.client is None or session.identity is None:
            return
        other = self._generation != session.generation
        if not other and place is None and not fresh:
            return
        self._generation = session.generation
        self.sync_frame()
        place = place or self._start or (Place(self.view.name, org=session.org) if other else self.place)
        self._start = None
        if not session.identity.may(*self.view.needs):
            self._refuse()
            return
        self.table.waiting = "loading…"
        if other or fresh:
            self._load_side(reset=other)
        if other:
            self.listing.close()
            self.table.set_source(None)
            self._details.stop()
        self.go(place, fresh)

    def go(self, place: Place, fresh: bool = False) -> None:
        """Show another place of this view: node, search, order, filters. It becomes part of the history."""
        session = self.session
        if session.client is None or session.identity is None:
            return
        if self._pause is not None:
            self._pause.stop()
            self._pause = None
        if self.side_tree.chosen != place.branch:
            self.side_tree.choose(place.branch)
        self.listing.side = self.side
        self.listing.show(session.client, session.identity, place, fresh)
        self._sync_head()
        if self.jms.screen is self:
            self.nav.history.visit(place)

    def _refuse(self) -> None:
        """Say why this view is not for this user."""
        self.listing.close()
        self.side = None
        self.set_class(True, "-no-side")
        sentence = self.view.why_not or f"You may not see {self.view.title.lower()} in this organization."
        self.table.waiting = sentence
        self.table.set_source(None)
        self._details.stop()

    @property
    def _side_old(self) -> bool:
        """Whether the tree is past its time."""
        return self._side_age is not None and self._side_age.stale

    def _look_at_side_again(self) -> None:
        """A tree that is past its time stays, and is asked for once more."""
        if self.side is not None and self._side_old and self._side_asking != self._side_turn:
            self._load_side(reset=False)

    def _load_side(self, reset: bool, fresh: bool = False) -> None:
        session = self.session
        assert session.identity is not None
        self.side = self.view.side(session.identity) if self.view.side is not None else None
        self.set_class(self.side is None, "-no-side")
        self._side_turn += 1
        self.prompt.set_hints(self.hints())
        if self.side is None:
            return
        if reset:
            self.side_tree.clear()
            self.side_tree.title, self._side_age = self.side.title, None
        self._side_asking = self._side_turn
        start_worker(self, self._ask_side, self.side, self._side_turn, fresh, group="side")

    async def _ask_side(self, side: Side, turn: int, fresh: bool) -> None:
        """A worker: the tree, as often as it comes."""
        from jmstui.api.errors import ApiError
        from jmstui.tui.asker import Asker

        client, identity = self.session.client, self.session.identity
        assert client is not None
        assert identity is not None
        asker: Any = Asker(client, fresh)
        branches: list[Branch] = []
        try:
            async for branches in side.load(asker, identity):
                self.post_message(SideLoaded(turn, branches, asker.age))
            self.post_message(SideLoaded(turn, branches, asker.age))  # now it is known how old
        except ApiError as error:
            self.post_message(SideLoaded(turn, [], asker.age, error.sentence))
        finally:
            if self._side_asking == turn:
                self._side_asking = -1

    def _tell_rows(self, kind: str, change: Any) -> None:
        if kind == "change":
            self.table.source_changed(change)
        self.post_message(RowsChanged(kind))

    @on(SideLoaded)
    def _show_side(self, message: SideLoaded) -> None:
        if message.turn != self._side_turn or self.side is None:
            return
        self._side_failed = bool(message.error)
        if message.error and self.side_tree.line_count:  # what was seen stays
            client = self.session.client
            if client is not None and client.signed_out is None and client.offline_since is None:
                self.tell(message.error, "bad")
            return
        if message.error:
            self.side_tree.waiting = f"! {message.error}"
            self.side_tree.sync()
            return
        self._side_age = message.age
        self.side_tree.set_branches(message.branches, self.side.title)
        if self.place.branch:
            self.side_tree.choose(self.place.branch)
        self.sync_status()

    @on(RowsChanged)
    def _show_rows(self, message: RowsChanged) -> None:
        self._sync_head()
        if message.kind == "swap":
            keep = self.place.row or self.table.current_id
            self.table.set_source(self.listing.rows, keep, hold=True, at=self.place.at)
        elif message.kind == "error" and self.listing.error is not None:
            if self.listing.rows is None:
                self.table.waiting = "! " + self.listing.error.sentence
                self.table.sync()
            else:
                self.tell(self.listing.error.sentence, "bad")
        self.sync_status()

    def _sync_head(self) -> None:
        place = self.place
        quick = next(
            (each.title for each in self.view.filters if each.key == place.quick), self.view.unfiltered
        )
        where = "  ".join(
            word
            for word in (place.branch_name, "directly" if place.direct and place.branch else "", quick)
            if word
        )
        if place.ask.search:
            self.table.nothing = f"No {self.view.noun} matches “{place.ask.search}”. Esc ends the search."
        elif place.branch_name or place.quick:
            self.table.nothing = f"No {self.view.noun} here. Esc shows more."
        else:
            self.table.nothing = f"There is no {self.view.noun} in this organization."
        coming = " …" if self._pause is not None or self.listing.loading else ""
        search = place.ask.search + coming if place.ask.search else ""
        self.table.set_head(
            where=where + (coming if where and not search else ""),
            search=search,
            order=place.ask.order or self.view.own_order,
        )

    # the row under the cursor

    @on(RemoteTable.Highlighted)
    def _rest_on(self, message: RemoteTable.Highlighted) -> None:
        if isinstance(message, RemoteTable.Opened):
            return
        if message.row_id:
            # while other rows are on the way, where the cursor stands says nothing about them
            at = (0, 0) if self.listing.loading else (message.index, self.table.top)
            self.listing.place = replace(self.place, row=message.row_id, at=at)
            if self.jms.screen is self:
                self.nav.history.leave(message.row_id, at)
        self._look_at_side_again()
        if self.has_class("-pane"):
            self._details.rest(message.row)

    @on(RemoteTable.Opened)
    def _open(self, message: RemoteTable.Opened) -> None:
        if self.has_class("-pane"):
            self._details.show(message.row)
            self.pane.focus()
        else:
            self.nav.show_record(self.view, message.row, self.session.client)

    @on(DetailPane.TabShown)
    def _other_tab(self, message: DetailPane.TabShown) -> None:
        self._details.show(self._details.row)

    @on(DetailLoaded)
    def _show_detail(self, message: DetailLoaded) -> None:
        self._details.paint(message)
        self.sync_status()

    @on(LineTree.Followed)
    def _follow(self, message: LineTree.Followed) -> None:
        self.nav.follow(message.target)

    @on(SideTree.Chosen)
    def _choose(self, message: SideTree.Chosen) -> None:
        branch: Branch = message.branch
        self.remove_class("-tree")
        self.table.focus()
        self.go(
            lists.anew(self.place, branch=branch.id, branch_name=branch.name, branch_filters=branch.filters)
        )

    def client_said(self, event: Any) -> None:
        """Back on line, or signed in again: what failed is asked for once more; the rows look after
        themselves."""
        from jmstui.api.events import Online, SignedIn

        self._details.client_said(event)
        if isinstance(event, Online | SignedIn) and self.loaded:
            if self.listing.error is not None:
                self.load(self.place)
            if self.side is not None and (self._side_failed or self._side_old):
                self._load_side(reset=False, fresh=True)
