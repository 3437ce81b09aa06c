"""The keys of the screen below, searchable by typing."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType

from jmstui.text import pad
from jmstui.tui.keys import GROUPS, Key, bindings, keys_of
from jmstui.tui.screens.base import BaseScreen
from jmstui.tui.widgets.line_tree import LineTree
from jmstui.tui.widgets.prompt import Prompt
from jmstui.views.spec import Line


class HelpScreen(BaseScreen):
    """What each key does on `screen`, in groups; / narrows the list to the lines that hold the words."""

    where = "help"
    BINDINGS: ClassVar[list[BindingType]] = bindings("help")

    def __init__(self, screen: BaseScreen) -> None:
        super().__init__()
        title = screen.help_title()
        self._name = title[:1].upper() + title[1:]
        self._keys = keys_of(screen.where, screen.able())
        self._extra = screen.help_lines()

    def body(self) -> ComposeResult:
        yield LineTree()

    def on_mount(self) -> None:
        """All keys."""
        super().on_mount()
        self.query_one(LineTree).focus()
        self._show("")

    def _show(self, words: str) -> None:
        lines = [Line(f"Keys: {self._name}", tone="head", key="title")]
        for group in GROUPS:
            keys = [key for key in self._keys if key.group == group and _holds(key, words)]
            if keys:
                lines.append(Line(group, tone="head", key=group))
                lines += [Line(pad(key.shown, 16) + key.text, 1, key=f"{key.id}{key.shown}") for key in keys]
        extra = [line for line in self._extra if words.casefold() in line.text.casefold()]
        if len(lines) == 1 and not extra:
            lines.append(Line(f"no key for “{words}”", 1, "dim"))
        self.query_one(LineTree).set_lines([*lines, *extra])

    def action_search(self) -> None:
        """Type what to look for."""
        self.prompt.open("/")

    @on(Prompt.SearchChanged)
    def _searching(self, message: Prompt.SearchChanged) -> None:
        self._show(message.text.strip())

    @on(Prompt.Cancelled)
    def _given_up(self) -> None:
        self._show("")


def _holds(key: Key, words: str) -> bool:
    text = f"{key.shown} {key.text} {key.group}".casefold()
    return all(word in text for word in words.casefold().split())
