"""The seeded source of everything: ids, choices, dates."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TypeVar

T = TypeVar("T")


class Seeded(random.Random):
    """A `random.Random` that also makes ids, secrets and dates around one fixed `now`."""

    def __init__(self, seed: int, now: datetime) -> None:
        super().__init__(seed)
        self.now = now

    def uuid(self) -> str:
        """An id that looks like the server's (version 5), about 1 µs."""
        h = f"{self.getrandbits(128):032x}"
        return f"{h[:8]}-{h[8:12]}-5{h[13:16]}-a{h[17:20]}-{h[20:]}"

    def pick(self, options: Sequence[T]) -> T:
        """One of the options; quicker than `choice`."""
        return options[int(self.random() * len(options))]

    def some(self, options: Sequence[T], low: int, high: int) -> list[T]:
        """Between `low` and `high` different options, in random order."""
        return self.sample(options, min(len(options), self.randint(low, high)))

    def secret(self, length: int = 20) -> str:
        """A made-up password or token."""
        return "".join(self.choices("abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789", k=length))

    def base32(self, length: int = 16) -> str:
        """A made-up OTP secret."""
        return "".join(self.choices("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", k=length))

    def before(self, low_days: float, high_days: float) -> datetime:
        """A moment that many days before now, in whole seconds."""
        return self.now - timedelta(seconds=int(self.uniform(low_days, high_days) * 86400))

    def after(self, low_days: float, high_days: float) -> datetime:
        """A moment that many days after now, in whole seconds."""
        return self.now + timedelta(seconds=int(self.uniform(low_days, high_days) * 86400))
