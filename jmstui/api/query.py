"""A question to the server as data, and its answer with an age."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Generic, Literal, TypeVar

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class Priority(IntEnum):
    """Who goes first when the request budget is short."""

    INTERACTIVE = 0
    PREFETCH = 1


@dataclass(frozen=True, slots=True)
class Query(Generic[T]):
    """One GET. Equal queries (path, parameters, organization) are the same question.

    `path` is what stands behind `/api/v1/` and must be in `endpoints/reads.py`; `params` are sorted pairs;
    `kind` names the row of the table of times to live (`api/ttl.py`); `decode` turns the body into the value
    and raises `Undecodable`. `org` overrides the client's organization for this question alone.
    """

    path: str
    params: tuple[tuple[str, str], ...]
    kind: str
    decode: Callable[[bytes], T] = field(compare=False, repr=False)
    org: str | None = None
    absent: bool = field(default=False, compare=False)
    """The server's 404 for the object is an answer, kept with its age as any other; `decode` gets `b""`."""


def query(
    path: str,
    decode: Callable[[bytes], T],
    kind: str,
    params: Iterable[tuple[str, object]] = (),
    org: str | None = None,
    absent: bool = False,
) -> Query[T]:
    """Build a `Query`: drops parameters that are None, writes booleans as the server reads them, sorts."""
    pairs = tuple(
        sorted(
            (key, ("true" if value else "false") if isinstance(value, bool) else str(value))
            for key, value in params
            if value is not None
        )
    )
    return Query(path, pairs, kind, decode, org, absent)


@dataclass(frozen=True, slots=True)
class Answer(Generic[T_co]):
    """A value and where it came from."""

    value: T_co
    as_of: float
    """When the server gave it, in seconds since the epoch."""
    source: Literal["server", "cache", "joined"] = "server"
    stale: bool = False
    """Past its time to live: a refresh is under way, or the network is gone."""
    born: float | None = None
    """The same moment as `as_of` on the clock that nobody can set (`Clock.steady`), for its age."""
