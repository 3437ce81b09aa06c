"""What the server remembers between requests: web sessions, bearer tokens, access keys, failed logins."""

from __future__ import annotations

import ipaddress
import random
import string
from dataclasses import dataclass, field
from email.utils import formatdate
from typing import Any

WEB_AGE = 86_400
LOGIN_AGE = 600
TOKEN_AGE = 86_400
LIMIT = 7
LOCK_MINUTES = 30
_LETTERS = string.ascii_letters + string.digits


@dataclass(slots=True)
class Session:
    """A cookie's session: a signed-in browser (`user_id`), or the state of a login in progress (`marks`)."""

    key: str = field(repr=False)
    age: int
    expires: float
    user_id: str | None = None
    csrf: str = field(default="", repr=False)
    marks: dict[str, Any] = field(default_factory=dict, repr=False)


@dataclass(slots=True)
class Token:
    """A bearer token."""

    key: str = field(repr=False)
    user_id: str
    expires: float


@dataclass(slots=True)
class AccessKey:
    """An access key; `allowed` is its `ip_group`."""

    id: str
    secret: str = field(repr=False)
    user_id: str
    active: bool = True
    allowed: tuple[str, ...] = ("*",)

    def admits(self, address: str) -> bool:
        """True when the caller's address is in the key's list (addresses, networks, `*`)."""
        for item in self.allowed:
            if item == "*" or item == address:
                return True
            try:
                if ipaddress.ip_address(address) in ipaddress.ip_network(item, strict=False):
                    return True
            except ValueError:
                continue
        return False


class Sessions:
    """Sessions and bearer tokens, with their ends in seconds since the epoch."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(f"sessions {seed}")
        self._sessions: dict[str, Session] = {}
        self._tokens: dict[tuple[str, str], Token] = {}

    def _word(self, letters: str, length: int) -> str:
        return "".join(self._random.choices(letters, k=length))

    def open(self, now: float, age: int = LOGIN_AGE, user_id: str | None = None) -> Session:
        """A new session; with `user_id`, a signed-in browser."""
        key = self._word(string.ascii_lowercase + string.digits, 32)
        session = Session(key, age, now + age, user_id, self._word(_LETTERS, 32))
        self._sessions[key] = session
        return session

    def find(self, key: str, now: float) -> Session | None:
        """The session of a cookie, renewed; None when unknown or over."""
        session = self._sessions.get(key)
        if session is None or session.expires <= now:
            self._sessions.pop(key, None)
            return None
        session.expires = now + session.age
        return session

    def token_for(self, user_id: str, peer: str, now: float) -> Token:
        """One token for each user and address: signing in again gives the same one a new life (§1.6)."""
        token = self._tokens.get((user_id, peer))
        if token is None or token.expires <= now:
            token = self._tokens[user_id, peer] = Token(self._word(_LETTERS, 36), user_id, 0)
        token.expires = now + TOKEN_AGE
        return token

    def user_of_token(self, key: str, now: float) -> str | None:
        """The user id of a bearer token that is alive."""
        for token in self._tokens.values():
            if token.key == key and token.expires > now:
                return token.user_id
        return None

    def end_all(self) -> None:
        """Ends every session and token."""
        self._sessions.clear()
        self._tokens.clear()


class Failures:
    """Failed tries by key, counted as the server does: the limit locks, a try while locked re-arms (§1.5)."""

    def __init__(self, limit: int = LIMIT, minutes: int = LOCK_MINUTES) -> None:
        self.limit, self.minutes = limit, minutes
        self._counts: dict[str, tuple[int, float]] = {}
        self._locked: dict[str, float] = {}

    def left(self, key: str, now: float) -> int:
        """Tries left before the failure at hand is counted."""
        count, until = self._counts.get(key, (0, 0.0))
        return self.limit - (count if until > now else 0)

    def count(self, key: str, now: float) -> None:
        """Counts a failure; the last one locks, each further one locks anew."""
        until = now + self.minutes * 60
        count = self.limit - self.left(key, now) + 1
        self._counts[key] = (count, until)
        if count >= self.limit:
            self._locked[key] = until

    def locked(self, key: str, now: float) -> bool:
        """True while the key is locked."""
        return self._locked.get(key, 0.0) > now

    def clear(self, key: str | None = None) -> None:
        """Forgets one key, or all."""
        for store in (self._counts, self._locked):
            store.clear() if key is None else store.pop(key, None)


def cookie(session: Session) -> str:
    """The `Set-Cookie` value of a session (recording auth-session-ok)."""
    end = formatdate(session.expires, usegmt=True)
    tail = f"HttpOnly; Max-Age={session.age}; Path=/; SameSite=Lax"
    return f"jms_sessionid={session.key}; expires={end}; {tail}"
