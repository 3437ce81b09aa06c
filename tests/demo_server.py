"""The demo JumpServer on a real loopback socket, in a thread of the test's own process."""

from __future__ import annotations

import socket
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jmstui.demo.server import Demo


@dataclass
class RunningDemo:
    """A demo server that listens; it has the attributes of `Demo` (world, clock, faults, requests…) too."""

    demo: Demo
    url: str
    server: Any = field(repr=False)
    thread: threading.Thread = field(repr=False)

    @property
    def ready(self) -> dict[str, Any]:
        """The JSON line that `jmstui demo-server` prints."""
        return self.demo.ready(self.url)

    @property
    def credentials(self) -> dict[str, Any]:
        return self.ready["credentials"]

    @property
    def examples(self) -> dict[str, Any]:
        return self.ready["examples"]

    @property
    def people(self) -> dict[str, Any]:
        """`{"orgadmin": {"username", "password", "private_token", …}, …}`."""
        return self.ready["people"]

    def __getattr__(self, name: str) -> Any:
        return getattr(self.demo, name)

    def stop(self) -> None:
        """Stops listening: the next connection is refused. Safe to call twice."""
        self.server.should_exit = True
        self.server.force_exit = True
        self.thread.join(10)

    def close(self) -> None:
        """Stops, and raises what went wrong in the demo server itself."""
        self.stop()
        if self.demo.mistakes:
            raise self.demo.mistakes[0]


def run_demo(port: int = 0, **options: Any) -> RunningDemo:
    """Starts a demo server, on a free port when none is given; `options` as for `build_demo`, but no
    throttling by default."""
    from jmstui.demo import build_demo
    from jmstui.demo.serve import make_server

    demo = build_demo(**{"rate": 0, "anon_rate": 0, **options})
    # named, because asyncio switches Nagle off only then; else each answer waits 40 ms for an ACK
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", port))
    server = make_server(demo.app)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    deadline = time.monotonic() + 20
    while not server.started:
        if time.monotonic() > deadline or not thread.is_alive():
            raise RuntimeError("the demo server did not start")
        time.sleep(0.005)
    host, port = listener.getsockname()
    return RunningDemo(demo, f"http://{host}:{port}", server, thread)
