"""The table of requests once more, through the real explorer: keys in, what the server served out."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from textual import events

from tests.demo_server import RunningDemo, run_demo
from tests.tui.drive import Driver, signed_in

ASSETS = "assets/assets/"
QUIET = 0.5
"""Seconds without a request: longer than any pause of ours before one."""

pytestmark = pytest.mark.xdist_group("many assets")


@pytest.fixture(scope="module")
def server() -> Iterator[RunningDemo]:
    """Enough for the end, the middle and a jump to lie on pages of their own."""
    running = run_demo(assets=12_000)
    yield running
    running.close()


class Counted:
    """A driver, and what was asked since the last look."""

    def __init__(self, drive: Driver, server: RunningDemo, since: int) -> None:
        self.drive, self.server, self.since = drive, server, since

    @property
    def table(self) -> Any:
        return self.drive.screen.table

    async def hold(self, key: str, times: int) -> None:
        """A key that is held down, 50 times a second."""
        for _ in range(times):
            self.drive.app.post_message(events.Key(key, None))
            await asyncio.sleep(0.02)

    async def asked(self) -> list[str]:
        """Paths that were asked since, once nothing has been asked for a while."""
        seen = -1
        while seen != len(self.server.requests):
            seen = len(self.server.requests)
            await asyncio.sleep(QUIET)
        served = self.server.requests[self.since :]
        self.since = len(self.server.requests)
        assert {status for *_, status in served} <= {200}
        return [path.removeprefix("/api/v1/") for _, path, _, _ in served]


@asynccontextmanager
async def opened(server: RunningDemo, **more: Any) -> AsyncIterator[Counted]:
    since = len(server.requests)
    async with signed_in(server, **{"size": (100, 30), **more}) as drive:
        counted = Counted(drive, server, since)
        await drive.until(lambda: counted.table.current is not None, "rows")
        yield counted


async def test_start_to_rows(server: RunningDemo) -> None:
    """5 requests, the detail pane's own aside; the first frame is drawn before any of them."""
    async with opened(server, size=(140, 43)) as counted:
        asked = await counted.asked()
        listed = asked.index(ASSETS)
        assert len(asked[: listed + 1]) <= 5, asked
        assert len([path for path in asked if path == ASSETS or not path.startswith(ASSETS)]) <= 5, asked


async def test_a_node_that_was_seen(server: RunningDemo) -> None:
    async with opened(server) as counted:
        await counted.drive.shows("▾ DEFAULT")
        await counted.drive.press("tab", "down", "enter")
        await counted.drive.until(
            lambda: counted.table.source.total == counted.drive.screen.side_tree.current.count
        )
        await counted.drive.press("escape")
        await counted.asked()
        await counted.drive.press("tab", "enter")
        await counted.drive.until(
            lambda: counted.table.source.total == counted.drive.screen.side_tree.current.count
        )
        assert counted.table.current is not None
        assert await counted.asked() == []


async def test_the_cursor_over_300_rows(server: RunningDemo) -> None:
    """3 pages and 1 prefetch, the first page aside; with the pane open 1 detail, where the cursor rests."""
    async with opened(server, size=(140, 43)) as counted:
        await counted.asked()
        await counted.hold("down", 300)
        await counted.drive.until(lambda: counted.table.cursor == 300)
        asked = await counted.asked()
        assert asked.count(ASSETS) <= 3, asked
        assert asked[asked.count(ASSETS) :] == [f"{ASSETS}{counted.table.current_id}/"]


async def test_end_home_and_holding_pgdn(server: RunningDemo) -> None:
    async with opened(server) as counted:
        await counted.asked()
        await counted.drive.press("end")
        assert 1 <= len(await counted.asked()) <= 2
        assert counted.table.current is not None
        assert counted.table.cursor == counted.table.source.total - 1
        await counted.drive.press("home")
        assert await counted.asked() == []
        await counted.hold("pagedown", 120)
        asked = await counted.asked()
        assert asked in ([ASSETS], [ASSETS] * 2), "where it stops, and at most one page ahead"
        assert counted.table.cursor >= 120 * 20
        assert all(counted.table.source.get(n) is not None for n in range(*counted.table.sight))


async def test_the_detail_of_an_asset(server: RunningDemo) -> None:
    """3 for its first three tabs, none again."""
    async with opened(server) as counted:
        await counted.asked()
        spent = []
        for _ in range(2):
            await counted.drive.press("enter", "right", "right")
            await counted.drive.shows("[Rules]")
            spent.append(await counted.asked())
            await counted.drive.press("escape")
            await counted.drive.shows("Nodes")
        assert 1 <= len(spent[0]) <= 3, spent
        assert spent[1] == []


async def test_an_8_letter_search(server: RunningDemo) -> None:
    async with opened(server) as counted:
        await counted.asked()
        await counted.drive.press("slash")
        await counted.drive.type("prod-web")
        await counted.drive.shows("/prod-web  1–")
        assert await counted.asked() == [ASSETS]


async def test_history_over_a_long_list(server: RunningDemo) -> None:
    """The row far down comes back under the cursor, and nothing is asked for."""
    async with opened(server) as counted:
        await counted.drive.press("end")
        await counted.drive.press("pageup", "pageup", "up", "up")
        await counted.drive.until(lambda: counted.table.cursor > 1000 and counted.table.current is not None)
        row, place = counted.table.current_id, (counted.table.cursor, counted.table.top)
        await counted.drive.press("slash")
        await counted.drive.type("web")
        await counted.drive.press("enter")
        await counted.drive.shows("/web  1–")
        assert counted.table.cursor == 0
        await counted.asked()
        await counted.drive.press("left_square_bracket")
        await counted.drive.until(lambda: counted.table.current_id == row, "the row")
        assert (counted.table.cursor, counted.table.top) == place
        await counted.drive.press("right_square_bracket")
        await counted.drive.shows("/web  1–")
        assert counted.table.cursor == 0
        assert await counted.asked() == []


async def test_an_organization_and_back(server: RunningDemo) -> None:
    async with opened(server) as counted:
        home = counted.drive.app.session.org
        other = next(org.id for org in server.world.orgs.values() if org.name == "Production")
        rows = [counted.table.source.get(n) for n in range(20)]
        await counted.drive.shows("▾ DEFAULT")
        for org, name in ((other, "Production"), (home, "DEFAULT")):
            await counted.asked()
            counted.drive.app.nav.change_org(org)
            await counted.drive.shows(f"{name} ▾", f"▾ {name}")
            await counted.drive.until(lambda: counted.table.current is not None)
        assert await counted.asked() == []
        assert [counted.table.source.get(n) for n in range(20)] == rows
