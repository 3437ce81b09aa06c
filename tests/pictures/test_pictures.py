"""The pictures of the repository: there, all made by `tests.pictures`, and needing nothing from elsewhere."""

from __future__ import annotations

import re

import pytest

from tests.pictures.__main__ import PLACE, main, take
from tests.pictures.scenes import SCENES
from tests.pictures.stage import stillness

README = PLACE.parent / "README.md"


def test_the_readme_shows_pictures_that_are_there() -> None:
    shown = re.findall(r"screenshots/([\w.-]+\.svg)", README.read_text("utf-8"))
    assert {"assets.svg", "why-yes.svg"} <= set(shown)
    assert [name for name in shown if not (PLACE / name).is_file()] == []


def test_every_picture_is_made_by_the_command() -> None:
    assert {path.name for path in PLACE.iterdir()} == {f"{name}.svg" for name in SCENES}


def test_no_picture_needs_anything_from_another_host() -> None:
    for path in PLACE.glob("*.svg"):
        text = path.read_text("utf-8")
        assert re.findall(r"url\(|@import|@font-face|href|<image|<script|cdn", text) == [], path.name


async def test_a_picture_is_the_same_when_it_is_taken_again() -> None:
    with stillness():
        first, second = await take(SCENES["organizations"]), await take(SCENES["organizations"])
    assert first == second
    assert "研" in first
    assert "发" in first


def test_an_unknown_name_lists_those_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["nothing-like-it"]) == 2
    assert "assets-256-colours" in capsys.readouterr().err
