"""Where the terminal's own cursor stands: an input method and a screen reader follow it, though it is not
drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from textual.geometry import Offset

if TYPE_CHECKING:
    from textual.app import App
    from textual.widget import Widget

_owners: WeakKeyDictionary[App[Any], Widget] = WeakKeyDictionary()


def claim(widget: Widget) -> None:
    """From now on only `widget` moves the terminal's cursor (a line that is being typed into)."""
    _owners[widget.app] = widget


def release(widget: Widget) -> None:
    """Give it back to whoever has the focus."""
    if _owners.get(widget.app) is widget:
        del _owners[widget.app]


def place(widget: Widget, x: int, y: int) -> None:
    """Put the terminal's cursor at (x, y) of `widget`, if it is the one that may: the owner, else the focused
    one of the screen on top. (`has_focus` is not asked: Textual sets it after `on_focus`.)"""
    app = widget.app
    owner = _owners.get(app)
    if owner is None and app.screen_stack:  # without any screen the explorer is being left
        owner = app.focused
    if owner is widget:
        region = widget.content_region
        app.cursor_position = Offset(region.x + x, region.y + y)
