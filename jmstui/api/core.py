"""The engine under `Client`: cache, single flight, budget, retries, and what happens when the network
goes."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, Final, Protocol

from jmstui.api import log
from jmstui.api.budget import PER_MINUTE, PER_MINUTE_ANONYMOUS, UNTOLD, Budget, Slot
from jmstui.api.cache import DEFAULT_BYTES, Cache, Entry, Key
from jmstui.api.clock import Clock
from jmstui.api.errors import (
    ApiError,
    CannotReach,
    NotFound,
    NotJumpServer,
    RedirectRefused,
    Refused,
    ServerError,
    SessionExpired,
    SignInError,
    Throttled,
)
from jmstui.api.events import (
    ClocksDiffer,
    Listeners,
    Offline,
    Online,
    Refreshed,
    RefreshFailed,
    SignedIn,
    SignInNeeded,
)
from jmstui.api.flight import Flight, Flights
from jmstui.api.query import Priority, Query
from jmstui.api.server_clock import ServerClock
from jmstui.api.ttl import ttl

TRIES_AGAIN: Final = 3
PAUSES: Final = (0.25, 0.75, 1.5)
"""Seconds before each further try, times 0.5 to 1.5."""
SLOW_MS: Final = 5000.0
"""A connection lost after longer than this is not tried again: nobody waits for 30 s of silence twice."""
GATEWAY: Final = (502, 503, 504)
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

    auth: Any

    @property
    def url(self) -> str: ...

    async def send(
        self, method: str, path: str, params: Sequence[tuple[str, str]] = (), *, org: str | None = None
    ) -> Raw: ...

    async def aclose(self) -> None: ...


class Core:
    """One connection to one server, shared by the clients of all organizations."""

    def __init__(
        self,
        transport: Sender,
        *,
        identity: str = "",
        requests: int | None = None,
        max_wait: float | None = None,
        cache_bytes: int = DEFAULT_BYTES,
        clock: Clock | None = None,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._requests = requests
        self.transport = transport
        self.server = transport.url
        self.clock = clock or Clock()
        self.server_clock: ServerClock = getattr(transport, "server_clock", None) or ServerClock(self.clock)
        self.events = Listeners()
        self.cache = Cache(cache_bytes, self.clock)
        self.budget = Budget(self._share(), clock=self.clock, tell=self.events.emit)
        self.log = log.RequestLog()
        self.max_wait = max_wait
        self.latency_ms: float | None = None
        self.offline_since: float | None = None
        self.signed_out: SignInError | None = None
        self.identity = identity
        self._jitter = jitter
        self._flights: Flights[Key, Entry] = Flights(self.budget.reconsider)
        self._background: set[asyncio.Task[None]] = set()
        self._probing: asyncio.Task[None] | None = None
        self._generation = 0
        self._renamed: dict[str, str] = {}
        self._former: SignInError | None = None
        self._closed = False

    def _share(self) -> int:
        """Requests a minute: as set, else by whether the server can tell who asks (§7.6)."""
        known = PER_MINUTE if self.transport.auth is not None else PER_MINUTE_ANONYMOUS
        return known if self._requests is None else self._requests

    def key(self, query: Query[Any], org: str | None) -> Key:
        """The key of a question for this server, this user and the organization that it is asked in."""
        return Key(self.server, self.identity, query.org or org or "", "GET", query.path, query.params)

    async def ask(self, query: Query[Any], org: str | None, priority: Priority) -> tuple[Entry, bool]:
        """Ask the server, together with whoever else asks the same. Raises an `ApiError`."""
        if self._closed:
            raise Refused("The connection was closed.")
        key = self.key(query, org)
        entry, joined = await self._flights.join(
            key, lambda flight: self._fetch(key, query, flight), priority
        )
        if joined:
            self.note(key, "joined")
        return entry, joined

    def refresh_behind(self, query: Query[Any], org: str | None) -> None:
        """One refresh of an old answer, unless it is already being asked for."""
        if self._closed or self.signed_out or self.key(query, org) in self._flights:
            return
        if self.offline_since is not None and self.probe():
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

    async def ask_ahead(self, query: Query[Any], org: str | None) -> None:
        """Ask for what will be wanted; its errors are for who wants it then."""
        try:
            await self.ask(query, org, Priority.INTERACTIVE)
        except ApiError:
            return

    def note(self, key: Key, how: Any) -> None:
        """Log an answer that needed no request of its own."""
        self.log.add(log.Entry(self.clock.wall(), key.method, key.path, log.scrub(key.params), key.org, how))

    async def _fetch(self, key: Key, query: Query[Any], flight: Flight[Entry]) -> Entry:
        body = await self._body(key, query, flight)
        entry = self.cache.make(body, query.decode(body), query.decode, ttl(query.kind))
        key = self._now(key)
        former = self.cache.get(key)
        differs = former is None or _differ(former, entry)
        if former is not None and not differs and former.value == entry.value:
            entry.value = former.value  # the same rows stay the same objects
        self.cache.put(key, entry)
        if former is not None and differs:
            self.events.emit(Refreshed(query))
        return entry

    async def _body(self, key: Key, query: Query[Any], flight: Flight[Entry]) -> bytes:
        """The body of the answer; `b""` for a 404 that is an answer (`Query.absent`)."""
        try:
            return (await self._send(key, flight)).body
        except NotFound as error:
            if not query.absent or error.unknown_path:
                raise
            return b""

    def _now(self, key: Key) -> Key:
        """The key, should it have become known meanwhile who asks."""
        return key._replace(identity=self._renamed.get(key.identity, key.identity))

    async def _send(self, key: Key, flight: Flight[Entry]) -> Raw:
        """One GET with its retries."""
        waited = 0.0
        for again in range(TRIES_AGAIN + 1):
            room = None if self.max_wait is None else max(0.0, self.max_wait - waited)
            slot = await self.budget.slot(lambda: flight.priority, room)
            waited += slot.waited
            generation = self._generation
            if self._now(key).identity != self.identity:  # somebody else signed in: never ask in their name
                self.budget.done(slot, unsent=True)
                raise self._former or SessionExpired("The credential was replaced. Ask again.")
            try:
                return await self._try(key, slot, again)
            except ApiError as error:
                anew = isinstance(error, SignInError) and generation != self._generation
                if again == TRIES_AGAIN or not (anew or self._worth_another(error)):
                    self._failed(error)
                    raise
                if not anew and not isinstance(error, Throttled):  # that one waits in the budget
                    await self.clock.sleep(PAUSES[again] * (0.5 + self._jitter()))
        raise AssertionError("unreachable")

    async def _try(self, key: Key, slot: Slot, again: int) -> Raw:
        at, began = self.clock.wall(), self.clock.monotonic()
        status, size, word, ms = None, 0, "cancelled", 0.0
        refused_for, unsent = None, False
        try:
            raw = await self.transport.send("GET", key.path, key.params, org=key.org or None)
            status, size, word, ms = raw.status, len(raw.body), "", raw.ms
            self.latency_ms = raw.ms
            self._reached()
            return raw
        except ApiError as error:
            status, size, word, ms = error.status, error.bytes_in, error.code, error.ms
            unsent = isinstance(error, Refused)
            if isinstance(error, Throttled):
                refused_for = error.seconds if error.seconds is not None else UNTOLD
            if _is_jumpserver(error):
                self._reached()
            raise
        finally:
            if self.events and (by := self.server_clock.news()):
                self.events.emit(ClocksDiffer(by))
            self.budget.done(slot, refused_for, unsent)
            params, ms = log.scrub(key.params), ms or (self.clock.monotonic() - began) * 1000
            self.log.add(
                log.Entry(
                    at, "GET", key.path, params, key.org, "sent", status, ms, size, slot.waited, word, again
                )
            )

    def _worth_another(self, error: ApiError) -> bool:
        """Only what may pass by itself: connections lost quickly, 429, 502, 503, 504."""
        if isinstance(error, CannotReach):
            return self.offline_since is None and error.ms < SLOW_MS
        return isinstance(error, Throttled) or (isinstance(error, ServerError) and error.status in GATEWAY)

    def _failed(self, error: ApiError) -> None:
        if isinstance(error, CannotReach):
            if self.offline_since is None:
                self.offline_since = self.clock.wall()
                self.events.emit(Offline(self.offline_since))
            self.probe()
        elif isinstance(error, SignInError) and self.signed_out is None:
            self.signed_out = error
            self.events.emit(SignInNeeded(error))

    def _reached(self) -> None:
        if self.offline_since is not None:
            self.offline_since = None
            self.events.emit(Online())

    def probe(self) -> bool:
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
            except ApiError as error:
                if not _is_jumpserver(error):
                    continue
            self._reached()

    def replace(self, auth: Any, identity: str | None) -> None:
        """A new credential; `identity` None: not known yet who it is, so that no former answer shows."""
        self.transport.auth = auth
        self.budget.size = self._share()
        self._generation += 1
        self._former, self.signed_out = self.signed_out, None
        self.identity = identity if identity is not None else f"?{self._generation}"
        self.events.emit(SignedIn())

    def identify(self, identity: str) -> None:
        """Whom the credential turned out to belong to; answers that came before that are theirs."""
        former, self.identity = self.identity, identity
        if former != identity and (not former or former.startswith("?")):
            self._renamed[former] = identity
            self.cache.rename(former, identity)
            self._flights.rename(self._now)

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


def _is_jumpserver(error: ApiError) -> bool:
    """Whether JumpServer itself gave this answer, not a gateway or a hotel's sign-in page on the way."""
    if error.status is None or isinstance(error, NotJumpServer | RedirectRefused):
        return False
    return not (isinstance(error, ServerError) and error.status in GATEWAY)
