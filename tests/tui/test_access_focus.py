"""Where the keys go in the Access view: text never acts as a command while a field is to be filled."""

from __future__ import annotations

from typing import Any

import pytest

from jmstui.tui.screens.access import AccessScreen
from jmstui.tui.screens.browse import BrowseScreen
from tests.tui.drive import Driver, signed_in

FULL = (100, 40)


async def in_access(drive: Driver) -> None:
    await drive.until(lambda: drive.screen.table.current is not None, "rows")
    await drive.press("4")
    await drive.until(lambda: isinstance(drive.screen, AccessScreen) and drive.screen.focused is not None)


def at(drive: Driver) -> str:
    """The id of what has the focus."""
    return drive.screen.focused.id


@pytest.mark.parametrize(("first", "other"), [("who", "what"), ("what", "who")])
async def test_a_filled_field_gives_way_to_the_other_and_both_to_the_answer(
    demo: Any, first: str, other: str
) -> None:
    names = {"who": demo.examples["user"], "what": demo.examples["asset"]}
    async with signed_in(demo, size=FULL) as drive:
        await in_access(drive)
        if first == "what":
            await drive.press("tab")
        await drive.type(names[first])
        await drive.press("enter")
        await drive.until(lambda: getattr(drive.screen, first) is not None, "taken")
        await drive.shows("Assets" if first == "who" else "can reach")
        assert at(drive) == other
        await drive.type("prod-")
        assert isinstance(drive.screen, AccessScreen)
        assert drive.screen.field(other).value == "prod-"
        await drive.press("ctrl+u")
        await drive.type(names[other])
        await drive.press("enter")
        await drive.shows(f"Can {names['who']} reach {names['what']}?  YES")
        assert at(drive) == "answer"


async def test_who_types_on_before_the_server_answered_fills_the_other_field(start_demo: Any) -> None:
    demo = start_demo(assets=200, latency_ms=150)
    async with signed_in(demo, size=FULL) as drive:
        await in_access(drive)
        await drive.type(demo.examples["user"])
        await drive.press("enter")
        assert at(drive) == "what"
        await drive.type(demo.examples["asset"])
        await drive.press("enter")
        await drive.shows(f"Can {demo.examples['user']} reach {demo.examples['asset']}?  YES")
        assert at(drive) == "answer"


async def test_both_fields_typed_and_one_enter(demo: Any) -> None:
    async with signed_in(demo, size=FULL) as drive:
        await in_access(drive)
        await drive.type(demo.examples["user"])
        await drive.press("tab")
        await drive.type(demo.examples["asset"])
        await drive.press("enter")
        await drive.shows(f"Can {demo.examples['user']} reach {demo.examples['asset']}?  YES")


async def test_letters_among_candidates_go_on_with_the_text(demo: Any) -> None:
    async with signed_in(demo, size=FULL) as drive:
        await in_access(drive)
        await drive.type("alice")
        await drive.press("enter")
        await drive.shows("users that match “alice”")
        await drive.until(lambda: at(drive) == "answer", "the list")
        await drive.type("jo1")
        assert at(drive) == "who"
        assert drive.screen.field("who").value == "alicejo1"
        assert drive.screen.who is None


async def test_nothing_found_stays_in_its_field(demo: Any) -> None:
    async with signed_in(demo, size=FULL) as drive:
        await in_access(drive)
        await drive.type("nobody-of-that-name")
        await drive.press("enter")
        await drive.shows("no users match")
        assert at(drive) == "who"


async def test_tab_goes_round(demo: Any) -> None:
    async with signed_in(demo, size=FULL) as drive:
        await in_access(drive)
        await drive.type(demo.examples["user"])
        await drive.press("enter")
        await drive.shows("Assets  1")
        round_trip = []
        for _ in range(4):
            round_trip.append(at(drive))
            await drive.press("tab")
        assert round_trip == ["what", "answer", "window", "who"]
        assert at(drive) == "what"
        await drive.press("shift+tab")
        assert at(drive) == "who"
        await drive.press("shift+tab")
        assert at(drive) == "window"


async def test_escape_goes_to_the_answer_and_out_where_there_is_none(demo: Any) -> None:
    async with signed_in(demo, size=FULL) as drive:
        await in_access(drive)
        await drive.type(demo.examples["user"])
        await drive.press("enter")
        await drive.shows("Assets  1")
        await drive.press("escape")
        assert at(drive) == "answer"
        await drive.press("escape")
        await drive.until(lambda: isinstance(drive.screen, BrowseScreen), "where we came from")


async def test_escape_in_an_empty_form_leaves(demo: Any) -> None:
    async with signed_in(demo, size=FULL) as drive:
        await in_access(drive)
        assert at(drive) == "who"
        await drive.press("escape")
        await drive.until(lambda: isinstance(drive.screen, BrowseScreen), "where we came from")
