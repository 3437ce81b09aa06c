"""What the recordings say about the shape of an answer: keys and types at each place, over every row seen."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

Place = tuple[str, ...]
_ID = re.compile(r"/(?:[0-9a-f]{8}-[0-9a-f-]{27}|self)/")


def template(path: str) -> str:
    """A path without its query, ids replaced: `/api/v1/assets/assets/{id}/`."""
    path = path.split("?")[0]
    while (changed := _ID.sub("/{id}/", path, count=1)) != path:
        path = changed
    return path


def kind(value: Any) -> str:
    """The JSON type."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    names = {int: "number", float: "number", str: "string", dict: "object", list: "array"}
    return names[type(value)]


def rows_of(value: Any) -> Any:
    """The rows of a page, or the value itself: `limit` changes the wrapping, not the rows."""
    return value["results"] if isinstance(value, dict) and {"count", "results"} <= set(value) else value


def walk(value: Any, place: Place = ()) -> Iterator[tuple[Place, Any]]:
    """Every value with its place; the elements of an array share the place `[]`."""
    yield place, value
    if isinstance(value, dict):
        for name, each in value.items():
            yield from walk(each, (*place, name))
    elif isinstance(value, list):
        for each in value:
            yield from walk(each, (*place, "[]"))


def named(place: Place) -> Place:
    """The last two names of a place, whatever list or page it is in: `asset/zone`, `zone`."""
    return tuple(name for name in place if name != "[]")[-2:]


class Pool:
    """Types and key sets by (path, place), and by the last names of the place, over the recordings given."""

    def __init__(self, recordings: list[dict[str, Any]]) -> None:
        self._types: dict[tuple[str, Place], set[str]] = defaultdict(set)
        self._keys: dict[tuple[str, Place], set[frozenset[str]]] = defaultdict(set)
        for recording in recordings:
            of = template(recording["request"]["path"])
            for place, value in walk(rows_of(recording["response"].get("json"))):
                for owner, where in ((of, place), ("", named(place))):
                    self._types[owner, where].add(kind(value))
                    if isinstance(value, dict):
                        self._keys[owner, where].add(frozenset(value))

    def types(self, of: str, place: Place) -> set[str]:
        """The types seen at a place of this path, and null where it was seen under that name elsewhere.

        Where only null or nothing was seen, those that were seen under that name elsewhere.
        """
        seen, elsewhere = self._types[of, place], self._types["", named(place)]
        return seen | elsewhere if seen <= {"null"} else seen | (elsewhere & {"null"})

    def keys(self, of: str, place: Place) -> set[frozenset[str]]:
        """The key sets seen at a place of this path, or under that name elsewhere."""
        return self._keys[of, place] | self._keys["", named(place)]

    def knows_rows(self, of: str) -> bool:
        """False when every recorded list of this path was empty: then nothing is known of its rows."""
        return (of, ("[]",)) in self._types or (of, ()) in self._keys


def differences(pool: Pool, of: str, recorded: Any, served: Any) -> list[str]:
    """In words, where the served value departs from the recorded one and from all that was recorded there."""
    found: list[str] = []
    if kind(recorded) != kind(served):
        return [f"{kind(served)} instead of {kind(recorded)}"]
    if isinstance(recorded, dict) and set(recorded) != set(served):
        found.append(_keys_differ("", set(recorded), set(served)))
    inside, rows = rows_of(recorded), rows_of(served)
    if isinstance(inside, list) and inside and not rows:
        found.append("no rows, although there were some")
    own: dict[Place, set[frozenset[str]]] = defaultdict(set)
    for place, value in walk(inside):
        if isinstance(value, dict):
            own[place].add(frozenset(value))
    if isinstance(rows, list) and not pool.knows_rows(of):
        return found
    for place, value in walk(rows):
        at = "/".join(place) or "the whole"
        allowed = pool.types(of, place)
        if kind(value) not in allowed:
            found.append(f"{at}: {kind(value)}, only {sorted(allowed) or 'nothing'} was seen")
        if isinstance(value, dict):
            # The rows themselves depend on `fields`, so that only this recording counts for them.
            known = own[place] if len(place) <= 1 and own[place] else own[place] | pool.keys(of, place)
            if frozenset(value) not in known:
                nearest = min(known, key=lambda keys: len(keys ^ set(value)), default=frozenset())
                found.append(_keys_differ(at, set(nearest), set(value)))
    return list(dict.fromkeys(found))


def _keys_differ(at: str, recorded: set[str], served: set[str]) -> str:
    lacks, extra = sorted(recorded - served), sorted(served - recorded)
    return f"{at or 'the whole'}: lacks {lacks}, has besides {extra}"
