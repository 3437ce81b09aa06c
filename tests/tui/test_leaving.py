"""Leaving the explorer, in whatever state it is: nothing half done is heard of."""

from __future__ import annotations

import asyncio
import gc
import warnings
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from jmstui.settings import Settings
from tests.tui.drive import Driver, explorer, token_of

State = Callable[[Driver], Awaitable[None]]


async def at_once(drive: Driver) -> None:
    """The first frame is out."""


async def first_rows(drive: Driver) -> None:
    await drive.until(lambda: drive.app.session.ready and drive.screen.table.current is not None, "rows")


async def detail_of_a_row(drive: Driver) -> None:
    await first_rows(drive)
    drive.screen._details.show(drive.screen.table.current)


async def resting_after_a_jump(drive: Driver) -> None:
    await first_rows(drive)
    await drive.press("pagedown", "pagedown")


async def searching(drive: Driver) -> None:
    await first_rows(drive)
    await drive.press("slash", "w", "enter")


async def refreshing(drive: Driver) -> None:
    await first_rows(drive)
    await drive.press("r")


async def candidates(drive: Driver) -> None:
    await first_rows(drive)
    await drive.press("4")
    await drive.until(lambda: drive.screen.where == "access" and drive.screen.focused is not None)
    drive.screen._look_up("who", "a")


async def other_candidates(drive: Driver) -> None:
    await candidates(drive)
    drive.screen._look_up("who", "ad")
    drive.screen._look_up("who", "adm")


async def a_view_that_comes_up(drive: Driver) -> None:
    await first_rows(drive)
    drive.app.nav.go_by_key("2")


async def organizations(drive: Driver) -> None:
    await first_rows(drive)
    drive.app.nav.show_organizations()


async def another_organization(drive: Driver) -> None:
    await first_rows(drive)
    drive.app.nav.change_org(drive.app.session.identity.orgs[-1].org.id)


async def a_record(drive: Driver) -> None:
    from jmstui.views.spec import Target

    await first_rows(drive)
    row = drive.screen.table.current
    drive.app.nav.follow(Target("assets", row.id, row.name))


STATES = (
    at_once,
    first_rows,
    detail_of_a_row,
    resting_after_a_jump,
    searching,
    refreshing,
    candidates,
    other_candidates,
    a_view_that_comes_up,
    organizations,
    another_organization,
    a_record,
)


def never_awaited(run: Callable[[], Any]) -> list[str]:
    """What Python says of coroutines that nobody ran, while `run` does its work."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        run()
        gc.collect()
    return [str(each.message) for each in caught if "never awaited" in str(each.message)]


def test_one_that_nobody_runs_is_seen() -> None:
    async def nobody() -> None: ...

    assert never_awaited(lambda: nobody() and None) == [
        "coroutine 'test_one_that_nobody_runs_is_seen.<locals>.nobody' was never awaited"
    ]


@pytest.mark.parametrize("steps", [0, 1, 3])
@pytest.mark.parametrize("state", STATES, ids=lambda state: state.__name__)
def test_leaving_at_once_leaves_nothing_undone(demo: Any, state: State, steps: int) -> None:
    async def leave() -> None:
        settings = Settings(url=demo.url, credential=token_of(demo), rate=100_000)
        async with explorer(settings, (100, 40)) as drive:
            await state(drive)
            for _ in range(steps):
                await asyncio.sleep(0)
            drive.app.exit(0)

    assert never_awaited(lambda: asyncio.run(leave())) == []


def test_leaving_the_login_screen_at_once_leaves_nothing_undone(demo: Any) -> None:
    async def leave() -> None:
        async with explorer(Settings(url=demo.url, auth="private-token"), (100, 40)) as drive:
            await drive.fill("private", "x")
            await drive.press("enter")
            drive.app.exit(0)

    assert never_awaited(lambda: asyncio.run(leave())) == []


async def test_a_list_with_news_after_the_screen_has_gone_tells_nobody(demo: Any) -> None:
    from jmstui.api.listing import Change

    async with explorer(Settings(url=demo.url, credential=token_of(demo), rate=100_000), (100, 40)) as drive:
        await first_rows(drive)
        rows = drive.screen.listing.rows
        await drive.press("pagedown", "pagedown", "pagedown")
        assert rows._timer is not None or rows._asks, "something is still to come"
        told: list[Change] = []
        rows._tell = told.append
    assert rows._timer is None
    assert not rows._asks
    rows._say("rows", 0, 1)
    assert told == []


async def test_a_missing_part_of_a_whole_screen_is_a_crash_while_leaving_too(demo: Any) -> None:
    from textual.css.query import NoMatches

    async def leave() -> None:
        async with explorer(Settings(url=demo.url, credential=token_of(demo), rate=100_000)) as drive:
            await first_rows(drive)
            drive.app._exit = True
            drive.screen.call_later(drive.screen.query_one, "#no-such-part")
            await drive.pilot.pause()

    with pytest.raises(NoMatches):
        await leave()
