"""The stage for pictures: one world, one moment, no file and no variable of the machine's user, and an app
that is drawn when nothing is under way any more."""

from __future__ import annotations

import asyncio
import importlib
import pkgutil
import sys
import tempfile
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, tzinfo
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from rich.color import ColorSystem

from jmstui.demo.clock import Clock as DemoClock
from jmstui.demo.server import Demo
from jmstui.demo.world import World, build_world
from jmstui.settings import Settings
from jmstui.tui.app import JmsApp
from tests.homes import empty_home
from tests.pictures.svg import render
from tests.tui.drive import Driver, token_of

NOW = datetime(2026, 3, 18, 14, 2, 31, tzinfo=UTC)
"""When every picture was taken."""
SEED, ASSETS = 7, 2000
ADDRESS = "https://jms.corp.example"
"""What the embedded server is called; nothing is ever sent there."""
LATENCY = 12.0
"""Milliseconds that the status line shows."""
CALM = 3
"""Looks in a row that must find the same text and nothing under way."""


class _Standing(type):
    def __instancecheck__(cls, instance: object) -> bool:
        return isinstance(instance, datetime)


class StandingDatetime(datetime, metaclass=_Standing):
    """A datetime class whose present never passes."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> Any:
        """`NOW`, naive without a zone as the real one gives it."""
        return NOW.astimezone(tz) if tz is not None else NOW.replace(tzinfo=None)


class StandingClock(DemoClock):
    """The demo server's clock, standing."""

    def time(self) -> float:
        """`NOW`, and what a test has added."""
        return NOW.timestamp() + self.offset


@contextmanager
def stillness() -> Iterator[None]:
    """The client's clocks stand at `NOW`, in UTC; how long an answer takes depends on its path."""
    from jmstui.api import clock, core, server_clock, transport

    _import_everything()
    with tempfile.TemporaryDirectory() as home, pytest.MonkeyPatch.context() as patch:
        empty_home(Path(home), patch)
        for name in ("NO_COLOR", "COLORTERM", "TMUX", "STY", "TERM_PROGRAM"):
            patch.delenv(name, raising=False)
        patch.setenv("TERM", "xterm-256color")
        patch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
        patch.setenv("TZ", "UTC")
        time.tzset()
        patch.setattr(time, "time", NOW.timestamp)
        patch.setattr(core, "Clock", lambda: clock.Clock(wall=NOW.timestamp))
        patch.setattr(server_clock, "Clock", lambda: clock.Clock(lambda: 0.0, NOW.timestamp))
        for name, module in list(sys.modules.items()):
            if name.startswith(("jmstui.views", "jmstui.services")) and hasattr(module, "datetime"):
                patch.setattr(module, "datetime", StandingDatetime)
        send = transport.Transport.send

        async def timed(self: Any, method: str, path: str, *args: Any, **options: Any) -> Any:
            answer = await send(self, method, path, *args, **options)
            return replace(answer, ms=8.0 + zlib.crc32(path.encode()) % 30)

        patch.setattr(transport.Transport, "send", timed)
        yield
    time.tzset()


@cache
def _import_everything() -> None:
    """All of the client, so that no module comes in later with a clock that goes."""
    for package in ("views", "services"):
        found = importlib.import_module(f"jmstui.{package}")
        for module in pkgutil.iter_modules(found.__path__):
            importlib.import_module(f"{found.__name__}.{module.name}")


@cache
def _world() -> World:
    return build_world(ASSETS, SEED, NOW)


def new_demo() -> Demo:
    """An embedded server of its own over the one world; it never says that one asks too often."""
    demo = Demo(_world(), StandingClock(), SEED)
    demo.rate = demo.anon_rate = 0
    demo.people = demo.ready(ADDRESS)["people"]  # type: ignore[attr-defined]
    return demo


class PictureApp(JmsApp):
    """The explorer over an embedded server; it exports itself as `svg.render` draws it."""

    def __init__(self, person: str | None = "admin", theme: str = "dark", **settings: Any) -> None:
        """`person` is who is signed in by private token; None: nobody yet."""
        self.demo_server = new_demo()
        credential = token_of(self.demo_server, person) if person else None
        super().__init__(Settings(url=ADDRESS, credential=credential, theme=theme, **settings))
        self.session._asgi = self.demo_server.app
        self.picture_system: ColorSystem | None = None
        """Colours that the picture may use; None: all."""
        self.picture_title = "jmstui"

    def export_screenshot(self, *, title: str | None = None, simplify: bool = False) -> str:
        """What is on screen, as SVG."""
        strips = self.screen._compositor.render_strips()
        return render(strips, self.size.width, self.picture_title, self.picture_system)


async def settle(drive: Driver) -> None:
    """Wait until nothing is under way and the screen has stopped changing; then its latency is set."""
    calm, text = 0, ""
    end = time.monotonic() + 20
    while calm < CALM:
        await drive.pilot.pause()
        await asyncio.sleep(0.02)
        now = drive.text()
        calm = calm + 1 if now == text and not _busy(drive.app) else 0
        text = now
        if time.monotonic() > end:
            raise AssertionError(f"never still: {_busy(drive.app)}\n{text}")
    client = drive.app.session.client
    if client is not None:
        client._core.latency_ms = LATENCY
        drive.screen.sync_status()
        await drive.pilot.pause()


def _busy(app: JmsApp) -> str:
    """What is still under way, in words; "" for nothing."""
    words = [f"worker {each.group}" for each in app.workers if not each.is_finished]
    client = app.session.client
    if client is not None:
        words += ["a request"] * (len(client._core._flights) + len(client._core._background))
    screen: Any = app.screen
    if getattr(getattr(screen, "_details", None), "_timer", None) is not None:
        words.append("a detail")
    if getattr(screen, "_pause", None) is not None:
        words.append("a pause")
    listing = getattr(screen, "listing", None)
    if listing is not None and listing.loading:
        words.append("rows")
    return ", ".join(words)
