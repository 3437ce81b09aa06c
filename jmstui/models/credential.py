"""The four credentials, plus a bearer token that already exists. Secrets never show in `repr`."""

from __future__ import annotations

import weakref
from dataclasses import dataclass

_alive: weakref.WeakValueDictionary[int, Secret] = weakref.WeakValueDictionary()


class Secret:
    """A text that must not be shown: `repr` and `str` hide it, `reveal()` gives it."""

    __slots__ = ("__weakref__", "_text")

    def __init__(self, text: str) -> None:
        self._text = text
        _alive[id(self)] = self

    def reveal(self) -> str:
        """The secret itself, for the one place that sends it."""
        return self._text

    def __repr__(self) -> str:
        return "Secret(…)"

    __str__ = __repr__

    def __bool__(self) -> bool:
        return bool(self._text)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._text == self._text

    def __hash__(self) -> int:
        return hash(self._text)

    def __reduce__(self) -> tuple[object, ...]:
        raise TypeError("a secret is not pickled")


def known_secrets() -> set[str]:
    """Every secret that is in memory now, for those who take secrets out of a text (crash reports)."""
    return {secret.reveal() for secret in list(_alive.values()) if secret}


@dataclass(frozen=True, slots=True)
class Password:
    """Token mode: a user name (or e-mail) and a password, exchanged for a bearer token (§1.2)."""

    username: str
    password: Secret


@dataclass(frozen=True, slots=True)
class BearerToken:
    """A bearer token that was made before (§1.6)."""

    token: Secret


@dataclass(frozen=True, slots=True)
class PrivateToken:
    """A private token, sent as `Token …` (§1.7)."""

    token: Secret


@dataclass(frozen=True, slots=True)
class AccessKey:
    """An access key: id and secret, used to sign each request (§1.8)."""

    id: str
    secret: Secret


@dataclass(frozen=True, slots=True)
class SessionCookie:
    """The browser's session: a whole `Cookie` header or the bare value of `jms_sessionid` (§1.10)."""

    cookie: Secret


Credential = Password | BearerToken | PrivateToken | AccessKey | SessionCookie
