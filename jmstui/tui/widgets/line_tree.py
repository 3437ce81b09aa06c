"""Lines of text in levels: details, answers, raw JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from rich.style import Style
from textual.binding import Binding, BindingType
from textual.message import Message

from jmstui.text import clean, wrap
from jmstui.tui.widgets.lines import LineView, Pieces

if TYPE_CHECKING:
    from jmstui.views.spec import Line, Target

WRAPPED = 40
"""Screen lines that one line may fill; a longer one ends with "…"."""
FOLDED, UNFOLDED = "▸", "▾"
LEADS = "\N{NO-BREAK SPACE}→"
"""Behind a line that leads somewhere; held to its last word while the line is wrapped."""


class LineTree(LineView):
    """`Line`s, long ones wrapped. Enter follows a line that leads somewhere, else folds what stands below it,
    as Space does; ← and → fold and unfold where `sideways`. Cursor and folds stay by the lines' keys when
    lines come again. "▸" stands before a folded line, "▾" before one that can be folded."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "follow", "follow", show=False),
        Binding("space", "flip", "fold", show=False),
        Binding("left,h", "fold", "fold", show=False),
        Binding("right,l", "unfold", "unfold", show=False),
    ]
    sideways = True

    class Followed(Message):
        """Enter was pressed on a line that leads to a record."""

        def __init__(self, tree: LineTree, target: Target) -> None:
            super().__init__()
            self.tree, self.target = tree, target

        @property
        def control(self) -> LineTree:
            return self.tree

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self.lines: Sequence[Line] = ()
        self.waiting = ""
        """Stands in the first line while there are no lines."""
        self._keys: list[str] = []
        self._flipped: set[str] = set()
        """Keys of the lines that are not as they came: folded by hand, or unfolded."""
        self._rows: list[tuple[int, str]] = []
        self._width = 0

    # what is shown

    def set_lines(self, lines: Sequence[Line], *, waiting: str = "nothing here", fresh: bool = False) -> None:
        """Show these lines; `waiting` stands there when there are none. `fresh`: another subject, so start at
        its top, folded as it comes."""
        here = self._key_here()
        if fresh:
            self._flipped, here = set(), ""
            self.cursor = self.top = 0
        self.lines, self.waiting = lines, waiting
        self._keys = _keys_of(lines)
        self._lay_out(here)

    @property
    def current(self) -> Line | None:
        """The line under the cursor."""
        return self.lines[self._rows[self.cursor][0]] if self._rows else None

    def _key_here(self) -> str:
        return self._keys[self._rows[self.cursor][0]] if self._rows and self.cursor < len(self._rows) else ""

    def _has_below(self, index: int) -> bool:
        return index + 1 < len(self.lines) and self.lines[index + 1].level > self.lines[index].level

    def _is_folded(self, index: int) -> bool:
        return self.lines[index].folded is not (self._keys[index] in self._flipped) and self._has_below(index)

    def _mark(self, index: int) -> str:
        """What stands before a line that has some below: it is in the margin, so nothing moves."""
        if self._is_folded(index):
            return FOLDED
        return UNFOLDED if self._has_below(index) else ""

    def _lay_out(self, keep: str) -> None:
        """Wrap and fold into screen lines; the cursor goes to the line whose key is `keep` when it is
        there."""
        rows: list[tuple[int, str]] = []
        hidden: int | None = None
        found: int | None = None
        room = max(8, self.size.width)
        for index, line in enumerate(self.lines):
            if hidden is not None and line.level > hidden:
                continue
            hidden = line.level if self._is_folded(index) else None
            if self._keys[index] == keep:
                found = len(rows)
            rows.extend((index, part) for part in self._parts(index, line, room))
        self._rows, self._width = rows, self.size.width
        if keep and found is not None:
            self.cursor = found
        self.lines_changed()

    def _parts(self, index: int, line: Line, room: int) -> list[str]:
        """The screen lines of a line; the mark of one that leads somewhere never stands alone in one."""
        mark = self._mark(index)
        indent = " " * max(2 if mark else 1, 1 + min(2 * line.level, room // 2))
        text = clean(line.text) + (LEADS if line.target is not None else "")
        parts = [part.replace(LEADS, " →") for part in wrap(text, room - 1, indent, WRAPPED)]
        if mark:
            margin = max(0, len(indent) - 2)
            parts[0] = indent[:margin] + mark + indent[margin + 1 :] + parts[0][len(indent) :]
        return parts

    # keys

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return self.sideways or action not in ("fold", "unfold")

    def _flip(self, index: int) -> None:
        self._flipped ^= {self._keys[index]}
        self._lay_out(self._keys[index])

    def activate(self) -> None:
        self.action_follow()

    def action_follow(self) -> None:
        """Go where the line leads."""
        line = self.current
        if line is not None and line.target is not None:
            self.post_message(self.Followed(self, line.target))
        else:
            self.action_flip()

    def action_flip(self) -> None:
        """Fold or unfold what stands below the line."""
        if self._rows and self._has_below(index := self._rows[self.cursor][0]):
            self._flip(index)

    def action_fold(self) -> None:
        """Fold; where there is nothing to fold, go to the line that this one stands below."""
        if not self._rows:
            return
        index = self._rows[self.cursor][0]
        if self._has_below(index) and not self._is_folded(index):
            self._flip(index)
            return
        level = self.lines[index].level
        for row in range(self.cursor - 1, -1, -1):
            if self.lines[self._rows[row][0]].level < level:
                self.move_to(row)
                return

    def action_unfold(self) -> None:
        """Unfold."""
        if self._rows and self._is_folded(index := self._rows[self.cursor][0]):
            self._flip(index)

    def on_resize(self) -> None:
        if self._width != self.size.width:
            self._lay_out(self._key_here())
        super().on_resize()

    # drawing

    @property
    def line_count(self) -> int:
        return len(self._rows)

    def empty_text(self) -> str:
        return clean(self.waiting)

    def draw(self, index: int, width: int, row: Style) -> Pieces:
        number, text = self._rows[index]
        tone = self.lines[number].tone
        return [(text, self.palette.over(tone, row) if index == self.cursor else self.palette.tone(tone))]


def _keys_of(lines: Sequence[Line]) -> list[str]:
    """A key for each line: its own, else its text; the n-th of the same gets "#n"."""
    seen: dict[str, int] = {}
    keys = []
    for line in lines:
        key = line.key or f"{line.level}:{line.text[:80]}"
        seen[key] = seen.get(key, 0) + 1
        keys.append(key if seen[key] == 1 else f"{key}#{seen[key]}")
    return keys
