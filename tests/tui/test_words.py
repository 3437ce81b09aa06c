"""What the screens say about themselves: hints that work, orders, ends, limits."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from jmstui.tui import listing
from jmstui.tui.keys import keys_of
from jmstui.tui.screens.base import BaseScreen
from jmstui.tui.screens.login import LoginScreen
from jmstui.tui.screens.orgs import OrgsScreen
from jmstui.tui.session import clock_or_day
from jmstui.views import find_view
from jmstui.views.permissions import _stands
from tests.tui.drive import Driver, explorer, signed_in

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("hours", "words"), [(3, "15:00"), (-12, "00:00"), (12, "05 Mar 00:00"), (24, "05 Mar 12:00")]
)
def test_a_moment_of_another_day_has_its_day(hours: int, words: str) -> None:
    assert clock_or_day(NOON + timedelta(hours=hours), NOON) == words


@pytest.mark.parametrize(
    ("word", "text", "shown"),
    [
        ("valid", "valid", "valid"),
        ("empty", "empty: no actions", "empty (no actions)"),
        ("soon", "until 2026-03-09", "soon (until 2026-03-09)"),
        ("expired", "expired 2026-03-01", "expired (2026-03-01)"),
    ],
)
def test_a_status_says_nothing_twice(word: str, text: str, shown: str) -> None:
    assert _stands(word, text) == shown


def test_an_own_order_is_not_offered_twice() -> None:
    users = find_view("users")
    assert users is not None
    assert users.own_order == "name"
    assert listing.reversed_order(users, "") == "-name"
    order, seen = "", []
    for _ in range(10):
        order = listing.next_order(users, order)
        seen.append(order)
    assert "name" not in seen
    assert "" in seen
    assert listing.next_order(users, "-name") == listing.next_order(users, "")


def test_who_limits_is_said() -> None:
    """Our own `--rate` is not the server's limit, and a 429 is not ours."""

    def words(refused: bool) -> str:
        budget = SimpleNamespace(size=30, left=30, refused=refused)
        client = SimpleNamespace(budget=budget, offline_since=None, signed_out=None, latency_ms=None)
        screen: Any = SimpleNamespace(
            session=SimpleNamespace(waiting_until=1.0, client=client), as_of=lambda: (None, False)
        )
        return next(iter(BaseScreen.status_parts(screen)))

    assert words(False) == "waiting 0 s for our own limit of 30 requests a minute"
    assert words(True) == "waiting 0 s for the server's request limit"


def test_a_log_copies_and_opens_nothing() -> None:
    assert not [key for key in keys_of("log") if key.id == "open"]
    assert [key.shown for key in keys_of("log") if key.id == "copy"] == ["c ⏎"]


def test_the_node_has_the_room_that_the_type_does_not_need() -> None:
    from jmstui.tui.widgets.columns import lay_out

    view = find_view("assets")
    assert view is not None
    layout = {column.key: cells for column, cells in lay_out(view.columns, 95).columns}
    assert layout["node"] > layout["platform"]
    assert layout["node"] >= 18
    assert layout.get("type", 0) <= 10


def hint(drive: Driver) -> str:
    return drive.lines()[-1]


async def test_a_field_offers_only_what_works_in_it(demo: Any) -> None:
    async with signed_in(demo, size=(80, 24)) as drive:
        await drive.until(lambda: drive.screen.table.current is not None, "rows")
        await drive.press("4")
        await drive.shows("⏎ take", "Tab other field", "Esc back", "F1 help")
        assert ": go" not in hint(drive)
        await drive.press("down")
        await drive.shows(": go", "? help")
        await drive.press("f1")
        await drive.shows("Keys: Access")


async def test_an_organization_is_found_by_its_name(demo: Any) -> None:
    async with signed_in(demo) as drive:
        await drive.until(lambda: drive.screen.table.current is not None, "rows")
        await drive.press("o")
        await drive.until(lambda: isinstance(drive.screen, OrgsScreen) and drive.screen.is_mounted, "orgs")
        await drive.until(lambda: drive.screen.query("RemoteTable"), "the table")
        table = drive.screen.query_one("RemoteTable")
        await drive.until(lambda: table.line_count > 1, "organizations")
        every, name = table.line_count, str(table.source.get(table.line_count - 1).name)
        await drive.press("slash")
        await drive.type("zzz")
        await drive.shows("No organization of yours matches “zzz”")
        await drive.press("escape")
        await drive.until(lambda: table.line_count == every, "all again")
        await drive.press("slash")
        await drive.type(name.split()[0].lower())
        await drive.until(lambda: 0 < table.line_count < every, "fewer")
        await drive.press("enter")
        await drive.until(lambda: drive.app.session.identity.current.name == name, "that organization")


async def test_users_say_in_which_order_they_come(demo: Any) -> None:
    async with signed_in(demo) as drive:
        await drive.until(lambda: drive.screen.table.current is not None, "rows")
        await drive.press("2")
        await drive.shows("NAME↑")


async def test_esc_on_the_login_screen_says_that_nothing_is_given_up(demo: Any) -> None:
    from jmstui.settings import Settings

    async with explorer(Settings(url=demo.url)) as drive:
        await drive.until(lambda: isinstance(drive.screen, LoginScreen) and drive.screen.focused, "the form")
        await drive.press("escape")
        await drive.shows("Nothing is under way to give up. Ctrl-C twice quits.")
