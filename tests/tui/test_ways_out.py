"""Esc is never the only way out: in some terminals it comes late or not at all."""

from __future__ import annotations

from typing import Any

import pytest

from tests.tui.drive import signed_in


@pytest.mark.parametrize("out", ["escape", "backspace", "q"])
async def test_every_screen_on_top_is_left_by_three_keys(demo: Any, out: str) -> None:
    async with signed_in(demo, size=(80, 24)) as drive:
        await drive.until(lambda: drive.screen.table.current is not None, "rows")
        home = drive.screen
        for way in ("question_mark", "at", "o", "enter", "f1"):
            await drive.press(way)
            await drive.until(lambda: drive.screen is not home, way)
            await drive.press(out)
            await drive.until(lambda: drive.screen is home, f"back from {way} by {out}")


async def test_what_is_typed_into_is_left_without_esc(demo: Any) -> None:
    async with signed_in(demo, size=(80, 24)) as drive:
        await drive.until(lambda: drive.screen.table.current is not None, "rows")
        home = drive.screen
        for kind in ("colon", "slash"):
            await drive.press(kind, "backspace")
            assert not home.prompt.active
        await drive.press("question_mark")
        await drive.until(lambda: drive.screen is not home, "the help")
        await drive.press("slash", "a", "backspace", "backspace", "backspace")
        await drive.until(lambda: drive.screen is home, "back from a search in the help")
        await drive.press("4")
        await drive.until(lambda: drive.screen is not home and drive.screen.focused is not None, "Access")
        await drive.press("tab", "tab", "1")
        await drive.until(lambda: drive.screen is home, "out of the fields and back by a number")
