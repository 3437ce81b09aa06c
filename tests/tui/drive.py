"""Drives the explorer as a person would: keys in, the text of the screen out. Waits for what it wants,
never for time."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from textual import events
from textual.pilot import Pilot

from jmstui.models.credential import Credential, PrivateToken, Secret
from jmstui.settings import Settings
from jmstui.tui.app import JmsApp

PATIENCE = 20.0
"""Seconds that a wait may take on a slow machine before the test fails."""
LONGHAND = {
    " ": "space",
    ":": "colon",
    "/": "slash",
    ".": "full_stop",
    "-": "minus",
    "_": "underscore",
    "@": "at",
}


@dataclass
class Driver:
    """An app that runs headless in the test."""

    app: JmsApp
    pilot: Pilot[Any]

    @property
    def screen(self) -> Any:
        """The screen on top."""
        return self.app.screen

    def lines(self) -> list[str]:
        """The text on screen, line by line."""
        return [strip.text.rstrip() for strip in _strips(self.screen)]

    def text(self) -> str:
        """The text on screen."""
        return "\n".join(self.lines())

    async def until(self, condition: Callable[[], Any], what: str = "") -> None:
        """Wait until something holds."""
        end = time.monotonic() + PATIENCE
        while not condition():
            if time.monotonic() > end:
                raise AssertionError(f"never came: {what or condition}\n{self.text()}")
            await asyncio.sleep(0.01)

    async def shows(self, *words: str) -> None:
        """Wait until all these texts stand on the screen, wrapped or not."""
        for word in words:
            await self.until(lambda word=word: word in self.text() or word in self.flat(), word)

    async def gone(self, word: str) -> None:
        """Wait until a text is no longer there."""
        await self.until(lambda: word not in self.flat(), f"without {word}")

    def flat(self) -> str:
        """The text on screen as one line, for sentences that were wrapped."""
        return " ".join(self.text().split())

    async def press(self, *keys: str) -> None:
        """Press keys, by Textual's names."""
        for key in keys:
            await self.pilot.press(key)

    async def type(self, text: str) -> None:
        """Type a text."""
        await self.pilot.press(*(LONGHAND.get(char, char) for char in text))

    async def fill(self, field: str, text: str) -> None:
        """Put a text into a field of a form, as a paste does."""
        widget = self.screen.query_one(f"#{field}")
        widget.focus()
        await self.until(lambda: self.screen.focused is widget, f"focus on {field}")
        await self.pilot.press("end", "ctrl+u")
        self.app.post_message(events.Paste(text))
        await self.until(lambda: widget.value == text, f"{text!r} in {field}")


def _strips(screen: Any) -> Any:
    return screen._compositor.render_strips()


@asynccontextmanager
async def explorer(
    settings: Settings, size: tuple[int, int] = (100, 30), demo: bool = False
) -> AsyncIterator[Driver]:
    """The explorer with these settings, on a screen of that size."""
    app = JmsApp(settings, demo)
    async with app.run_test(size=size) as pilot:
        yield Driver(app, pilot)


def token_of(demo: Any, person: str = "admin") -> Credential:
    """The private token of one of the demo's people."""
    return PrivateToken(Secret(demo.people[person]["private_token"]))


@asynccontextmanager
async def signed_in(
    demo: Any, person: str = "admin", size: tuple[int, int] = (100, 30), **more: Any
) -> AsyncIterator[Driver]:
    """The explorer of somebody who is signed in, with the first view's rows on screen."""
    settings = Settings(url=demo.url, credential=token_of(demo, person), rate=100_000, **more)
    async with explorer(settings, size) as drive:
        await drive.until(lambda: drive.app.session.ready, "the sign-in")
        yield drive


def count(demo: Any, start: str, since: int = 0) -> int:
    """How many requests whose path begins like this the server has answered since."""
    return sum(path.removeprefix("/api/v1/").startswith(start) for _, path, _, _ in demo.requests[since:])
