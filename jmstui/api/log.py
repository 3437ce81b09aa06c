"""The last requests, without any secret, and each as a `curl` line."""

from __future__ import annotations

import shlex
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, Literal

KEPT: Final = 500

_SECRET_WORDS: Final = (
    "password",
    "passwd",
    "token",
    "code",
    "secret",
    "authorization",
    "cookie",
    "session",
    "signature",
)

Kind = Literal["bearer", "private_token", "access_key", "session", "none"]
"""What signs a request, for the variable of a `curl` line."""

_HEADER: Final[dict[str, str]] = {
    "bearer": '-H "Authorization: Bearer $JMSTUI_TOKEN"',
    "private_token": '-H "Authorization: Token $JMSTUI_PRIVATE_TOKEN"',
    "access_key": '-H "Date: $JMSTUI_DATE" -H "Authorization: $JMSTUI_SIGNATURE"',
    "session": '-H "Cookie: $JMSTUI_SESSION"',
}

_NOTE: Final[dict[str, str]] = {
    "access_key": (
        "# an access key signs each request: $JMSTUI_SIGNATURE is the Authorization header that signs\n"
        "# (request-target) and date with the key; $JMSTUI_DATE is that date\n"
    ),
    "session": "# $JMSTUI_SESSION is the whole Cookie header: jms_sessionid=...\n",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One request, or one that was not needed."""

    at: float
    """When, in seconds since the epoch."""
    method: str
    path: str
    """Behind `/api/v1/`."""
    params: tuple[tuple[str, str], ...]
    """Scrubbed."""
    org: str
    how: Literal["sent", "cached", "joined"]
    status: int | None = None
    """None when no answer came, or none was needed."""
    ms: float = 0.0
    size: int = 0
    """Bytes of the body."""
    waited: float = 0.0
    """Seconds that the request budget held it back."""
    error: str = ""
    """The error's code word, "" when there was none."""
    again: int = 0
    """0 for the first try, then 1, 2, 3."""

    @property
    def query(self) -> str:
        """The query string, to be read."""
        return "&".join(f"{key}={value}" for key, value in self.params)

    @property
    def outcome(self) -> str:
        """`sent`, `cached`, `joined`, or `waited 12 s`, with the number of the try when it is a repeated
        one."""
        word = f"waited {self.waited:.0f} s" if self.waited >= 0.5 else self.how
        return f"{word}, try {self.again + 1}" if self.again else word


class RequestLog:
    """The last `KEPT` entries, the oldest first. `total` counts all requests that were sent since the
    start."""

    def __init__(self, kept: int = KEPT) -> None:
        self._entries: deque[Entry] = deque(maxlen=kept)
        self.total = 0

    def __len__(self) -> int:
        return len(self._entries)

    def __iter__(self) -> Iterator[Entry]:
        return iter(list(self._entries))

    def __getitem__(self, index: int) -> Entry:
        return self._entries[index]

    def add(self, entry: Entry) -> None:
        """Keep it; the oldest goes."""
        self._entries.append(entry)
        self.total += entry.how == "sent"


def scrub(params: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """The parameters with the value of everything that may be a secret taken out."""
    return tuple(
        (key, "..." if any(word in key.lower() for word in _SECRET_WORDS) else value) for key, value in params
    )


def as_curl(entry: Entry, server: str, kind: Kind) -> str:
    """The request as a shell command, exactly as it went out, with the credential as an environment variable.

    `server` is the address without `/api/v1/`. Everything that came from the server or from a person is
    quoted for a POSIX shell. With an access key the command is not signed, and a comment above says what is
    missing.
    """
    from jmstui.api.address import parse_address
    from jmstui.api.transport import target_of

    address = parse_address(server)
    url = f"{address.scheme}://{address.netloc}{target_of(address, entry.path, entry.params)}"
    parts = ["curl", "-sS"]
    if entry.method != "GET":
        parts.append(f"-X {shlex.quote(entry.method)}")
    parts += ["-H 'Accept: application/json'", "-H 'Content-Type: application/json'"]
    if entry.org:
        parts.append("-H " + shlex.quote(f"X-JMS-ORG: {entry.org}"))
    if kind in _HEADER:
        parts.append(_HEADER[kind])
    parts.append(shlex.quote(url))
    return _NOTE.get(kind, "") + " ".join(parts)
