"""Servers for the tests of the way there: raw TCP, and an ASGI application that records."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def tcp_server(talk: Talk, context: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    """A server on loopback that hands every connection to `talk`; gives its port."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await talk(reader, writer)
        except (ConnectionError, asyncio.CancelledError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0, ssl=context)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


def answers(raw: bytes) -> Talk:
    """Reads one request and writes these bytes."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(raw)
        await writer.drain()

    return talk


def response(body: bytes, status: str = "200 OK", kind: str = "application/json", extra: str = "") -> bytes:
    head = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n{extra}\r\n"
    return head.encode() + body


@dataclass
class Seen:
    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Recorder:
    """An ASGI application that remembers requests and gives the answers it was told, the last for ever."""

    replies: list[tuple[int, dict[str, Any], bytes]] = field(
        default_factory=lambda: [(200, {"content-type": "application/json"}, b"{}")]
    )
    seen: list[Seen] = field(default_factory=list)

    def will(self, *replies: tuple[int, dict[str, Any], bytes]) -> Recorder:
        self.replies = list(replies)
        return self

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        message = await receive()
        headers = {k.decode("latin-1").lower(): v.decode("latin-1") for k, v in scope["headers"]}
        raw_path = scope["raw_path"].decode()
        self.seen.append(
            Seen(scope["method"], raw_path, scope["query_string"].decode(), headers, message.get("body", b""))
        )
        status, extra, body = self.replies[0] if len(self.replies) == 1 else self.replies.pop(0)
        pairs = [
            (k.encode(), each.encode())
            for k, v in extra.items()
            for each in (v if isinstance(v, list) else [v])
        ]
        await send({"type": "http.response.start", "status": status, "headers": pairs})
        await send({"type": "http.response.body", "body": body})
