"""Units of the terminal as Textual's events. An event that makes no sense is none; nothing here raises."""

from __future__ import annotations

import re

from textual import events
from textual.geometry import Size
from textual.message import Message
from textual.messages import InBandWindowResize, TerminalSupportsSynchronizedOutput

from jmstui.tui.terminal.size import sane
from jmstui.tui.terminal.units import Unit
from jmstui.tui.textual_private import KeySequences

_KEY = re.compile(r"\x1b\[(\d{0,7})(?::[\d:]*)?(?:;(\d{0,3})(?::(\d))?)?(?:;([\d:]*))?([u~A-HP-S])")
"""Code, modifiers + 1, press, repeat or release, text, final letter:
https://sw.kovidgoyal.net/kitty/keyboard-protocol/"""
_SIZE = re.compile(r"\x1b\[48;(\d{1,5})(?::\d*)*;(\d{1,5})(?::\d*)*;(\d{1,5})(?::\d*)*;(\d{1,5})(?::\d*)*t")
_MODE = re.compile(r"\x1b\[\?(\d{1,5});(\d)\$y")
_MOUSE = re.compile(r"\x1b\[<\d{1,3};-?\d{1,5};-?\d{1,5}[Mm]")
_RELEASE = "3"
_SHIFT, _LOCKS = 1, 64 | 128
_CHORD = 2 | 4 | 8 | 16 | 32
"""Alt, Ctrl, Super, Hyper, Meta: with one of them a key is no text, whatever the terminal says it types."""
_PRIVATE_USE = range(0xE000, 0xF900)
"""Where the protocol puts keys without a character."""


class Events:
    """Remembers what the mouse and the sizes need."""

    def __init__(self) -> None:
        self._sequences = KeySequences()

    def of(self, unit: Unit) -> list[Message]:
        """The events of a unit, none for what makes no sense."""
        try:
            return self._of(unit)
        except Exception:  # a sequence that Textual's tables choke on is not a key
            return []

    def _of(self, unit: Unit) -> list[Message]:
        kind, text = unit
        if kind == "escape":
            return [events.Key("escape", "\x1b")]
        if kind == "paste":
            return [events.Paste(text.replace("\x00", ""))]
        if kind == "char":
            return list(self._keys(text))
        if text in ("\x1b[I", "\x1b[O"):
            return [events.AppFocus() if text == "\x1b[I" else events.AppBlur()]
        if _MOUSE.fullmatch(text):
            moved = self._sequences.mouse(text)
            return [moved] if moved is not None else []
        if mode := _MODE.fullmatch(text):
            return _mode(int(mode[1]), int(mode[2]))
        if told := _SIZE.fullmatch(text):
            return self._size(*map(int, told.groups()))
        if key := _KEY.fullmatch(text):
            return list(self._keys(_plain(*key.groups(default=""))))
        return list(self._keys(text))

    def _keys(self, sequence: str) -> list[events.Key]:
        """The keys that Textual knows by this sequence; a character that cannot be typed is none."""
        if len(sequence) == 1 and not _typed(sequence) and sequence >= "\x80":
            return []
        return [key for key in self._sequences.keys(sequence) if key.key != "<ignore>"]

    def _size(self, rows: int, columns: int, high: int, wide: int) -> list[Message]:
        if sane(columns, rows) != (columns, rows):
            return []
        size, pixels = Size(columns, rows), Size(wide, high)
        event = events.Resize(size, size, pixel_size=pixels)
        self._sequences.told_size(event)
        return [event]


def _mode(number: int, setting: int) -> list[Message]:
    if number == 2026 and setting > 0:
        return [TerminalSupportsSynchronizedOutput()]
    return [InBandWindowResize.from_setting_parameter(setting)] if number == 2048 else []


def _plain(code: str, modifiers: str, event: str, text: str, final: str) -> str:
    """A key of the keyboard protocol in the form that Textual's tables know; "" for none."""
    number, held = int(code or "1"), max(0, int(modifiers or "1") - 1)
    if event == _RELEASE or number > 0x10FFFF or 0xD800 <= number < 0xE000:
        return ""
    typed = "".join(chr(int(each)) for each in text.split(":") if each and int(each) <= 0x10FFFF)
    if held & _CHORD or not _typed(typed):
        typed = ""
    elif not typed and final == "u" and not held & ~(_SHIFT | _LOCKS):
        typed = _without_text(number, held & _SHIFT)
    codes = ":".join(str(ord(char)) for char in typed)
    return f"\x1b[{number};{held + 1 if held else ''}{';' if codes else ''}{codes}{final}"


def _without_text(number: int, shift: int) -> str:
    """What a key types where the terminal tells the key only."""
    char = chr(number)
    if number < 0x20 or number == 0x7F or number in _PRIVATE_USE or not char.isprintable():
        return ""
    return char.upper() if shift and len(char.upper()) == 1 else char


def _typed(text: str) -> bool:
    return all(char.isprintable() or char in "\u200d\ufe0f" for char in text)
