"""Faults that a test or `demo-server --fault` switches on: what a bad network or a wrong server does."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from jmstui.demo import errors

KINDS = {
    "reset": "sends half of a body, then drops the connection",
    "silence": "says nothing for 30 s (silence=N: N s), then answers",
    "429": "throttled, Retry-After 2 s (429=N: N s)",
    "502": "a proxy's Bad Gateway page",
    "503": "a proxy's Service Unavailable page",
    "html": "a web page with status 200",
    "html-500": "a web page with status 500",
    "truncated": "a JSON body cut in the middle, with a fitting length",
    "malformed": "a body that says it is JSON and is not",
    "expire": "401 for every credential from now on; one may sign in anew with a password",
    "redirect-elsewhere": "302 to another host",
    "huge": "a body that never ends",
    "gzip-bomb": "a small compressed body of 1 GB",
    "deep": "JSON nested 100,000 deep",
    "bad-row": "three rows of a list with a number, a null and a lone surrogate for a name",
}
_SECONDS = {"silence": 30.0, "429": 2.0}


@dataclass(slots=True)
class Fault:
    """One fault; `path_prefix` with or without `/api/v1/`, "" for every path; `times` None: until cleared.

    Raises ValueError for an unknown kind. (`refuse` is no kind: stop the server.)
    """

    kind: str
    path_prefix: str = ""
    times: int | None = None
    seconds: float = 0.0

    def __post_init__(self) -> None:
        self.kind, mark, amount = self.kind.partition("=")
        if self.kind not in KINDS:
            raise ValueError(f"no such fault: {self.kind}. There are: {', '.join(KINDS)}")
        if mark:
            self.seconds = float(amount)
        self.seconds = self.seconds or _SECONDS.get(self.kind, 0.0)

    @classmethod
    def parse(cls, text: str) -> Fault:
        """From `KIND[:PATH[:TIMES]]`. Raises ValueError with a sentence."""
        kind, _, rest = text.partition(":")
        prefix, _, times = rest.partition(":")
        if times and not times.isdigit():
            raise ValueError(f"{text}: the number of times is no number")
        return cls(kind, prefix, int(times) if times else None)

    def covers(self, path: str) -> bool:
        """True when the fault is on for this path."""
        if self.times == 0:
            return False
        prefix = self.path_prefix
        if prefix and not prefix.startswith("/api/"):
            prefix = "/api/v1/" + prefix.lstrip("/")
        return path.startswith(prefix)


class Faults:
    """The faults that are on. `on_expire` ends the sessions and tokens that exist."""

    def __init__(self, faults: Iterable[Fault], on_expire: Callable[[], None]) -> None:
        self._on: list[Fault] = []
        self._on_expire = on_expire
        for fault in faults:
            self.add(fault)

    def add(self, fault: Fault) -> None:
        """Switches a fault on."""
        if fault.kind == "expire":
            self._on_expire()
        self._on.append(fault)

    def clear(self) -> None:
        """Switches every fault off; sessions that `expire` ended stay ended."""
        self._on.clear()

    def __len__(self) -> int:
        return len(self._on)

    @property
    def expired(self) -> bool:
        """True while `expire` is on."""
        return any(fault.kind == "expire" for fault in self._on)

    def take(self, path: str) -> Fault | None:
        """The fault for a request to `path`, counted down; None when there is none."""
        for fault in self._on:
            if fault.kind != "expire" and fault.covers(path):
                if fault.times is not None:
                    fault.times -= 1
                return fault
        return None


def whole_answer(fault: Fault) -> tuple[int, dict[str, str], bytes] | None:
    """Status, headers and body of a fault that answers instead of the server; None for the other kinds."""
    html = {"Content-Type": "text/html; charset=utf-8"}
    json_type = {"Content-Type": "application/json"}
    if fault.kind == "429":
        problem = errors.throttled(round(fault.seconds))
        return 429, {**json_type, **problem.headers}, json.dumps(problem.body).encode()
    if fault.kind in ("502", "503"):
        title = "502 Bad Gateway" if fault.kind == "502" else "503 Service Temporarily Unavailable"
        return int(fault.kind), html, errors.page(title).encode()
    if fault.kind == "html":
        return 200, html, errors.page("Welcome to the intranet").encode()
    if fault.kind == "html-500":
        return 500, html, errors.page("Server internal error").encode()
    if fault.kind == "malformed":
        return 200, json_type, b'{"count": 3, "next": null, "results": [{"id": }]'
    if fault.kind == "deep":
        return 200, json_type, b"[" * 100_000 + b"]" * 100_000
    if fault.kind == "redirect-elsewhere":
        return 302, {**html, "Location": "https://elsewhere.example.com/api/v1/users/profile/"}, b""
    return None


def spoil_rows(value: Any) -> Any:
    """A list answer whose first three rows have a number, a null and a lone surrogate for a name."""
    rows = value.get("results") if isinstance(value, dict) else value
    if isinstance(rows, list):
        for row, name in zip(rows, (12345, None, "broken \ud83d name"), strict=False):
            if isinstance(row, dict):
                row["name"] = name
    return value
