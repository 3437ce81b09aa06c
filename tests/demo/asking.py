"""Asking a demo server without a socket."""

from __future__ import annotations

import json
from functools import cache
from typing import Any
from urllib.parse import quote

from jmstui.demo.request import Request
from jmstui.demo.server import Demo, build_demo

ROOT = "00000000-0000-0000-0000-000000000000"
DEFAULT = "00000000-0000-0000-0000-000000000002"


@cache
def demo(api: str = "4.10", assets: int = 2000) -> Demo:
    """A demo for reading: nobody changes it."""
    return build_demo(assets=assets, api=api, rate=0, anon_rate=0)


def ask(
    server: Demo,
    path: str,
    user: str = "admin",
    org: str = DEFAULT,
    method: str = "GET",
    body: Any = None,
    **more: str,
) -> tuple[int, Any]:
    """Status and JSON of a path behind `/api/v1/`, asked with the private token of a named person."""
    where, _, query = path.partition("?")
    headers = {
        "authorization": f"Token {server.world.people[user].private_token}",
        "content-type": "application/json",
        "accept-language": "en",
        "host": "demo.example",
        "x-jms-org": org,
        **{name.replace("_", "-"): value for name, value in more.items()},
    }
    content = b"" if body is None else json.dumps(body).encode()
    answer = server.answer(Request(method, quote(f"/api/v1/{where}"), query, headers, content, "127.0.0.1"))
    return answer.status, json.loads(answer.body) if answer.body else None


def rows(server: Demo, path: str, **options: Any) -> list[Any]:
    """The rows of a list that must answer 200."""
    status, found = ask(server, path, **options)
    assert status == 200, (status, found)
    return list(found["results"] if isinstance(found, dict) else found)


def count(server: Demo, path: str, **options: Any) -> int:
    """The number of rows that a list says it has."""
    status, found = ask(server, f"{path}{'&' if '?' in path else '?'}limit=1", **options)
    assert status == 200, (status, found)
    return int(found["count"])
