"""The Access view: who, what, the answer; completion, and rows taken along from the lists."""

from __future__ import annotations

from typing import Any

from jmstui.tui.screens.access import AccessScreen
from jmstui.tui.screens.detail import DetailScreen
from tests.tui.drive import Driver, count, signed_in


async def rows(drive: Driver) -> None:
    await drive.until(lambda: drive.screen.table.current is not None, "rows")


async def ask(drive: Driver, who: str, what: str) -> None:
    await drive.press("4")
    await drive.until(lambda: isinstance(drive.screen, AccessScreen))
    await drive.type(who)
    await drive.press("enter")
    await drive.until(lambda: drive.screen.who is not None, who)
    await drive.type(what)
    await drive.press("enter")
    await drive.until(lambda: drive.screen.what is not None, what)


async def test_yes_comes_with_accounts_and_the_rules(demo: Any) -> None:
    async with signed_in(demo) as drive:
        await rows(drive)
        await ask(drive, demo.examples["user"], demo.examples["asset"])
        await drive.shows(
            f"Can {demo.examples['user']} reach {demo.examples['asset']}?  YES", "Rules that join the two"
        )


async def test_no_names_the_nearest_rules(demo: Any) -> None:
    async with signed_in(demo) as drive:
        await rows(drive)
        await ask(drive, demo.examples["denied_user"], demo.examples["asset"])
        await drive.shows("NO")


async def test_completion_asks_once_a_pause_and_the_list_can_be_gone_into(start_demo: Any) -> None:
    demo = start_demo(assets=300)
    async with signed_in(demo) as drive:
        await rows(drive)
        await drive.press("4")
        await drive.until(lambda: isinstance(drive.screen, AccessScreen))
        before = len(demo.requests)
        await drive.type("alice")
        await drive.shows("users that match “alice”")
        assert count(demo, "users/users/", before) == 1
        await drive.press("down")
        await drive.until(lambda: drive.screen.focused is drive.screen.answer)
        await drive.press("down", "down", "enter")
        await drive.until(lambda: drive.screen.who is not None)
        assert "alice" in drive.screen.who.name


async def test_a_user_alone_gets_everything_they_reach(demo: Any) -> None:
    async with signed_in(demo, size=(100, 40)) as drive:
        await rows(drive)
        await drive.press("2")
        await drive.until(lambda: drive.screen.view.name == "users")
        await rows(drive)
        name = drive.screen.table.current.username
        await drive.press("w")
        await drive.until(lambda: isinstance(drive.screen, AccessScreen))
        await drive.shows(f"{name} is granted", "Assets")
        assert drive.screen.what is None


async def test_an_asset_alone_gets_everybody_who_can_and_lines_open(demo: Any) -> None:
    async with signed_in(demo, size=(100, 40)) as drive:
        await rows(drive)
        await drive.press("slash")
        await drive.type(demo.examples["asset"])
        await drive.until(lambda: getattr(drive.screen.table.current, "name", "") == demo.examples["asset"])
        await drive.press("enter", "w")
        await drive.until(lambda: isinstance(drive.screen, AccessScreen))
        await drive.shows(f"users can reach {demo.examples['asset']}")
        await drive.until(
            lambda: any(line.text.startswith(demo.examples["user"]) for line in drive.screen.answer.lines)
        )
        drive.screen.answer.focus()
        while drive.screen.answer.current.target is None:
            await drive.press("down")
        target = drive.screen.answer.current.target
        await drive.press("enter")
        await drive.until(lambda: isinstance(drive.screen, DetailScreen))
        assert drive.screen.row.id == target.id


async def test_x_takes_the_row_along_and_waits_for_the_other_half(demo: Any) -> None:
    async with signed_in(demo) as drive:
        await rows(drive)
        name = drive.screen.table.current.name
        await drive.press("x")
        await drive.until(lambda: isinstance(drive.screen, AccessScreen))
        assert drive.screen.what.name == name
        assert drive.screen.focused is drive.screen.field("who")
        await drive.shows("Name the other one")
        await drive.type(demo.examples["user"])
        await drive.press("enter")
        await drive.shows(f"Can {demo.examples['user']} reach {name}?")


async def test_an_ordinary_user_asks_about_themselves(demo: Any) -> None:
    async with signed_in(demo, "viewer") as drive:
        await drive.until(lambda: drive.screen.view.name == "my-assets")
        await rows(drive)
        name = drive.screen.table.current.name
        await drive.press("x")
        await drive.until(lambda: isinstance(drive.screen, AccessScreen))
        await drive.shows(f"Can viewer reach {name}?  YES")
        assert drive.screen.field("who").disabled


async def test_nobody_by_that_name(demo: Any) -> None:
    async with signed_in(demo) as drive:
        await rows(drive)
        await drive.press("4")
        await drive.until(lambda: isinstance(drive.screen, AccessScreen))
        await drive.type("nobody-of-that-name")
        await drive.press("enter")
        await drive.shows("no users match “nobody-of-that-name”")


async def test_a_text_that_fits_several_is_never_guessed(demo: Any) -> None:
    async with signed_in(demo) as drive:
        await rows(drive)
        await drive.press("4")
        await drive.until(lambda: isinstance(drive.screen, AccessScreen))
        await drive.type("alice")
        await drive.press("enter")
        await drive.until(lambda: drive.screen.focused is drive.screen.answer, "the list to choose from")
        assert drive.screen.who is None
        chosen = drive.screen.answer.current.key
        await drive.press("enter")
        await drive.until(lambda: drive.screen.who is not None and drive.screen.who.id == chosen)


async def test_an_id_finds_its_asset(demo: Any) -> None:
    asset = next(each for each in demo.world.assets.values() if each.name == demo.examples["asset"])
    async with signed_in(demo) as drive:
        await rows(drive)
        await drive.press("4")
        await drive.until(lambda: isinstance(drive.screen, AccessScreen))
        await drive.press("tab")
        await drive.type(asset.id)
        await drive.press("enter")
        await drive.until(lambda: drive.screen.what is not None, "the asset")
        assert drive.screen.what.name == asset.name


async def test_w_on_a_node_says_who_can_reach_what_is_below_it(demo: Any) -> None:
    async with signed_in(demo, size=(100, 40)) as drive:
        await rows(drive)
        await drive.shows("▾ DEFAULT")
        await drive.press("shift+tab", "down", "down", "w")
        await drive.until(lambda: isinstance(drive.screen, AccessScreen))
        assert drive.screen.what.kind == "node"
        await drive.shows(f"users can reach {drive.screen.what.name}", "as of")
