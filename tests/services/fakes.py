"""A client that answers from a table: path to JSON, a list of pages, or an error."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any, TypeVar

from jmstui.api.errors import NotFound
from jmstui.api.log import RequestLog
from jmstui.api.query import Answer, Query
from jmstui.models.organization import DEFAULT, Organization
from jmstui.models.profile import Profile
from jmstui.services.identity import Identity

T = TypeVar("T")


class FakeClient:
    """`answers[path]` is the body of a GET, or a function of its parameters; `asked` are the queries."""

    def __init__(self, answers: dict[str, Any], org: str = DEFAULT) -> None:
        self.answers, self.org, self.identity = answers, org, "me"
        self.log = RequestLog()
        self.asked: list[Query[Any]] = []

    def server_now(self) -> datetime:
        return datetime.now(UTC)

    async def get(self, query: Query[T], **_: Any) -> Answer[T]:
        self.asked.append(query)
        body = self.answers[query.path]
        if callable(body):
            body = body(dict(query.params))
        if isinstance(body, NotFound) and query.absent and not body.unknown_path:
            return Answer(query.decode(b""), 0.0)
        if isinstance(body, Exception):
            raise body
        return Answer(query.decode(json.dumps(body).encode()), 0.0)


def listed(rows: list[Any], count: int | None = None) -> dict[str, Any]:
    """A page as the server wraps it."""
    return {"count": len(rows) if count is None else count, "next": None, "previous": None, "results": rows}


def identity(superuser: bool = True, org: str = DEFAULT) -> Identity:
    """Somebody who may everything, or nothing."""
    here = Organization(id=org, name="Default")
    return Identity(Profile(id="me", username="me", is_superuser=superuser), frozenset(), (), here)
