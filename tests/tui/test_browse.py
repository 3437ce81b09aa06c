"""Browsing by keyboard: nodes, search, sort, filters, details, views and their rights, against the demo
server."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from jmstui.demo import Fault
from jmstui.tui.screens.browse import BrowseScreen
from jmstui.tui.screens.detail import DetailScreen
from tests.tui.drive import Driver, count, signed_in


async def rows(drive: Driver) -> None:
    """Wait for the first rows."""
    await drive.until(lambda: drive.screen.table.current is not None, "rows")


def node_named(drive: Driver, name: str) -> int:
    tree = drive.screen.side_tree
    return next(index for index, (branch, _) in enumerate(tree._rows) if branch.name == name)


async def test_a_node_narrows_the_table_and_direct_only_narrows_it_further(demo: Any) -> None:
    async with signed_in(demo) as drive:
        await rows(drive)
        await drive.shows("Nodes", "▾ DEFAULT")
        await drive.press("tab")
        tree = drive.screen.side_tree
        while tree.current.count in (None, 0) or tree.cursor == 0:
            await drive.press("down")
        branch = tree.current
        await drive.press("enter")
        await drive.until(lambda: drive.screen.table.source.total == branch.count, f"{branch.count} rows")
        await drive.shows(f"Assets  {branch.name}")
        assert drive.screen.focused is drive.screen.table
        await drive.press("d")
        await drive.shows("directly")
        await drive.until(lambda: drive.screen.table.source.total < branch.count, "fewer rows")
        await drive.press("escape")
        await drive.gone("directly")
        await drive.until(lambda: drive.screen.table.source.total > branch.count, "all rows")


async def test_a_search_asks_once_when_the_typing_pauses(start_demo: Any) -> None:
    demo = start_demo(assets=500)
    async with signed_in(demo) as drive:
        await rows(drive)
        before = len(demo.requests)
        await drive.press("slash")
        await drive.type("web-0001")
        await drive.shows("Assets  /web-0001  1–")
        asked = [query for _, path, query, _ in demo.requests[before:] if path.endswith("/assets/assets/")]
        assert len(asked) == 1
        assert "search=web-0001" in asked[0]
        await drive.press("enter")
        assert drive.screen.place.ask.search == "web-0001"
        await drive.press("escape")
        await drive.gone("/web-0001")
        assert (
            len([1 for _, path, _, _ in demo.requests[before:] if path.endswith("/assets/assets/")]) == 1
        ), "from the cache"


async def test_escape_while_typing_brings_the_former_rows_back(demo: Any) -> None:
    async with signed_in(demo) as drive:
        await rows(drive)
        total = drive.screen.table.source.total
        await drive.press("slash")
        await drive.type("web")
        await drive.until(lambda: drive.screen.table.source.total != total)
        await drive.press("escape")
        await drive.until(lambda: drive.screen.table.source.total == total)
        assert drive.screen.place.ask.search == ""


async def test_nothing_found_says_so(demo: Any) -> None:
    async with signed_in(demo) as drive:
        await rows(drive)
        await drive.press("slash")
        await drive.type("zzzz-none")
        await drive.shows("No asset matches “zzzz-none”")


async def test_an_answer_to_an_older_search_never_overwrites_a_newer_one(start_demo: Any) -> None:
    demo = start_demo(assets=500)
    async with signed_in(demo) as drive:
        await rows(drive)
        demo.faults.add(Fault("silence=0.8", "assets/assets/", times=1))
        await drive.press("slash")
        await drive.type("web")
        await drive.until(
            lambda: not len(demo.faults._on) or demo.faults._on[0].times == 0, "the slow question"
        )
        await drive.type("-0001")
        await drive.shows("Assets  /web-0001  1–")
        found = drive.screen.table.source.total
        await asyncio.sleep(1.0)  # the older answer would come now
        assert drive.screen.table.source.total == found
        assert "/web-0001" in drive.text()


async def test_sorting_goes_through_the_columns_and_round(demo: Any) -> None:
    async with signed_in(demo) as drive:
        await rows(drive)
        await drive.press("s")
        await drive.shows("NAME↑")
        await drive.press("S")
        await drive.shows("NAME↓")

        def names() -> list[str]:
            return [drive.screen.table.source.get(index).name for index in range(5)]

        await drive.until(lambda: names() == sorted(names(), reverse=True), "the other way round")


async def test_a_quick_filter_narrows_and_escape_widens(demo: Any) -> None:
    async with signed_in(demo) as drive:
        await rows(drive)
        total = drive.screen.table.source.total
        await drive.press("f")
        await drive.shows("inactive only")
        await drive.until(lambda: drive.screen.table.source.total < total)
        await drive.press("escape")
        await drive.until(lambda: drive.screen.table.source.total == total)


async def test_the_detail_is_asked_for_when_the_cursor_rests_and_not_while_it_moves(start_demo: Any) -> None:
    demo = start_demo(assets=500)
    async with signed_in(demo, size=(120, 40)) as drive:
        await rows(drive)
        await drive.shows("[Overview]")
        await drive.until(lambda: "protocols" in drive.text(), "the detail of the first row")
        before = len(demo.requests)
        table = drive.screen.table
        for _ in range(30):
            table.action_step(1)
        wanted = table.current
        await drive.until(lambda: drive.screen.pane.title == wanted.name and "protocols" in drive.text())
        details = {path for _, path, _, _ in demo.requests[before:] if path.count("/") == 6}
        assert details == {f"/api/v1/assets/assets/{wanted.id}/"}


async def test_enter_opens_the_detail_as_a_screen_where_the_terminal_is_low(demo: Any) -> None:
    async with signed_in(demo, size=(80, 24)) as drive:
        await rows(drive)
        name = drive.screen.table.current.name
        await drive.press("enter")
        await drive.until(lambda: isinstance(drive.screen, DetailScreen))
        await drive.shows(name, "[Overview]", "protocols")
        await drive.press("right")
        await drive.shows("[Accounts]")
        await drive.press("right")
        await drive.shows("[Rules]")
        await drive.press("escape")
        await drive.until(lambda: isinstance(drive.screen, BrowseScreen))


async def test_a_rule_of_an_asset_can_be_followed(demo: Any) -> None:
    async with signed_in(demo, size=(100, 40)) as drive:
        await rows(drive)
        await drive.press("slash")
        await drive.type(demo.examples["asset"])
        await drive.until(lambda: getattr(drive.screen.table.current, "name", "") == demo.examples["asset"])
        await drive.press("enter", "enter")
        await drive.until(lambda: drive.screen.focused is drive.screen.pane)
        await drive.press("right", "right")
        await drive.until(lambda: any(line.target for line in drive.screen.pane.lines), "rules")
        rule = drive.screen.pane.current
        await drive.press("enter")
        await drive.until(lambda: isinstance(drive.screen, DetailScreen))
        assert drive.screen.view.name == "permissions"
        assert drive.screen.row.id == rule.target.id


@pytest.mark.parametrize(
    ("key", "title", "tab"), [("2", "Users", "[Overview]"), ("3", "Permissions", "[Overview]")]
)
async def test_users_and_rules_open(demo: Any, key: str, title: str, tab: str) -> None:
    async with signed_in(demo, size=(100, 40)) as drive:
        await rows(drive)
        await drive.press(key)
        await drive.until(lambda: drive.screen.view.title == title)
        await rows(drive)
        await drive.shows(title, tab)
        await drive.until(lambda: len(drive.screen.pane.lines) > 3, "a detail")


async def test_platforms_by_name_and_their_category_filter(demo: Any) -> None:
    async with signed_in(demo) as drive:
        await rows(drive)
        await drive.press("colon")
        await drive.type("plat")
        await drive.press("tab", "enter")
        await drive.until(lambda: drive.screen.view.name == "platforms")
        await rows(drive)
        total = drive.screen.table.source.total
        await drive.press("f")
        await drive.until(lambda: 0 < drive.screen.table.source.total < total, "one category")
        await drive.press("escape", "q")
        await drive.until(lambda: drive.screen.view.name == "assets")


async def test_an_unknown_view_is_named(demo: Any) -> None:
    async with signed_in(demo) as drive:
        await rows(drive)
        await drive.press("colon")
        await drive.type("nonsense")
        await drive.press("enter")
        await drive.shows("There is no view “nonsense”")


async def test_q_asks_in_a_main_view(demo: Any) -> None:
    async with signed_in(demo) as drive:
        await rows(drive)
        await drive.press("q")
        await drive.shows("Quit jmstui?")
        await drive.press("n")
        await drive.gone("Quit jmstui?")
        await drive.press("q", "y")
        await drive.until(lambda: drive.app._exit)
        assert drive.app.return_value == 0


async def test_help_shows_the_keys_of_this_view_and_can_be_searched(demo: Any) -> None:
    async with signed_in(demo, size=(100, 60)) as drive:
        await rows(drive)
        await drive.press("question_mark")
        await drive.shows("Keys: Assets", "next quick filter", "s sorts by: name, address, platform")
        await drive.press("slash")
        await drive.type("request")
        await drive.shows("the requests that were sent")
        await drive.gone("next quick filter")
        await drive.press("escape", "escape")
        await drive.until(lambda: isinstance(drive.screen, BrowseScreen))


async def test_an_ordinary_user_lands_in_their_own_assets_and_is_told_why_not_all(demo: Any) -> None:
    async with signed_in(demo, "viewer") as drive:
        await drive.until(
            lambda: isinstance(drive.screen, BrowseScreen) and drive.screen.view.name == "my-assets"
        )
        await rows(drive)
        await drive.shows("My assets", "viewer · User")
        await drive.press("1")
        await drive.shows("Your role here may not list all assets")
        assert drive.screen.view.name == "my-assets"
        await drive.press("2")
        await drive.until(lambda: drive.screen.view.name == "users")
        assert drive.screen.view.why_not in drive.flat()
        await drive.press("1")
        await drive.until(lambda: drive.screen.view.name == "my-assets")


async def test_an_auditor_without_nodes_gets_the_category_tree(demo: Any) -> None:
    async with signed_in(demo, "auditor") as drive:
        await drive.shows("Types")
        await rows(drive)
        await drive.press("tab", "down", "enter")
        branch = drive.screen.place.branch
        assert branch.startswith("ROOT_")
        await drive.until(lambda: not drive.screen.listing.loading)


async def test_an_org_admin_sees_assets_and_users(demo: Any) -> None:
    async with signed_in(demo, "orgadmin") as drive:
        await rows(drive)
        await drive.shows("Org admin", "Nodes")
        await drive.press("2")
        await drive.until(lambda: drive.screen.view.name == "users")
        await rows(drive)


async def test_a_500_stands_in_the_table_and_r_tries_again(start_demo: Any) -> None:
    demo = start_demo(assets=50)
    demo.faults.add(Fault("html-500", "assets/assets/"))
    async with signed_in(demo) as drive:
        await drive.shows("answered 500")
        demo.faults.clear()
        await drive.press("r")
        await rows(drive)


async def test_names_with_markup_and_escapes_are_text(start_demo: Any) -> None:
    demo = start_demo(assets=60)
    asset = next(iter(demo.world.assets.values()))
    asset.name = "a[red]b[/red]\x1b[31mc\n‮d"
    async with signed_in(demo, size=(180, 30)) as drive:
        await rows(drive)
        await drive.press("slash")
        await drive.type("[red]b")
        await drive.shows("a[red]b[/red]␛[31mc↵‹202E›d")
        await drive.until(lambda: drive.screen.table.source.total == 1)


async def test_resizing_while_rows_are_on_the_way_loses_nothing(start_demo: Any) -> None:
    demo = start_demo(assets=300, latency_ms=150)
    async with signed_in(demo, size=(100, 30)) as drive:
        for size in ((40, 10), (60, 16), (140, 40), (80, 24)):
            await drive.pilot.resize_terminal(*size)
        await rows(drive)
        await drive.shows("1–", "Nodes", "jump-01")
        assert not drive.screen.has_class("-tiny")


async def test_a_tiny_terminal_shows_one_sentence_and_comes_back(demo: Any) -> None:
    async with signed_in(demo, size=(40, 10)) as drive:
        await drive.shows("jmstui needs 60×16 or more")
        assert "Assets" not in drive.text()
        await drive.pilot.resize_terminal(80, 24)
        await drive.shows("Assets", "NAME")


async def test_at_60x16_tab_takes_turns_between_tree_and_table(demo: Any) -> None:
    async with signed_in(demo, size=(60, 16)) as drive:
        await rows(drive)
        assert "Nodes" not in drive.text()
        await drive.press("tab")
        await drive.shows("Nodes", "▾ DEFAULT")
        assert "NAME" not in drive.text()
        await drive.press("tab")
        await drive.shows("NAME")


async def test_refresh_asks_for_what_is_in_view_only(start_demo: Any) -> None:
    demo = start_demo(assets=500)
    async with signed_in(demo) as drive:
        await rows(drive)
        await drive.shows("▾ DEFAULT")
        before = len(demo.requests)
        await drive.press("r")
        await drive.until(lambda: count(demo, "assets/assets/", before) == 1)
        await asyncio.sleep(0.1)
        assert len(demo.requests) - before <= 2


async def test_an_older_server_is_browsed_the_same_way(start_demo: Any) -> None:
    demo = start_demo(assets=200, api="3.10")
    async with signed_in(demo) as drive:
        await rows(drive)
        await drive.shows("▾ DEFAULT", "admin · System admin")
        for key, name in (("2", "users"), ("3", "permissions")):
            await drive.press(key)
            await drive.until(lambda name=name: drive.screen.view.name == name)
            await rows(drive)
