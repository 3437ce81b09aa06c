"""A client that remembers how old its answers were, and that asks the server again on request."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from jmstui.api.client import Client
    from jmstui.api.query import Answer, Query

T = TypeVar("T")


class Age:
    """The oldest of several answers."""

    def __init__(self) -> None:
        self.as_of: float | None = None
        """When it was given (s since the epoch); None when there was none."""
        self.stale = False
        """Whether any is past its time to live."""

    def note(self, answer: Answer[Any]) -> None:
        """Another answer."""
        self.as_of = answer.as_of if self.as_of is None else min(self.as_of, answer.as_of)
        self.stale = self.stale or answer.stale


class Asker:
    """The same client as far as services and views use it. `fresh`: `get` and `watch` always ask (key r)."""

    def __init__(self, client: Client, fresh: bool = False, age: Age | None = None) -> None:
        self._client, self._fresh = client, fresh
        self.age = age or Age()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    async def get(self, query: Query[T], **options: Any) -> Answer[T]:
        """As `Client.get`."""
        if self._fresh:
            options["fresh"] = True
        answer = await self._client.get(query, **options)
        self.age.note(answer)
        return answer

    async def watch(self, query: Query[T]) -> AsyncIterator[Answer[T]]:
        """As `Client.watch`; with `fresh` the server's answer, once."""
        if self._fresh:
            yield await self.get(query)
            return
        async for answer in self._client.watch(query):
            self.age.note(answer)
            yield answer

    def for_org(self, org: str | None) -> Asker:
        """The same for another organization."""
        return Asker(self._client.for_org(org), self._fresh, self.age)
