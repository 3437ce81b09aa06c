"""What stands on a terminal as an SVG: every character in its own cells, whatever font the reader has.

Textual's export names fonts on other hosts and gives wide characters half their room; this one needs nothing
from elsewhere. Words are placed one by one, wide characters each by itself, and lines are drawn as lines.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from xml.sax.saxutils import escape

from rich.color import Color, ColorSystem
from rich.color_triplet import ColorTriplet
from rich.style import Style
from rich.terminal_theme import TerminalTheme
from textual.strip import Strip

from jmstui.text import width

CELL, LINE, SIZE, BASELINE, MARGIN = 8.4, 18, 14, 13.5, 10
WIDE_SIZE = 15.5
"""Of wide characters: their two cells are wider than a font of `SIZE` makes them."""
FONTS = (
    "'DejaVu Sans Mono', 'Cascadia Mono', Menlo, Consolas, 'Noto Sans Mono CJK SC', 'Noto Sans CJK SC', "
    "'PingFang SC', 'Microsoft YaHei', monospace"
)
THEME = TerminalTheme(
    (28, 28, 28),
    (208, 208, 208),
    [
        (46, 52, 54),
        (204, 60, 60),
        (98, 170, 60),
        (196, 160, 0),
        (86, 130, 200),
        (150, 110, 160),
        (60, 160, 160),
        (211, 215, 207),
    ],
    [
        (110, 112, 108),
        (239, 80, 80),
        (138, 226, 52),
        (252, 233, 79),
        (114, 159, 207),
        (173, 127, 168),
        (80, 210, 210),
        (238, 238, 236),
    ],
)
"""The sixteen colours that belong to the terminal; the other 240 are the same everywhere."""
ARMS = {
    "─": "lr",
    "│": "ud",
    "┌": "rd",
    "┐": "ld",
    "└": "ru",
    "┘": "lu",
    "├": "udr",
    "┤": "udl",
    "┬": "lrd",
    "┴": "lru",
    "┼": "lrud",
}
"""Lines, drawn from the middle of the cell to these of its edges: fonts leave gaps between rows."""
_PIECES = re.compile("[\x21-\x7e]+(?: [\x21-\x7e]+)*|[─│┌┐└┘├┤┬┴┼]|[^ ]")


def render(strips: Iterable[Strip], columns: int, title: str, system: ColorSystem | None = None) -> str:
    """The lines of a screen as the text of an SVG; `system`: with no more colours than that."""
    rows = list(strips)
    classes: dict[str, str] = {}
    grounds: list[str] = []
    texts: list[str] = []
    for y, row in enumerate(rows):
        x = 0
        for text, style, _ in row:
            cells = width(text)
            ink, ground, css = _look(style or Style(), system)
            if ground is not None:
                place = f'x="{_at(x)}" y="{y * LINE}" width="{_at(cells)}" height="{LINE}"'
                grounds.append(f'<rect fill="{ground}" {place}/>')
            name = classes.setdefault(css, f"s{len(classes)}")
            texts.extend(_pieces(text, x, y, name, ink))
            x += cells
    across, down = columns * CELL + 2 * MARGIN, len(rows) * LINE + 2 * MARGIN
    styles = "\n".join(f".{name} {{ {css} }}" for css, name in classes.items())
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {across:g} {down:g}" '
            f'width="{across:g}" height="{down:g}" role="img">',
            f"<title>{escape(title)}</title>",
            f"<style>\ntext {{ font: {SIZE}px {FONTS}; white-space: pre; }}",
            f".w {{ font-size: {WIDE_SIZE}px; }}\n{styles}\n</style>",
            f'<rect width="{across:g}" height="{down:g}" rx="8" fill="{_rim(rows, system)}"/>',
            f'<g transform="translate({MARGIN},{MARGIN})">',
            '<g shape-rendering="crispEdges">',
            *grounds,
            "</g>",
            *texts,
            "</g>",
            "</svg>\n",
        ]
    )


def _at(cells: int) -> str:
    return f"{cells * CELL:.4g}" if cells < 1000 else f"{cells * CELL:.6g}"


def _pieces(text: str, x: int, y: int, name: str, ink: str) -> Iterator[str]:
    """The words of a run, at their cells. Marks go with the character before them."""
    done = 0
    for match in _PIECES.finditer(text):
        start = match.start()
        if start < done:
            continue
        word, done = match.group(), match.end()
        left = x + width(text[:start])
        if word in ARMS:
            yield f'<path stroke="{ink}" d="{_arms(ARMS[word], left, y)}"/>'
            continue
        while done < len(text) and width(text[done]) == 0:
            word, done = word + text[done], done + 1
        fit = f' textLength="{_at(len(word))}"' if word.isascii() else ""
        wide = width(word) > 1 and not word.isascii()
        look, base = (f"{name} w", BASELINE + 0.5) if wide else (name, BASELINE)
        yield (f'<text class="{look}" x="{_at(left)}" y="{y * LINE + base:g}"{fit}>{escape(word)}</text>')


def _arms(arms: str, left: int, y: int) -> str:
    middle, height = left * CELL + CELL / 2, y * LINE + LINE / 2
    ends = {
        "l": f"H{left * CELL:g}",
        "r": f"H{(left + 1) * CELL:g}",
        "u": f"V{y * LINE:g}",
        "d": f"V{(y + 1) * LINE:g}",
    }
    return "".join(f"M{middle:g} {height:g}{ends[arm]}" for arm in arms)


def _look(style: Style, system: ColorSystem | None) -> tuple[str, str | None, str]:
    """(colour of the text, colour of the ground or None for the terminal's own, CSS of the text)."""
    ink = _triplet(style.color, True, system)
    ground = _triplet(style.bgcolor, False, system)
    own = style.bgcolor is None or style.bgcolor.is_default
    if style.reverse:
        ink, ground, own = ground, ink, False
    if style.dim:
        ink = ColorTriplet(*(round(a * 0.6 + b * 0.4) for a, b in zip(ink, ground, strict=True)))
    rules = [f"fill: {ink.hex}"]
    if style.bold:
        rules.append("font-weight: bold")
    if style.italic:
        rules.append("font-style: italic")
    if style.underline:
        rules.append("text-decoration: underline")
    return ink.hex, None if own else ground.hex, "; ".join(rules)


def _triplet(color: Color | None, ink: bool, system: ColorSystem | None) -> ColorTriplet:
    if color is None or color.is_default:
        return THEME.foreground_color if ink else THEME.background_color
    if system is not None:
        color = color.downgrade(system)
    return color.get_truecolor(THEME, foreground=ink)


def _rim(rows: list[Strip], system: ColorSystem | None) -> str:
    """The ground of the screen goes on around it."""
    for row in rows[-1:]:
        for _, style, _ in row:
            return _look(style or Style(), system)[1] or THEME.background_color.hex
    return THEME.background_color.hex
