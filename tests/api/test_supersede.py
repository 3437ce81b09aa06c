"""Typing: one question a pause, and no older answer over a newer one."""

from __future__ import annotations

import asyncio

from jmstui.api.errors import ApiError, NotFound
from jmstui.api.supersede import Latest
from tests.api.virtual import FakeServer, new_client, rows, virtual


class Search:
    """Records what was asked and told; the answer to `slow` comes late, even when it is cancelled."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.told: list[tuple[str, str]] = []
        self.failed: list[tuple[str, ApiError]] = []
        self.latest: Latest[str, str] = Latest(
            self.ask, lambda question, answer: self.told.append((question, answer)), self.fail
        )

    def fail(self, question: str, error: ApiError) -> None:
        self.failed.append((question, error))

    async def ask(self, question: str) -> str:
        self.asked.append(question)
        try:
            await asyncio.sleep(5 if question == "slow" else 0.1)
        except asyncio.CancelledError:
            if question != "slow":
                raise
        if question == "none":
            raise NotFound
        return question.upper()


@virtual
async def test_an_8_letter_search_typed_quickly_is_one_request() -> None:
    search = Search()
    for n in range(1, 9):
        search.latest.put("web-prod"[:n])
        await asyncio.sleep(0.08)
    await asyncio.sleep(1)
    assert search.asked == ["web-prod"]
    assert search.told == [("web-prod", "WEB-PROD")]
    assert not search.latest.busy


@virtual
async def test_an_older_answer_never_overwrites_a_newer_one() -> None:
    search = Search()
    search.latest.put("slow")
    await asyncio.sleep(1)
    search.latest.put("new")
    await asyncio.sleep(10)
    assert search.asked == ["slow", "new"]
    assert search.told == [("new", "NEW")]


@virtual
async def test_enter_does_not_wait_for_the_pause() -> None:
    search = Search()
    search.latest.put("web")
    search.latest.put("web", at_once=True)
    await asyncio.sleep(0.2)
    assert search.told == [("web", "WEB")]


@virtual
async def test_an_error_is_told_for_the_last_question_only() -> None:
    search = Search()
    search.latest.put("none")
    await asyncio.sleep(1)
    assert [question for question, _ in search.failed] == ["none"]
    search.latest.put("none")
    await asyncio.sleep(0.35)
    search.latest.put("new")
    await asyncio.sleep(1)
    assert len(search.failed) == 1
    search.latest.put("none")
    search.latest.cancel()
    await asyncio.sleep(1)
    assert len(search.failed) == 1


@virtual
async def test_a_superseded_request_is_cancelled_on_the_wire() -> None:
    server = FakeServer(latency=2)
    client = new_client(server)
    told: list[object] = []
    latest = Latest(
        lambda text: client.get(rows(0, 100, f"{text}/")),
        lambda text, answer: told.append(text),
        lambda text, error: told.append(error),
    )
    latest.put("a")
    await asyncio.sleep(0.5)
    latest.put("ab")
    await asyncio.sleep(5)
    assert (server.cancelled, told) == (1, ["ab"])
    await client.aclose()
