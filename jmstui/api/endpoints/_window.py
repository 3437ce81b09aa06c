"""The parameters that every list has."""

from __future__ import annotations

from collections.abc import Mapping

Pairs = list[tuple[str, object]]


def window(
    offset: int,
    limit: int,
    fields: str | None,
    search: str | None,
    order: str | None,
    filters: Mapping[str, object],
) -> Pairs:
    """`limit` always: without it a list is cut at 200 rows and nothing says so (§7.1). None is left out.

    `order` and `search` empty mean the server's own order and no search.
    """
    return [
        ("limit", limit),
        ("offset", offset),
        ("fields", fields or None),
        ("search", search or None),
        ("order", order or None),
        *filters.items(),
    ]
