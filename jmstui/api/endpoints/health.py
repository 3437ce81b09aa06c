"""Is the server well? Open to everybody (§7.8)."""

from __future__ import annotations

from jmstui.api.decode import one as one_of
from jmstui.api.query import Query, query
from jmstui.models.server import Health


def health() -> Query[Health]:
    """Database, redis, and the server's clock."""
    return query("health/", one_of(Health), "health")
