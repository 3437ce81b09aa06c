"""Everything that a running demo server holds besides its world."""

from __future__ import annotations

import random
import uuid
from typing import TYPE_CHECKING

from jmstui.demo.clock import Clock
from jmstui.demo.faults import Faults
from jmstui.demo.reviews import Reviews
from jmstui.demo.sessions import WEB_AGE, AccessKey, Failures, Session, Sessions
from jmstui.demo.throttle import Throttle

if TYPE_CHECKING:
    from collections.abc import Iterable

    from jmstui.demo.faults import Fault
    from jmstui.demo.records import User
    from jmstui.demo.world import World

KEPT = 20_000
"""Served requests that are remembered, at least half of it."""


class State:
    """The world, the clock, the credentials given out, the counters, and what tests may switch."""

    def __init__(self, world: World, clock: Clock, seed: int, faults: Iterable[Fault] = ()) -> None:
        self.world, self.clock = world, clock
        self.api, self.edition = "4.10", "enterprise"
        self.rate, self.anon_rate, self.latency_ms = 180, 60, 0.0
        self.sessions = Sessions(seed)
        self.failures, self.mfa_failures = Failures(), Failures()
        self.throttle = Throttle()
        self.reviews = Reviews(seed)
        self.refusals: dict[str, str] = {}
        """User name → the error that its login gets: `acl_not_allow`, `user_not_exist`, any text (§1.3)."""
        self.outbox: list[tuple[str, str, str]] = []
        """Codes that were sent: (user name, `sms` or `email`, code)."""
        self.requests: list[tuple[str, str, str, int]] = []
        """What was served: (method, path, query, status); the oldest are forgotten."""
        self.mistakes: list[Exception] = []
        """Errors of the demo itself, which the client saw as a 500; a test server must end without any."""
        self.random = random.Random(f"codes {seed}")
        self.by_private_token: dict[str, User] = {}
        self.access_keys: dict[str, AccessKey] = {}
        for user in world.users.values():
            if user.private_token:
                self.by_private_token[user.private_token] = user
            if user.access_key:
                self.access_keys[user.access_key[0]] = AccessKey(*user.access_key, user.id)
        self.disabled_key = self._spare_key(seed, active=False)
        self.denied_key = self._spare_key(seed, allowed=("192.0.2.0/24",))
        self.browser = self.sessions.open(clock.time(), WEB_AGE, self.admin.id)
        self.faults = Faults(faults, self.sessions.end_all)

    @property
    def admin(self) -> User:
        """The system administrator whose credentials are printed."""
        return self.world.people["admin"]

    @property
    def locked_out(self) -> bool:
        """True while the fault `expire` refuses every credential that was there before."""
        return self.faults.expired

    def _spare_key(self, seed: int, active: bool = True, allowed: tuple[str, ...] = ("*",)) -> AccessKey:
        """Another access key of the administrator, for what goes wrong with keys."""
        source = random.Random(f"key {seed} {active} {allowed}")
        key_id = str(uuid.UUID(int=source.getrandbits(128), version=4))
        key = AccessKey(key_id, f"{source.getrandbits(128):032x}", self.admin.id, active, allowed)
        self.access_keys[key.id] = key
        return key

    def web_session(self, user: User) -> Session:
        """A signed-in browser session of that user, as a cookie of a test."""
        return self.sessions.open(self.clock.time(), WEB_AGE, user.id)

    def served(self, method: str, path: str, query: str, status: int) -> None:
        """Remembers a request."""
        self.requests.append((method, path, query, status))
        if len(self.requests) > KEPT:
            del self.requests[: KEPT // 2]
