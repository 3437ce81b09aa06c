"""The last line: the keys, `:` go, `/` search, a question. Always laid out; takes keys without having the
focus."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Literal

from textual.message import Message
from textual.strip import Strip

from jmstui.text import clean, cut, width
from jmstui.tui.theme import palette_of
from jmstui.tui.widgets import caret
from jmstui.tui.widgets.editing import EditLine
from jmstui.tui.widgets.header import OneLine
from jmstui.tui.widgets.lines import Pieces, strip

if TYPE_CHECKING:
    from textual.events import Key

    from jmstui.views.spec import Tone

Kind = Literal["", ":", "/", "?"]
"""Idle, go, search, a question."""
PASSING = ("ctrl+c", "f1", "ctrl+z")
"""Keys that mean the same everywhere, also while a line is being typed."""
BROWSING = ("up", "down", "pageup", "pagedown")
"""Keys that go on to the list below while a search is being typed."""


class Prompt(OneLine):
    """The screen gives it every key first (`feed`) and every paste (`paste`); both answer whether it was
    taken."""

    DEFAULT_CSS = "Prompt { height: 1; width: 1fr; }"

    class SearchChanged(Message):
        """The text of `/` is another one, after each letter; `text` is what shall be searched for now."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    class Submitted(Message):
        """Enter: `kind` is ":" or "/"."""

        def __init__(self, kind: Kind, text: str) -> None:
            super().__init__()
            self.kind, self.text = kind, text

    class Cancelled(Message):
        """Esc, or Backspace in an empty line. `text` is what stood there when the line was opened."""

        def __init__(self, kind: Kind, text: str) -> None:
            super().__init__()
            self.kind, self.text = kind, text

    class Answered(Message):
        """A question was answered; `tag` is what `ask` was given."""

        def __init__(self, tag: str, yes: bool) -> None:
            super().__init__()
            self.tag, self.yes = tag, yes

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self.kind: Kind = ""
        self.line = EditLine()
        self.complete: Callable[[str], Sequence[str]] = lambda text: ()
        """Full texts that the text of `:` may become, best first."""
        self.history: list[str] = []
        """What was submitted to `:`, the oldest first."""
        self._hints: tuple[tuple[str, str], ...] = ()
        self._note: tuple[str, Tone] | None = None
        self._question = self._tag = self._opened_with = ""
        self._past: int | None = None
        self._typed = ""
        self._offers: tuple[str, ...] = ()
        self._offer = -1

    # what the screen asks for

    @property
    def active(self) -> bool:
        """A line is being typed or a question waits."""
        return bool(self.kind)

    def set_hints(self, hints: Sequence[tuple[str, str]]) -> None:
        """Keys and words for the idle line, the most important first, and help last: that one stays when
        others are left out."""
        self._hints = tuple(hints)
        self.sync()

    def say(self, text: str, tone: Tone = "plain") -> None:
        """A sentence in the idle line, until the next key or `say("")`. Uncleaned."""
        self._note = (text, tone) if text else None
        self.sync()

    def open(self, kind: Literal[":", "/"], text: str = "") -> None:
        """Begin to type."""
        self.kind, self._opened_with = kind, text
        self.line.set(text)
        self._note, self._past, self._offer = None, None, -1
        self._begin()

    def ask(self, question: str, tag: str = "", yes: str = "does it") -> None:
        """Ask: y, or a second q, is yes, and any other key is no; `yes` is the verb for it. The answer comes
        as `Answered`."""
        self.kind, self._tag, self._note = "?", tag, None
        self._question = f"{question}  y or q {yes}, any other key stays"
        self._begin()

    def close(self) -> None:
        """Idle again, without a message."""
        if self.kind:
            self.kind = ""
            caret.release(self)
            self.sync()
            focused = self.screen.focused
            if focused is not None and hasattr(focused, "place_caret"):
                focused.place_caret()

    def _begin(self) -> None:
        caret.claim(self)
        self._offers = tuple(self.complete(self.line.text)) if self.kind == ":" else ()
        self.sync()

    # keys

    def feed(self, event: Key) -> bool:
        """Take a key, or leave it to others."""
        if not self.kind:
            if self._note is not None:
                self.say("")
            return False
        key = event.key
        if key in PASSING or (self.kind == "/" and key in BROWSING):
            return False
        if self.kind == "?":
            self._answer(event.character)
            return True
        before = self.line.text
        if key == "escape" or (key == "backspace" and not before):
            kind = self.kind
            self.close()
            self.post_message(self.Cancelled(kind, self._opened_with))
        elif key == "enter":
            self._submit()
        elif key == "tab" or key == "shift+tab":
            self._next_offer(1 if key == "tab" else -1)
        elif key in ("up", "down"):
            self._recall(-1 if key == "up" else 1)
        elif self.line.feed(key, event.character):
            self._edited(before)
        return True

    def paste(self, text: str) -> bool:
        """Take a pasted text; line ends become spaces."""
        if self.kind not in (":", "/"):
            return False
        before = self.line.text
        self.line.paste(text)
        self._edited(before)
        return True

    def _edited(self, before: str) -> None:
        self._offer, self._past = -1, None
        if self.line.text != before:
            if self.kind == "/":
                self.post_message(self.SearchChanged(self.line.text))
            else:
                self._offers = tuple(self.complete(self.line.text))
        self.sync()

    def _submit(self) -> None:
        kind, text = self.kind, self.line.text
        if kind == ":" and text.strip() and text not in self.history[-1:]:
            self.history.append(text)
        self.close()
        self.post_message(self.Submitted(kind, text))

    def _answer(self, character: str | None) -> None:
        self.close()
        self.post_message(self.Answered(self._tag, (character or "").lower() in ("y", "q")))

    def _next_offer(self, by: int) -> None:
        if self._offers:
            self._offer = (self._offer + by) % len(self._offers)
            self.line.set(self._offers[self._offer])
            self.sync()

    def _recall(self, by: int) -> None:
        if self.kind != ":" or not self.history:
            return
        if self._past is None:
            self._past, self._typed = len(self.history), self.line.text
        self._past = max(0, min(self._past + by, len(self.history)))
        self.line.set(self.history[self._past] if self._past < len(self.history) else self._typed)
        self.sync()

    # drawing

    def make(self, room: int) -> Strip:
        palette = palette_of(self.app)
        if self.kind == "?":
            text = f" {cut(clean(self._question), room - 2)} "
            return strip([(text, palette.head)], room, palette.base)
        if self.kind:
            return strip(self._typing(room), room, palette.base)
        if self._note is not None:
            text, tone = self._note
            return strip([(" " + cut(clean(text), room - 2), palette.tone(tone))], room, palette.base)
        return strip([(self._hint_line(room), palette.dim)], room, palette.base)

    def _hint_line(self, room: int) -> str:
        """The hints that fit, each whole; the last one (help) keeps its place at the cost of those before
        it."""
        parts = [f" {key} {word}  " for key, word in self._hints]
        line, last = "", parts.pop() if parts else ""
        for part in parts:
            if width(line) + width(part) + width(last) > room:
                break
            line += part
        return line + last if width(line) + width(last) <= room else ""

    def _typing(self, room: int) -> Pieces:
        palette = palette_of(self.app)
        before, under, after = self.line.shown(room - 3)
        pieces: Pieces = [
            (f" {self.kind}{before}", palette.base),
            (under, palette.caret),
            (after, palette.base),
        ]
        left = room - sum(width(piece) for piece, _ in pieces) - 4
        if self._offers and left > 12:
            pieces.append(("    " + _as_many(self._offers, left), palette.dim))
        return pieces

    def sync(self) -> None:
        """Bring the line up to date and the terminal's cursor to the insertion point."""
        super().sync()
        self.place_caret()

    def place_caret(self) -> None:
        """Put the terminal's cursor where the insertion point is."""
        if self.kind in (":", "/"):
            caret.place(self, 2 + width(self.line.shown(self.size.width - 3)[0]), 0)
        elif self.kind:
            caret.place(self, 1, 0)


def _as_many(words: Sequence[str], room: int) -> str:
    """The words that fit, each whole, and `+N` for the others; the first one is cut when it does not fit
    alone."""
    for count in range(len(words), 0, -1):
        left = f"  +{len(words) - count}" if count < len(words) else ""
        line = "  ".join(words[:count]) + left
        if width(line) <= room:
            return line
    return cut(words[0], room)
