"""A client that remembers how old its answers were, and that asks the server again on request."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from jmstui.api.client import Client
    from jmstui.api.query import Answer, Query

T = TypeVar("T")


class Age:
    """The oldest of the answers to several questions; of each question the newest answer counts."""

    def __init__(self) -> None:
        self._answers: dict[tuple[str | None, Query[Any]], tuple[Client, Answer[Any]]] = {}

    @property
    def as_of(self) -> float | None:
        """When it was given (s since the epoch); None when there was none."""
        return min((answer.as_of for _, answer in self._answers.values()), default=None)

    @property
    def stale(self) -> bool:
        """Whether any is past its time to live by now."""
        return any(client.is_stale(query, a) for (_, query), (client, a) in self._answers.items())

    def note(self, client: Client, query: Query[Any], answer: Answer[Any]) -> None:
        """Another answer."""
        self._answers[client.org, query] = client, answer


class Asker:
    """The same client as far as services and views use it. `fresh`: whatever is asked is asked of the server,
    once each (key r)."""

    def __init__(
        self,
        client: Client,
        fresh: bool = False,
        age: Age | None = None,
        asked: set[tuple[str | None, Query[Any]]] | None = None,
    ) -> None:
        self._client, self._fresh = client, fresh
        self.age = age or Age()
        self._asked = set() if asked is None else asked
        """What was asked already: a second time the answer to the first one is new enough."""

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    async def get(self, query: Query[T], **options: Any) -> Answer[T]:
        """As `Client.get`."""
        if self._due(query):
            options["fresh"] = True
        answer = await self._client.get(query, **options)
        self.age.note(self._client, query, answer)
        return answer

    async def watch(self, query: Query[T]) -> AsyncIterator[Answer[T]]:
        """As `Client.watch`; with `fresh` the server's answer, once. When that does not come, the old one
        does, before the error."""
        from jmstui.api.errors import ApiError

        if self._fresh:
            try:
                yield await self.get(query)
            except ApiError:
                if (old := self._client.peek(query)) is not None:
                    self.age.note(self._client, query, old)
                    yield old
                raise
            return
        async for answer in self._client.watch(query):
            self.age.note(self._client, query, answer)
            yield answer
        if answer.stale:  # a refresh that changed nothing gives no second answer, and yet it is newer
            self.age.note(self._client, query, self._client.peek(query) or answer)

    def for_org(self, org: str | None) -> Asker:
        """The same for another organization."""
        return Asker(self._client.for_org(org), self._fresh, self.age, self._asked)

    def _due(self, query: Query[Any]) -> bool:
        """Whether the server has still to be asked; from now on it has been."""
        key = self._client.org, query
        if not self._fresh or key in self._asked:
            return False
        self._asked.add(key)
        return True
