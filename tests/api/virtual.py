"""Time that passes only when everybody waits, and a server of a few lines that lives in it."""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeVar

from jmstui.api.client import Client
from jmstui.api.clock import Clock
from jmstui.api.errors import ApiError, Throttled
from jmstui.api.query import Query, query
from jmstui.models.base import Ref
from jmstui.models.page import Page

T = TypeVar("T")
EPOCH = 1_800_000_000.0


class VirtualLoop(asyncio.SelectorEventLoop):
    """Instead of waiting for a timer it moves the clock there; it raises when everybody waits for nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 1000.0
        select = self._selector.select  # type: ignore[attr-defined]

        def jump(timeout: float | None) -> Any:
            ready = select(0)
            if ready or timeout == 0:
                return ready
            if timeout is None:
                raise RuntimeError("everybody waits, and nothing will happen")
            self.now += timeout
            return ready

        self._selector.select = jump  # type: ignore[attr-defined]

    def time(self) -> float:
        return self.now


def run(work: Coroutine[Any, Any, T]) -> T:
    """The result of `work` in virtual time; afterwards no task may be left over."""
    loop = VirtualLoop()
    try:
        result = loop.run_until_complete(work)
        left = asyncio.all_tasks(loop)
        assert not left, f"left running: {left}"
        return result
    finally:
        for task in asyncio.all_tasks(loop):
            task.cancel()
        loop.run_until_complete(asyncio.sleep(0))
        loop.close()


def virtual(test: Callable[..., Coroutine[Any, Any, None]]) -> Callable[..., None]:
    """A test that runs in virtual time."""

    @wraps(test)
    def wrapper(*args: Any, **kwargs: Any) -> None:
        run(test(*args, **kwargs))

    return wrapper


def clock() -> Clock:
    """The clocks of the running virtual loop."""
    loop = asyncio.get_running_loop()
    return Clock(loop.time, lambda: EPOCH + loop.time(), asyncio.sleep)


@dataclass(frozen=True)
class Reply:
    status: int
    body: bytes
    ms: float = 100.0


class FakeServer:
    """Lists at `rows/`, things that show their organization and version, and what goes wrong."""

    def __init__(self, total: int = 1000, latency: float = 0.1) -> None:
        self.url = "https://jms.test"
        self.auth: Any = "somebody"
        self.latency = latency
        self.rows: list[str] = [f"r{n}" for n in range(total)]
        self.count: int | None = None
        """What the server says instead of the number of rows."""
        self.version = 0
        self.asked: list[tuple[str, dict[str, str], str | None]] = []
        self.times: list[float] = []
        self.faults: deque[ApiError | None] = deque()
        self.down: Callable[[], ApiError] | None = None
        self.limit: int | None = None
        """Requests a minute, as the real server counts them."""
        self.foreign: deque[float] = deque()
        self.under_way = self.most_under_way = self.cancelled = self.refused = 0
        self.closed = False
        self._served: deque[float] = deque()

    @property
    def pages(self) -> list[int]:
        """The offsets that were asked for."""
        return [int(params["offset"]) for path, params, _ in self.asked if "offset" in params]

    async def aclose(self) -> None:
        self.closed = True

    async def send(
        self, method: str, path: str, params: Sequence[tuple[str, str]] = (), *, org: str | None = None
    ) -> Reply:
        assert method == "GET"
        self.asked.append((path, dict(params), org))
        self.times.append(asyncio.get_running_loop().time())
        self.under_way += 1
        self.most_under_way = max(self.most_under_way, self.under_way)
        try:
            self._throttle()
            await asyncio.sleep(self.latency)
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        finally:
            self.under_way -= 1
        fault = self.faults.popleft() if self.faults else None
        if fault is None and self.down is not None:
            fault = self.down()
        if fault is not None:
            raise fault
        return Reply(200, json.dumps(self._answer(path, dict(params), org)).encode())

    def _throttle(self) -> None:
        now = asyncio.get_running_loop().time()
        if self.limit is None:
            return
        while self._served and self._served[0] <= now - 60:
            self._served.popleft()
        while self.foreign and self.foreign[0] <= now:
            self._served.append(self.foreign.popleft())
        if len(self._served) >= self.limit:
            self.refused += 1
            error = Throttled(max(1.0, -(-(60 - (now - self._served[0])) // 1)))
            error.status = 429
            raise error
        self._served.append(now)

    def _answer(self, path: str, params: dict[str, str], org: str | None) -> Any:
        if "offset" not in params:
            return {"id": f"{org}/{path}/{self.version}"}
        first, limit = int(params["offset"]), int(params["limit"])
        rows = [{"id": f"{org}:{row}" if org else row} for row in self.rows[first : first + limit]]
        return {"count": len(self.rows) if self.count is None else self.count, "results": rows}


def decode_page(body: bytes) -> Page[Ref]:
    data = json.loads(body)
    return Page([Ref(id=row["id"]) for row in data["results"]], data["count"])


def decode_thing(body: bytes) -> str:
    return str(json.loads(body)["id"])


def rows(offset: int, limit: int, path: str = "rows/") -> Query[Page[Ref]]:
    return query(path, decode_page, "list", [("offset", offset), ("limit", limit)])


def thing(n: int = 0, kind: str = "detail") -> Query[str]:
    return query(f"things/{n}/", decode_thing, kind)


def failing(error: type[ApiError] | ApiError, status: int | None = None, *args: Any) -> ApiError:
    """An error as the transport raises it."""
    found = error if isinstance(error, ApiError) else error(*args)
    found.status = status
    return found


async def outcome(work: Awaitable[T]) -> T | ApiError:
    """The result, or the error, as a value."""
    try:
        return await work
    except ApiError as error:
        return error


def new_client(server: FakeServer, **options: Any) -> Client:
    return Client(server, **{"clock": clock(), "jitter": lambda: 0.5, **options})
