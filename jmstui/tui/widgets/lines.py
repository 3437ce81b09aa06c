"""A cursor over N virtual lines, drawn one line at a time, so that a key costs two lines down the wire."""

from __future__ import annotations

from typing import ClassVar, Self

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.strip import Strip
from textual.widget import Widget

from jmstui import text as cells
from jmstui.tui.theme import Palette, palette_of
from jmstui.tui.widgets import caret

Pieces = list[tuple[str, Style]]


class LineView(Widget, can_focus=True):
    """Base of table and trees. A subclass says how many lines there are (`line_count`) and how one looks
    (`draw`).

    Keys: ↑ ↓ PgUp PgDn Home End, j k g G. At an edge it scrolls by half a page, since scrolling by one line
    repaints the page at every key. No scroll bar: whoever wants the position on screen draws it in a head
    line.
    """

    ALLOW_SELECT = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "step(-1)", "up", show=False),
        Binding("down,j", "step(1)", "down", show=False),
        Binding("pageup", "leaf(-1)", "page up", show=False),
        Binding("pagedown", "leaf(1)", "page down", show=False),
        Binding("home,g", "edge(-1)", "first", show=False),
        Binding("end,G", "edge(1)", "last", show=False),
    ]
    DEFAULT_CSS = """
    LineView { width: 1fr; height: 1fr; }
    """
    head_lines = 0
    """Lines at the top that do not scroll, drawn by `draw_head`."""
    marks_more = True
    """Whether the first and the last line in sight say how many are above and below; False where a head line
    gives the position."""

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self.cursor = 0
        """Index of the line under the cursor; 0 when there are none."""
        self.top = 0
        """Index of the first line in sight."""
        self._shown: list[Strip] = []
        """What stands on the screen, a strip a line."""
        self._shown_at: Size | None = None
        """The size for which it was drawn; None when all must be drawn again."""

    # what a subclass says

    @property
    def line_count(self) -> int:
        """How many lines there are."""
        raise NotImplementedError

    def draw(self, index: int, width: int, row: Style) -> Pieces:
        """The pieces of line `index`, together at most `width` cells; `row` is the style of the row (or of
        the cursor)."""
        raise NotImplementedError

    def draw_head(self, y: int, width: int) -> Pieces:
        """The pieces of head line `y`."""
        return []

    def empty_text(self) -> str:
        """What stands there, wrapped, when there are no lines."""
        return ""

    def cursor_moved(self) -> None:
        """Called when the cursor stands on another line than before."""

    def activate(self) -> None:
        """What Enter does, for a double click."""

    def sight_moved(self, direction: int) -> None:
        """Called when other lines than before may be in sight; `direction` is -1, 0 or 1."""

    # geometry

    @property
    def palette(self) -> Palette:
        """The palette of the theme that is on."""
        return palette_of(self.app)

    @property
    def page(self) -> int:
        """Lines in sight, at least 1."""
        return max(1, self.size.height - self.head_lines)

    @property
    def sight(self) -> tuple[int, int]:
        """First and last index in sight; last < first when there is none."""
        return self.top, min(self.top + self.page, self.line_count) - 1

    def render_line(self, y: int) -> Strip:
        if self._shown_at != self.size:
            self._shown = [self.make_line(each) for each in range(self.size.height)]
            self._shown_at = self.size
        return self._shown[y] if y < len(self._shown) else Strip.blank(self.size.width)

    def make_line(self, y: int) -> Strip:
        """Line `y` of the widget as it should look now."""
        width = self.size.width
        palette = self.palette
        if y < self.head_lines:
            return strip(self.draw_head(y, width), width, palette.base)
        index = self.top + y - self.head_lines
        if index >= self.line_count:
            lines = (
                cells.wrap(self.empty_text().strip(), max(1, width - 1), " ") if not self.line_count else []
            )
            text = lines[y - self.head_lines] if y - self.head_lines < len(lines) else ""
            return strip([(text, palette.dim)] if text else [], width, palette.base)
        row = palette.base
        if index == self.cursor:
            row = palette.cursor if self.has_focus else palette.resting
        pieces = self.draw(index, width, row)
        if self.marks_more and (mark := self._more(index)):
            pieces = _with_mark(pieces, mark, width, row, row if index == self.cursor else palette.dim)
        return strip(pieces, width, row)

    def _more(self, index: int) -> str:
        """What the first or last line in sight says at its end: ` 12 more ↓`."""
        first, last = self.sight
        below = self.line_count - 1 - last
        if index == last and below > 0:
            return f" {below:,} more ↓"
        return f" {first:,} more ↑" if index == first and first > 0 else ""

    def sync(self, first: int = 0, last: int | None = None) -> None:
        """Bring the widget's lines `first`..`last` (of the screen, head included) up to date: only what
        differs from what stands there goes to the terminal."""
        height = self.size.height
        if self._shown_at != self.size:
            self.refresh()
            return
        regions = []
        for y in range(max(0, first), min(height, height if last is None else last + 1)):
            new = self.make_line(y)
            if end := differs_until(self._shown[y], new):
                self._shown[y] = new
                regions.append(Region(0, y, end, 1))
        if regions:
            self.refresh(*regions)

    def sync_rows(self, first: int, last: int | None = None) -> None:
        """`sync` by the indices of lines."""
        offset = self.head_lines - self.top
        low = max(self.head_lines, first + offset)
        self.sync(low, (first if last is None else last) + offset)

    def sync_head(self) -> None:
        """`sync` of the head lines."""
        if self.head_lines:
            self.sync(0, self.head_lines - 1)

    def refresh(
        self, *regions: Region, repaint: bool = True, layout: bool = False, recompose: bool = False
    ) -> Self:
        """As Textual's; but where it means the whole widget (at every change of focus), what stands there is
        kept."""
        if regions or layout or recompose or not repaint or self._shown_at != self.size:
            return super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)
        self.sync()
        return self

    # moving

    def move_to(self, index: int, *, lead: int | None = None) -> None:
        """Put the cursor on `index` (clamped). When that is out of sight, scroll so that it stands `lead`
        lines from the edge it came over (default: half a page)."""
        index = max(0, min(index, self.line_count - 1))
        old, self.cursor = self.cursor, index
        top = self.top
        lead = self.page // 2 if lead is None else lead
        if index < top:
            top = index - lead
        elif index >= top + self.page:
            top = index - self.page + 1 + lead
        self._scroll(top)
        if index != old:
            self.sync_rows(old)
            self.sync_rows(index)
            self.place_caret()
            self.cursor_moved()

    def _scroll(self, top: int) -> None:
        top = max(0, min(top, self.line_count - self.page))
        if top != self.top:
            direction = 1 if top > self.top else -1
            self.top = top
            self.sync()
            self.place_caret()
            self.sight_moved(direction)

    def lines_changed(self) -> None:
        """After other lines than before came: clamps the cursor and draws everything again."""
        self.cursor = max(0, min(self.cursor, self.line_count - 1))
        self.top = max(0, min(self.top, self.line_count - self.page))
        if self.cursor < self.top or self.cursor >= self.top + self.page:
            self.top = max(0, min(self.cursor - self.page // 2, self.line_count - self.page))
        self.sync()
        self.place_caret()

    def action_step(self, by: int) -> None:
        """One line up or down."""
        self.move_to(self.cursor + by)

    def action_leaf(self, by: int) -> None:
        """A page up or down; the cursor keeps its place on the screen."""
        place = self.cursor - self.top
        if (by > 0 and self.top + self.page >= self.line_count) or (by < 0 and self.top == 0):
            self.move_to(self.line_count - 1 if by > 0 else 0)
            return
        top = max(0, min(self.top + by * self.page, self.line_count - self.page))
        old, self.cursor = self.cursor, max(0, min(top + place, self.line_count - 1))
        self._scroll(top)
        if self.cursor != old:
            self.place_caret()
            self.cursor_moved()

    def action_edge(self, side: int) -> None:
        """The first or the last line."""
        self.move_to(0 if side < 0 else self.line_count - 1, lead=0)

    # events

    def place_caret(self) -> None:
        """Put the terminal's cursor on the cursor's line."""
        caret.place(self, 0, self.cursor - self.top + self.head_lines)

    def on_focus(self) -> None:
        self.place_caret()
        self.sync_rows(self.cursor)

    def on_blur(self) -> None:
        self.sync_rows(self.cursor)

    def on_mount(self) -> None:
        self.app.theme_changed_signal.subscribe(self, self._theme_changed)

    def _theme_changed(self, theme: object) -> None:
        self._shown_at = None
        self.refresh()

    def on_resize(self) -> None:
        self.lines_changed()
        self.sight_moved(0)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        event.stop()
        self.move_to(self.cursor + 3)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        event.stop()
        self.move_to(self.cursor - 3)

    def on_click(self, event: events.Click) -> None:
        index = self.top + event.y - self.head_lines
        if event.y >= self.head_lines and index < self.line_count:
            self.move_to(index)
            if event.chain == 2:
                self.activate()


def _with_mark(pieces: Pieces, mark: str, width: int, row: Style, style: Style) -> Pieces:
    """A mark at the right edge: all of it where the line leaves room, else its arrow in the last cell."""
    used = cells.width("".join(piece for piece, _ in pieces).rstrip(" "))
    shown = mark if used + len(mark) < width else mark[-1]
    left = width - len(shown)
    out: Pieces = []
    for piece, look in pieces:
        if cells.width(piece) > left:
            bare = piece.rstrip(" ")
            piece = bare if cells.width(bare) <= left else cells.cut(bare, left)
        out.append((piece, look))
        left -= cells.width(piece)
    return [*out, (" " * max(0, left), row), (shown, style)]


def strip(pieces: Pieces, width: int, rest: Style) -> Strip:
    """A line of exactly `width` cells: neighbours of one style become one segment, and `rest` fills what is
    left."""
    merged: list[tuple[str, Style]] = []
    left = width
    for piece, style in pieces:
        if left <= 0:
            break
        size = cells.width(piece)
        if size > left:
            piece = cells.cut(piece, left)
            size = cells.width(piece)
        left -= size
        if merged and merged[-1][1] == style:
            merged[-1] = (merged[-1][0] + piece, style)
        elif piece:
            merged.append((piece, style))
    if left > 0:
        if merged and merged[-1][1] == rest:
            merged[-1] = (merged[-1][0] + " " * left, rest)
        else:
            merged.append((" " * left, rest))
    return Strip([Segment(piece, style) for piece, style in merged], width)


def differs_until(old: Strip, new: Strip) -> int:
    """The cells, counted from the left, after which two strips of one width are the same; 0 when they are
    equal."""
    if old == new:
        return 0
    end = new.cell_length
    if old.cell_length != end or not old or not new:
        return end
    (before, style, _), (after, other, _) = list(old)[-1], list(new)[-1]
    if style != other:
        return end
    same = 0
    for left, right in zip(reversed(before), reversed(after), strict=False):
        if left != right:
            break
        same += 1
    while same and not (before[-same].isascii() and after[-same].isascii()):
        same -= 1  # never split between a character and its marks
    return end - cells.width(after[len(after) - same :])
