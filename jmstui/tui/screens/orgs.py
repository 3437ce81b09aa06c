"""The organization switcher: which organizations this user has, by which role, and for system
administrators how large."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType

from jmstui.models.organization import DEFAULT, ROOT, Organization, OrgStatistics
from jmstui.tui.keys import bindings
from jmstui.tui.messages import OneOrgOnly, OrgChoices, OrgRows
from jmstui.tui.screens.base import BaseScreen, start_worker
from jmstui.tui.widgets.prompt import Prompt
from jmstui.tui.widgets.remote_table import RemoteTable
from jmstui.views.spec import Column

SOURCES = {"console": "admin", "audit": "audit", "workbench": "own assets"}
"""The lists of the profile, as what they let one do (§2.2)."""


@dataclass(frozen=True, slots=True)
class Row:
    """An organization of the switcher."""

    id: str
    name: str
    sources: str
    here: bool
    numbers: OrgStatistics | None = None


def _number(row: Row, what: str) -> str:
    value = getattr(row.numbers, what) if row.numbers is not None else None
    return f"{value:,}" if isinstance(value, int) else "-"


COLUMNS: tuple[Column[Row], ...] = (
    Column("here", "", lambda row: "•" if row.here else "", width=1),
    Column("name", "ORGANIZATION", lambda row: row.name, width=20, grow=2),
    Column("sources", "YOU HAVE", lambda row: row.sources, width=20, grow=2),
    Column("users", "USERS", lambda row: _number(row, "users_amount"), width=7, align="right", priority=1),
    Column("assets", "ASSETS", lambda row: _number(row, "assets_amount"), width=8, align="right", priority=1),
    Column(
        "rules", "RULES", lambda row: _number(row, "asset_perms_amount"), width=7, align="right", priority=1
    ),
)
PLAIN = COLUMNS[:3]
SEES_ALL = "orgs.view_organization"
"""The right behind `/orgs/orgs/`: system administrators have it (§2.1)."""


class OrgsScreen(BaseScreen):
    """⏎ chooses; the organization that is on is marked and under the cursor at first. / narrows by name."""

    where = "orgs"
    BINDINGS: ClassVar[list[BindingType]] = bindings("orgs")

    def __init__(self) -> None:
        super().__init__()
        self._known: dict[str, Organization] = {}
        """What is known of their numbers, by id."""
        self._search = ""

    def help_title(self) -> str:
        """What they are."""
        return "Organizations"

    def body(self) -> ComposeResult:
        identity = self.session.identity
        assert identity is not None
        columns = COLUMNS if identity.may(SEES_ALL) else PLAIN
        yield RemoteTable(columns, title="Organizations")

    def on_mount(self) -> None:
        """What the profile says at once; the numbers when they come."""
        super().on_mount()
        table = self.query_one(RemoteTable)
        table.focus()
        self._show()
        identity = self.session.identity
        self._ask_all(fresh=False)
        # a community edition names Default and root alone, whatever organizations there are (§2.2)
        if identity is not None and {choice.org.id for choice in identity.orgs} <= {ROOT, DEFAULT}:
            start_worker(self, self._ask_edition, group="edition")

    def _ask_all(self, fresh: bool) -> None:
        identity = self.session.identity
        if identity is not None and identity.may(SEES_ALL):
            start_worker(self, self._ask, fresh, group="numbers")

    def action_refresh(self) -> None:
        """Ask again which organizations there are, and for their numbers."""
        if self.nav.sign_in_again():
            return
        self._ask_all(fresh=True)
        start_worker(self, self._ask_who, group="who")

    async def _ask_who(self) -> None:
        """A worker: whose organizations these are now."""
        from jmstui.api.errors import ApiError
        from jmstui.services.identity import who_am_i
        from jmstui.tui.asker import Asker

        client = self.session.client
        assert client is not None
        asker: Any = Asker(client, fresh=True)
        try:
            self.post_message(OrgChoices((await who_am_i(asker)).orgs))
        except ApiError as error:
            self.post_message(OrgRows([], error.sentence))

    @on(OrgChoices)
    def _choices(self, message: OrgChoices) -> None:
        identity = self.session.identity
        assert identity is not None
        self.session.identity = replace(identity, orgs=message.orgs)
        self._show()

    async def _ask_edition(self) -> None:
        """A worker: is Default all there is?"""
        from jmstui.services.identity import is_community

        client = self.session.client
        assert client is not None
        if await is_community(client):
            self.post_message(OneOrgOnly())

    @on(OneOrgOnly)
    def _say_edition(self) -> None:
        identity = self.session.identity
        assert identity is not None
        self.query_one(RemoteTable).set_head(
            where=f"community edition: {identity.current.name} alone", search=self._search
        )

    async def _ask(self, fresh: bool) -> None:
        """A worker: the numbers."""
        from jmstui.api.endpoints import orgs
        from jmstui.api.errors import ApiError
        from jmstui.models.base import BadRow
        from jmstui.tui.asker import Asker

        client = self.session.client
        assert client is not None
        try:
            asker: Any = Asker(client.for_org(None), fresh)
            async for answer in asker.watch(orgs.page(0, 1000)):
                rows = [row for row in answer.value.rows if not isinstance(row, BadRow)]
                self.post_message(OrgRows(rows))
        except ApiError as error:
            self.post_message(OrgRows([], error.sentence))

    @on(OrgRows)
    def _numbers(self, message: OrgRows) -> None:
        if message.error:
            self.tell(message.error, "bad")
        else:
            self._known = {org.id: org for org in message.rows}
            self._show()
            self.sync_status()

    def _show(self) -> None:
        from jmstui.api.pages import LocalList

        identity = self.session.identity
        assert identity is not None
        rows = []
        for choice in identity.orgs:
            org = choice.org
            found = self._known.get(org.id)
            sources = ", ".join(SOURCES.get(each, each) for each in choice.sources)
            everywhere = org.id == ROOT and org.name.casefold() != "all organizations"
            name = f"{org.name} (all organizations)" if everywhere else org.name
            numbers = found.resource_statistics if found else None
            rows.append(Row(org.id, name, sources, org.id == identity.current.id, numbers))
        words = self._search.casefold().split()
        rows = [row for row in rows if all(word in row.name.casefold() for word in words)]
        table = self.query_one(RemoteTable)
        table.nothing = (
            f"No organization of yours matches “{self._search}”. Esc ends the search."
            if words
            else "No organization: this user has none. An administrator can add them to one."
        )
        table.set_head(where=table.where, search=self._search)
        keep = table.current_id or next((row.id for row in rows if row.here), None)
        table.set_source(LocalList(rows), keep)

    @on(RemoteTable.Opened)
    def _choose(self, message: RemoteTable.Opened) -> None:
        row: Row = message.row
        self.nav.leave_top()
        if not row.here:
            self.nav.tell(f"going to {row.name} …")
            self.nav.change_org(row.id)

    # by name

    def action_search(self) -> None:
        """Type a part of the name: all rows are here."""
        self.prompt.open("/", self._search)

    @on(Prompt.SearchChanged)
    @on(Prompt.Cancelled)
    def _narrow(self, message: Prompt.SearchChanged | Prompt.Cancelled) -> None:
        self._search = message.text.strip()
        self._show()

    @on(Prompt.Submitted)
    def _found(self) -> None:
        """⏎ in the search takes the only one that is left."""
        table = self.query_one(RemoteTable)
        if table.line_count == 1:
            table.action_open()

    def action_out(self) -> None:
        """Out of the search, then back."""
        if self._search:
            self._search = ""
            self._show()
        else:
            super().action_out()
