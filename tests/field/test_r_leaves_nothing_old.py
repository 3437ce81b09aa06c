"""Row 1 and item 4: the server's data change behind a screen; after `r` nothing of the old is left on it, and
"as of" is the age of the oldest part."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from jmstui.demo.world import World
from jmstui.tui.asker import Asker
from jmstui.tui.screens.access import AccessScreen
from jmstui.tui.screens.detail import DetailScreen
from jmstui.tui.screens.orgs import OrgsScreen
from tests.demo_server import RunningDemo
from tests.field.test_a_refresh_asks_for_the_verdict_too import grant, strangers
from tests.services.asking import Counted, last
from tests.services.asking import signed_in as client_of
from tests.tui.drive import Driver, signed_in
from tests.tui.test_access_screen import ask, rows

NEW = "changed-behind-it"
TALL = (150, 46)
LOW = (100, 26)

Find = Callable[[World, str], Any]
VIEWS: dict[str, tuple[Find, str]] = {
    "assets": (lambda world, id: world.assets[id], "name"),
    "users": (lambda world, id: world.users[id], "username"),
    "permissions": (lambda world, id: world.rules[id], "name"),
    "groups": (lambda world, id: world.groups[id], "name"),
    "nodes": (lambda world, id: world.nodes[id], "value"),
    "platforms": (lambda world, id: world.platforms[int(id)], "name"),
    "expiring": (lambda world, id: world.rules[id], "name"),
}


@pytest.fixture
def alone(start_demo: Any) -> RunningDemo:
    demo: RunningDemo = start_demo(assets=150)
    return demo


async def go(drive: Driver, view: str) -> None:
    await rows(drive)
    await drive.type(f":{view}")
    await drive.press("enter")
    await drive.until(lambda: getattr(drive.screen, "view", None) and drive.screen.view.name == view, view)
    await rows(drive)


def change(demo: RunningDemo, view: str, id: str) -> str:
    """Give the record another name; what it was called."""
    find, name = VIEWS[view]
    record = find(demo.world, id)
    old = str(getattr(record, name))
    setattr(record, name, NEW)
    if view == "nodes":
        record.full_value = record.full_value.rsplit("/", 1)[0] + "/" + NEW
    demo.world.version += 1
    return old


def times(drive: Driver, text: str) -> int:
    return drive.text().count(text)


@pytest.mark.parametrize("view", VIEWS)
async def test_in_a_list_with_its_detail_below(alone: RunningDemo, view: str) -> None:
    async with signed_in(alone, size=TALL) as drive:
        await go(drive, view)
        table = drive.screen.table
        await drive.until(lambda: drive.screen._details.age is not None or drive.screen._details.row)
        old = change(alone, view, str(table.current_id))
        await drive.press("r")
        await drive.until(lambda: times(drive, NEW) >= 2, "the new name in the table and in its detail")
        await drive.until(lambda: not table.current or NEW in str(table.current), "the new row")
        assert old not in [cell.strip() for cell in drive.flat().split("  ")]


@pytest.mark.parametrize("view", [view for view in VIEWS if view != "expiring"])
async def test_in_a_detail_of_its_own(alone: RunningDemo, view: str) -> None:
    async with signed_in(alone, size=LOW) as drive:
        await go(drive, view)
        id = str(drive.screen.table.current_id)
        await drive.press("enter")
        await drive.until(lambda: isinstance(drive.screen, DetailScreen))
        await drive.until(lambda: drive.screen._details.age is not None)
        change(alone, view, id)
        await drive.press("r")
        await drive.shows(NEW)


async def test_in_the_tree_beside_a_list(alone: RunningDemo) -> None:
    async with signed_in(alone, size=TALL) as drive:
        await rows(drive)
        node = next(
            n for n in alone.world.nodes.values() if n.key.count(":") == 1 and n.value in drive.text()
        )
        node.value = NEW
        alone.world.version += 1
        await drive.press("r")
        await drive.shows(NEW)


async def test_in_the_organizations(alone: RunningDemo) -> None:
    async with signed_in(alone, size=LOW) as drive:
        await rows(drive)
        await drive.press("o")
        await drive.until(lambda: isinstance(drive.screen, OrgsScreen))
        org = next(o for o in alone.world.orgs.values() if o.name in drive.text() and not o.internal)
        old, org.name = org.name, NEW
        alone.world.version += 1
        await drive.press("r")
        await drive.shows(NEW)
        await drive.gone(old)


async def test_in_a_no_that_becomes_a_yes(alone: RunningDemo) -> None:
    user, asset = strangers(alone)
    async with signed_in(alone, size=TALL) as drive:
        await rows(drive)
        await ask(drive, user.username, asset.name)
        await drive.shows("NO")
        grant(alone, user, asset)
        drive.screen.answer.focus()
        await drive.press("r")
        await drive.shows("YES", "granted now")
        await drive.gone("  NO")


async def test_among_those_who_can(alone: RunningDemo) -> None:
    user, asset = strangers(alone)
    grant(alone, user, asset)
    record = alone.world.users[user.id]
    async with signed_in(alone, size=TALL) as drive:
        await rows(drive)
        await drive.press("4")
        await drive.until(lambda: isinstance(drive.screen, AccessScreen))
        await drive.press("tab")
        await drive.type(asset.name)
        await drive.press("enter")
        await drive.shows("can reach")
        record.is_active = False
        record.username = NEW
        alone.world.version += 1
        drive.screen.answer.focus()
        await drive.press("r")
        await drive.until(lambda: any(NEW in line.text for line in drive.screen._lines), NEW)


async def test_once_each_and_not_twice(alone: RunningDemo) -> None:
    """`r` asks every question of an answer once: another part that asks the same takes the new answer."""
    from jmstui.services.why import why

    user, asset = strangers(alone)
    async with client_of(alone) as (client, identity):
        await last(why(client, identity, user, asset))
        counted = Counted(alone)
        again: Any = Asker(client, fresh=True)
        await last(why(again, identity, user, asset))
        first = len(counted)
        await last(why(again, identity, user, asset))
        assert len(counted) == first
        assert len(set(counted.lines)) == len(counted.lines)


async def test_as_of_is_the_oldest_part(alone: RunningDemo) -> None:
    """The rows alone are asked again: the tree beside them is older, and that is what is said."""
    async with signed_in(alone, size=TALL) as drive:
        await rows(drive)
        screen = drive.screen
        await drive.until(lambda: screen._side_age is not None and screen._side_age.as_of is not None)
        await drive.until(lambda: screen._details.age is not None)
        await asyncio.sleep(0.05)
        await screen.listing.rows.refresh()
        oldest, _ = screen.as_of()
        assert oldest == min(screen._side_age.as_of, screen._details.age.as_of)
        assert oldest < screen.listing.rows.as_of
