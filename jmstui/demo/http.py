"""What a route of the demo server gets and gives; the server around it is in `server.py`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jmstui.demo.records import Org, User
    from jmstui.demo.world import World


@dataclass(slots=True)
class Ctx:
    """One request, authenticated and resolved to an organization."""

    world: World
    user: User | None
    org: Org
    method: str
    path: str
    """Behind `/api/v1/`, with its trailing slash."""
    query: dict[str, str]
    """The last value of each parameter, decoded."""
    headers: dict[str, str]
    """Names in lower case."""
    body: Any
    """The parsed JSON body, or None."""
    now: datetime
    base_url: str
    """`http://host:port/api/v1/`, as the server saw it, for `next` and `previous`."""
    raw_query: str = ""
    api: str = "4.10"
    """`4.10` or `3.10`."""
    edition: str = "enterprise"
    """`enterprise` or `community`."""
    tz: Any = None
    """A tzinfo: from `X-TZ`, else Asia/Shanghai."""
    extra: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Reply:
    """What a handler gives when a bare JSON value with 200 is not enough."""

    json: Any = None
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    text: str | None = None
    """An HTML or plain body instead of JSON."""


class Problem(Exception):
    """An error answer: status and JSON body."""

    def __init__(self, status: int, body: Any, headers: dict[str, str] | None = None) -> None:
        super().__init__(f"{status}")
        self.status, self.body, self.headers = status, body, headers or {}


Handler = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Route:
    """`pattern` behind `/api/v1/`, e.g. `assets/assets/{id}/`; `perm` is the code that RBAC wants, "" for any
    valid user, None for anybody at all."""

    method: str
    pattern: str
    handler: Handler
    perm: str | None = ""
