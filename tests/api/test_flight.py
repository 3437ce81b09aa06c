"""Single flight: one request for all who ask the same, cancelled when the last one goes."""

from __future__ import annotations

import asyncio

import pytest

from jmstui.api.errors import NotFound
from jmstui.api.flight import Flight, Flights
from jmstui.api.query import Priority
from tests.api.virtual import FakeServer, failing, new_client, outcome, thing, virtual


@virtual
async def test_200_askers_make_one_request() -> None:
    server = FakeServer()
    client = new_client(server)
    answers = await asyncio.gather(*(client.get(thing()) for _ in range(200)))
    assert len(server.asked) == 1
    assert {answer.value for answer in answers} == {"None/things/0//0"}
    assert [answer.source for answer in answers].count("joined") == 199
    await client.aclose()


@virtual
async def test_200_askers_all_get_the_error() -> None:
    server = FakeServer()
    server.faults.append(failing(NotFound, 404))
    client = new_client(server)
    outcomes = await asyncio.gather(*(outcome(client.get(thing())) for _ in range(200)))
    assert len(server.asked) == 1
    assert all(isinstance(each, NotFound) for each in outcomes)
    await client.aclose()


@virtual
async def test_a_cancelled_asker_leaves_the_others_alone() -> None:
    server = FakeServer()
    client = new_client(server)
    tasks = [asyncio.create_task(client.get(thing())) for _ in range(5)]
    await asyncio.sleep(0.01)
    for task in tasks[:4]:
        task.cancel()
    assert (await tasks[4]).value == "None/things/0//0"
    assert server.cancelled == 0
    assert all(task.cancelled() for task in tasks[:4])
    await client.aclose()


@virtual
async def test_when_the_last_asker_goes_the_request_is_cancelled() -> None:
    server = FakeServer()
    client = new_client(server)
    tasks = [asyncio.create_task(client.get(thing())) for _ in range(5)]
    await asyncio.sleep(0.01)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await asyncio.sleep(0)
    assert (server.cancelled, server.under_way) == (1, 0)
    assert client.peek(thing()) is None
    again = await client.get(thing())  # asks anew instead of joining what was cancelled
    assert (again.source, len(server.asked)) == ("server", 2)
    await client.aclose()


@virtual
async def test_who_asks_right_after_the_last_one_went_gets_a_request_of_their_own() -> None:
    server = FakeServer()
    client = new_client(server)
    first = asyncio.create_task(client.get(thing()))
    await asyncio.sleep(0.01)
    first.cancel()
    await asyncio.sleep(0)  # the cancelled request has not ended yet
    assert (await client.get(thing())).value == "None/things/0//0"
    await client.aclose()


@virtual
async def test_an_interactive_asker_makes_a_prefetch_urgent() -> None:
    seen: list[Priority] = []
    flights: Flights[str, None] = Flights()

    async def work(flight: Flight[None]) -> None:
        await asyncio.sleep(1)
        seen.append(flight.priority)

    ahead = asyncio.create_task(flights.join("a", work, Priority.PREFETCH))
    await asyncio.sleep(0.1)
    assert await flights.join("a", work, Priority.INTERACTIVE) == (None, True)
    assert await ahead == (None, False)
    assert seen == [Priority.INTERACTIVE]


@virtual
async def test_closing_cancels_what_is_under_way() -> None:
    server = FakeServer()
    client = new_client(server)
    task = asyncio.create_task(client.get(thing()))
    await asyncio.sleep(0.01)
    await client.aclose()
    assert (server.under_way, server.cancelled, server.closed) == (0, 1, True)
    with pytest.raises(asyncio.CancelledError):
        await task
