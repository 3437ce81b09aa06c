"""The server's "no", kept as long as a "yes" is: errors are not cached, and here a 404 is the answer."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from jmstui.api.ttl import ttl

if TYPE_CHECKING:
    from jmstui.api.client import Client
    from jmstui.api.log import RequestLog
    from jmstui.api.query import Query

_MOST = 1000
_Key = tuple[str, str, "Query[Any]"]
_kept: WeakKeyDictionary[RequestLog, dict[_Key, float]] = WeakKeyDictionary()
"""By connection: its log is the one thing that the clients of all organizations share."""


def _key(client: Client, query: Query[Any]) -> _Key:
    return client.identity, query.org or client.org or "", query


def keep(client: Client, query: Query[Any]) -> None:
    """Remember that the server said no to this question just now."""
    kept = _kept.setdefault(client.log, {})
    if len(kept) >= _MOST:
        kept.clear()
    kept[_key(client, query)] = time.monotonic()


def holds(client: Client, query: Query[Any]) -> bool:
    """Whether it said so within the time to live of the question's kind."""
    at = _kept.get(client.log, {}).get(_key(client, query))
    return at is not None and time.monotonic() - at < ttl(query.kind)


def forget(client: Client, query: Query[Any]) -> None:
    """The server says yes now."""
    _kept.get(client.log, {}).pop(_key(client, query), None)
