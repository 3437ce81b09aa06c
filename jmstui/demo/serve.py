"""Runs the demo server over HTTP with uvicorn, imported when used."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import uvicorn


def make_server(app: Any) -> uvicorn.Server:
    """A quiet uvicorn server for `app`; `run(sockets=[…])` serves until `should_exit`."""
    import uvicorn

    config = uvicorn.Config(
        app,
        log_level="critical",
        access_log=False,
        lifespan="off",
        http="h11",
        ws="none",
        server_header=False,
        date_header=False,  # the demo's own clock tells it
        timeout_graceful_shutdown=1,
        timeout_keep_alive=60,
        backlog=512,
    )
    return uvicorn.Server(config)


def listen(port: int, host: str = "127.0.0.1") -> socket.socket:
    """A listening socket on loopback; port 0 picks a free one. Raises OSError when the port is taken."""
    # named, because asyncio switches Nagle off only then; else each answer waits 40 ms for an ACK
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(512)
    except OSError:
        listener.close()
        raise
    return listener
