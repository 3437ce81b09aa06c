"""A line of text with an insertion point: what the prompt and the form fields share. Pure; keys by Textual's
names."""

from __future__ import annotations

from jmstui.text import clean, cut, width

LONGEST = 4000
"""Characters that a line holds; what is pasted beyond that is refused, never cut silently."""


class EditLine:
    """Text and position. `feed` takes a key, `paste` a text; both say whether anything was done."""

    __slots__ = ("at", "secret", "text")

    def __init__(self, text: str = "", secret: bool = False) -> None:
        self.text = text
        self.at = len(text)
        """Characters before the insertion point."""
        self.secret = secret

    def __repr__(self) -> str:
        return f"EditLine({'…' if self.secret else self.text!r})"

    def set(self, text: str) -> None:
        """Other text, the insertion point at its end."""
        self.text, self.at = text, len(text)

    def insert(self, text: str) -> bool:
        """Put text in; False when it would not fit."""
        if not text or len(self.text) + len(text) > LONGEST:
            return False
        self.text = self.text[: self.at] + text + self.text[self.at :]
        self.at += len(text)
        return True

    def paste(self, text: str) -> bool:
        """Put pasted text in, without its line ends and control characters; a secret often brings a line end
        along."""
        kept = text.strip("\r\n\t ") if self.secret else text.strip("\r\n")
        kept = "".join(" " if char in "\r\n\t" else char for char in kept.replace("\r\n", "\n"))
        return self.insert("".join(char for char in kept if char.isprintable() or char in "\u200d\ufe0f"))

    def feed(self, key: str, character: str | None) -> bool:
        """Edit by a key; False when the key is none of this line's."""
        if key in ("left", "right", "home", "end"):
            self.at = {"left": max(0, self.at - 1), "right": min(len(self.text), self.at + 1), "home": 0}.get(
                key, len(self.text)
            )
            if key in ("left", "right"):
                self._off_marks(-1 if key == "left" else 1)
        elif key == "backspace" or key == "ctrl+h":
            end = self.at
            self.at = max(0, self.at - 1)
            self._off_marks(-1)
            self.text = self.text[: self.at] + self.text[end:]
        elif key == "delete":
            start = self.at
            self.at = min(len(self.text), self.at + 1)
            self._off_marks(1)
            self.text, self.at = self.text[:start] + self.text[self.at :], start
        elif key == "ctrl+u":
            self.text, self.at = self.text[self.at :], 0
        elif key == "ctrl+w":
            start = len(self.text[: self.at].rstrip(" ").rpartition(" ")[0])
            start += start > 0
            self.text, self.at = self.text[:start] + self.text[self.at :], start
        elif character is not None and character.isprintable():
            return self.insert(character)
        else:
            return False
        return True

    def _off_marks(self, step: int) -> None:
        """Never stand between a character and the marks or joiners that belong to it."""
        while 0 < self.at < len(self.text) and (
            self.text[self.at] == "\u200d"
            or self.text[self.at - 1] == "\u200d"
            or width(self.text[self.at]) == 0
        ):
            self.at += step

    def shown(self, room: int) -> tuple[str, str, str]:
        """What stands before, under and after the caret in `room` cells; the part around the caret when it is
        longer."""
        if self.secret:
            before, rest = "•" * self.at, "•" * (len(self.text) - self.at)
        else:
            before, rest = clean(self.text[: self.at], LONGEST), clean(self.text[self.at :], LONGEST)
        if width(before) > room - 2:
            while before and width(before) > room - 3:
                before = before[max(1, (width(before) - room + 3) // 2) :]
            before = "…" + before
        size = 1
        while size < len(rest) and width(rest[size]) == 0:
            size += 1
        under = rest[:size] or " "
        left = max(0, room - width(before) - width(under))
        return before, under, cut(rest[size:], left)
