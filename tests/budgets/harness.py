"""The explorer's layout over made-up rows and no server: what the widgets cost by themselves.

`python -m tests.budgets.harness [--rows N] [--theme NAME] [--detail] [--field]`
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from typing import Any

from textual import events
from textual.app import App, ComposeResult
from textual.containers import Horizontal
from textual.reactive import Reactive
from textual.screen import Screen
from textual.widget import Widget

from jmstui.api.pages import Change
from jmstui.tui.theme import THEMES, install
from jmstui.tui.widgets.detail import DetailPane
from jmstui.tui.widgets.header import Header, StatusLine
from jmstui.tui.widgets.prompt import Prompt
from jmstui.tui.widgets.remote_table import RemoteTable
from jmstui.tui.widgets.tree import SideTree
from jmstui.views.spec import Branch, Column, Line, Target


@dataclass(frozen=True, slots=True)
class Row:
    """A made-up asset, each cell as long as its column is wide."""

    id: str
    name: str
    address: str
    platform: str
    node: str
    active: bool


class MadeUp:
    """A list of any length that is here at once and takes no memory."""

    exact, stale, shifted, error = True, False, False, None

    def __init__(self, total: int) -> None:
        self.total: int | None = total

    def get(self, index: int) -> Row | None:
        """A row; every seventh has a Chinese name, every fifth is inactive."""
        if not 0 <= index < (self.total or 0):
            return None
        chinese = index % 7 == 0
        name = (
            f"生产环境-web-{index:06}-" + "华北" * 9 if chinese else f"prod-web-{index:06}-" + "north-1b" * 4
        )
        address = f"10.{index >> 16 & 255}.{index >> 8 & 255}.{index & 255}".ljust(15, "x")
        node = "/DEFAULT/L1 web/L2 north/L3 rack-" + "7" * 20
        return Row(str(index), name, address, "Linux-x86_64", node, index % 5 > 0)

    def index_of(self, id: str) -> int | None:
        """Ids are indices here."""
        return int(id)

    def want(self, first: int, last: int, direction: int = 0) -> None:
        """Nothing to ask for."""

    def close(self) -> None:
        """Nothing to end."""


def state(row: Row) -> str:
    return "yes" if row.active else "no"


COLUMNS: tuple[Column[Row], ...] = (
    Column("name", "NAME", lambda row: row.name, width=20, grow=2, order="name"),
    Column("address", "ADDRESS", lambda row: row.address, width=15, priority=1, order="address"),
    Column("platform", "PLATFORM", lambda row: row.platform, width=12, priority=2),
    Column("node", "NODE", lambda row: row.node, width=20, grow=2, priority=3),
    Column(
        "active", "ACTIVE", state, width=6, priority=1, tone=lambda row: "plain" if row.active else "warn"
    ),
)
BRANCHES = [
    Branch("1", "", "DEFAULT", 20000),
    Branch("1:1", "1", "L1 web", 12117),
    Branch("1:2", "1", "L1 db", 3204),
    Branch("1:3", "1", "生产环境", 622),
    Branch("1:1:1", "1:1", "L2 north", 22),
]
HINTS = [(":", "go"), ("/", "search"), ("⏎", "open"), ("w", "who can"), ("x", "why"), ("?", "help")]
TABS = [("overview", "Overview"), ("accounts", "Accounts"), ("rules", "Rules"), ("json", "JSON")]


def details(row: Row) -> list[Line]:
    """Thirty lines about a row, no two rows with a line in common."""
    lines = [Line(f"name: {row.name}"), Line(f"address: {row.address}", tone="head")]
    for number in range(28):
        text = f"rule {row.id}-{number} " + f"account-{row.id} " * 9
        lines.append(Line(text, number % 3, target=Target("rules", "1")))
    return lines


class Quiet(Screen[None]):
    """A screen that is not drawn as a whole when the focus moves."""

    focused: Reactive[Widget | None] = Reactive(None, repaint=False)
    AUTO_FOCUS = None


class Harness(App[None]):
    """Header, tree and table, detail, status and prompt, with the keys that the measurements press."""

    ENABLE_COMMAND_PALETTE = False
    CSS = """
    Screen, Screen:ansi { layout: vertical; background: $background; }
    #middle { height: 1fr; }
    #tree { width: 26; }
    DetailPane { height: 14; }
    """

    def __init__(self, options: argparse.Namespace) -> None:
        super().__init__(ansi_color=True)
        self.options = options
        install(self, options.theme)

    def get_default_screen(self) -> Quiet:
        return Quiet(id="_default")

    def compose(self) -> ComposeResult:
        yield Header()
        with Horizontal(id="middle"):
            yield SideTree("Nodes", id="tree")
            yield RemoteTable(COLUMNS, title="Assets")
        if self.options.detail:
            yield DetailPane(TABS)
        yield StatusLine()
        yield Prompt()

    def on_mount(self) -> None:
        self.delay_update(0.01)  # one first frame instead of four
        self.query_one(Header).set(
            server="jms.corp.example", user="alice", role="admin", organization="Production"
        )
        table = self.query_one(RemoteTable)
        table.set_head(where="/L1 web", order="name")
        table.set_source(MadeUp(self.options.rows))
        table.focus()
        self.query_one(SideTree).set_branches(BRANCHES)
        self.query_one(StatusLine).set("as of 14:02:31", "88 ms")
        self.query_one(Prompt).set_hints(HINTS)
        self.query_one(Prompt).complete = lambda text: [
            each for each in ("assets", "access", "users") if text in each
        ]

    def on_key(self, event: events.Key) -> None:
        prompt, table = self.query_one(Prompt), self.query_one(RemoteTable)
        if prompt.feed(event):
            event.stop()
            event.prevent_default()
        elif event.character in (":", "/"):
            prompt.open(event.character)  # type: ignore[arg-type]
        elif event.character == "d":
            self.show_detail(table.current)
        elif event.character == "n":
            table.source_changed(Change("rows", 0, 99))

    def show_detail(self, row: Any) -> None:
        pane = self.query_one(DetailPane)
        pane.set_title(row.name)
        pane.set_lines(details(row), fresh=True)


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--theme", choices=THEMES, default="dark")
    parser.add_argument("--detail", action="store_true")
    Harness(parser.parse_args()).run(mouse=False)


if __name__ == "__main__":
    main()
