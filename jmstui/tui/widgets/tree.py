"""The tree beside a table: nodes, groups, categories."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from rich.style import Style
from textual.binding import Binding, BindingType
from textual.message import Message

from jmstui.text import clean, cut, width
from jmstui.tui.widgets.lines import LineView, Pieces

if TYPE_CHECKING:
    from jmstui.views.spec import Branch


class SideTree(LineView):
    """Branches with their counts. → opens, ← closes or goes to the parent, Space does either, Enter chooses.

    Cursor, open branches and the chosen one are kept by id when the branches come again.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right,l", "unfold", "open", show=False),
        Binding("left,h", "fold", "close", show=False),
        Binding("space", "flip", "open or close", show=False),
        Binding("enter", "choose", "choose", show=False),
    ]
    head_lines = 1

    class Chosen(Message):
        """Enter was pressed on a branch."""

        def __init__(self, tree: SideTree, branch: Branch) -> None:
            super().__init__()
            self.tree, self.branch = tree, branch

        @property
        def control(self) -> SideTree:
            return self.tree

    def __init__(self, title: str = "", *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self.title = title
        self.waiting = "loading…"
        self.chosen = ""
        """The id of the chosen branch; "" for none."""
        self._branches: dict[str, Branch] = {}
        self._children: dict[str, list[str]] = {}
        self._open: set[str] = set()
        self._rows: list[tuple[Branch, int]] = []
        self._loaded = False

    # what is shown

    def set_branches(self, branches: Sequence[Branch], title: str | None = None) -> None:
        """Show these. Branches whose parent is not among them stand at the top, and at first those are
        open."""
        here = self.current.id if self.current else ""
        self.title = self.title if title is None else title
        self._branches = {branch.id: branch for branch in branches}
        self._children = {}
        for branch in branches:
            parent = branch.parent if branch.parent in self._branches and branch.parent != branch.id else ""
            self._children.setdefault(parent, []).append(branch.id)
        self._free_loops()
        if not self._loaded:
            self._open.update(self._children.get("", ()))
        self._loaded = True
        self._flatten(here)

    def clear(self) -> None:
        """Empty again, as before the first branches: for another view or organization."""
        self._branches, self._children, self._open, self._rows = {}, {}, set(), []
        self.chosen, self._loaded, self.cursor, self.top = "", False, 0, 0
        self.lines_changed()

    def choose(self, id: str) -> None:
        """Mark a branch as chosen without telling anyone, put the cursor on it and open what it stands
        under."""
        self.chosen = id
        parent = self._parent_of(id)
        while parent:
            self._open.add(parent)
            parent = self._parent_of(parent)
        self._flatten(id or (self.current.id if self.current else ""))

    @property
    def current(self) -> Branch | None:
        """The branch under the cursor."""
        return self._rows[self.cursor][0] if self._rows else None

    def _parent_of(self, id: str) -> str:
        branch = self._branches.get(id)
        return branch.parent if branch is not None and branch.parent in self._branches else ""

    def _free_loops(self) -> None:
        """Branches that are their own forebears (never right, but it is data) go to the top instead of
        getting lost."""
        seen: set[str] = set()
        tops = self._children.setdefault("", [])
        for start in (*tops, *self._branches):
            if start in seen:
                continue
            if start not in tops:
                siblings = self._children[self._branches[start].parent]
                siblings.remove(start)
                tops.append(start)
            waiting = [start]
            while waiting:
                id = waiting.pop()
                seen.add(id)
                waiting.extend(child for child in self._children.get(id, ()) if child not in seen)

    def _flatten(self, keep: str) -> None:
        """Lay the open branches out as lines; the cursor goes to `keep`, or to the nearest forebear that
        shows."""
        rows: list[tuple[Branch, int]] = []
        stack = [(id, 0) for id in reversed(self._children.get("", ()))]
        while stack:
            id, depth = stack.pop()
            rows.append((self._branches[id], depth))
            if id in self._open:
                stack.extend((child, depth + 1) for child in reversed(self._children.get(id, ())))
        self._rows = rows
        places = {branch.id: index for index, (branch, _) in enumerate(rows)}
        while keep and keep not in places:
            keep = self._parent_of(keep)
        old = self.cursor
        self.cursor = places.get(keep, min(self.cursor, max(0, len(rows) - 1)))
        if old != self.cursor:
            self.top += self.cursor - old if not self.top <= self.cursor < self.top + self.page else 0
        self.lines_changed()

    # keys

    def action_unfold(self) -> None:
        """Open the branch; when it is open, go to its first child."""
        branch = self.current
        if branch is None or branch.id not in self._children:
            return
        if branch.id in self._open:
            self.move_to(self.cursor + 1)
        else:
            self._open.add(branch.id)
            self._flatten(branch.id)

    def action_fold(self) -> None:
        """Close the branch; when it is closed, go to its parent."""
        branch = self.current
        if branch is None:
            return
        if branch.id in self._open and branch.id in self._children:
            self._open.discard(branch.id)
            self._flatten(branch.id)
        elif parent := self._parent_of(branch.id):
            self.move_to(next(i for i, (each, _) in enumerate(self._rows) if each.id == parent))

    def action_flip(self) -> None:
        """Open or close the branch."""
        branch = self.current
        if branch is not None and branch.id in self._children:
            self._open ^= {branch.id}
            self._flatten(branch.id)

    def activate(self) -> None:
        self.action_choose()

    def action_choose(self) -> None:
        """Choose the branch under the cursor."""
        branch = self.current
        if branch is not None:
            self.chosen = branch.id
            self.sync()
            self.post_message(self.Chosen(self, branch))

    # drawing

    @property
    def line_count(self) -> int:
        return len(self._rows)

    def empty_text(self) -> str:
        return "nothing here" if self._loaded else self.waiting

    def draw_head(self, y: int, width: int) -> Pieces:
        return [(" " + cut(clean(self.title), width - 2), self.palette.title)]

    def draw(self, index: int, room: int, row: Style) -> Pieces:
        branch, depth = self._rows[index]
        mark = ("▾" if branch.id in self._open else "▸") if branch.id in self._children else " "
        sign = "•" if branch.id == self.chosen else " "
        indent = "  " * min(depth, max(0, (room - 18) // 2))
        count = "" if branch.count is None else f"{branch.count:,}"
        left = room - 5 - len(indent) - len(count)
        name = cut(clean(branch.name), left)
        style = row
        if branch.id == self.chosen:
            style = row if index == self.cursor else self.palette.accent
        gap = " " * max(0, left - width(name))
        return [(f"{sign}{indent}{mark} {name}{gap} {count} ", style)]
