"""Colours: designed in 256, legible in 16, and never needed."""

from __future__ import annotations

from dataclasses import fields

import pytest
from rich.color import ColorSystem, ColorType
from rich.style import Style
from textual.strip import Strip

from jmstui.models.base import Record
from jmstui.tui.theme import THEMES, Palette, choose, palette, textual_theme
from jmstui.tui.widgets.line_tree import LineTree
from jmstui.views.spec import Line
from tests.tui.widget_host import staged


def styles(name: str) -> dict[str, Style]:
    """All styles of a palette by their names."""
    own = palette(name)
    return {each.name: getattr(own, each.name) for each in fields(Palette) if each.name != "name"}


def luminance(rgb: tuple[int, int, int]) -> float:
    """WCAG 2.1 relative luminance."""
    linear = [(c / 255 / 12.92) if c <= 10 else ((c / 255 + 0.055) / 1.055) ** 2.4 for c in rgb]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("name", ["dark", "light"])
def test_every_style_is_8_bit_and_has_a_contrast_of_4_5(name: str) -> None:
    for key, style in styles(name).items():
        assert style.color is not None, key
        assert style.bgcolor is not None, key
        assert style.color.type is style.bgcolor.type is ColorType.EIGHT_BIT
        pair = [luminance(each.get_truecolor()) + 0.05 for each in (style.color, style.bgcolor)]
        assert max(pair) / min(pair) >= 4.5, (key, max(pair) / min(pair))


@pytest.mark.parametrize("name", ["dark", "light"])
def test_in_16_colours_text_and_cursor_can_still_be_seen(name: str) -> None:
    grounds = {}
    for key, style in styles(name).items():
        assert style.color is not None
        assert style.bgcolor is not None
        color = style.color.downgrade(ColorSystem.STANDARD)
        ground = style.bgcolor.downgrade(ColorSystem.STANDARD)
        assert color.number != ground.number, key
        grounds[key] = ground.number
    assert grounds["cursor"] != grounds["base"]


@pytest.mark.parametrize("name", ["ansi", "mono"])
def test_the_terminals_own_ground_is_left_alone(name: str) -> None:
    for key, style in styles(name).items():
        assert style.bgcolor is None, key
        assert name != "mono" or style.color is None, key
    assert palette(name).cursor != palette(name).base != palette(name).resting


@pytest.mark.parametrize("name", THEMES)
async def test_every_theme_starts_and_can_be_changed(name: str) -> None:
    tree = LineTree()
    async with staged(tree, theme="dark") as (host, pilot):
        tree.set_lines([Line("one"), Line("two", tone="bad")])
        host.theme = name
        await pilot.pause()
        assert next(iter(tree.render_line(1))).style == palette(name).bad
        assert textual_theme(name).name == name


async def test_without_colour_nothing_but_attributes_goes_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    assert choose("dark", {"NO_COLOR": "1"}) == "mono"
    assert choose("light", {"NO_COLOR": ""}) == "light"
    assert choose("nonsense", {}) == "dark"
    tree = LineTree()
    async with staged(tree, theme="mono") as (_host, _pilot):
        tree.set_lines([Line("one"), Line("two", tone="bad"), Line("three", tone="dim")])
        for y in range(3):
            for segment in tree.render_line(y):
                codes = Strip.render_ansi(segment.style or Style(), ColorSystem.TRUECOLOR).split(";")
                assert set(codes) <= {"", "1", "4", "7"}


def test_widgets_and_theme_know_nothing_of_records() -> None:
    """`Record` stays out of the modules that the first frame needs: models cost msgspec."""
    import jmstui.tui.widgets.remote_table as module

    assert Record not in vars(module).values()
