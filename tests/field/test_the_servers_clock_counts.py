"""Whatever this machine's clock says: days and ends are reckoned with the server's time."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from jmstui.api.clock import Clock
from jmstui.api.errors import ApiError
from jmstui.api.server_clock import ServerClock, told_by
from jmstui.api.transport import Transport
from jmstui.demo import access as truth
from jmstui.settings import Settings
from tests.cli.asking import Ask, document
from tests.demo_server import RunningDemo, run_demo
from tests.tui.drive import explorer, token_of

DAY = 86400.0
AHEAD = 5 * DAY
DEFAULT = "00000000-0000-0000-0000-000000000002"


@pytest.fixture(scope="module")
def behind() -> Iterator[RunningDemo]:
    """A server whose clock is five days behind this machine's: seen from there, this one is ahead."""
    server = run_demo(assets=200)
    server.demo.clock.advance(-AHEAD)
    yield server
    server.close()


def server_now(demo: RunningDemo) -> datetime:
    now: datetime = demo.demo.clock.now()
    return now


def test_expiring_counts_from_the_servers_today(behind: RunningDemo, ask: Ask) -> None:
    """Row 4: this machine five days ahead; `expiring --within 10d` lost the rules of the first five days."""
    now = server_now(behind)
    due = {
        rule.id
        for rule in behind.world.rules.values()
        if rule.org_id == DEFAULT
        and truth.is_valid(rule, now)
        and rule.date_expired is not None
        and rule.date_expired <= now + timedelta(days=10)
    }
    lost = {id for id in due if behind.world.rules[id].date_expired <= now + timedelta(seconds=AHEAD)}
    assert lost, "the world has rules that this machine would call over"
    ran = ask("expiring", "--within", "10d", "--json", on=behind)
    assert {item["id"] for item in document(ran)["items"]} == due


def test_who_can_is_judged_by_the_servers_time(behind: RunningDemo, ask: Ask) -> None:
    """Row 4: somebody whose account ends within the five days can still reach the asset."""
    now = server_now(behind)
    world = behind.world
    rules = [r for r in world.rules.values() if r.org_id == DEFAULT and truth.is_valid(r, now)]
    ending = [r for r in rules if r.date_expired <= now + timedelta(seconds=AHEAD) and r.asset_ids]
    assert ending
    rule = ending[0]
    asset = world.assets[next(iter(rule.asset_ids))]
    answer = document(ask("who-can", asset.id, "--json", on=behind))
    granted = {row["id"]: row["reasons"] for row in [*answer["users"], *answer["blocked"]]}
    assert set(granted) == {u.id for u in world.users.values() if truth.verdict(world, u, asset, now)}
    states = {"user-disabled", "user-expired", "user-locked"}
    over = {id for id, reasons in granted.items() if states.intersection(reasons)}
    assert over == {id for id in granted if _over(world.users[id], now)}


def _over(user: Any, now: datetime) -> bool:
    locked = bool(getattr(user, "login_blocked", False))
    return not user.is_active or locked or (user.date_expired is not None and user.date_expired <= now)


def test_a_command_says_it_once_on_stderr(behind: RunningDemo, ask: Ask) -> None:
    """Row 4: the difference is said, in one line, once; a right clock is not mentioned."""
    ran = ask("list", "orgs", on=behind)
    assert ran.err.count("clock") == 1
    assert "jmstui: this machine's clock is 5 days ahead of the server's" in ran.err


def test_a_right_clock_is_not_mentioned(ask: Ask) -> None:
    assert "clock" not in ask("list", "orgs").err


async def test_the_explorer_says_it_until_the_next_key(behind: RunningDemo) -> None:
    """Row 4: in the status line, once."""
    settings = Settings(url=behind.url, credential=token_of(behind), rate=10_000)
    async with explorer(settings) as drive:
        await drive.shows("this clock is 5 days ahead of the server's")
        await drive.press("j")
        await drive.gone("this clock is")
        await drive.press("2")
        await drive.shows("USERNAME")
        assert "this clock is" not in drive.flat()


# --- the module ---


class Times:
    """A clock of this machine that a test sets."""

    def __init__(self) -> None:
        self.steady, self.wall = 1000.0, 1_800_000_000.0

    def clock(self) -> Clock:
        return Clock(lambda: self.steady, lambda: self.wall)

    def passes(self, seconds: float) -> None:
        self.steady += seconds
        self.wall += seconds


def date_of(epoch: float) -> dict[str, str]:
    return {"date": format_datetime(datetime.fromtimestamp(epoch, UTC), usegmt=True)}


def test_the_median_of_the_last_answers_with_the_way_taken_off() -> None:
    times = Times()
    server = ServerClock(times.clock())
    assert (server.difference, server.news()) == (None, "")
    assert server.now() == datetime.fromtimestamp(times.wall, UTC)
    for way, off in ((2.0, 100), (0.2, 100), (0.2, -9999), (4.0, 100), (0.2, 100)):
        began = server.mark()
        told = told_by(date_of(times.wall + way / 2 + off))
        times.passes(way)
        server.observe(told, began, server.mark())
    difference = server.difference
    assert difference is not None
    assert abs(difference - 100) < 1
    assert server.news() == "100 s behind the server's"
    assert server.news() == "", "once"


@pytest.mark.parametrize("jump", [AHEAD, -AHEAD, 400 * DAY])
def test_setting_this_machines_clock_changes_nothing(jump: float) -> None:
    times = Times()
    server = ServerClock(times.clock())
    mark = server.mark()
    server.observe(told_by(date_of(times.wall)), mark, mark)
    before = server.now()
    times.wall += jump
    times.steady += 60
    assert server.now() - before == timedelta(seconds=60)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"date": ""},
        {"date": "soon"},
        {"date": "Sun, 31 Feb 2026 25:61:61 GMT"},
        {"date": "Thu, 01 Jan 1970 00:00:00 GMT"},
        {"date": "Fri, 31 Dec 9999 23:59:59 -1400"},
        {"date": "Mon, 01 Jan 0001 00:00:00 +1400"},
        {"date": "\x00\udcff" * 9},
        {"date": "Sun, 22 Nov 2026 02:00:00 GMT", "age": "3600"},
        {"date": "Sun, 22 Nov 2026 02:00:00 GMT", "age": "a while"},
    ],
)
def test_a_date_that_is_none_teaches_nothing(headers: dict[str, str]) -> None:
    assert told_by(headers) is None


@pytest.mark.parametrize("status", [200, 401, 403, 404, 429, 500])
async def test_every_answer_teaches_and_a_gateways_page_does_not(status: int) -> None:
    kinds = {b"application/json": True, b"text/html": False}
    for kind, learns in kinds.items():

        async def app(scope: Any, receive: Any, send: Any, kind: bytes = kind) -> None:
            date = date_of(time.time() + DAY)["date"].encode()
            headers = [(b"content-type", kind), (b"date", date)]
            await send({"type": "http.response.start", "status": status, "headers": headers})
            await send({"type": "http.response.body", "body": b"{}"})

        transport = Transport("https://jms.test", asgi=app)
        try:
            await transport.send("GET", "users/profile/")
        except ApiError:
            assert status != 200 or not learns
        difference = transport.server_clock.difference
        assert (difference is not None and abs(difference - DAY) < 2) if learns else difference is None


def test_all_organizations_share_it() -> None:
    from jmstui.api.client import Client

    client = Client(Transport("https://jms.test"))
    mark = client._core.server_clock.mark()
    client._core.server_clock.observe(time.time() + DAY, mark, mark)
    other = client.for_org("o").clock_difference
    assert other is not None
    assert abs(other - DAY) < 2
    assert abs((client.for_org("o").server_now() - datetime.now(UTC)).total_seconds() - DAY) < 2
