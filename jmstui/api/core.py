"""The engine under `Client`: cache, single flight, budget, retries, and what happens when the network
goes."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

from jmstui.api import log
from jmstui.api.budget import PER_MINUTE, UNTOLD, Budget, Slot
from jmstui.api.cache import DEFAULT_BYTES, Cache, Entry, Key
from jmstui.api.clock import Clock
from jmstui.api.errors import ApiError, CannotReach, NotFound, ServerError, SignInError, Throttled
from jmstui.api.events import Listeners, Offline, Online, Refreshed, RefreshFailed, SignedIn, SignInNeeded
from jmstui.api.flight import Flight, Flights
from jmstui.api.query import Priority, Query
from jmstui.api.ttl import ttl

TRIES_AGAIN: Final = 3
PAUSES: Final = (0.25, 0.75, 1.5)
"""Seconds before each further try, times 0.5 to 1.5."""
PROBE_FIRST: Final = 2.0
PROBE_MOST: Final = 30.0
HEALTH: Final = "health/"


class Raw(Protocol):
    """What a transport gives back: `transport.RawAnswer`."""

    @property
    def status(self) -> int: ...
    @property
    def body(self) -> bytes: ...
    @property
    def ms(self) -> float: ...


class Sender(Protocol):
    """What this layer needs of `transport.Transport`."""

    url: Any

    async def send(
        self, method: str, path: str, params: Sequence[tuple[str, str]] = (), *, org: str | None = None
    ) -> Raw: ...

    async def aclose(self) -> None: ...


@dataclass(slots=True)
class Got:
    """What one flight brought home."""

    entry: Entry
    differs: bool
    waited: float


class Core:
    """One connection to one server, shared by the clients of all organizations."""

    def __init__(
        self,
        transport: Any,
        *,
        identity: str = "",
        requests: int = PER_MINUTE,
        max_wait: float | None = None,
        cache_bytes: int = DEFAULT_BYTES,
        clock: Clock | None = None,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self.transport = transport
        self.server = str(transport.url)
        self.clock = clock or Clock()
        self.events = Listeners()
        self.cache = Cache(cache_bytes, self.clock)
        self.budget = Budget(requests, clock=self.clock, tell=self.events.emit)
        self.log = log.RequestLog()
        self.max_wait = max_wait
        self.latency_ms: float | None = None
        self.offline_since: float | None = None
        self.signed_out: SignInError | None = None
        self.identity = identity
        self._jitter = jitter
        self._flights: Flights[Key, Got] = Flights(self.budget.reconsider)
        self._background: set[asyncio.Task[None]] = set()
        self._probing: asyncio.Task[None] | None = None
        self._generation = 0
        self._renamed: dict[str, str] = {}
        self._closed = False

    def key(self, query: Query[Any], org: str | None) -> Key:
        """The key of a question for this server, this user and the organization that it is asked in."""
        return Key(self.server, self.identity, query.org or org or "", "GET", query.path, query.params)

    async def ask(self, query: Query[Any], org: str | None, priority: Priority) -> tuple[Got, bool]:
        """Ask the server, together with whoever else asks the same. Raises an `ApiError`."""
        key = self.key(query, org)
        got, joined = await self._flights.join(key, lambda flight: self._fetch(key, query, flight), priority)
        if joined:
            self.note(key, "joined")
        return got, joined

    def refresh_behind(self, query: Query[Any], org: str | None) -> None:
        """One refresh of an old answer, unless it is already being asked for."""
        if self._closed or self.signed_out or self.key(query, org) in self._flights:
            return
        if self.offline_since is not None and self._probe():
            return
        self.in_background(self._refresh(query, org))

    def in_background(self, work: Coroutine[Any, Any, None]) -> None:
        """Run it until it ends or the client closes."""
        task = asyncio.create_task(work)
        self._background.add(task)
        task.add_done_callback(self._background.discard)

    async def _refresh(self, query: Query[Any], org: str | None) -> None:
        try:
            await self.ask(query, org, Priority.INTERACTIVE)
        except ApiError as error:
            self.events.emit(RefreshFailed(query, error))

    def note(self, key: Key, how: Any) -> None:
        """Log an answer that needed no request of its own."""
        self.log.add(log.Entry(self.clock.wall(), key.method, key.path, log.scrub(key.params), key.org, how))

    async def _fetch(self, key: Key, query: Query[Any], flight: Flight[Got]) -> Got:
        raw, waited = await self._send(key, flight)
        entry = self.cache.make(raw.body, query.decode(raw.body), query.decode, ttl(query.kind))
        key = key._replace(identity=self._renamed.get(key.identity, key.identity))
        former = self.cache.get(key)
        differs = former is None or _differ(former, entry)
        if former is not None and not differs and former.decode == entry.decode:
            entry.value = former.value  # the same rows stay the same objects
        self.cache.put(key, entry)
        if former is not None and differs:
            self.events.emit(Refreshed(query))
        return Got(entry, differs, waited)

    async def _send(self, key: Key, flight: Flight[Got]) -> tuple[Raw, float]:
        """One GET with its retries: the answer, and the seconds that the budget held it back."""
        waited = 0.0
        for again in range(TRIES_AGAIN + 1):
            room = None if self.max_wait is None else max(0.0, self.max_wait - waited)
            slot = await self.budget.slot(lambda: flight.priority, room)
            waited += slot.waited
            try:
                return await self._try(key, slot, again), waited
            except ApiError as error:
                if again == TRIES_AGAIN or not self._worth_another(error):
                    self._failed(error)
                    raise
                if not isinstance(error, Throttled):  # that one waits in the budget
                    await self.clock.sleep(PAUSES[again] * (0.5 + self._jitter()))
        raise AssertionError("unreachable")

    async def _try(self, key: Key, slot: Slot, again: int) -> Raw:
        at, began, generation = self.clock.wall(), self.clock.monotonic(), self._generation
        status, size, word, ms = None, 0, "cancelled", None
        refused_for: float | None = None
        try:
            raw: Raw = await self.transport.send("GET", key.path, key.params, org=key.org or None)
            status, size, word, ms = raw.status, len(raw.body), "", raw.ms
        except ApiError as error:
            status, size, word = error.status, error.bytes_in, error.code
            ms = error.ms or None
            if isinstance(error, Throttled):
                refused_for = error.seconds if error.seconds is not None else UNTOLD
            if not isinstance(error, CannotReach):
                self._reached(generation)
            raise
        else:
            self._reached(generation)
            self.latency_ms = raw.ms
            return raw
        finally:
            self.budget.done(slot, refused_for)
            spent = (self.clock.monotonic() - began) * 1000 if ms is None else ms
            self.log.add(
                log.Entry(
                    at,
                    "GET",
                    key.path,
                    log.scrub(key.params),
                    key.org,
                    "sent",
                    status,
                    spent,
                    size,
                    slot.waited,
                    word,
                    again,
                )
            )

    def _worth_another(self, error: ApiError) -> bool:
        """Only what may pass by itself: lost connections, 429, 502, 503, 504."""
        if isinstance(error, CannotReach):
            return self.offline_since is None and not self._closed
        return isinstance(error, Throttled) or (
            isinstance(error, ServerError) and error.status in (502, 503, 504)
        )

    def _failed(self, error: ApiError) -> None:
        if isinstance(error, CannotReach):
            if self.offline_since is None:
                self.offline_since = self.clock.wall()
                self.events.emit(Offline(self.offline_since))
            self._probe()
        elif isinstance(error, SignInError) and self.signed_out is None:
            self.signed_out = error
            self.events.emit(SignInNeeded(error))

    def _reached(self, generation: int) -> None:
        if self.offline_since is not None:
            self.offline_since = None
            self.events.emit(Online())

    def _probe(self) -> bool:
        """Look for the server now and then, while offline and somebody listens. Whether that is under way."""
        if self._closed or not self.events or self.offline_since is None:
            return False
        if self._probing is None or self._probing.done():
            self._probing = asyncio.create_task(self._look())
        return True

    async def _look(self) -> None:
        pause = PROBE_FIRST
        while self.offline_since is not None and self.events:
            await self.clock.sleep(pause * (0.75 + self._jitter() / 2))
            pause = min(PROBE_MOST, pause * 2)
            if self.offline_since is None:
                return
            try:
                await self.transport.send("GET", HEALTH, (), org=None)
            except (NotFound, Throttled, SignInError):
                pass  # an answer of JumpServer all the same
            except ApiError:
                continue
            self._reached(self._generation)

    def replace(self, auth: Any, identity: str | None) -> None:
        """A new credential; `identity` None: not known yet who it is, so that no former answer shows."""
        self.transport.replace_auth(auth)
        self._generation += 1
        self.signed_out = None
        self.identity = identity if identity is not None else f"?{self._generation}"
        self.events.emit(SignedIn())

    def identify(self, identity: str) -> None:
        """Whom the credential turned out to belong to; answers that came before that are theirs."""
        former, self.identity = self.identity, identity
        if former != identity and (not former or former.startswith("?")):
            self._renamed[former] = identity
            self.cache.rename(former, identity)

    async def close(self) -> None:
        """Cancel everything under way and close the connections."""
        if self._closed:
            return
        self._closed = True
        tasks = [*self._background, *([self._probing] if self._probing else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._flights.close()
        await self.transport.aclose()


def _differ(former: Entry, new: Entry) -> bool:
    """Whether the newer answer says something else; the same rows in other bytes are the same."""
    if former.body == new.body:
        return False
    try:
        return bool(former.read(new.decode) != new.value)
    except ApiError:
        return True
