"""The detail pane: a line of tabs above the lines of the one that is shown. Its layout never changes, only
its text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.style import Style
from textual.binding import Binding, BindingType
from textual.message import Message

from jmstui.text import clean, cut, width
from jmstui.tui.widgets.line_tree import LineTree
from jmstui.tui.widgets.lines import Pieces


class DetailPane(LineTree):
    """` prod-web-0001   [Overview]  Accounts  Rules  JSON`; ← and → go from tab to tab."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left,h", "tab(-1)", "tab to the left", show=False),
        Binding("right,l", "tab(1)", "tab to the right", show=False),
    ]
    head_lines = 1
    sideways = False

    class TabShown(Message):
        """Another tab was chosen by key; its lines are wanted."""

        def __init__(self, pane: DetailPane, key: str) -> None:
            super().__init__()
            self.pane, self.key = pane, key

        @property
        def control(self) -> DetailPane:
            return self.pane

    def __init__(
        self, tabs: Sequence[tuple[str, str]] = (), *, id: str | None = None, classes: str | None = None
    ) -> None:
        super().__init__(id=id, classes=classes)
        self.tabs: list[tuple[str, str]] = list(tabs)
        """(key, title)"""
        self.tab = tabs[0][0] if tabs else ""
        """The key of the tab that is shown."""
        self.title = ""

    def set_tabs(self, tabs: Sequence[tuple[str, str]]) -> None:
        """Other tabs; the shown one stays if it is among them, else the first is shown (without a
        message)."""
        self.tabs = list(tabs)
        if self.tab not in [key for key, _ in self.tabs]:
            self.tab = self.tabs[0][0] if self.tabs else ""
        self.sync_head()

    def set_title(self, title: str) -> None:
        """What the detail is of: the row's name, uncleaned."""
        if title != self.title:
            self.title = title
            self.sync_head()

    def show_tab(self, key: str) -> None:
        """Go to a tab and ask for its lines."""
        if key != self.tab and key in [each for each, _ in self.tabs]:
            self.tab = key
            self.sync_head()
            self.post_message(self.TabShown(self, key))

    def action_tab(self, by: int) -> None:
        """The next tab or the one before; it stops at the ends."""
        keys = [key for key, _ in self.tabs]
        if keys:
            self.show_tab(keys[max(0, min(keys.index(self.tab) + by, len(keys) - 1))])

    def draw_head(self, y: int, room: int) -> Pieces:
        titles = [f"[{title}]" if key == self.tab else f" {title} " for key, title in self.tabs]
        total = sum(width(title) + 1 for title in titles)
        title = cut(clean(self.title), max(0, min(room - total - 4, room // 3)))
        pieces: Pieces = [(f" {title}  " if title else " ", self.palette.title)]
        left = room - width(pieces[0][0])
        at = next((index for index, (key, _) in enumerate(self.tabs) if key == self.tab), 0)
        first, last = _in_sight([width(each) + 1 for each in titles], at, left)
        pieces.append(("<" if first else "", self.palette.dim))
        for index in range(first, last + 1):
            style: Style = self.palette.head if index == at else self.palette.dim
            pieces.append((titles[index] + " ", style))
        pieces.append((">" if last < len(titles) - 1 else "", self.palette.dim))
        return pieces


def _in_sight(sizes: list[int], at: int, room: int) -> tuple[int, int]:
    """First and last tab that fit into `room` cells around the shown one, with a cell for the sign at either
    end."""
    if not sizes:
        return 0, -1
    if sum(sizes) <= room:
        return 0, len(sizes) - 1
    first = last = at
    used = sizes[at] + 2
    while True:
        if last + 1 < len(sizes) and used + sizes[last + 1] <= room:
            last += 1
            used += sizes[last]
        elif first > 0 and used + sizes[first - 1] <= room:
            first -= 1
            used += sizes[first]
        else:
            return first, last
