"""Every character in its cells."""

from __future__ import annotations

import re
import xml.etree.ElementTree as etree

from rich.color import ColorSystem
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from tests.pictures.svg import CELL, render


def drawn(*segments: Segment, system: ColorSystem | None = None) -> str:
    strip = Strip(list(segments))
    text = render([strip], strip.cell_length, "title", system)
    etree.fromstring(text)
    return text


def test_words_and_wide_characters_stand_at_their_cells() -> None:
    text = drawn(Segment("ab 生产  c│"))
    places = dict((word, float(x)) for x, word in re.findall(r'<text[^>]* x="([\d.]+)"[^>]*>([^<]*)<', text))
    assert places == {
        "ab": 0,
        "生": round(3 * CELL, 2),
        "产": round(5 * CELL, 2),
        "c": round(9 * CELL, 2),
    }
    assert f"M{10 * CELL + CELL / 2:g} 9V0" in text, "a line is drawn through its cell"


def test_marks_stay_with_their_character_and_markup_is_text() -> None:
    text = drawn(Segment("e\u0301<b>&"))
    assert ">e\u0301<" in text
    assert "&lt;b&gt;&amp;" in text


def test_styles_become_colours() -> None:
    text = drawn(
        Segment("x", Style(color="#112233", bgcolor="#445566", bold=True)), Segment("y", Style(reverse=True))
    )
    assert "fill: #112233; font-weight: bold" in text
    assert '<rect fill="#445566"' in text
    assert '<rect fill="#d0d0d0"' in text, "reversed: the text's own colour is the ground"


def test_fewer_colours_are_really_fewer() -> None:
    text = drawn(Segment("x", Style(color="#112233")), system=ColorSystem.EIGHT_BIT)
    assert "#112233" not in text
    assert "fill: #1c1c1c" in text or "fill: #00005f" in text or "fill: #262626" in text
