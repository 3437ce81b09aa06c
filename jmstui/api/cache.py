"""Answers by question, bounded in bytes, the least recently used out first. Errors never get in."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from jmstui.api.clock import Clock

DEFAULT_BYTES: Final = 32 * 1024 * 1024

WEIGHT: Final = 4.5
"""Memory of an entry in multiples of its body's length: the body and the decoded rows. Measured with
`python -m tests.budgets.memory --weight`: 2.6 to 4.1 for pages of assets, users and rules."""

OVERHEAD: Final = 1024
"""Bytes for the key, the entry and the dictionary slot."""


class Key(NamedTuple):
    """What makes two questions the same one. The organization is part, so that no row crosses."""

    server: str
    identity: str
    org: str
    method: str
    path: str
    params: tuple[tuple[str, str], ...]


@dataclass(slots=True)
class Entry:
    """One answer. The body stays, so that another decoder of the same question needs no request."""

    body: bytes
    value: Any
    decode: Callable[[bytes], Any]
    as_of: float
    born: float
    ttl: float
    size: int

    def read(self, decode: Callable[[bytes], Any]) -> Any:
        """The value as `decode` gives it; the last one is remembered. Raises what `decode` raises."""
        if decode != self.decode:
            self.value, self.decode = decode(self.body), decode
        return self.value


class Cache:
    """`limit` is in bytes of memory as `WEIGHT` estimates it; an entry larger than that is not kept."""

    def __init__(self, limit: int = DEFAULT_BYTES, clock: Clock | None = None) -> None:
        self.limit = limit
        self.used = 0
        self._clock = clock or Clock()
        self._entries: OrderedDict[Key, Entry] = OrderedDict()

    def __len__(self) -> int:
        return len(self._entries)

    def __contains__(self, key: Key) -> bool:
        return key in self._entries

    def get(self, key: Key) -> Entry | None:
        """The answer, whatever its age, and it counts as used."""
        entry = self._entries.get(key)
        if entry is not None:
            self._entries.move_to_end(key)
        return entry

    def make(self, body: bytes, value: Any, decode: Callable[[bytes], Any], ttl: float) -> Entry:
        """An entry as of now, not yet in the cache."""
        size = int(len(body) * WEIGHT) + OVERHEAD
        return Entry(body, value, decode, self._clock.wall(), self._clock.steady(), ttl, size)

    def put(self, key: Key, entry: Entry) -> None:
        """Keep the entry in place of the former one; others go until there is room."""
        self.drop(key)
        if entry.size > self.limit:
            return
        self._entries[key] = entry
        self.used += entry.size
        while self.used > self.limit:
            _, gone = self._entries.popitem(last=False)
            self.used -= gone.size

    def drop(self, key: Key) -> None:
        """Forget one answer."""
        former = self._entries.pop(key, None)
        if former is not None:
            self.used -= former.size

    def age(self, entry: Entry) -> float:
        """Seconds since the server gave it, whatever was done to this machine's clock meanwhile."""
        return self._clock.steady() - entry.born

    def is_fresh(self, entry: Entry) -> bool:
        """Within its time to live."""
        return self.age(entry) < entry.ttl

    def rename(self, former: str, identity: str) -> None:
        """Answers that came before it was known who asks now belong to `identity`; newer ones there are
        kept."""
        for key in [each for each in self._entries if each.identity == former]:
            entry = self._entries.pop(key)
            self.used -= entry.size
            new = key._replace(identity=identity)
            there = self._entries.get(new)
            if there is None or there.born <= entry.born:
                self.put(new, entry)
