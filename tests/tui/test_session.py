"""What a long session meets: other organizations, back and forward, a lost network, a sign-in that ends,
throttling."""

from __future__ import annotations

from typing import Any

from jmstui.demo import Fault
from jmstui.tui.screens.browse import BrowseScreen
from jmstui.tui.screens.login import LoginScreen
from tests.tui.drive import Driver, count, signed_in


async def rows(drive: Driver) -> None:
    """Wait for the first rows."""
    await drive.until(lambda: drive.screen.table.current is not None, "rows")


async def go_to_org(drive: Driver, name: str) -> None:
    await drive.press("o")
    await drive.shows("Organizations", name)
    table = drive.screen.query_one("RemoteTable")
    wanted = next(i for i in range(table.line_count) if table.source.get(i).name == name)
    table.move_to(wanted)
    await drive.press("enter")
    await drive.shows(f"{name} ▾")
    await rows(drive)


async def search(drive: Driver, text: str) -> None:
    await drive.press("slash")
    await drive.type(text)
    await drive.press("enter")
    await drive.shows(f"/{text}  1–")


async def test_the_switcher_shows_roles_and_numbers_and_switches(start_demo: Any) -> None:
    demo = start_demo(assets=300)
    async with signed_in(demo) as drive:
        await rows(drive)
        everything = drive.screen.table.source.total
        await drive.press("o")
        await drive.shows("DEFAULT", "Production", "admin, audit", "USERS", "ASSETS", "RULES")
        assert "SYSTEM" not in drive.text()
        await drive.press("escape")
        await drive.until(lambda: isinstance(drive.screen, BrowseScreen))
        await go_to_org(drive, "Production")
        there = drive.screen.table.source.total
        assert there != everything
        org = drive.app.session.org
        assert all(drive.screen.table.source.get(i).org_id == org for i in range(min(20, there)))


async def test_switching_back_costs_no_request(start_demo: Any) -> None:
    demo = start_demo(assets=300)
    async with signed_in(demo) as drive:
        await rows(drive)
        await drive.shows("▾ DEFAULT")
        await go_to_org(drive, "Production")
        await drive.shows("▾ Production")
        before = len(demo.requests)
        await go_to_org(drive, "DEFAULT")
        await drive.shows("▾ DEFAULT")
        assert demo.requests[before:] == []


async def test_a_community_edition_says_that_it_stays_in_default(start_demo: Any) -> None:
    demo = start_demo(assets=100, edition="community")
    other = next(org.id for org in demo.world.orgs.values() if org.name == "Production")
    async with signed_in(demo, org=other) as drive:
        await drive.shows("community edition")
        await drive.shows("DEFAULT ▾")
        await drive.press("escape")
        await drive.gone("community edition")
        await drive.press("o")
        await drive.shows("Organizations  community edition: DEFAULT alone  1–2 of 2")
    async with signed_in(demo, org="Production") as drive:
        await drive.shows("This is a community edition: it works in DEFAULT alone, not in Production.")


async def test_back_and_forward_keep_node_search_and_row(demo: Any) -> None:
    async with signed_in(demo) as drive:
        await rows(drive)
        await search(drive, "web")
        await drive.press("down", "down", "down")
        row = drive.screen.table.current_id
        await drive.press("2")
        await drive.until(lambda: drive.screen.view.name == "users")
        await rows(drive)
        before = len(demo.requests)
        await drive.press("left_square_bracket")
        await drive.until(lambda: drive.screen.view.name == "assets")
        await drive.shows("/web  1–")
        await drive.until(lambda: drive.screen.table.current_id == row, "the same row")
        await drive.press("left_square_bracket")
        await drive.gone("/web  1–")
        await drive.press("right_square_bracket")
        await drive.shows("/web  1–")
        await drive.until(lambda: drive.screen.table.current_id == row, "the same row again")
        await drive.press("right_square_bracket")
        await drive.until(lambda: drive.screen.view.name == "users")
        assert count(demo, "assets/assets/", before) == 0, "history comes from the cache"


async def test_a_sign_in_that_ends_is_renewed_on_top_and_the_work_goes_on(start_demo: Any) -> None:
    demo = start_demo(assets=300)
    async with signed_in(demo) as drive:
        await rows(drive)
        await search(drive, "web")
        await drive.press("down", "down")
        row = drive.screen.table.current_id
        demo.faults.add(Fault("expire"))
        await drive.press("r")
        await drive.until(lambda: isinstance(drive.screen, LoginScreen), "the form")
        await drive.shows("Sign in again")
        assert drive.screen.field("address").value == demo.url
        drive.screen.query_one("#mode").choose("token")
        await drive.fill("username", demo.credentials["token"]["username"])
        await drive.fill("password", demo.credentials["token"]["password"])
        await drive.press("enter")
        await drive.until(lambda: isinstance(drive.screen, BrowseScreen), "back")
        await drive.shows("/web")
        assert drive.screen.table.current_id == row
        before = len(demo.requests)
        await drive.press("r")
        await drive.until(lambda: count(demo, "assets/assets/", before) == 1)
        assert demo.requests[-1][3] == 200


async def test_another_user_who_signs_in_gets_nothing_of_the_former_one(start_demo: Any) -> None:
    demo = start_demo(assets=300)
    viewer = demo.people["viewer"]
    async with signed_in(demo) as drive:
        await rows(drive)
        await search(drive, "web")
        demo.faults.add(Fault("expire"))
        await drive.press("r")
        await drive.until(lambda: isinstance(drive.screen, LoginScreen), "the form")
        drive.screen.query_one("#mode").choose("token")
        await drive.fill("username", viewer["username"])
        await drive.fill("password", viewer["password"])
        await drive.press("enter")
        await drive.until(
            lambda: isinstance(drive.screen, BrowseScreen) and drive.screen.view.name == "my-assets"
        )
        await drive.shows("viewer · User")
        assert drive.screen.place.ask.search == ""


async def test_esc_on_the_renewed_form_leaves_what_was_seen_readable(start_demo: Any) -> None:
    demo = start_demo(assets=300)
    async with signed_in(demo) as drive:
        await rows(drive)
        demo.faults.add(Fault("expire"))
        await drive.press("r")
        await drive.until(lambda: isinstance(drive.screen, LoginScreen), "the form")
        await drive.press("escape")
        await drive.shows("jump-01", "signed out")
        await drive.press("r")
        await drive.until(lambda: isinstance(drive.screen, LoginScreen), "the form again")


async def test_without_a_network_what_was_seen_stays_and_says_so(start_demo: Any) -> None:
    demo = start_demo(assets=300)
    async with signed_in(demo) as drive:
        await rows(drive)
        await search(drive, "web")
        demo.stop()
        await drive.press("r")
        await drive.shows("offline since")
        assert "web" in drive.screen.table.current.name
        await drive.press("escape")
        await drive.until(lambda: drive.screen.table.source.get(0).name == "jump-01", "the rows from before")
        await drive.press("slash")
        await drive.type("never-asked")
        await drive.shows("Cannot reach")


async def test_throttling_counts_down_in_the_status_line_and_goes_on(start_demo: Any) -> None:
    demo = start_demo(assets=300)
    async with signed_in(demo) as drive:
        await rows(drive)
        demo.faults.add(Fault("429=2", "users/users/", times=1))
        await drive.press("2")
        await drive.shows("waiting", "s for the server's request limit")
        await rows(drive)
        await drive.gone("waiting")


async def test_the_request_log_shows_requests_and_copies_curl_without_the_credential(
    demo: Any, monkeypatch: Any
) -> None:
    monkeypatch.delenv("TMUX", raising=False)
    monkeypatch.delenv("STY", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    async with signed_in(demo, size=(120, 30)) as drive:
        await rows(drive)
        sent: list[str] = []
        monkeypatch.setattr(drive.app, "write_raw", sent.append)
        await drive.press("at")
        await drive.shows("Requests", "assets/assets/?fields=", "200", "curl -sS", "$JMSTUI_PRIVATE_TOKEN")
        assert demo.people["admin"]["private_token"] not in drive.text()
        await drive.press("c")
        await drive.shows("characters to the terminal's clipboard (OSC 52)")
        assert sent[0].startswith("\x1b]52;c;")
        await drive.press("escape")
        await drive.until(lambda: isinstance(drive.screen, BrowseScreen))


async def test_coming_back_to_a_view_costs_no_request(start_demo: Any) -> None:
    demo = start_demo(assets=300)
    async with signed_in(demo) as drive:
        await rows(drive)
        await drive.press("3")
        await drive.until(lambda: drive.screen.view.name == "permissions")
        await rows(drive)
        await drive.shows("Permissions  1–")
        before = len(demo.requests)
        await drive.press("1")
        await drive.until(lambda: drive.screen.view.name == "assets")
        await drive.press("3")
        await drive.until(lambda: drive.screen.view.name == "permissions")
        assert demo.requests[before:] == []
