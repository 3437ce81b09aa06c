"""The request log: what was sent, how it was answered, and each request as a `curl` line without its
credential."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType

from jmstui.tui.keys import bindings
from jmstui.tui.screens.base import BaseScreen
from jmstui.tui.widgets.line_tree import LineTree
from jmstui.tui.widgets.remote_table import RemoteTable
from jmstui.views.spec import Column, Line

if TYPE_CHECKING:
    from jmstui.api.log import Entry


@dataclass(frozen=True, slots=True)
class Row:
    """An entry with a number, so that the cursor can stay on it."""

    id: str
    entry: Entry

    @property
    def name(self) -> str:
        """For whoever wants one."""
        return self.entry.path


def _path(row: Row) -> str:
    entry = row.entry
    return entry.path + (f"?{entry.query}" if entry.params else "")


def _status(row: Row) -> str:
    entry = row.entry
    return str(entry.status) if entry.status is not None else entry.error or "-"


COLUMNS: tuple[Column[Row], ...] = (
    Column("at", "AT", lambda row: time.strftime("%H:%M:%S", time.localtime(row.entry.at)), width=8),
    Column("method", "METHOD", lambda row: row.entry.method, width=6, priority=3),
    Column("status", "STATUS", _status, width=6, grow=0),
    Column("ms", "MS", lambda row: f"{row.entry.ms:.0f}" if row.entry.ms else "-", width=6, align="right"),
    Column(
        "size",
        "BYTES",
        lambda row: f"{row.entry.size:,}" if row.entry.size else "-",
        width=9,
        align="right",
        priority=1,
    ),
    Column("how", "HOW", lambda row: row.entry.outcome, width=8, priority=2),
    Column("path", "PATH BEHIND /api/v1/", _path, width=20, grow=1),
)


class LogScreen(BaseScreen):
    """The newest request first. Below stands the one under the cursor as `curl`, in full, to select; c
    copies it."""

    where = "log"
    BINDINGS: ClassVar[list[BindingType]] = bindings("log")
    DEFAULT_CSS = "LogScreen LineTree { height: 6; }"

    def body(self) -> ComposeResult:
        yield RemoteTable(COLUMNS, title="Requests", id="requests")
        yield LineTree(id="curl")

    def on_mount(self) -> None:
        """Show the log as it is now; r brings it up to date."""
        super().on_mount()
        self.query_one(RemoteTable).nothing = "No request was sent yet."
        self.query_one(RemoteTable).focus()
        self._show()

    def _show(self) -> None:
        from jmstui.api.pages import LocalList

        client = self.session.client
        entries = list(client.log) if client is not None else []
        rows = [Row(str(number), entry) for number, entry in enumerate(entries)]
        table = self.query_one(RemoteTable)
        table.set_source(LocalList(rows[::-1]), table.current_id)

    @on(RemoteTable.Highlighted)
    def _one(self, message: RemoteTable.Highlighted) -> None:
        text = self._curl(message.row) if message.row is not None else ""
        lines = [Line(line) for line in text.splitlines()]
        self.query_one("#curl", LineTree).set_lines(lines, waiting="", fresh=True)
        if isinstance(message, RemoteTable.Opened):
            self.action_copy()

    def _curl(self, row: Row) -> str:
        from jmstui.api.log import as_curl

        client = self.session.client
        return as_curl(row.entry, client.server, self.session.credential_kind) if client is not None else ""

    def action_copy(self) -> None:
        """Put the command on the terminal's clipboard."""
        from jmstui.tui.clipboard import copy

        row = self.query_one(RemoteTable).current
        if row is not None:
            self.tell(copy(self._curl(row), self.jms.write_raw))

    def action_refresh(self) -> None:
        """What was sent since."""
        self._show()

    def action_out(self) -> None:
        """Back."""
        self.nav.leave_top()
