"""The ASGI side of the demo server: reads a request, waits, spoils the answer when a fault is on, sends."""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from email.utils import formatdate
from typing import TYPE_CHECKING, Any

from jmstui.demo import faults
from jmstui.demo.request import Request
from jmstui.demo.server import Answer, encode

if TYPE_CHECKING:
    from jmstui.demo.faults import Fault
    from jmstui.demo.server import Demo

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
MAX_BODY = 10_000_000
ENDLESS = 4_000_000_000
"""Bytes after which even an endless body ends."""


class App:
    """`await app(scope, receive, send)`: served by uvicorn, or called in-process."""

    def __init__(self, demo: Demo) -> None:
        self._demo = demo

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Serves one HTTP request."""
        if scope["type"] == "lifespan":
            await _lifespan(receive, send)
            return
        if scope["type"] != "http":
            raise ValueError(f"cannot serve {scope['type']}")
        demo, request = self._demo, await _read(scope, receive)
        fault = demo.faults.take(request.path)
        if demo.latency_ms:
            await asyncio.sleep(demo.latency_ms / 1000)
        if fault is not None and fault.kind == "silence":
            await _quiet(receive, fault.seconds)
        whole = faults.whole_answer(fault) if fault is not None else None
        if whole is not None:
            answer = Answer(whole[0], list(whole[1].items()), whole[2])
        else:
            answer = demo.answer(request)
        demo.served(request.method, request.raw_path, request.raw_query, answer.status)
        date = formatdate(demo.clock.time(), usegmt=True)
        await _deliver(answer, fault, request.method == "HEAD", date, receive, send)


async def _lifespan(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        await send({"type": message["type"] + ".complete"})
        if message["type"] == "lifespan.shutdown":
            return


async def _read(scope: Message, receive: Receive) -> Request:
    chunks, size, more = [], 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            break
        chunk = message.get("body", b"")
        size += len(chunk)
        if size <= MAX_BODY:
            chunks.append(chunk)
        more = message.get("more_body", False)
    headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
    raw_path = scope.get("raw_path") or scope["path"].encode()
    return Request(
        method=scope["method"],
        raw_path=raw_path.decode("latin-1"),
        raw_query=scope.get("query_string", b"").decode("latin-1"),
        headers=headers,
        body=b"".join(chunks),
        peer=(scope.get("client") or ("127.0.0.1", 0))[0],
        scheme=scope.get("scheme", "http"),
    )


async def _quiet(receive: Receive, seconds: float) -> None:
    """Waits, or until the client has gone."""
    gone = _gone(receive)
    await asyncio.wait({gone}, timeout=seconds)
    gone.cancel()


def _gone(receive: Receive) -> asyncio.Task[Message]:
    """Ends when the client has gone."""
    return asyncio.ensure_future(receive())


async def _deliver(
    answer: Answer, fault: Fault | None, bare: bool, date: str, receive: Receive, send: Send
) -> None:
    """Sends the answer with its `date`, spoiled by the fault. Raises ConnectionResetError for `reset`: it
    drops the line."""
    kind = fault.kind if fault is not None else ""
    body = answer.body
    if kind == "bad-row" and answer.data is not None:
        body = encode(faults.spoil_rows(answer.data))
    elif kind == "truncated":
        body = body[: len(body) * 2 // 3]
    if kind in ("huge", "gzip-bomb"):
        await _stream(kind, receive, send)
        return
    headers = [*answer.headers, ("Date", date), ("Content-Length", str(len(body)))]
    await send({"type": "http.response.start", "status": answer.status, "headers": _raw(headers)})
    if kind == "reset":
        await send({"type": "http.response.body", "body": body[: len(body) // 2], "more_body": True})
        await asyncio.sleep(0.01)
        raise ConnectionResetError("fault: the connection is dropped in the middle of a body")
    await send({"type": "http.response.body", "body": b"" if bare else body})


async def _stream(kind: str, receive: Receive, send: Send) -> None:
    """A body without an end, or a compressed one of 1 GB, until the client has gone."""
    headers = [("Content-Type", "application/json")]
    if kind == "gzip-bomb":
        headers.append(("Content-Encoding", "gzip"))
    await send({"type": "http.response.start", "status": 200, "headers": _raw(headers)})
    gone = _gone(receive)
    async for chunk in _bomb() if kind == "gzip-bomb" else _rows():
        if gone.done():
            return
        await send({"type": "http.response.body", "body": chunk, "more_body": True})
    gone.cancel()
    await send({"type": "http.response.body", "body": b""})


async def _rows() -> AsyncIterator[bytes]:
    yield b'{"count":1,"next":null,"previous":null,"results":['
    row = b'{"id":"00000000-0000-0000-0000-000000000000","name":"again","address":"192.0.2.1"},' * 800
    for _ in range(ENDLESS // len(row)):
        yield row
        await asyncio.sleep(0)


async def _bomb() -> AsyncIterator[bytes]:
    """1 GB of spaces: after a full flush the compressed 10 MB block may be sent again and again."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    yield packer.compress(b"[") + packer.flush(zlib.Z_FULL_FLUSH)
    block = packer.compress(b" " * 10_000_000) + packer.flush(zlib.Z_FULL_FLUSH)
    for _ in range(100):
        yield block
        await asyncio.sleep(0)


def _raw(headers: list[tuple[str, str]]) -> list[tuple[bytes, bytes]]:
    return [(name.lower().encode("latin-1"), value.encode("latin-1", "replace")) for name, value in headers]
