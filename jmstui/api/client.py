"""`Client`: the one object that services and views ask."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable
from datetime import datetime
from typing import Any, Literal, TypeVar

from jmstui.api.budget import Budget
from jmstui.api.cache import Entry
from jmstui.api.core import Core
from jmstui.api.errors import ApiError
from jmstui.api.events import Event, RefreshFailed
from jmstui.api.log import Kind, RequestLog
from jmstui.api.query import Answer, Priority, Query
from jmstui.api.ttl import ttl

T = TypeVar("T")


class Client:
    """Answers with an age, for one organization; `for_org` gives the same for another one.

    `transport`: `api.transport.Transport`, or anything with `url`, `auth`, `send` and `aclose`.
    Options as in `Core`: `identity` (the user's id, "" until `identify`), `requests` (per minute, 150),
    `max_wait` (seconds that one question may wait for the budget before `Throttled`; None: as long as it
    takes), `cache_bytes`, `clock`.
    """

    def __init__(self, transport: Any, *, org: str | None = None, **options: Any) -> None:
        self._core = Core(transport, **options)
        self.org = org

    @property
    def server(self) -> str:
        """The server's address."""
        return self._core.server

    @property
    def identity(self) -> str:
        """The signed-in user's id, as far as it is known."""
        return self._core.identity

    @property
    def budget(self) -> Budget:
        """Requests left in this minute."""
        return self._core.budget

    @property
    def log(self) -> RequestLog:
        """The last requests."""
        return self._core.log

    @property
    def latency_ms(self) -> float | None:
        """How long the last answered request took."""
        return self._core.latency_ms

    @property
    def offline_since(self) -> float | None:
        """Since when the server cannot be reached (s since the epoch); None when it can."""
        return self._core.offline_since

    def server_now(self) -> datetime:
        """The server's time (aware, in this machine's zone): whatever is compared with a date of the server
        is compared with this. While the server has told no time, this machine's."""
        return self._core.server_clock.now()

    @property
    def clock_difference(self) -> float | None:
        """Seconds by which the server's clock is ahead of this machine's (behind: negative); None: not
        known."""
        return self._core.server_clock.difference

    def clock_news(self) -> str:
        """Once, where the two clocks are more than 30 s from each other: "5 days ahead of the server's", said
        of this machine's. Else "". The first listener is told it too, as `ClocksDiffer`."""
        return self._core.server_clock.news()

    @property
    def credential_kind(self) -> Kind:
        """What signs the requests, for `log.as_curl`."""
        kind: Kind | Literal[""] = getattr(self._core.transport.auth, "kind", "")
        return kind or "none"

    @property
    def signed_out(self) -> ApiError | None:
        """Why a new sign-in is needed; None while the credential is good."""
        return self._core.signed_out

    def for_org(self, org: str | None) -> Client:
        """The same connection, cache and budget, asking in another organization."""
        other = object.__new__(Client)
        other._core, other.org = self._core, org
        return other

    async def get(
        self,
        query: Query[T],
        fresh: bool = False,
        priority: Priority = Priority.INTERACTIVE,
        stale_ok: bool = True,
    ) -> Answer[T]:
        """The answer. Within its time to live: no request. Past it: the old one at once, marked `stale`, and
        one refresh behind it (`Refreshed` comes when the newer one differs).

        `fresh` asks the server whatever is here; `stale_ok=False` asks when the answer is past its time. Both
        fall back to the old answer, marked `stale`, while the server cannot be reached. Raises an `ApiError`.
        """
        core = self._core
        key = core.key(query, self.org)
        entry = core.cache.get(key)
        if entry is not None and not fresh:
            new = core.cache.is_fresh(entry)
            if new or stale_ok or core.signed_out:
                if not new:
                    core.refresh_behind(query, self.org)
                core.note(key, "cached")
                return self._answer(entry, query, stale=not new)
        if core.signed_out and not fresh:
            raise core.signed_out
        try:
            entry, joined = await core.ask(query, self.org, priority)
        except ApiError:
            if entry is not None and core.offline_since is not None:
                return self._answer(entry, query, stale=True)
            raise
        value: T = entry.read(query.decode)
        return Answer(value, entry.as_of, "joined" if joined else "server", False, entry.born)

    def ahead(self, queries: Iterable[Query[Any]]) -> None:
        """Begin to ask for what will be wanted soon: who asks then joins, or finds the answer here. An error
        shows to nobody but who asks for it."""
        for query in queries:
            self._core.in_background(self._core.ask_ahead(query, self.org))

    async def watch(self, query: Query[T]) -> AsyncIterator[Answer[T]]:
        """The old answer at once when there is one, then the new one if it differs; ends after that.

        Raises an `ApiError` when there was no old answer; else a failed refresh is told as `RefreshFailed`.
        """
        old = self.peek(query)
        if old is not None:
            self._core.note(self._core.key(query, self.org), "cached")
            yield old
            if not old.stale or self._core.signed_out or self._core.probe():
                return
        elif self._core.signed_out:
            raise self._core.signed_out
        try:
            entry, joined = await self._core.ask(query, self.org, Priority.INTERACTIVE)
            value: T = entry.read(query.decode)
        except ApiError as error:
            if old is None:
                raise
            self._core.events.emit(RefreshFailed(query, error))
            return
        if old is None or value != old.value:
            yield Answer(value, entry.as_of, "joined" if joined else "server", False, entry.born)

    def peek(self, query: Query[T]) -> Answer[T] | None:
        """The answer that is here, whatever its age; never asks."""
        entry = self._core.cache.get(self._core.key(query, self.org))
        return (
            None if entry is None else self._answer(entry, query, stale=not self._core.cache.is_fresh(entry))
        )

    def note_cached(self, query: Query[Any]) -> None:
        """Have the log say that an answer from the cache was put to use."""
        self._core.note(self._core.key(query, self.org), "cached")

    def is_stale(self, query: Query[Any], answer: Answer[Any]) -> bool:
        """Whether an answer that is held somewhere is past its time to live by now."""
        clock = self._core.clock
        age = clock.wall() - answer.as_of if answer.born is None else clock.steady() - answer.born
        return answer.stale or age >= ttl(query.kind)

    def on_event(self, callback: Callable[[Event], None]) -> Callable[[], None]:
        """Have `callback` called on the event loop at each `Event`; the function that comes back ends
        that."""
        off = self._core.events.add(callback)
        self._core.probe()
        return off

    def replace_credential(self, auth: Any, identity: str | None = None) -> None:
        """Go on with a new credential. With `identity` (the user's id) of the same user everything that was
        seen stays at hand; without it nothing of it shows until `identify` says who it is. `SignedIn`
        follows."""
        self._core.replace(auth, identity)

    def identify(self, identity: str) -> None:
        """Tell whose credential this is (the id in the profile); part of every cache key."""
        self._core.identify(identity)

    async def aclose(self) -> None:
        """Cancel what is under way and close the connections, for all organizations."""
        await self._core.close()

    def _answer(self, entry: Entry, query: Query[T], stale: bool) -> Answer[T]:
        value: T = entry.read(query.decode)
        return Answer(value, entry.as_of, "cache", stale, entry.born)
