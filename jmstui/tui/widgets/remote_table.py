"""A table that is a window on a list which may be remote, and of any length."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

from rich.style import Style
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.strip import Strip

from jmstui.text import clean, cut, cut_start, pad, width
from jmstui.tui.widgets.columns import Layout, lay_out
from jmstui.tui.widgets.lines import LineView, Pieces

if TYPE_CHECKING:
    from jmstui.views.spec import Column

GAP = "·"
"""Stands in a row that has not come yet."""
HOLD = 0.5
"""Seconds for which the rows of the search before stay on screen."""


class Source(Protocol):
    """What `api.pages.RemoteList` and `LocalList` have in common, as far as a table needs it."""

    @property
    def total(self) -> int | None: ...
    @property
    def exact(self) -> bool: ...
    @property
    def stale(self) -> bool: ...
    @property
    def error(self) -> Any: ...
    def get(self, index: int, /) -> Any: ...
    def want(self, first: int, last: int, direction: int = 0) -> None: ...
    def index_of(self, id: str, /) -> int | None: ...
    def close(self) -> None: ...


class RemoteTable(LineView):
    """Head: what is shown ("Assets  /L1 web  /web/  1–38 of 12,117") and the column titles. Rows by index
    from a source.

    The row under the cursor stays under it, by its id, when the list changes below.
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "open", "open", show=False)]
    head_lines = 2
    marks_more = False

    class Highlighted(Message):
        """The cursor stands on another row, or its row has come or changed. `row` is None while it has not
        come."""

        def __init__(self, table: RemoteTable, row_id: str | None, index: int, row: Any) -> None:
            super().__init__()
            self.table, self.row_id, self.index, self.row = table, row_id, index, row

        @property
        def control(self) -> RemoteTable:
            return self.table

    class Opened(Highlighted):
        """Enter was pressed on a row that has come."""

    class _Changed(Message):
        """The source has news (a `pages.Change`)."""

        def __init__(self, source: object, change: Any) -> None:
            super().__init__()
            self.source, self.change = source, change

    def __init__(
        self,
        columns: Sequence[Column[Any]] = (),
        source: Source | None = None,
        *,
        row_id: Callable[[Any], str] = lambda row: str(row.id),
        title: str = "",
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self.columns: tuple[Column[Any], ...] = tuple(columns)
        self.source = source
        self.row_id = row_id
        self.title = title
        self.where = ""
        """What the list is narrowed to, e.g. the node's name."""
        self.search = ""
        self.order = ""
        self.waiting = "loading…"
        """Stands in an empty table whose first page has not come."""
        self.nothing = "nothing here"
        """Stands in a list without rows."""
        self._columns_for: tuple[object, Layout] | None = None
        self._anchor: str | None = None
        self._new = False
        """The list has just been put in: its first rows need not scroll to keep a row where it was."""
        self._held = False
        self._told: tuple[int, Any] | None = None

    # what is shown

    def set_view(
        self,
        columns: Sequence[Column[Any]],
        row_id: Callable[[Any], str],
        title: str,
        nothing: str = "nothing here",
    ) -> None:
        """Other columns; the source of the view before goes too."""
        self.columns, self.row_id, self.title, self.nothing = tuple(columns), row_id, title, nothing
        self.set_source(None)

    def set_head(self, *, where: str = "", search: str = "", order: str = "") -> None:
        """What the list is narrowed to and sorted by, for the head lines."""
        if (where, search, order) != (self.where, self.search, self.order):
            self.where, self.search, self.order = where, search, order
            self.sync()

    def set_source(
        self,
        source: Source | None,
        keep: str | None = None,
        hold: bool = False,
        at: tuple[int, int] = (0, 0),
    ) -> None:
        """Show another list and close the one before. `keep` is the id of the row that shall come under the
        cursor if it is among the first rows to arrive; `at` is where it stood when the list was left: the
        index of the row, and the first one in sight. With `hold` the rows that stand there stay until the
        first ones arrive, at most `HOLD` seconds: for another search or order of the same list, never for
        another organization."""
        held = hold and self.source is not None and source is not None and source.total is None
        if self.source is not None and self.source is not source:
            self.source.close()
        self.source = source
        self.cursor, self.top = at
        self._anchor, self._told, self._new = keep, None, True
        self._held = held and self._shown_at == self.size
        if self._held:
            self.sync_head()
            self.set_timer(HOLD, lambda: self._release(source))
        else:
            self._settle()
            self.lines_changed()
        self.sight_moved(0)

    def _release(self, source: Source | None) -> None:
        """Draw what is there of `source` now."""
        if self._held and source is self.source:
            self._held = False
            self._settle()
            self.lines_changed()

    def make_line(self, y: int) -> Strip:
        if self._held and y >= self.head_lines and self._shown_at == self.size:
            return self._shown[y]
        return super().make_line(y)

    def source_changed(self, change: Any) -> None:
        """Give this to a source as its `on_change`: it may be called from any task of the event loop."""
        self.post_message(self._Changed(self.source, change))

    @property
    def current(self) -> Any:
        """The row under the cursor, None when it has not come or there is none."""
        return self.source.get(self.cursor) if self.source is not None and self.line_count else None

    @property
    def current_id(self) -> str | None:
        """Its id."""
        row = self.current
        return None if row is None else self._row_key(row)

    def _row_key(self, row: Any) -> str:
        from jmstui.models.base import BadRow

        return row.id if isinstance(row, BadRow) else self.row_id(row)

    def on_unmount(self) -> None:
        """A list may have news at any time: not once its table is gone."""
        if self.source is not None:
            self.source.close()

    # news from the source

    def on_remote_table__changed(self, message: _Changed) -> None:
        message.stop()
        if message.source is not self.source or self.source is None:
            return
        self._release(self.source)
        change, here = message.change, (self.cursor, self.top)
        self._settle()
        if change.kind == "rows" and here == (self.cursor, self.top):
            self.sync_rows(change.first, change.last)
            self.sync_head()
        else:
            self.lines_changed()
            self._tell()
        if change.kind in ("reset", "total"):
            self.sight_moved(0)

    def _settle(self) -> None:
        """Keep the cursor on its row by id, and say so when another row is under it."""
        if self.source is not None and self._anchor is not None and self.current is not None:
            if self._row_key(self.current) != self._anchor:
                index = self.source.index_of(self._anchor)
                if index is not None:
                    if not self._new or index >= self.page:
                        self.top = max(0, self.top + index - self.cursor)
                    self.cursor = index
            self._anchor, self._new = None, False
        self._tell()

    def _tell(self) -> None:
        row = self.current
        id = None if row is None else self._row_key(row)
        if id is not None:
            self._anchor = id
        if self._told != (self.cursor, row):
            self._told = (self.cursor, row)
            self.post_message(self.Highlighted(self, id, self.cursor, row))

    def cursor_moved(self) -> None:
        self._anchor = None
        self._tell()
        self.sync_head()
        if self.source is not None and self.source.stale:
            self.look_again()

    def look_again(self) -> None:
        """Rows in sight that are past their time are asked for once more; the old ones stay meanwhile."""
        self.sight_moved(0)

    def sight_moved(self, direction: int) -> None:
        first, last = self.sight
        if self.source is not None:
            self.source.want(
                first, max(last, first + self.page - 1 if self.source.total is None else last), direction
            )

    def activate(self) -> None:
        self.action_open()

    def action_open(self) -> None:
        """Open the row under the cursor, once it is there."""
        row = self.current
        if row is not None:
            self.post_message(self.Opened(self, self._row_key(row), self.cursor, row))

    # drawing

    @property
    def line_count(self) -> int:
        return (self.source.total or 0) if self.source is not None else 0

    def empty_text(self) -> str:
        if self.source is None:
            return self.waiting
        if self.source.error is not None:
            return "! " + clean(str(getattr(self.source.error, "sentence", self.source.error)))
        return self.waiting if self.source.total is None else self.nothing

    def layout_for(self, room: int) -> Layout:
        """The columns for a width; one cell stays free at either side."""
        key = (room, self.columns, self.order)
        if self._columns_for is None or self._columns_for[0] != key:
            self._columns_for = (key, lay_out(self.columns, room - 2, self.order.lstrip("-")))
        return self._columns_for[1]

    def position(self) -> str:
        """ "1–38 of 12,117"."""
        if self.source is None or self.source.total is None:
            return ""
        total = f"{self.source.total:,}" if self.source.exact else f"≥ {self.source.total:,}"
        first, last = self.sight
        return f"{first + 1:,}–{last + 1:,} of {total}" if last >= first else "0"

    def draw_head(self, y: int, width: int) -> Pieces:
        return self._draw_title(width) if y == 0 else self._draw_titles(width)

    def _draw_title(self, room: int) -> Pieces:
        notes = [self.position()]
        if self.source is not None:
            if self.source.stale:
                notes.append("(old)")
            if getattr(self.source, "shifted", False):
                notes.append("(the list moved: r)")
            if self.source.error is not None and self.line_count:
                notes.append("! not refreshed")
        tail = "  ".join(note for note in notes if note)
        asked = "  ".join(
            [clean(self.where)] * bool(self.where) + [f"/{clean(self.search)}"] * bool(self.search)
        )
        title = f" {self.title}"
        left = max(0, room - width(title) - width(tail) - 4)
        if width(asked) > left:  # what the list is narrowed to matters more than what it is a list of
            title, left = "", left + width(title)
        middle = "  " + cut(asked, left) if asked and left > 1 else ""
        return [(title, self.palette.title), (f"{middle}  {tail}", self.palette.dim)]

    def _draw_titles(self, room: int) -> Pieces:
        layout = self.layout_for(room)
        sorted_by, arrow = self.order.lstrip("-"), "↓" if self.order.startswith("-") else "↑"
        cells = [
            pad(
                column.title + (arrow if column.order and column.order == sorted_by else ""),
                size,
                column.align,
            )
            for column, size in layout.columns
        ]
        line = " " + (" " * layout.gap).join(cells)
        if layout.dropped:
            line = pad(line, room - 1) + ">"
        return [(line, self.palette.dim)]

    def draw(self, index: int, width: int, row: Style) -> Pieces:
        from jmstui.models.base import BadRow

        record = self.source.get(index) if self.source is not None else None
        if record is None:
            return [(" " + GAP, row)]
        if isinstance(record, BadRow):
            return [(f" ! unreadable row: {clean(record.reason)}", row)]
        layout = self.layout_for(width)
        pieces: Pieces = [(" ", row)]
        accent = False
        for place, (column, size) in enumerate(layout.columns):
            if place:
                pieces.append((" " * layout.gap, row))
            text = clean(column.cell(record))
            text = pad(cut_start(text, size) if column.tail else text, size, column.align)
            tone = column.tone(record) if column.tone is not None and not accent else "plain"
            if tone != "plain":
                accent = True
                word = text.strip(" ")
                before, _, after = text.partition(word) if word else (text, "", "")
                style = self.palette.over(tone, row) if index == self.cursor else self.palette.tone(tone)
                pieces += [(before, row), (word, style), (after, row)]
            else:
                pieces.append((text, row))
        return pieces
