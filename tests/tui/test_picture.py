"""What the terminal shows is what the app means to show: every update, fed to a terminal of its own."""

from __future__ import annotations

from typing import Any

import pyte
import pytest
from textual._compositor import CompositorUpdate

from jmstui.settings import Settings
from tests.tui.drive import Driver, explorer, signed_in


class Shown:
    """A terminal that gets what the app displays, as a real one does; headless, Textual writes nothing."""

    def __init__(self, drive: Driver, monkeypatch: pytest.MonkeyPatch) -> None:
        size = drive.app.size
        self.drive = drive
        self.screen = pyte.Screen(size.width, size.height)
        self.stream = pyte.Stream(self.screen)
        monkeypatch.setattr(drive.app, "_display", self.display)

    def display(self, screen: Any, renderable: Any) -> None:
        """In place of `App._display`."""
        if isinstance(renderable, CompositorUpdate) and not self.drive.app._batch_count:
            self.stream.feed(renderable.render_segments(self.drive.app.console))

    def lines(self) -> list[str]:
        """The terminal's lines."""
        cells, across = self.screen.buffer, range(self.screen.columns)
        return ["".join(cells[y][x].data for x in across).rstrip() for y in range(self.screen.lines)]

    async def agrees(self) -> None:
        """Wait until nothing is left to draw: both are the same then."""
        await self.drive.pilot.pause()
        await self.drive.until(lambda: self.lines() == self.drive.lines(), "\n".join(self.lines()))


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """A picture that stays wrong is told in two seconds."""
    monkeypatch.setattr("tests.tui.drive.PATIENCE", 4.0)


async def test_an_error_of_two_lines_moves_what_stands_below_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """A field that asks for the focus looks at the layout before it is drawn: nothing may be forgotten."""
    async with explorer(Settings(url="http://127.0.0.1:8123"), (80, 24)) as drive:
        await drive.shows("Sign in by")
        shown = Shown(drive, monkeypatch)
        drive.screen.refresh()
        await shown.agrees()
        await drive.type("admin")
        await drive.press("tab", "x", "up", "up", "up")
        await drive.type("b c")
        await drive.press("enter")
        await drive.shows("The address holds a space")
        await shown.agrees()
        for key in ("tab", "tab", "up", "left", "tab", "backspace"):
            await drive.press(key)
            await shown.agrees()


async def test_moving_through_the_views_leaves_nothing_behind(
    demo: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with signed_in(demo, size=(100, 34)) as drive:
        await drive.until(lambda: drive.screen.table.current is not None, "rows")
        shown = Shown(drive, monkeypatch)
        drive.screen.refresh()
        await shown.agrees()
        for key in ("down", "p", "p", "tab", "2", "4", "tab", "escape", "3", "o", "escape", "f1", "escape"):
            await drive.press(key)
            await shown.agrees()
