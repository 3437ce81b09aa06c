"""What the service layer tells whoever is interested, beside its answers."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jmstui.api.errors import ApiError
    from jmstui.api.query import Query


@dataclass(frozen=True, slots=True)
class Offline:
    """The server cannot be reached since this moment (s since the epoch)."""

    since: float


@dataclass(frozen=True, slots=True)
class Online:
    """The server answers again."""


@dataclass(frozen=True, slots=True)
class SignInNeeded:
    """The credential is refused; comes once, until `Client.replace_credential`."""

    error: ApiError


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A new credential is in place: what failed for want of one may be asked again."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """The request budget is spent: the next interactive request goes at this moment (s since the epoch)."""

    until: float


@dataclass(frozen=True, slots=True)
class Resumed:
    """Nobody waits for the request budget any more."""


@dataclass(frozen=True, slots=True)
class Refreshed:
    """A newer answer to this question came and differs from the one before."""

    query: Query[Any]


@dataclass(frozen=True, slots=True)
class RefreshFailed:
    """A refresh behind an old answer failed; the old answer stays."""

    query: Query[Any]
    error: ApiError


@dataclass(frozen=True, slots=True)
class ClocksDiffer:
    """This machine's clock is not the server's, whose time counts; comes once. `by`: "5 days ahead of the
    server's"."""

    by: str


Event = (
    ClocksDiffer | Offline | Online | SignInNeeded | SignedIn | Waiting | Resumed | Refreshed | RefreshFailed
)


class Listeners:
    """Those who want to know. `add` gives a function that takes the listener out again."""

    def __init__(self) -> None:
        self._all: dict[object, Callable[[Event], None]] = {}

    def __bool__(self) -> bool:
        return bool(self._all)

    def add(self, callback: Callable[[Event], None]) -> Callable[[], None]:
        """`callback` is called on the event loop, in the order of the events, and must not block."""
        token = object()
        self._all[token] = callback
        return lambda: self._all.pop(token, None) and None

    def emit(self, event: Event) -> None:
        """Tell everybody; one listener's failure goes to the loop's handler and costs the others nothing."""
        for callback in list(self._all.values()):
            try:
                callback(event)
            except Exception as error:
                asyncio.get_running_loop().call_exception_handler(
                    {"message": f"a listener failed on {type(event).__name__}", "exception": error}
                )
