"""A client that asks the server whatever is at hand: what `r` means for a detail."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from jmstui.api.client import Client
    from jmstui.api.query import Answer, Query

T = TypeVar("T")


class Fresh:
    """The same client with `get` and `watch` that always ask."""

    fresh = True
    """For those who remember answers themselves (`services/why.py`)."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    async def get(self, query: Query[T], **options: Any) -> Answer[T]:
        """As `Client.get(query, fresh=True)`."""
        return await self._client.get(query, **{**options, "fresh": True})

    async def watch(self, query: Query[T]) -> AsyncIterator[Answer[T]]:
        """The server's answer, once."""
        yield await self._client.get(query, fresh=True)

    def for_org(self, org: str | None) -> Fresh:
        """The same for another organization."""
        return Fresh(self._client.for_org(org))
