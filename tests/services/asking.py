"""A signed-in client of a demo server on a socket, and what it asked."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from jmstui.api.client import Client
from jmstui.models.credential import PrivateToken, Secret
from jmstui.services.connect import open_client
from jmstui.services.identity import Identity, enter
from jmstui.settings import Settings
from tests.demo_server import RunningDemo

T = TypeVar("T")


@asynccontextmanager
async def signed_in(
    demo: RunningDemo, who: str = "admin", org: str | None = None
) -> AsyncIterator[tuple[Client, Identity]]:
    """`who` of the demo's people in an organization (by id or name); only who they are is known."""
    settings = Settings(url=demo.url, rate=100_000)
    client = await open_client(settings, PrivateToken(Secret(demo.people[who]["private_token"])))
    try:
        yield await enter(client, org)
    finally:
        await client.aclose()


class Counted:
    """The requests that a demo server served since this was made."""

    def __init__(self, demo: RunningDemo) -> None:
        self._demo, self._from = demo, len(demo.requests)

    @property
    def lines(self) -> list[str]:
        """`path?query` of each, without what stands before the API's own path."""
        rows: list[tuple[Any, ...]] = self._demo.requests[self._from :]
        return [f"{row[1].removeprefix('/api/v1/')}?{row[2]}" for row in rows]

    def __len__(self) -> int:
        return len(self.lines)


async def last(answers: AsyncIterator[T]) -> T:
    """The last of a growing answer."""
    found = await every(answers)
    return found[-1]


async def every(answers: AsyncIterator[T]) -> list[T]:
    """All that an answer yielded while it grew."""
    return [answer async for answer in answers]
