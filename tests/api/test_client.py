"""The client: retries, offline, a credential that ends, and what it tells."""

from __future__ import annotations

import asyncio

import pytest

from jmstui.api.client import Client
from jmstui.api.errors import (
    ApiError,
    BadCredential,
    CannotReach,
    NotFound,
    NotJumpServer,
    NotPermitted,
    ServerError,
    SessionExpired,
    Throttled,
    Undecodable,
)
from jmstui.api.events import (
    Event,
    Offline,
    Online,
    Refreshed,
    RefreshFailed,
    SignedIn,
    SignInNeeded,
)
from tests.api.virtual import EPOCH, FakeServer, failing, new_client, outcome, thing, virtual

LOST = CannotReach("jms.test", "the connection broke")


def gone() -> ApiError:
    return CannotReach("jms.test", "it refused the connection")


@virtual
@pytest.mark.parametrize(
    "error",
    [
        LOST,
        failing(ServerError("bad gateway"), 502),
        failing(ServerError("no"), 503),
        failing(ServerError("slow"), 504),
    ],
    ids=["lost", "502", "503", "504"],
)
async def test_what_may_pass_by_itself_is_tried_again(error: ApiError) -> None:
    server = FakeServer()
    server.faults.extend([error] * 3)
    client = new_client(server)
    told: list[Event] = []
    client.on_event(told.append)
    assert (await client.get(thing())).value == "None/things/0//0"
    assert len(server.asked) == 4
    assert told == [], "nobody is told of what passed by itself"
    assert [entry.again for entry in client.log] == [0, 1, 2, 3]
    server.faults.extend([error] * 4)
    assert await outcome(client.get(thing(1))) is error
    assert len(server.asked) == 8, "three times at most"
    await client.aclose()


@virtual
@pytest.mark.parametrize(
    "error",
    [
        failing(ServerError("failed"), 500),
        failing(NotFound, 404),
        failing(NotPermitted, 403),
        failing(NotJumpServer, 200),
        failing(Undecodable("half of it"), 200),
        failing(SessionExpired("ended"), 401),
    ],
    ids=["500", "404", "403", "html", "truncated", "401"],
)
async def test_nothing_else_is(error: ApiError) -> None:
    server = FakeServer()
    server.faults.append(error)
    client = new_client(server)
    assert await outcome(client.get(thing())) is error
    assert len(server.asked) == 1
    await client.aclose()


@virtual
async def test_the_pauses_between_tries_grow_and_differ() -> None:
    waits = []
    for jitter in (0.0, 0.999):
        server = FakeServer(latency=0)
        server.faults.extend([LOST] * 3)
        client = new_client(server, jitter=lambda jitter=jitter: jitter)
        await client.get(thing())
        waits.append(
            [later - earlier for earlier, later in zip(server.times, server.times[1:], strict=False)]
        )
        await client.aclose()
    assert waits[0] == pytest.approx([0.125, 0.375, 0.75])
    assert waits[1] == pytest.approx([0.375, 1.125, 2.25], rel=0.01)


@virtual
async def test_30_seconds_of_silence_are_not_waited_for_twice() -> None:
    server = FakeServer()
    silence = CannotReach("jms.test", "no answer within 30 seconds")
    silence.ms = 30_000
    server.faults.append(silence)
    client = new_client(server)
    assert await outcome(client.get(thing())) is silence
    assert len(server.asked) == 1
    assert client.offline_since is not None
    await client.aclose()


@virtual
async def test_offline_what_was_seen_stays_and_it_recovers_by_itself() -> None:
    server = FakeServer()
    client = new_client(server)
    told: list[Event] = []
    client.on_event(told.append)
    seen = await client.get(thing(1))
    server.down = gone
    assert isinstance(await outcome(client.get(thing(2))), CannotReach)
    since = client.offline_since
    assert since == pytest.approx(EPOCH + asyncio.get_running_loop().time())
    assert told == [Offline(since)]

    await asyncio.sleep(70)
    old = await client.get(thing(1), fresh=True)
    assert (old.value, old.stale, old.as_of) == (seen.value, True, seen.as_of)
    old = await client.get(thing(1), stale_ok=False)
    assert (old.stale, client.offline_since) == (True, since), "the moment stays the first one"

    asked = len(server.asked)
    await asyncio.sleep(300)
    probes = [path for path, _, _ in server.asked[asked:]]
    assert set(probes) == {"health/"}, "only the light question is asked"
    assert 8 <= len(probes) <= 16, "about every 30 seconds"
    server.down = None
    await asyncio.sleep(40)
    assert client.offline_since is None
    assert told[1:] == [Online()]
    asked = len(server.asked)
    await asyncio.sleep(300)
    assert len(server.asked) == asked, "online, nothing ticks"
    await client.aclose()


@virtual
async def test_the_first_probe_comes_soon() -> None:
    server = FakeServer()
    client = new_client(server)
    client.on_event(lambda event: None)
    server.down = gone
    await outcome(client.get(thing()))
    server.down = None
    await asyncio.sleep(3)
    assert client.offline_since is None
    await client.aclose()


@virtual
async def test_nobody_listens_nobody_probes() -> None:
    server = FakeServer()
    client = new_client(server)
    server.down = gone
    await outcome(client.get(thing()))
    asked = len(server.asked)
    await asyncio.sleep(300)
    assert len(server.asked) == asked
    off = client.on_event(lambda event: None)
    await asyncio.sleep(10)
    assert len(server.asked) > asked, "somebody who comes later has it looked for"
    off()
    await asyncio.sleep(60)
    asked = len(server.asked)
    await asyncio.sleep(300)
    assert len(server.asked) == asked
    await client.aclose()


@virtual
async def test_a_hotels_sign_in_page_is_not_the_way_back() -> None:
    server = FakeServer()
    client = new_client(server)
    client.on_event(lambda event: None)
    server.down = gone
    await outcome(client.get(thing()))
    server.down = lambda: failing(NotJumpServer, 200)
    await asyncio.sleep(100)
    assert client.offline_since is not None
    server.down = lambda: failing(ServerError("bad gateway"), 502)
    await asyncio.sleep(100)
    assert client.offline_since is not None
    server.down = lambda: failing(Throttled(5.0), 429)
    await asyncio.sleep(100)
    assert client.offline_since is None, "a 429 is an answer of JumpServer itself"
    await client.aclose()


@virtual
async def test_any_answer_ends_offline() -> None:
    server = FakeServer()
    client = new_client(server)
    told: list[Event] = []
    server.down = gone
    await outcome(client.get(thing()))
    client.on_event(told.append)
    server.down = None
    await client.get(thing())
    assert (client.offline_since, told) == (None, [Online()])
    await client.aclose()


@virtual
async def test_offline_an_ask_tries_once_and_does_not_repeat() -> None:
    server = FakeServer()
    client = new_client(server)
    server.down = gone
    await outcome(client.get(thing()))
    asked = len(server.asked)
    await outcome(client.get(thing()))
    assert len(server.asked) == asked + 1
    await client.aclose()


@virtual
async def test_a_session_that_ends_is_told_once_and_what_was_seen_stays() -> None:
    server = FakeServer()
    client = new_client(server, identity="alice")
    told: list[Event] = []
    client.on_event(told.append)
    await client.get(thing(1))
    server.down = lambda: failing(SessionExpired("ended"), 401)
    results = await asyncio.gather(*(outcome(client.get(thing(n))) for n in (2, 3, 4)))
    assert all(isinstance(each, SessionExpired) for each in results), "askers get the error"
    assert [type(event) for event in told] == [SignInNeeded]
    asked = len(server.asked)
    assert isinstance(await outcome(client.get(thing(5))), SessionExpired)
    await asyncio.sleep(61)
    assert (await client.get(thing(1))).stale
    assert len(server.asked) == asked, "a refused credential is not sent again and again"

    server.down = None
    client.replace_credential("another", identity="alice")
    assert server.auth == "another"
    assert told[1:] == [SignedIn()]
    assert client.signed_out is None
    kept = client.peek(thing(1))
    assert kept is not None
    assert (await client.get(thing(5))).source == "server"
    server.down = lambda: failing(SessionExpired("ended again"), 401)
    await outcome(client.get(thing(6)))
    assert isinstance(told[-1], SignInNeeded), "and it is told again the next time"
    await client.aclose()


@virtual
async def test_a_revoked_private_token_asks_for_a_sign_in_too() -> None:
    server = FakeServer()
    client = new_client(server)
    told: list[Event] = []
    client.on_event(told.append)
    server.faults.append(failing(BadCredential("revoked"), 401))
    await outcome(client.get(thing()))
    assert [type(event) for event in told] == [SignInNeeded]
    await client.aclose()


@virtual
async def test_a_401_of_the_former_credential_does_not_end_the_new_one() -> None:
    server = FakeServer()
    client = new_client(server, identity="alice")
    server.faults.append(failing(SessionExpired("ended"), 401))
    task = asyncio.create_task(client.get(thing()))
    await asyncio.sleep(0.05)
    client.replace_credential("new", identity="alice")
    assert (await task).value == "None/things/0//0", "it goes again with the new credential"
    assert client.signed_out is None
    await client.aclose()


@virtual
async def test_another_user_never_sees_what_the_former_one_saw() -> None:
    server = FakeServer()
    client = new_client(server, identity="alice")
    await client.get(thing(1))
    client.replace_credential("somebody's")
    assert client.peek(thing(1)) is None, "not before it is known who it is"
    client.identify("bob")
    assert client.peek(thing(1)) is None
    client.replace_credential("alice's")
    await client.get(thing(2))
    client.identify("alice")
    assert client.peek(thing(1)) is not None
    assert client.peek(thing(2)) is not None, "what came before identify is hers as well"
    await client.aclose()


@virtual
async def test_a_request_that_waits_is_not_sent_in_another_users_name() -> None:
    server = FakeServer()
    client = new_client(server, identity="alice", requests=1)
    await client.get(thing(1))
    task = asyncio.create_task(outcome(client.get(thing(2))))
    await asyncio.sleep(1)
    client.replace_credential("bob's", identity="bob")
    assert isinstance(await task, SessionExpired)
    assert len(server.asked) == 1
    assert client.budget.left == 1
    await client.aclose()


@virtual
async def test_answers_of_before_identify_are_found_afterwards() -> None:
    server = FakeServer()
    client = new_client(server)
    task = asyncio.create_task(client.get(thing(1)))
    await asyncio.sleep(0.05)
    client.identify("alice")
    assert (await client.get(thing(1))).source == "joined", "and what was under way is still one request"
    await task
    assert client.identity == "alice"
    assert client.peek(thing(1)) is not None
    await client.aclose()


@virtual
async def test_watch_gives_the_old_one_at_once_and_the_new_one_if_it_differs() -> None:
    server = FakeServer()
    client = new_client(server)
    assert [a.source async for a in client.watch(thing())] == ["server"]
    assert [a.source async for a in client.watch(thing())] == ["cache"], "within its time: no request"
    await asyncio.sleep(61)
    assert [(a.source, a.stale) async for a in client.watch(thing())] == [("cache", True)], "no difference"
    server.version = 1
    await asyncio.sleep(61)
    answers = [(a.value[-1], a.stale) async for a in client.watch(thing())]
    assert answers == [("0", True), ("1", False)]
    assert len(server.asked) == 3
    await client.aclose()


@virtual
async def test_watch_keeps_the_old_one_when_the_refresh_fails() -> None:
    server = FakeServer()
    client = new_client(server)
    told: list[Event] = []
    await client.get(thing())
    await asyncio.sleep(61)
    client.on_event(told.append)
    server.faults.append(failing(NotPermitted, 403))
    assert len([a async for a in client.watch(thing())]) == 1
    assert [type(event) for event in told] == [RefreshFailed]
    server.faults.append(failing(NotPermitted, 403))
    with pytest.raises(NotPermitted):
        [a async for a in client.watch(thing(2))]
    await client.aclose()


@virtual
async def test_a_refresh_behind_that_fails_is_told() -> None:
    server = FakeServer()
    client = new_client(server)
    told: list[Event] = []
    client.on_event(told.append)
    await client.get(thing())
    await asyncio.sleep(61)
    server.faults.append(failing(NotPermitted, 403))
    await client.get(thing())
    await asyncio.sleep(1)
    assert [type(event) for event in told] == [RefreshFailed]
    await client.aclose()


@virtual
async def test_one_listener_that_fails_costs_the_others_nothing() -> None:
    server = FakeServer()
    client = new_client(server)
    told: list[Event] = []
    reported: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda loop, context: reported.append(context))

    def broken(event: Event) -> None:
        raise ValueError("no")

    client.on_event(broken)
    client.on_event(told.append)
    await client.get(thing())
    server.version = 1
    await client.get(thing(), fresh=True)
    assert told == [Refreshed(thing())]
    assert len(reported) == 1
    await client.aclose()


@virtual
async def test_all_organizations_share_one_connection_budget_and_log() -> None:
    server = FakeServer()
    client = new_client(server, identity="alice")
    other = client.for_org("two")
    await other.get(thing())
    assert (other.org, client.org, other.identity, other.server) == ("two", None, "alice", "https://jms.test")
    assert client.budget.left == other.budget.left == 149
    assert client.log is other.log
    assert client.latency_ms == 100.0
    await other.aclose()
    assert server.closed
    assert isinstance(await outcome(client.get(thing(2))), ApiError)


def test_the_client_needs_no_running_loop_to_be_made() -> None:
    assert Client(FakeServer()).budget.left == 150
