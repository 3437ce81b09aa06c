"""Colours, chosen among the 256 that every terminal has: greys, one accent and three tones that words always
accompany.

Styles are 8-bit on true-colour terminals too: the same picture for half the bytes. `App(ansi_color=True)`
keeps Textual from rewriting them. Three palettes paint their own ground (`dark`, `light`); `ansi` and `mono`
leave the terminal's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from rich.style import Style

from jmstui.themes import THEMES

if TYPE_CHECKING:
    from textual.app import App
    from textual.theme import Theme

    from jmstui.views.spec import Tone


@dataclass(frozen=True, slots=True)
class Palette:
    """The styles that widgets draw with; each stands for a whole row or for its one accent cell."""

    name: str
    base: Style
    dim: Style
    head: Style
    title: Style
    good: Style
    warn: Style
    bad: Style
    accent: Style
    """The chosen thing; a link."""
    cursor: Style
    """The row under the cursor in the pane that has the keys."""
    resting: Style
    """The row under the cursor elsewhere."""
    bar: Style
    """Header line."""
    caret: Style
    """The insertion point."""

    def tone(self, tone: Tone) -> Style:
        """The style of a `Tone`."""
        if tone == "good":
            return self.good
        if tone == "warn":
            return self.warn
        if tone == "bad":
            return self.bad
        if tone == "dim":
            return self.dim
        return self.head if tone == "head" else self.base

    def over(self, tone: Tone, row: Style) -> Style:
        """A tone's colour on a cursor row: the row's ground stays, and its own colour where the tone has
        none."""
        style = self.tone(tone)
        if tone in ("plain", "dim") or row.reverse:
            return row
        return row + Style(color=style.color, bold=style.bold)


def _grounded(name: str, ground: int, text: int, **numbers: int) -> Palette:
    """A palette that paints its ground; numbers are of the 256-colour palette (232-255 are greys)."""

    def style(color: int, on: int = ground, bold: bool | None = None) -> Style:
        return Style(color=f"color({color})", bgcolor=f"color({on})", bold=bold)

    return Palette(
        name=name,
        base=style(text),
        dim=style(numbers["dim"]),
        head=style(numbers["strong"], bold=True),
        title=style(numbers["strong"], bold=True),
        good=style(numbers["good"]),
        warn=style(numbers["warn"]),
        bad=style(numbers["bad"]),
        accent=style(numbers["accent"]),
        cursor=style(numbers["strong"], numbers["cursor"]),
        resting=style(text, numbers["resting"]),
        bar=style(text, numbers["bar"]),
        caret=style(ground, text),
    )


@lru_cache(maxsize=4)
def palette(name: str) -> Palette:
    """The palette of that name; `dark` for a name that is none of ours."""
    if name == "light":
        return _grounded(
            "light",
            255,
            235,
            dim=242,
            strong=232,
            good=22,
            warn=94,
            bad=124,
            accent=25,
            cursor=250,
            resting=253,
            bar=252,
        )
    if name == "ansi":
        plain = Style()
        return Palette(
            name="ansi",
            base=plain,
            dim=Style(dim=True),
            head=Style(bold=True),
            title=Style(bold=True),
            good=Style(color="green"),
            warn=Style(color="yellow"),
            bad=Style(color="red", bold=True),
            accent=Style(color="cyan"),
            cursor=Style(reverse=True),
            resting=Style(bold=True, underline=True),
            bar=Style(reverse=True),
            caret=Style(reverse=True),
        )
    if name == "mono":
        plain, bold, reverse = Style(), Style(bold=True), Style(reverse=True)
        return Palette(
            name="mono",
            base=plain,
            dim=plain,
            head=bold,
            title=bold,
            good=plain,
            warn=bold,
            bad=bold,
            accent=Style(underline=True),
            cursor=reverse,
            resting=Style(bold=True, underline=True),
            bar=reverse,
            caret=reverse,
        )
    return _grounded(
        "dark",
        234,
        252,
        dim=246,
        strong=255,
        good=114,
        warn=221,
        bad=210,
        accent=117,
        cursor=240,
        resting=237,
        bar=237,
    )


def palette_of(app: App[Any]) -> Palette:
    """The palette of the app's theme."""
    return palette(app.theme)


FEW_COLOURS = {"linux": "ansi", "screen": "ansi", "vt100": "mono", "vt102": "mono", "vt220": "mono"}
"""Terminals (`TERM`) with eight colours or none: no grey ground for the row under the cursor shows there."""


def choose(wanted: str | None, environ: Mapping[str, str]) -> str:
    """The theme's name: `mono` where NO_COLOR is set (no-color.org: to anything but ""), what the terminal
    can show where that is little, else what was asked for, else `dark`."""
    if environ.get("NO_COLOR"):
        return "mono"
    wanted = wanted if wanted in THEMES else "dark"
    if wanted in ("dark", "light") and not environ.get("COLORTERM"):
        return FEW_COLOURS.get(environ.get("TERM", ""), wanted)
    return wanted


def textual_theme(name: str) -> Theme:
    """The same colours as a theme for Textual's own CSS variables ($background, $foreground, $panel …)."""
    from textual.theme import BUILTIN_THEMES, Theme

    if name in ("ansi", "mono"):
        return Theme(
            name=name,
            ansi=True,
            primary="ansi_default" if name == "mono" else "ansi_blue",
            foreground="ansi_default",
            background="ansi_default",
            surface="ansi_default",
            panel="ansi_default",
            boost="ansi_default",
            variables=dict(BUILTIN_THEMES["ansi-dark"].variables),  # Textual's own style sheets name them
        )
    own = palette(name)

    def hex_of(style: Style, ground: bool = False) -> str:
        color = style.bgcolor if ground else style.color
        return color.get_truecolor().hex if color is not None else ""

    ground = hex_of(own.base, ground=True)
    return Theme(
        name=name,
        primary=hex_of(own.accent),
        warning=hex_of(own.warn),
        error=hex_of(own.bad),
        success=hex_of(own.good),
        accent=hex_of(own.accent),
        foreground=hex_of(own.base),
        background=ground,
        surface=ground,
        panel=hex_of(own.bar, ground=True),
        dark=name == "dark",
    )


def install(app: App[Any], name: str) -> None:
    """Register the four themes with the app and put `name` on."""
    for each in THEMES:
        app.register_theme(textual_theme(each))
    app.theme = name
