"""The request budget, against a server that counts as the real one does."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jmstui.api.budget import Budget
from jmstui.api.errors import Throttled
from jmstui.api.events import Event, Resumed, Waiting
from jmstui.api.query import Priority
from tests.api.virtual import EPOCH, FakeServer, clock, failing, new_client, outcome, run, thing, virtual


async def use(budget: Budget, priority: Priority = Priority.INTERACTIVE) -> float:
    slot = await budget.slot(priority)
    budget.done(slot)
    return slot.at


@virtual
async def test_no_more_than_the_size_in_any_minute() -> None:
    budget = Budget(10, clock=clock())
    times = sorted(await asyncio.gather(*(use(budget) for _ in range(35))))
    assert all(later - earlier >= 60 for earlier, later in zip(times, times[10:], strict=False))
    assert times[-1] - times[0] < 181, "nothing waits longer than it must"


@virtual
async def test_left_counts_down_and_comes_back() -> None:
    budget = Budget(10, clock=clock())
    for expected in range(9, -1, -1):
        await use(budget)
        assert budget.left == expected
    await asyncio.sleep(60)
    assert budget.left == 10


@virtual
async def test_prefetch_never_takes_the_last_third() -> None:
    budget = Budget(9, clock=clock())
    ahead = [asyncio.create_task(use(budget, Priority.PREFETCH)) for _ in range(9)]
    await asyncio.sleep(1)
    assert sum(task.done() for task in ahead) == 6
    began = asyncio.get_running_loop().time()
    for _ in range(3):
        assert await use(budget) == began, "what a person waits for goes at once"
    assert budget.waiting_until is None, "a waiting prefetch is nobody's countdown"
    await asyncio.gather(*ahead)


@virtual
async def test_interactive_goes_before_prefetch_that_waited_longer() -> None:
    budget = Budget(3, clock=clock())
    for _ in range(3):
        await use(budget)
    ahead = asyncio.create_task(use(budget, Priority.PREFETCH))
    await asyncio.sleep(1)
    urgent = asyncio.create_task(use(budget))
    assert await urgent <= await ahead


@virtual
async def test_a_prefetch_that_becomes_urgent_moves_up() -> None:
    budget = Budget(3, clock=clock())
    for _ in range(2):
        await use(budget)
    priority = Priority.PREFETCH
    ahead = asyncio.create_task(budget.slot(lambda: priority))
    await asyncio.sleep(1)
    assert not ahead.done()
    priority = Priority.INTERACTIVE
    budget.reconsider()
    await asyncio.sleep(0.01)
    assert ahead.done()


@virtual
async def test_the_countdown_is_told_once_and_its_end_too() -> None:
    told: list[Event] = []
    budget = Budget(2, clock=clock(), tell=told.append)
    began = asyncio.get_running_loop().time()
    await use(budget)
    await use(budget)
    await use(budget)
    assert told == [Waiting(pytest.approx(EPOCH + began + 60)), Resumed()]
    assert budget.waiting_until is None


@virtual
async def test_who_gives_up_waiting_takes_nothing_along() -> None:
    budget = Budget(1, clock=clock())
    await use(budget)
    task = asyncio.create_task(budget.slot())
    await asyncio.sleep(1)
    assert budget.waiting_until is not None
    task.cancel()
    await asyncio.sleep(0.01)
    assert budget.waiting_until is None
    await asyncio.sleep(60)
    assert budget.left == 1


@virtual
async def test_a_slot_given_to_somebody_who_just_left_comes_back() -> None:
    loop = asyncio.get_running_loop()
    budget = Budget(1, clock=clock())
    due = await use(budget) + 60

    def leaves_when_served() -> Priority:
        if loop.time() >= due:
            loop.call_soon(task.cancel)
        return Priority.INTERACTIVE

    task = asyncio.create_task(budget.slot(leaves_when_served))
    await asyncio.sleep(61)
    assert task.cancelled()
    assert budget.left == 1
    assert await use(budget) == loop.time()


@virtual
async def test_a_429_waits_as_told_and_nothing_is_lost() -> None:
    server = FakeServer()
    server.faults.append(failing(Throttled(36.0), 429))
    told: list[Event] = []
    client = new_client(server)
    client.on_event(told.append)
    first = asyncio.create_task(client.get(thing(1)))
    await asyncio.sleep(0.2)
    assert client.budget.left == 0
    second = asyncio.create_task(client.get(thing(2)))
    assert (await first).value == "None/things/1//0"
    assert (await second).value == "None/things/2//0"
    assert server.times[1] - server.times[0] == pytest.approx(36.1, abs=0.2)
    assert [type(event) for event in told] == [Waiting, Resumed]
    assert len(server.asked) == 3
    await client.aclose()


@virtual
async def test_a_429_without_a_time_waits_all_the_same() -> None:
    server = FakeServer()
    server.faults.append(failing(Throttled(None), 429))
    client = new_client(server)
    await client.get(thing())
    assert server.times[1] - server.times[0] >= 5
    await client.aclose()


@virtual
async def test_a_busy_browser_beside_us_costs_no_answer() -> None:
    """180 a minute, 120 of them taken by others: all 150 of ours come through, and few are refused."""
    server = FakeServer()
    server.limit = 180
    now = asyncio.get_running_loop().time()
    server.foreign.extend(now + n / 2 for n in range(240))
    client = new_client(server)
    outcomes = await asyncio.gather(*(outcome(client.get(thing(n))) for n in range(150)))
    failed = [each for each in outcomes if isinstance(each, Exception)]
    assert not failed
    assert server.refused <= 20
    await client.aclose()


@virtual
async def test_a_crowd_at_a_small_limit_loses_nobody() -> None:
    """The server lets 20 a minute through: 120 asked at once all get their answer, in about six minutes."""
    server = FakeServer()
    server.limit = 20
    client = new_client(server)
    outcomes = await asyncio.gather(*(outcome(client.get(thing(n))) for n in range(120)))
    assert [each for each in outcomes if isinstance(each, Exception)] == []
    assert server.times[-1] - server.times[0] < 420
    await client.aclose()


@virtual
async def test_three_more_tries_and_no_more() -> None:
    server = FakeServer()
    server.faults.extend(failing(Throttled(1.0), 429) for _ in range(10))
    client = new_client(server)
    assert isinstance(await outcome(client.get(thing())), Throttled)
    assert len(server.asked) == 4
    await client.aclose()


@virtual
async def test_headless_waits_no_longer_than_it_was_told() -> None:
    server = FakeServer()
    server.faults.append(failing(Throttled(300.0), 429))
    client = new_client(server, max_wait=60.0)
    began = asyncio.get_running_loop().time()
    error = await outcome(client.get(thing()))
    assert isinstance(error, Throttled)
    assert error.seconds is not None
    assert error.seconds >= 299
    assert asyncio.get_running_loop().time() - began < 1, "it knows at once"
    await client.aclose()


@virtual
async def test_without_a_credential_the_budget_is_smaller() -> None:
    server = FakeServer()
    server.auth = None
    client = new_client(server)
    assert client.budget.size == 60
    client.replace_credential("somebody")
    assert client.budget.size == 150
    assert new_client(server).budget.size == 150
    assert new_client(server, requests=30).budget.size == 30


@settings(max_examples=60, deadline=None)
@given(
    size=st.integers(1, 12),
    asks=st.lists(
        st.tuples(st.floats(0, 100), st.sampled_from(list(Priority)), st.floats(0, 200), st.booleans()),
        max_size=40,
    ),
)
def test_the_window_holds_whatever_comes(size: int, asks: list[tuple[float, Priority, float, bool]]) -> None:
    """Any mix of asks, patience and refusals: never more than `size` in a minute, and nobody is forgotten."""

    async def one(
        budget: Budget, sent: list[float], start: float, priority: Priority, patience: float, refuse: bool
    ) -> None:
        await asyncio.sleep(start)
        try:
            async with asyncio.timeout(patience + 0.001):
                slot = await budget.slot(priority)
        except TimeoutError:
            return
        await asyncio.sleep(0.05)
        if not refuse:
            sent.append(slot.at)
        budget.done(slot, refused_for=3.0 if refuse else None)

    async def all_of_them() -> None:
        budget = Budget(size, clock=clock())
        sent: list[float] = []
        await asyncio.gather(*(one(budget, sent, *ask) for ask in asks))
        await asyncio.sleep(0.01)
        assert not budget._waiters
        assert not budget._out
        assert budget._pump is None or budget._pump.done(), "nothing runs while nobody waits"
        sent.sort()
        assert all(later - earlier >= 59.99 for earlier, later in zip(sent, sent[size:], strict=False))
        await asyncio.sleep(500)
        assert budget.left == size
        assert await use(budget) == asyncio.get_running_loop().time()

    run(all_of_them())
