"""What is on screen when answers are old, and while the server is slow, throttling, broken or gone."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import pytest

from jmstui.api import core
from jmstui.api.clock import Clock
from jmstui.demo import Fault
from jmstui.settings import Settings
from jmstui.tui.screens.access import AccessScreen
from jmstui.tui.screens.browse import BrowseScreen
from jmstui.tui.screens.detail import DetailScreen
from jmstui.tui.screens.login import LoginScreen
from tests.demo_server import run_demo
from tests.tui.drive import Driver, count, explorer, signed_in, token_of

TALL = (140, 43)


class Later:
    """Lets the client believe that time has passed."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.seconds = 0.0
        clock = Clock(lambda: time.monotonic() + self.seconds, lambda: time.time() + self.seconds)
        monkeypatch.setattr(core, "Clock", lambda: clock)


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Later:
    return Later(monkeypatch)


def status_line(drive: Driver) -> str:
    return drive.lines()[-2]


async def rows(drive: Driver) -> None:
    await drive.until(lambda: drive.screen.table.current is not None, "rows")


async def everything(drive: Driver) -> None:
    """Rows, tree and detail."""
    await rows(drive)
    await drive.shows("▾ DEFAULT", "organization  DEFAULT")


async def sign_in_as(drive: Driver, person: dict[str, Any]) -> None:
    await drive.until(lambda: isinstance(drive.screen, LoginScreen), "the form")
    drive.screen.query_one("#mode").choose("token")
    await drive.fill("username", person["username"])
    await drive.fill("password", person["password"])
    await drive.press("enter")
    await drive.until(lambda: not isinstance(drive.screen, LoginScreen), "the screen below")


# ages


async def test_past_its_time_the_old_view_shows_at_once_and_one_refresh_goes_behind(
    start_demo: Any, later: Later
) -> None:
    demo = start_demo(assets=400)
    async with signed_in(demo, size=TALL) as drive:
        await everything(drive)
        await drive.press("tab", "down", "space", "tab", *["down"] * 4)
        open_branches, row = set(drive.screen.side_tree._open), drive.screen.table.current_id
        await drive.until(lambda: count(demo, f"assets/assets/{row}"), "its detail")
        await drive.press("2")
        await drive.until(lambda: drive.screen.view.name == "users")
        await drive.until(lambda: count(demo, "users/users/") > 1, "its detail")
        later.seconds = 400.0
        demo.world.assets[row].address = "10.99.99.99"
        demo.faults.add(Fault("silence=0.4", "assets/"))
        since = len(demo.requests)
        await drive.press("1")
        await drive.shows("(old)")
        assert drive.screen.table.current_id == row
        await drive.until(lambda: drive.screen.table.current.address == "10.99.99.99", "the newer row")
        await drive.gone("(old)")
        assert (drive.screen.table.current_id, drive.screen.side_tree._open) == (row, open_branches)
        await asyncio.sleep(0.3)
        asked = [path for _, path, _, _ in demo.requests[since:]]
        assert sorted(path.removeprefix("/api/v1/assets/") for path in asked) == sorted(
            ["assets/", "nodes/children/tree/", f"assets/{row}/"]
        )


async def test_a_refresh_that_changes_nothing_ends_the_age_mark_too(start_demo: Any, later: Later) -> None:
    demo = start_demo(assets=300)
    async with signed_in(demo, size=TALL) as drive:
        await everything(drive)
        first = status_line(drive)[:16]
        later.seconds = 200.0  # past the time of the tree too, which is the oldest part otherwise
        demo.faults.add(Fault("silence=0.3", "assets/"))
        await drive.press("down", "up")
        await drive.shows("(old)")
        await drive.until(
            lambda: "(old)" not in drive.flat() and status_line(drive)[:16] != first, "a new age"
        )


async def test_r_asks_for_rows_tree_and_detail_within_their_time(start_demo: Any) -> None:
    demo = start_demo(assets=300)
    async with signed_in(demo, size=TALL) as drive:
        await everything(drive)
        since = len(demo.requests)
        await drive.press("r")
        await drive.until(lambda: len(demo.requests) - since >= 3, "three requests")
        await asyncio.sleep(0.3)
        paths = sorted(path.removeprefix("/api/v1/assets/") for _, path, _, _ in demo.requests[since:])
        assert paths[0] == "assets/"
        assert paths[1] == f"assets/{drive.screen.table.current_id}/"
        assert paths[2:] == ["nodes/children/tree/"]


# the request budget


async def test_the_servers_limit_is_counted_down_and_nothing_is_sent_meanwhile(start_demo: Any) -> None:
    demo = start_demo(assets=300, rate=12)
    settings = Settings(url=demo.url, credential=token_of(demo))
    async with explorer(settings, TALL) as drive:
        await drive.until(lambda: drive.app.session.ready, "the sign-in")
        await everything(drive)
        for _ in range(12):
            if "waiting" in drive.text():
                break
            await drive.press("down")
            await asyncio.sleep(0.3)
        await drive.shows("s for the server's request limit", "0 of 150 requests left this minute")
        first = status_line(drive)
        await drive.until(lambda: "waiting" in drive.text() and status_line(drive) != first, "a tick")
        assert [status for *_, status in demo.requests].count(429) == 1, "nothing is sent meanwhile"


async def test_requests_left_show_below_a_third_only(start_demo: Any) -> None:
    demo = start_demo(assets=300)
    settings = Settings(url=demo.url, credential=token_of(demo), rate=12)
    async with explorer(settings, TALL) as drive:
        await drive.until(lambda: drive.app.session.ready, "the sign-in")
        await everything(drive)
        left = drive.app.session.client.budget.left
        assert left >= 4
        assert "requests left" not in drive.text()
        for _ in range(left - 3):
            await drive.press("down")
            wanted = f"assets/assets/{drive.screen.table.current_id}"
            await drive.until(lambda wanted=wanted: count(demo, wanted), "its detail")
        await drive.shows("3 of 12 requests left this minute")


# faults

SENTENCES = {
    "reset": "the connection was closed before",
    "503": "answered 503",
    "html": "does not answer like JumpServer",
    "truncated": "could not be read",
}


@pytest.mark.parametrize("kind", SENTENCES)
async def test_each_fault_has_its_sentence_and_r_goes_on(
    start_demo: Any, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(core, "PAUSES", (0.01, 0.01, 0.01))
    demo = start_demo(assets=100)
    async with signed_in(demo) as drive:
        await rows(drive)
        demo.faults.add(Fault(kind, "users/users/"))
        await drive.press("2")
        await drive.until(lambda: drive.screen.view.name == "users")
        await drive.until(lambda: drive.screen.table.source is not None and drive.screen.table.source.error)
        told = " ".join(line.partition("│")[2].strip() for line in drive.lines()[3:9])
        assert SENTENCES[kind] in " ".join(told.split()), told
        demo.faults.clear()
        await drive.press("r")
        await rows(drive)


async def test_silence_is_given_up_with_a_sentence(start_demo: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(core, "SLOW_MS", 100.0)
    demo = start_demo(assets=100)
    async with signed_in(demo, timeout=0.4) as drive:
        await rows(drive)
        demo.faults.add(Fault("silence", "users/users/"))
        await drive.press("2")
        await drive.until(lambda: drive.screen.view.name == "users")
        await drive.until(lambda: "! Cannot reach" in " ".join(drive.lines()), "the sentence")
        assert count(demo, "users/users/") <= 1, "silence is not waited for twice"


async def test_a_refresh_that_fails_stands_above_what_was_seen(start_demo: Any) -> None:
    demo = start_demo(assets=100)
    async with signed_in(demo) as drive:
        await rows(drive)
        await drive.press("enter")
        await drive.shows("id            ")
        demo.faults.add(Fault("html-500", "assets/assets/"))
        await drive.press("r")
        await drive.shows("answered 500", "id            ")
        lines = drive.lines()
        assert "answered 500" in lines[2]


async def test_offline_and_back_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(core, "PROBE_FIRST", 0.1)
    demo = run_demo(assets=300)
    port = int(demo.url.rpartition(":")[2])
    async with signed_in(demo, size=TALL) as drive:
        await everything(drive)
        demo.close()
        await drive.press("r")
        await drive.shows(time.strftime("offline since %H:"), "(old)", "jump-01", "id            ")
        again = run_demo(port=port, assets=300)
        try:
            await drive.gone("offline since")
            await drive.gone("(old)")
            await drive.until(lambda: count(again, "assets/assets/"), "the rows anew")
        finally:
            again.close()


# a sign-in that ends


async def test_a_renewed_sign_in_asks_again_for_what_failed_far_down_the_list(start_demo: Any) -> None:
    demo = start_demo(assets=2000)
    async with signed_in(demo) as drive:
        await rows(drive)
        await drive.press("end")
        await drive.until(lambda: drive.screen.table.cursor > 500 and drive.screen.table.current is not None)
        row, place = drive.screen.table.current_id, (drive.screen.table.cursor, drive.screen.table.top)
        demo.faults.add(Fault("expire"))
        await drive.press("r")
        await sign_in_as(drive, demo.credentials["token"])
        await drive.gone("not refreshed")
        table = drive.screen.table
        assert (table.current_id, (table.cursor, table.top)) == (row, place)


async def test_a_detail_on_its_own_screen_goes_on(start_demo: Any) -> None:
    demo = start_demo(assets=200)
    async with signed_in(demo) as drive:
        await rows(drive)
        await drive.press("enter")
        await drive.until(lambda: isinstance(drive.screen, DetailScreen))
        await drive.shows("id            ")
        demo.faults.add(Fault("expire"))
        await drive.press("right", "right")
        await sign_in_as(drive, demo.credentials["token"])
        assert isinstance(drive.screen, DetailScreen)
        await drive.shows("[Rules]", "valid   ")
        assert "! " not in drive.text()


async def ask_about_the_first_asset(drive: Driver) -> str:
    """The Access view with an answer; gives the asset's name."""
    await rows(drive)
    name = str(drive.screen.table.current.name)
    await drive.press("w")
    await drive.until(lambda: isinstance(drive.screen, AccessScreen))
    await drive.shows(f"can reach {name}")
    await drive.until(lambda: drive.screen.focused is drive.screen.field("who"))
    await drive.press("escape")
    return name


async def test_the_access_view_goes_on_with_its_question(start_demo: Any) -> None:
    demo = start_demo(assets=200)
    async with signed_in(demo) as drive:
        name = await ask_about_the_first_asset(drive)
        demo.faults.add(Fault("expire"))
        await drive.press("r")
        await sign_in_as(drive, demo.credentials["token"])
        assert isinstance(drive.screen, AccessScreen)
        since = len(demo.requests)
        await drive.shows(f"can reach {name}")
        await drive.gone("! ")
        assert {status for *_, status in demo.requests[since:]} <= {200}


async def test_what_was_answered_stays_when_the_sign_in_is_put_off(start_demo: Any) -> None:
    demo = start_demo(assets=200)
    async with signed_in(demo) as drive:
        name = await ask_about_the_first_asset(drive)
        demo.faults.add(Fault("expire"))
        await drive.press("r")
        await drive.until(lambda: isinstance(drive.screen, LoginScreen), "the form")
        await drive.press("escape")
        await drive.shows("signed out", f"can reach {name}")


async def test_another_user_finds_nothing_of_the_former_one_in_the_access_view(start_demo: Any) -> None:
    demo = start_demo(assets=200)
    async with signed_in(demo) as drive:
        name = await ask_about_the_first_asset(drive)
        demo.faults.add(Fault("expire"))
        await drive.press("r")
        await sign_in_as(drive, demo.people["viewer"])
        await drive.shows("viewer · User")
        since = len(demo.requests)
        await drive.press("4")
        await drive.until(lambda: isinstance(drive.screen, AccessScreen))
        await drive.shows("Who can reach what?")
        assert name not in drive.text()
        assert count(demo, "", since) == 0


async def test_the_log_has_sign_ins_and_what_came_from_the_cache_and_no_secret(start_demo: Any) -> None:
    demo = start_demo(assets=200)
    async with signed_in(demo, size=TALL) as drive:
        await rows(drive)
        await drive.press("slash")
        await drive.type("web")
        await drive.press("enter")
        await drive.shows("/web  1–")
        await drive.press("escape")
        await drive.until(lambda: not drive.screen.place.ask.search and "/web  1–" not in drive.text())
        demo.faults.add(Fault("expire"))
        await drive.press("r")
        await sign_in_as(drive, demo.credentials["token"])
        await drive.until(lambda: isinstance(drive.screen, BrowseScreen))
        await drive.press("at")
        await drive.shows("Requests", "POST", "authentication/auth/", "cached", "401")
        kept = repr(list(drive.app.session.client.log)) + drive.text()
        assert demo.credentials["token"]["password"] not in kept
        assert demo.credentials["private_token"] not in kept
