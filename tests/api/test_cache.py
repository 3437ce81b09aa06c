"""The cache: times to live, its bound in bytes, and a model of both under random use."""

from __future__ import annotations

import asyncio
import json
from collections import OrderedDict

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from jmstui.api.cache import OVERHEAD, WEIGHT, Cache, Key
from jmstui.api.clock import Clock
from jmstui.api.errors import ApiError, CannotReach, NotFound, ServerError
from jmstui.api.events import Refreshed
from jmstui.api.query import Query, query
from jmstui.api.ttl import ttl
from tests.api.virtual import FakeServer, failing, new_client, outcome, run, thing, virtual


def key(name: str, org: str = "", identity: str = "u") -> Key:
    return Key("https://jms.test", identity, org, "GET", name, ())


def size_of(body: int) -> int:
    return int(body * WEIGHT) + OVERHEAD


@virtual
async def test_within_its_time_no_request_past_it_the_old_one_and_one_refresh() -> None:
    server = FakeServer()
    client = new_client(server)
    first = await client.get(thing())
    await asyncio.sleep(ttl("detail") - 1)
    again = await client.get(thing())
    assert (again.source, again.stale, again.as_of) == ("cache", False, first.as_of)
    assert len(server.asked) == 1
    await asyncio.sleep(2)
    old = [await client.get(thing()) for _ in range(5)]
    assert {(a.source, a.stale, a.as_of) for a in old} == {("cache", True, first.as_of)}
    await asyncio.sleep(1)
    assert len(server.asked) == 2, "one refresh behind five askers"
    new = await client.get(thing())
    assert (new.stale, new.source) == (False, "cache")
    assert new.as_of > first.as_of
    await client.aclose()


@virtual
async def test_refreshed_is_told_only_when_the_answer_differs() -> None:
    server = FakeServer()
    client = new_client(server)
    told: list[object] = []
    client.on_event(told.append)
    value = (await client.get(thing())).value
    await asyncio.sleep(61)
    await client.get(thing())
    await asyncio.sleep(1)
    assert told == []
    assert (await client.get(thing())).value is value, "an equal answer keeps the rows that are here"
    server.version = 1
    await asyncio.sleep(61)
    assert (await client.get(thing())).value == value
    await asyncio.sleep(1)
    assert told == [Refreshed(thing())]
    assert (await client.get(thing())).value == "None/things/0//1"
    await client.aclose()


@virtual
async def test_the_same_rows_in_other_bytes_are_the_same() -> None:
    server = FakeServer()
    client = new_client(server)
    told: list[object] = []
    client.on_event(told.append)
    lenient: Query[int] = query("things/0/", lambda body: 1, "detail")
    await client.get(lenient)
    server.version = 1
    await client.get(lenient, fresh=True)
    assert told == []
    await client.aclose()


@virtual
async def test_errors_are_never_cached() -> None:
    server = FakeServer()
    client = new_client(server)
    server.faults.append(failing(NotFound, 404))
    assert isinstance(await outcome(client.get(thing())), NotFound)
    assert client.peek(thing()) is None
    assert (await client.get(thing())).source == "server"
    server.faults.append(failing(ServerError("broken"), 500))
    assert isinstance(await outcome(client.get(thing(), fresh=True)), ServerError)
    kept = client.peek(thing())
    assert kept is not None
    assert not kept.stale, "a failed refresh leaves the former answer as it was"
    await client.aclose()


@virtual
async def test_what_cannot_be_decoded_is_not_cached() -> None:
    def never(body: bytes) -> str:
        raise NotFound

    server = FakeServer()
    client = new_client(server)
    assert isinstance(await outcome(client.get(query("things/0/", never, "detail"))), NotFound)
    assert client.peek(thing()) is None
    await client.aclose()


@virtual
async def test_another_decoder_of_the_same_answer_needs_no_request() -> None:
    server = FakeServer()
    client = new_client(server)
    await client.get(thing())
    raw: Query[bytes] = query("things/0/", bytes, "detail")
    assert json.loads((await client.get(raw)).value) == {"id": "None/things/0//0"}
    assert (await client.get(thing())).value == "None/things/0//0"
    assert len(server.asked) == 1
    await client.aclose()


@virtual
async def test_two_organizations_never_cross() -> None:
    server = FakeServer()
    root = new_client(server)
    one, two = root.for_org("one"), root.for_org("two")
    answers = await asyncio.gather(*(c.get(thing(n)) for n in range(20) for c in (one, two, root)))
    assert len(server.asked) == 60
    assert [a.value.split("/")[0] for a in answers] == ["one", "two", "None"] * 20
    for n in range(20):
        for client, org in ((one, "one"), (two, "two"), (root, "None")):
            answer = client.peek(thing(n))
            assert answer is not None
            assert answer.value.startswith(f"{org}/")
    over = query("things/1/", bytes, "detail", org="two")
    assert (await one.get(over)).value.startswith(b'{"id": "two/')
    assert len(server.asked) == 60, "a question that names its organization shares that one's answers"
    await root.aclose()


def test_least_recently_used_goes_first() -> None:
    cache = Cache(size_of(100) * 3)
    for name in "abc":
        cache.put(key(name), cache.make(b"x" * 100, name, str, 60))
    cache.get(key("a"))
    cache.put(key("d"), cache.make(b"x" * 100, "d", str, 60))
    assert [name for name in "abcd" if key(name) in cache] == ["a", "c", "d"]


def test_an_entry_larger_than_the_bound_is_not_kept_and_costs_nobody_a_place() -> None:
    cache = Cache(size_of(100))
    cache.put(key("a"), cache.make(b"x" * 100, "a", str, 60))
    cache.put(key("b"), cache.make(b"x" * 101, "b", str, 60))
    assert key("a") in cache
    assert key("b") not in cache
    cache.put(key("a"), cache.make(b"x" * 101, "a", str, 60))
    assert key("a") not in cache, "the former answer is out of date and goes all the same"
    assert cache.used == 0


def test_age_by_the_clock_that_nobody_can_set() -> None:
    """Somebody may set the other one, forward or back: the answer is as old as it is."""
    mono, wall = [0.0], [1000.0]
    cache = Cache(clock=Clock(lambda: mono[0], lambda: wall[0]))
    entry = cache.make(b"", None, bytes, 60)
    wall[0] += 3600
    assert cache.is_fresh(entry)
    wall[0] -= 7200
    mono[0] += 59
    assert cache.is_fresh(entry)
    mono[0] += 1
    assert not cache.is_fresh(entry)


def test_answers_from_before_it_was_known_who_asks_go_to_that_user() -> None:
    cache = Cache()
    cache.put(key("a", identity=""), cache.make(b"1", "mine", bytes, 60))
    cache.put(key("a", identity="other"), cache.make(b"2", "theirs", bytes, 60))
    used = cache.used
    cache.rename("", "u")
    mine, theirs = cache.get(key("a")), cache.get(key("a", identity="other"))
    assert mine is not None
    assert theirs is not None
    assert (mine.value, theirs.value, cache.used) == ("mine", "theirs", used)
    assert key("a", identity="") not in cache


@settings(max_examples=100, deadline=None)
@given(
    limit=st.integers(0, 20_000),
    puts=st.lists(st.tuples(st.integers(0, 8), st.integers(0, 3000), st.booleans()), max_size=60),
)
def test_the_bound_holds_whatever_comes(limit: int, puts: list[tuple[int, int, bool]]) -> None:
    """Against a model: `used` is the sum of what is there, and the order of leaving is that of use."""
    cache = Cache(limit)
    model: OrderedDict[int, int] = OrderedDict()
    for name, length, read in puts:
        if read:
            found = cache.get(key(str(name)))
            assert (found is not None) == (name in model)
            if found is not None:
                model.move_to_end(name)
            continue
        cache.put(key(str(name)), cache.make(b"x" * length, name, bytes, 60))
        model.pop(name, None)
        if size_of(length) <= limit:
            model[name] = size_of(length)
            while sum(model.values()) > limit:
                model.popitem(last=False)
        assert cache.used == sum(model.values()) <= max(limit, 0)
        assert len(cache) == len(model)


class CacheMachine(RuleBasedStateMachine):
    """Random asks, cancellations, failures, changes and waiting, in two organizations, against a model."""

    orgs = ("one", "two")

    @initialize()
    def begin(self) -> None:
        from tests.api.virtual import VirtualLoop

        self.loop = VirtualLoop()
        self.server = FakeServer()
        self.known: dict[tuple[str, int], tuple[float, int]] = {}
        self.went_down: float | None = None
        self.online = True
        self.loop.run_until_complete(self._open())

    async def _open(self) -> None:
        root = new_client(self.server, requests=100_000)
        self.clients = {org: root.for_org(org) for org in self.orgs}

    def do(self, work: object) -> object:
        return self.loop.run_until_complete(work)  # type: ignore[arg-type]

    @rule(org=st.sampled_from(orgs), n=st.integers(0, 3), fresh=st.booleans())
    def ask(self, org: str, n: int, fresh: bool) -> None:
        self.ask_and_compare(org, n, fresh)
        if not self.online:
            self.do(asyncio.sleep(10))  # until a refresh behind an old answer has given up

    def ask_and_compare(self, org: str, n: int, fresh: bool) -> None:
        before, known = len(self.server.asked), self.known.get((org, n))
        now = self.loop.time()
        result = self.do(outcome(self.clients[org].get(thing(n), fresh=fresh)))
        if isinstance(result, ApiError):
            assert not self.online
            assert known is None, "what was seen stays readable"
            return
        version = int(result.value.rsplit("/", 1)[1])  # type: ignore[attr-defined]
        assert result.value == f"{org}/things/{n}//{version}", "no organization's answer for another"  # type: ignore[attr-defined]
        if known and not fresh and now - known[0] < 60:
            assert len(self.server.asked) == before, "within its time to live there is no request"
            assert not result.stale  # type: ignore[attr-defined]
            assert version == known[1]
        elif known and (not fresh or not self.online):
            assert result.stale, "an old answer says that it is old"  # type: ignore[attr-defined]
            assert version == known[1]
            if self.online and not fresh:
                self.do(asyncio.sleep(0.5))
                assert len(self.server.asked) == before + 1
                self.known[org, n] = (self.loop.time() - 0.4, self.server.version)
        else:
            assert self.online
            assert len(self.server.asked) == before + 1
            assert version == self.server.version
            self.known[org, n] = (self.loop.time(), version)

    @rule(
        org=st.sampled_from(orgs), n=st.integers(0, 3), askers=st.integers(1, 200), leave=st.integers(0, 200)
    )
    def crowd(self, org: str, n: int, askers: int, leave: int) -> None:
        async def go() -> None:
            before = len(self.server.asked)
            client = self.clients[org]
            tasks = [asyncio.create_task(client.get(thing(n), fresh=True)) for _ in range(askers)]
            await asyncio.sleep(0.05)
            for task in tasks[:leave]:
                task.cancel()
            results = await asyncio.gather(*tasks, return_exceptions=True)
            assert len(self.server.asked) == before + 1, "one request for all of them"
            for result in results[leave:]:
                assert not isinstance(result, BaseException)
                assert result.value == f"{org}/things/{n}//{self.server.version}"
            if leave < askers:
                self.known[org, n] = (self.loop.time(), self.server.version)

        if self.online:
            self.do(go())

    @rule(seconds=st.sampled_from([0.5, 5.0, 30.0, 61.0, 300.0]))
    def wait(self, seconds: float) -> None:
        self.do(asyncio.sleep(seconds))

    @rule()
    def change(self) -> None:
        self.server.version += 1

    @precondition(lambda self: self.online)
    @rule()
    def go_down(self) -> None:
        self.server.down = lambda: CannotReach("jms.test", "it refused the connection")
        self.online = False

    @precondition(lambda self: not self.online)
    @rule()
    def come_back(self) -> None:
        self.server.down = None
        self.online = True

    @invariant()
    def nothing_runs_behind(self) -> None:
        if hasattr(self, "loop"):
            assert self.server.under_way == 0

    def teardown(self) -> None:
        if hasattr(self, "loop"):
            self.do(self.clients["one"].aclose())
            assert not asyncio.all_tasks(self.loop)
            self.loop.close()


CacheMachine.TestCase.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
TestCacheMachine = CacheMachine.TestCase


def test_the_machine_can_fail() -> None:
    """A cache without the organization in its key is found out."""

    async def crossed() -> None:
        client = new_client(FakeServer())
        core = client._core
        proper = core.key
        core.key = lambda query, org: proper(query, None)  # type: ignore[method-assign]
        await client.for_org("one").get(thing())
        answer = await client.for_org("two").get(thing())
        await client.aclose()
        assert answer.value.startswith("two/")

    with pytest.raises(AssertionError):
        run(crossed())
