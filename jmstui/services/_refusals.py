"""The server's "no", kept as long as a "yes" is: errors are not cached, and here a 404 is the answer."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from jmstui.api.ttl import ttl

if TYPE_CHECKING:
    from jmstui.api.client import Client
    from jmstui.api.query import Query

_MOST = 1000
_kept: WeakKeyDictionary[Client, dict[tuple[str, Query[Any]], float]] = WeakKeyDictionary()


def keep(client: Client, query: Query[Any]) -> None:
    """Remember that the server said no to this question just now."""
    kept = _kept.setdefault(client, {})
    if len(kept) >= _MOST:
        kept.clear()
    kept[client.identity, query] = time.monotonic()


def holds(client: Client, query: Query[Any]) -> bool:
    """Whether it said so within the time to live of the question's kind."""
    at = _kept.get(client, {}).get((client.identity, query))
    return at is not None and time.monotonic() - at < ttl(query.kind)


def forget(client: Client, query: Query[Any]) -> None:
    """The server says yes now."""
    _kept.get(client, {}).pop((client.identity, query), None)
