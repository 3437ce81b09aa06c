"""Each fault of the network and of the server, over a socket, against the demo server with that fault on."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from jmstui.api.auth import auth_for
from jmstui.api.client import Client
from jmstui.api.endpoints import assets, users
from jmstui.api.errors import (
    CannotReach,
    NotJumpServer,
    ServerError,
    SessionExpired,
    Throttled,
    Undecodable,
)
from jmstui.api.events import Event, Offline, Online, Resumed, SignedIn, SignInNeeded, Waiting
from jmstui.api.pages import RemoteList
from jmstui.api.transport import Transport
from jmstui.demo.faults import Fault
from jmstui.models.asset import Asset
from jmstui.models.credential import PrivateToken, Secret, SessionCookie
from tests.api.virtual import outcome
from tests.demo_server import RunningDemo

LIST = "assets/assets/"


class Session:
    """A client on a demo server of its own, one page of assets seen; tries follow each other quickly."""

    def __init__(self, demo: RunningDemo, auth: Any = None, timeout: float = 5.0) -> None:
        self.demo = demo
        auth = auth or auth_for(PrivateToken(Secret(demo.credentials["private_token"])))
        self.client = Client(
            Transport(demo.url, auth, timeout=timeout, proxy_from_env=False), jitter=lambda: -0.45
        )
        self.told: list[Event] = []
        self.client.on_event(self.told.append)

    async def __aenter__(self) -> Session:
        await self.client.get(assets.page(0, 100))
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.client.aclose()

    def fault(self, kind: str, times: int | None = None) -> None:
        self.demo.faults.add(Fault(kind, LIST, times))

    def sent(self) -> int:
        """Requests for lists of assets that reached the server."""
        return sum(path.endswith(LIST) for _, path, _, _ in self.demo.requests)

    async def seen_is_still_there(self) -> None:
        answer = await self.client.get(assets.page(0, 100))
        assert answer.value.rows


Start = Callable[..., RunningDemo]


async def until(condition: Callable[[], bool], seconds: float = 10.0) -> None:
    """Wait for it, within bounds."""
    for _ in range(int(seconds * 100)):
        if condition():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it did not come to pass")


async def test_connection_refused(start_demo: Start) -> None:
    async with Session(start_demo()) as session:
        before = time.time()
        session.demo.stop()
        error = await outcome(session.client.get(assets.page(100, 100)))
        assert isinstance(error, CannotReach)
        assert "refused" in error.sentence
        assert session.client.offline_since == pytest.approx(before, abs=5)
        assert [type(event) for event in session.told] == [Offline]
        await session.seen_is_still_there()
        old = await session.client.get(assets.page(0, 100), fresh=True)
        assert old.stale


@pytest.mark.parametrize("kind", ["reset", "502", "503"])
async def test_once_is_not_noticed_and_always_is_told(start_demo: Start, kind: str) -> None:
    async with Session(start_demo()) as session:
        session.fault(kind, times=3)
        assert (await session.client.get(assets.page(100, 100))).value.rows
        assert session.told == []
        assert [entry.again for entry in session.client.log][1:] == [0, 1, 2, 3]
        session.fault(kind)
        tries = session.client.log.total
        error = await outcome(session.client.get(assets.page(0, 100), fresh=True))
        if kind == "reset":
            assert not isinstance(error, Exception)
            assert error.stale
            assert [type(event) for event in session.told] == [Offline]
        else:
            assert isinstance(error, ServerError)
            assert kind in error.sentence
        assert session.client.log.total - tries == 4
        await session.seen_is_still_there()


async def test_silence(start_demo: Start) -> None:
    async with Session(start_demo(), timeout=0.4) as session:
        session.fault("silence=3")
        began = time.monotonic()
        error = await outcome(session.client.get(assets.page(100, 100)))
        assert isinstance(error, CannotReach)
        assert session.client.offline_since is not None
        assert time.monotonic() - began < 4
        await session.seen_is_still_there()


async def test_a_silent_request_that_nobody_wants_any_more_frees_its_connection(start_demo: Start) -> None:
    async with Session(start_demo(), timeout=20) as session:
        session.fault("silence=15", times=8)
        tasks = [asyncio.create_task(session.client.get(assets.page(n * 100, 10))) for n in range(1, 9)]
        await asyncio.sleep(0.3)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        session.demo.faults.clear()
        async with asyncio.timeout(3):
            assert (await session.client.get(assets.page(0, 10))).value.rows


async def test_429_waits_and_goes_on(start_demo: Start) -> None:
    async with Session(start_demo()) as session:
        session.fault("429=1", times=1)
        began = time.monotonic()
        answers = await asyncio.gather(*(session.client.get(assets.page(n * 10, 10)) for n in range(5)))
        assert all(answer.value.rows for answer in answers), "nothing is lost"
        assert 0.9 < time.monotonic() - began < 5
        assert [type(event) for event in session.told] == [Waiting, Resumed]
        assert any(entry.waited > 0.5 for entry in session.client.log)


async def test_429_of_the_real_kind_holds_the_servers_limit(start_demo: Start) -> None:
    """The server's window is smaller than what we think: we are told how long, and believe it."""
    async with Session(start_demo(rate=10)) as session:
        answers = [await session.client.get(users.page(n, 1)) for n in range(9)]
        assert len(answers) == 9
        task = asyncio.create_task(session.client.get(users.page(20, 1)))
        await until(lambda: bool(session.told))
        waiting = session.told[0]
        assert isinstance(waiting, Waiting)
        assert 50 < waiting.until - time.time() < 62
        assert session.client.budget.left == 0
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await until(lambda: isinstance(session.told[-1], Resumed))


async def test_429_headless_gives_up_when_told_to(start_demo: Start) -> None:
    demo = start_demo(rate=2)
    auth = auth_for(PrivateToken(Secret(demo.credentials["private_token"])))
    client = Client(Transport(demo.url, auth, proxy_from_env=False), max_wait=5)
    for n in range(2):
        await client.get(users.page(n, 1))
    error = await outcome(client.get(users.page(2, 1)))
    assert isinstance(error, Throttled)
    assert error.exit_status == 4
    await client.aclose()


@pytest.mark.parametrize(
    ("kind", "expected"), [("html", NotJumpServer), ("truncated", Undecodable), ("malformed", Undecodable)]
)
async def test_an_answer_that_is_none(start_demo: Start, kind: str, expected: type[Exception]) -> None:
    async with Session(start_demo()) as session:
        sent = session.sent()
        session.fault(kind)
        assert isinstance(await outcome(session.client.get(assets.page(100, 100))), expected)
        assert session.sent() <= sent + 1, "not asked again by itself"
        assert session.client.peek(assets.page(100, 100)) is None
        assert session.client.offline_since is None
        session.demo.faults.clear()
        assert (await session.client.get(assets.page(100, 100))).value.rows
        await session.seen_is_still_there()


async def test_a_session_that_ends(start_demo: Start) -> None:
    demo = start_demo()
    cookie = auth_for(SessionCookie(Secret(demo.credentials["session"])))
    async with Session(demo, cookie) as session:
        session.client.identify("admin")
        demo.faults.add(Fault("expire"))
        errors = await asyncio.gather(
            *(outcome(session.client.get(assets.page(n * 100, 100))) for n in (1, 2, 3))
        )
        assert all(isinstance(error, SessionExpired) for error in errors)
        assert [type(event) for event in session.told] == [SignInNeeded]
        await session.seen_is_still_there()
        demo.faults.clear()
        new = auth_for(PrivateToken(Secret(demo.credentials["private_token"])))
        session.client.replace_credential(new, identity="admin")
        assert isinstance(session.told[-1], SignedIn)
        await session.seen_is_still_there()
        assert (await session.client.get(assets.page(100, 100))).source == "server"


async def test_a_list_on_screen_survives_the_whole_of_it(start_demo: Start) -> None:
    """Offline under the cursor, and back by itself on the same address."""
    demo = start_demo(assets=800)
    async with Session(demo) as session:
        session.client._core.clock = quick_clock()
        remote: RemoteList[Asset] = RemoteList(session.client, lambda o, n: assets.page(o, n))
        remote.want(0, 39)
        first = remote.get(0)
        assert first is not None, "already here from before"
        demo.faults.add(Fault("reset"))
        remote.want(110, 149, 1)
        await until(lambda: remote.error is not None)
        assert remote.get(0) == first
        assert session.client.offline_since is not None
        demo.faults.clear()
        await until(lambda: remote.get(110) is not None)
        assert remote.error is None
        assert [type(event) for event in session.told] == [Offline, Online]
        remote.close()


def quick_clock() -> Any:
    """Real clocks, but nobody sleeps for more than 50 ms."""
    from jmstui.api.clock import Clock

    def sleep(seconds: float) -> Coroutine[Any, Any, None]:
        return asyncio.sleep(min(seconds, 0.05))

    return Clock(sleep=sleep)
