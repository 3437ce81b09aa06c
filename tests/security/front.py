"""What stands before a JumpServer: TLS, a base path, another cookie prefix; and a proxy on the way there."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import fields
from typing import Any

from jmstui.demo.request import Request
from tests.api.certificates import Made
from tests.demo_server import run_demo


class Below(Request):
    """A request whose base path was taken off for routing; its signature covers the path that was sent."""

    base = ""

    @property
    def target(self) -> str:
        return self.base + super().target


@contextlib.contextmanager
def front(
    made: Made | None = None, *, base: str = "", host: str = "127.0.0.1", prefix: str = "jms_", **options: Any
) -> Iterator[tuple[Any, str]]:
    """(a demo server, its address) behind TLS with this certificate, a base path and a cookie prefix."""
    import uvicorn

    running = run_demo(**{"assets": 60, **options})
    plain: Callable[[Request], Any] = running.demo.answer

    def answer(request: Request) -> Any:
        if not request.raw_path.startswith(f"{base}/"):
            return running.demo._outside(request, 404, "Not found")
        values = {each.name: getattr(request, each.name) for each in fields(Request)}
        values["raw_path"] = request.raw_path[len(base) :]
        values["headers"] = {**request.headers, "cookie": _renamed(request.headers.get("cookie", ""), prefix)}
        below = Below(**values)
        below.base = base
        given = plain(below)
        given.headers = [
            (name, _set(value, prefix) if name == "Set-Cookie" else value) for name, value in given.headers
        ]
        return given

    running.demo.answer = answer  # type: ignore[method-assign]
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    listener.bind((host, 0))
    listener.listen(64)
    pair: dict[str, Any] = {"ssl_certfile": str(made.both)} if made else {}
    config = uvicorn.Config(
        running.demo.app, log_level="critical", lifespan="off", http="h11", ws="none", **pair
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    for _ in range(2000):
        if server.started:
            break
        time.sleep(0.005)
    name = f"[{host}]" if ":" in host else host
    try:
        yield running, f"http{'s' if made else ''}://{name}:{listener.getsockname()[1]}{base}"
    finally:
        server.should_exit = server.force_exit = True
        thread.join(10)
        running.close()


def _renamed(cookie: str, prefix: str) -> str:
    if prefix == "jms_":
        return cookie
    return cookie.replace("jms_", "other_").replace(f"{prefix}sessionid", "jms_sessionid")


def _set(value: str, prefix: str) -> str:
    return value.replace("jms_", prefix)


@contextlib.contextmanager
def connect_proxy() -> Iterator[tuple[str, list[str]]]:
    """(address, request lines) of a proxy that opens tunnels for CONNECT."""
    lines: list[str] = []
    listener = socket.create_server(("127.0.0.1", 0))
    over = threading.Event()

    def serve() -> None:
        while not over.is_set():
            with contextlib.suppress(OSError):
                client, _ = listener.accept()
                threading.Thread(target=_tunnel, args=(client, lines), daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield f"127.0.0.1:{listener.getsockname()[1]}", lines
    finally:
        over.set()
        listener.close()


def _tunnel(client: socket.socket, lines: list[str]) -> None:
    head = b""
    while b"\r\n\r\n" not in head:
        head += client.recv(4096) or b"\r\n\r\n"
    line = head.split(b"\r\n", 1)[0].decode()
    lines.append(line)
    host, _, port = line.split()[1].rpartition(":")
    server = socket.create_connection((host.strip("[]"), int(port)))
    client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
    threading.Thread(target=_pump, args=(server, client), daemon=True).start()
    _pump(client, server)


def _pump(source: socket.socket, sink: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            sink.sendall(data)
    with contextlib.suppress(OSError):
        sink.shutdown(socket.SHUT_WR)
