"""How long an answer counts as new, by the `kind` of its query: the one table."""

from __future__ import annotations

from typing import Final

TTL: Final[dict[str, float]] = {
    "profile": 300.0,  # who I am and what I may do: changes when an administrator acts
    "orgs": 300.0,
    "settings": 600.0,
    "platforms": 600.0,  # nearly constant
    "tree": 120.0,  # one call for the whole tree with its counts
    "list": 60.0,
    "detail": 60.0,
    "rules": 60.0,
    "verdict": 60.0,
    "suggest": 60.0,
    "health": 10.0,
}
"""Seconds within which an answer is shown without a request."""

DEFAULT: Final = 60.0


def ttl(kind: str) -> float:
    """Seconds for a query of this kind; `DEFAULT` for a kind that has no row."""
    return TTL.get(kind, DEFAULT)
