"""Form parts: a one-line text field, and a row of choices. Neither blinks, and a letter repaints one line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from jmstui.text import clean, cut, width, wrap
from jmstui.tui.theme import palette_of
from jmstui.tui.widgets import caret
from jmstui.tui.widgets.editing import EditLine
from jmstui.tui.widgets.lines import Pieces, strip

if TYPE_CHECKING:
    from rich.style import Style


class Field(Widget, can_focus=True):
    """A text field. Printable keys are text in it; Enter submits."""

    ALLOW_SELECT = False
    DEFAULT_CSS = "Field { height: 1; width: 1fr; }"

    class Changed(Message):
        """The text is another one."""

        def __init__(self, field: Field) -> None:
            super().__init__()
            self.field, self.text = field, field.value

        @property
        def control(self) -> Field:
            """The field that it happened in."""
            return self.field

    class Submitted(Message):
        """Enter was pressed."""

        def __init__(self, field: Field) -> None:
            super().__init__()
            self.field, self.text = field, field.value

        @property
        def control(self) -> Field:
            """The field that it happened in."""
            return self.field

    def __init__(self, value: str = "", *, id: str, secret: bool = False, hint: str = "") -> None:
        super().__init__(id=id)
        self.line = EditLine(value, secret)
        self.hint = hint
        """Stands in the empty field."""

    @property
    def value(self) -> str:
        """What was typed."""
        return self.line.text

    @value.setter
    def value(self, text: str) -> None:
        self.line.set(text)
        self._sync()

    def on_key(self, event: events.Key) -> None:
        """Edit, or submit; everything else is left to others."""
        if event.key == "enter":
            event.stop()
            self.post_message(self.Submitted(self))
            return
        before = self.line.text
        if self.line.feed(event.key, event.character):
            event.stop()
            event.prevent_default()
            self._sync()
            if self.line.text != before:
                self.post_message(self.Changed(self))

    def on_paste(self, event: events.Paste) -> None:
        """Paste without line ends and control characters."""
        event.stop()
        if self.line.paste(event.text):
            self._sync()
            self.post_message(self.Changed(self))

    def on_focus(self) -> None:
        """The insertion point shows."""
        self._sync()

    def on_blur(self) -> None:
        """The insertion point goes."""
        self.refresh()

    def place_caret(self) -> None:
        """Put the terminal's cursor where the insertion point is."""
        caret.place(self, 1 + width(self.line.shown(self.size.width - 2)[0]), 0)

    def _sync(self) -> None:
        self.refresh()
        if self.is_mounted:
            self.place_caret()

    def render_line(self, y: int) -> Strip:
        """The text on a ground of its own, so that an empty field shows too."""
        palette = palette_of(self.app)
        room = self.size.width
        ground = palette.cursor if self.has_focus else palette.resting
        before, under, after = self.line.shown(room - 2)
        pieces: Pieces = [(" " + before, ground)]
        if self.has_focus:
            pieces += [(under, palette.caret), (after, ground)]
        elif self.line.text:
            pieces.append((under + after, ground))
        if not self.line.text and self.hint:
            pieces.append((cut(clean(self.hint), room - 4), ground))
        return strip(pieces, room, ground)


class Choice(Widget, can_focus=True):
    """One of a few words in a row; ← and → choose. The chosen one is marked with a sign, not by colour
    alone."""

    ALLOW_SELECT = False
    DEFAULT_CSS = "Choice { height: 1; width: 1fr; }"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left,h", "step(-1)", show=False),
        Binding("right,l,space", "step(1)", show=False),
    ]

    class Changed(Message):
        """Another word was chosen."""

        def __init__(self, choice: Choice, key: str) -> None:
            super().__init__()
            self.choice, self.key = choice, key

        @property
        def control(self) -> Choice:
            """The row that it happened in."""
            return self.choice

    class Submitted(Message):
        """Enter was pressed on the row."""

        def __init__(self, choice: Choice) -> None:
            super().__init__()
            self.choice = choice

        @property
        def control(self) -> Choice:
            """The row that it happened in."""
            return self.choice

    def __init__(self, options: Sequence[tuple[str, str]] = (), chosen: str = "", *, id: str) -> None:
        super().__init__(id=id)
        self.options = list(options)
        self.chosen = chosen or (self.options[0][0] if self.options else "")

    def offer(self, options: Sequence[tuple[str, str]], chosen: str) -> None:
        """Show other words, with `chosen` marked."""
        self.options, self.chosen = list(options), chosen
        self.refresh()

    def choose(self, key: str) -> None:
        """Mark the word with this key and say so."""
        if key != self.chosen:
            self.chosen = key
            self.refresh()
            self.post_message(self.Changed(self, key))

    def action_step(self, step: int) -> None:
        """The next or the former word, round the end."""
        keys = [key for key, _ in self.options]
        if keys:
            self.choose(keys[(keys.index(self.chosen) + step) % len(keys)])

    def on_key(self, event: events.Key) -> None:
        """Enter submits the form from here too."""
        if event.key == "enter":
            event.stop()
            self.post_message(self.Submitted(self))

    def on_focus(self) -> None:
        """Show that the keys go here."""
        self.refresh()
        caret.place(self, 1, 0)

    def on_blur(self) -> None:
        """And that they no longer do."""
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """The row; a bullet marks the chosen word."""
        palette = palette_of(self.app)
        titles = [clean(title) for _, title in self.options]
        marked = sum(width(title) + 6 for title in titles) <= self.size.width
        pieces: Pieces = [(" ", palette.base)]
        for (key, _), title in zip(self.options, titles, strict=True):
            on = key == self.chosen
            style: Style = palette.cursor if on and self.has_focus else palette.head if on else palette.base
            mark = "(•) " if on else "( ) " if marked else ""
            pieces += [(mark + title, style), ("  ", palette.base)]
        return strip(pieces, self.size.width, palette.base)


class Gap(Widget):
    """An empty line."""

    DEFAULT_CSS = "Gap { height: 1; width: 1fr; }"

    def render_line(self, y: int) -> Strip:
        """Nothing, on the theme's ground."""
        return strip([], self.size.width, palette_of(self.app).base)


class Label(Widget):
    """Text over several lines, wrapped; its height follows the text."""

    ALLOW_SELECT = False
    DEFAULT_CSS = "Label { height: auto; width: 1fr; }"

    def __init__(
        self, text: str = "", *, id: str | None = None, tone: str = "plain", classes: str = ""
    ) -> None:
        super().__init__(id=id, classes=classes)
        self.text, self.tone = text, tone

    def show(self, text: str) -> None:
        """Other text; none takes no room."""
        if text != self.text:
            self.text = text
            self.display = bool(text)
            self.refresh(layout=True)

    def on_mount(self) -> None:
        """None takes no room from the start."""
        self.display = bool(self.text)

    def get_content_height(self, container: object, viewport: object, width: int) -> int:
        """Lines that the text needs."""
        return len(self._lines(width))

    def _lines(self, room: int) -> list[str]:
        lines = [part for line in self.text.split("\n") for part in wrap(clean(line), max(8, room - 2))]
        return lines if self.text.startswith("! ") else [line.lstrip() for line in lines]

    def render_line(self, y: int) -> Strip:
        """A line of it."""
        palette = palette_of(self.app)
        lines = self._lines(self.size.width)
        style = palette.tone(self.tone)  # type: ignore[arg-type]
        return strip([(" " + lines[y] if y < len(lines) else "", style)], self.size.width, palette.base)
