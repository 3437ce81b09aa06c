"""A small app that holds one widget, and lists to show in it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from textual import events
from textual.app import App, ComposeResult
from textual.message import Message
from textual.pilot import Pilot
from textual.widget import Widget

from jmstui.api.pages import Change
from jmstui.tui.theme import install
from jmstui.tui.widgets.prompt import Prompt


@dataclass(frozen=True, slots=True)
class Row:
    """A row."""

    id: str
    name: str
    state: str = "yes"


class FakeList:
    """A remote list whose rows arrive when the test says so."""

    def __init__(self, total: int | None, rows: dict[int, Any] | None = None) -> None:
        self.total = total
        self.rows: dict[int, Any] = dict(rows or {})
        self.exact = True
        self.stale = self.shifted = self.closed = False
        self.error: Any = None
        self.wanted: list[tuple[int, int, int]] = []
        self.on_change: Callable[[Change], None] = lambda change: None

    def get(self, index: int) -> Any:
        return self.rows.get(index)

    def index_of(self, id: str) -> int | None:
        return next((index for index, row in self.rows.items() if row.id == id), None)

    def want(self, first: int, last: int, direction: int = 0) -> None:
        self.wanted.append((first, last, direction))

    def close(self) -> None:
        self.closed = True

    def arrive(self, rows: Iterable[Any], first: int = 0, total: int | None = None) -> None:
        """Rows come, and the list says so."""
        new = dict(enumerate(rows, first))
        self.rows.update(new)
        if total is not None and total != self.total:
            self.total = total
            self.on_change(Change("total"))
        self.on_change(Change("rows", first, first + len(new) - 1))


def full(total: int) -> FakeList:
    """A list that is all there."""
    return FakeList(total, {index: Row(f"id{index}", f"name-{index}") for index in range(total)})


class Host(App[None]):
    """Holds a widget above a prompt and keeps the messages that they post."""

    ENABLE_COMMAND_PALETTE = False
    CSS = "Screen { layout: vertical; }"

    def __init__(self, widget: Widget, theme: str = "dark") -> None:
        super().__init__(ansi_color=True)
        install(self, theme)
        self.widget = widget
        self.posted: list[Message] = []

    def compose(self) -> ComposeResult:
        yield self.widget
        yield Prompt()

    def on_mount(self) -> None:
        self.widget.focus()

    @property
    def prompt(self) -> Prompt:
        return self.query_one(Prompt)

    def on_key(self, event: events.Key) -> None:
        if self.prompt.feed(event):
            event.stop()
            event.prevent_default()

    def last(self, kind: type[Any]) -> Any:
        """The last message of a kind."""
        return (self.seen(kind) or [None])[-1]

    def seen(self, kind: type[Any]) -> list[Any]:
        """All messages of a kind, each once however far it bubbled."""
        return list({id(each): each for each in self.posted if type(each) is kind}.values())

    def lines(self, widget: Widget | None = None) -> list[str]:
        """What the widget shows, line by line, without trailing spaces."""
        widget = widget or self.widget
        return [widget.render_line(y).text.rstrip() for y in range(widget.size.height)]


@asynccontextmanager
async def staged(
    widget: Widget, size: tuple[int, int] = (60, 13), theme: str = "dark"
) -> AsyncIterator[tuple[Host, Pilot[None]]]:
    """The widget, `size[1] - 1` lines high, in a running app."""
    host = Host(widget, theme)
    async with host.run_test(size=size, message_hook=host.posted.append) as pilot:
        await pilot.pause()
        yield host, pilot
