"""Keys that arrive in one piece, as over a slow line, mean what they would mean apart."""

from __future__ import annotations

import time
from typing import Any

from textual import events

from jmstui.settings import Settings
from tests.tui.drive import LONGHAND, Driver, explorer, signed_in


def burst(drive: Driver, *keys: str) -> None:
    """Hand over keys at once, without waiting for what the first one does. A longer text is a paste."""
    for key in keys:
        name, character = LONGHAND.get(key, key), key if len(key) == 1 else None
        drive.app.post_message(events.Key(name, character))


async def test_a_search_typed_in_one_piece_searches(demo: Any) -> None:
    async with signed_in(demo) as drive:
        await drive.until(lambda: drive.screen.table.current is not None, "rows")
        burst(drive, *"/web-0001", "enter")
        await drive.shows("Assets  /web-0001  1–")
        assert drive.screen.place.ask.search == "web-0001"


async def test_a_view_and_a_search_in_it_typed_in_one_piece(demo: Any) -> None:
    async with signed_in(demo) as drive:
        await drive.until(lambda: drive.screen.table.current is not None, "rows")
        burst(drive, *":platforms", "enter", *"/linux", "enter")
        await drive.shows("Platforms  /linux  1–")
        burst(drive, *"3", *"/ssh", "escape", "q", "n", *":users admin", "enter")
        await drive.shows("Users  /admin  1–")


async def test_a_sign_in_typed_in_one_piece_puts_each_text_into_its_field(demo: Any) -> None:
    who = demo.credentials["token"]
    async with explorer(Settings(url=demo.url)) as drive:
        await drive.shows("Sign in to a JumpServer")
        drive.screen.query_one("#username").focus()
        burst(drive, *who["username"], "tab", *who["password"], "enter")
        await drive.shows("Assets  1–")


async def test_a_key_whose_widget_went_holds_the_others_up_for_half_a_second_only(demo: Any) -> None:
    async with signed_in(demo) as drive:
        await drive.until(lambda: drive.screen.table.current is not None, "rows")
        drive.app._typed._busy = True
        started = time.monotonic()
        burst(drive, *"/web-0001")
        await drive.shows("Assets  /web-0001  1–")
        assert time.monotonic() - started < 5


async def test_enter_typed_before_the_terminal_is_in_raw_mode_is_enter(demo: Any) -> None:
    async with signed_in(demo) as drive:
        await drive.until(lambda: drive.screen.table.current is not None, "rows")
        burst(drive, *":platforms", "ctrl+j")
        await drive.shows("Platforms  1–")
