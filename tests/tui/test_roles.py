"""Each role on its way through the views: rows and records where it may, and the reason where it may not."""

from __future__ import annotations

from typing import Any

import pytest

from jmstui.settings import Settings
from jmstui.tui.screens.detail import DetailScreen
from jmstui.views import find_view
from tests.tui.drive import Driver, explorer, signed_in, token_of

ALL = ("assets", "users", "permissions", "platforms", "groups", "nodes", "expiring")
MAY = {
    "admin": ALL,
    "orgadmin": ALL,
    "auditor": ("assets", "users"),
    "sysauditor": ("assets", "users"),
    "viewer": (),
    "noorg": (),
}


async def open_first(drive: Driver, last: str = "JSON") -> None:
    """The first row's record as a screen of its own, its last tab too, and back."""
    await drive.until(lambda: drive.screen.table.current is not None, "rows")
    await drive.press("enter")
    await drive.until(lambda: isinstance(drive.screen, DetailScreen), "the record")
    await drive.shows("[Overview]")
    await drive.press(*["right"] * 6)
    await drive.shows(f"[{last}]")
    if last == "JSON":
        await drive.shows('"id":')
    await drive.press("q")
    await drive.until(lambda: not isinstance(drive.screen, DetailScreen), "the list again")


@pytest.mark.parametrize("who", MAY)
async def test_a_role_finds_rows_and_records_or_the_reason_why_not(demo: Any, who: str) -> None:
    async with signed_in(demo, who, size=(80, 24)) as drive:
        for name in ALL:
            view = find_view(name)
            assert view is not None
            if name == "assets" and name not in MAY[who]:
                await drive.until(lambda: drive.screen.view.name == "my-assets", "their own assets")
                continue
            drive.app.nav.run_command(name)
            await drive.until(
                lambda name=name: drive.screen.view.name == name and drive.screen.is_mounted, name
            )
            if name in MAY[who]:
                await open_first(drive)
            else:
                await drive.shows(view.why_not)


async def test_a_user_opens_a_node_and_an_asset_of_their_own(demo: Any) -> None:
    async with signed_in(demo, "viewer", size=(80, 24)) as drive:
        await open_first(drive)
        await drive.shows("▾ DEFAULT")
        await drive.press("tab", "down", "enter")
        branch = drive.screen.place.branch
        assert branch
        await drive.until(lambda: not drive.screen.listing.loading, "the node's assets")
        await open_first(drive)


async def test_an_organization_name_that_nobody_knows_is_said_and_one_can_go_on(demo: Any) -> None:
    settings = Settings(url=demo.url, credential=token_of(demo, "viewer"), org="nosuch", rate=100_000)
    async with explorer(settings) as drive:
        await drive.shows("There is no organization 'nosuch' among yours", "This is DEFAULT.", "My assets")
        await drive.until(lambda: drive.screen.table.current is not None, "rows")
