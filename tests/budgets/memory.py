"""How much memory a client takes that scrolls through everything; run it: `python -m tests.budgets.memory`.

`--assets N` (100,000) sets the size of the server's world; `--weight` measures `jmstui.api.cache.WEIGHT`.
The server and the client are processes of their own, so that each pays for itself. Linux only (`/proc`).
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from jmstui.api.auth import auth_for
from jmstui.api.client import Client
from jmstui.api.endpoints import assets, permissions, users
from jmstui.api.pages import RemoteList
from jmstui.api.query import Query
from jmstui.api.transport import Transport
from jmstui.models.credential import PrivateToken, Secret

ROOT = "00000000-0000-0000-0000-000000000000"
SCREEN = 40
LIMIT_MB = 120


def resident_mb(peak: bool = False) -> float:
    """Resident memory of this process in MB, now or at most."""
    wanted = "VmHWM:" if peak else "VmRSS:"
    line = next(x for x in Path("/proc/self/status").read_text().splitlines() if x.startswith(wanted))
    return int(line.split()[1]) / 1024


@contextmanager
def server(assets: int) -> Iterator[tuple[str, str]]:
    """A demo server as a process of its own: its address and the administrator's private token."""
    options = ["--port", "0", "--assets", str(assets), "--rate", "0"]
    command = [sys.executable, "-m", "jmstui", "demo-server", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            ready = json.loads(process.stdout.readline())
            yield ready["url"], ready["credentials"]["private_token"]
        finally:
            process.terminate()


def measure(assets: int) -> dict[str, float]:
    """Scroll through all of them in a process of its own; what that took."""
    with server(assets) as (url, token):
        command = [sys.executable, "-m", "tests.budgets.memory", "--scroll", url, token]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    result: dict[str, float] = json.loads(done.stdout)
    return result


def open_client(url: str, token: str) -> Client:
    """A client with a request budget that does not hold it back."""
    transport = Transport(url, auth_for(PrivateToken(Secret(token))), proxy_from_env=False)
    return Client(transport, org=ROOT, requests=1_000_000)


async def scroll(url: str, token: str) -> dict[str, float]:
    """Show every row of every page once, screen by screen."""
    began = time.perf_counter()
    client = open_client(url, token)
    arrived = asyncio.Event()
    remote = RemoteList(client, lambda o, n: assets.page(o, n), on_change=lambda change: arrived.set())
    shown = first = 0
    while remote.total is None or first < remote.total:
        remote.want(first, first + SCREEN - 1, 1)
        for index in range(first, min(first + SCREEN, remote.total or SCREEN)):
            while remote.get(index) is None:
                arrived.clear()
                await asyncio.wait_for(arrived.wait(), 30)
            shown += 1
        first += SCREEN - 1  # less than a screen is a step, and steps do not wait
    entries = len(client._core.cache)
    sent = client.log.total
    remote.close()
    await client.aclose()
    return {
        "rows": remote.total or 0,
        "shown": shown,
        "requests": sent,
        "pages_kept": entries,
        "seconds": time.perf_counter() - began,
        "peak_mb": resident_mb(peak=True),
    }


async def weigh(url: str, token: str) -> dict[str, float]:
    """Memory of body and decoded rows, in multiples of the body's length, for each kind of page."""
    client = open_client(url, token)
    kinds: dict[str, Callable[[int], Query[Any]]] = {
        "assets": lambda n: assets.page(n * 100, 100),
        "assets, all fields": lambda n: assets.page(n * 100, 100, fields=None),
        "users": lambda n: users.page(n % 5 * 100, 100),
        "rules": lambda n: permissions.page(n % 3 * 100, 100),
    }
    found = {}
    for name, question in kinds.items():
        asked = [question(n) for n in range(15)]
        raws = [await client._core.transport.send("GET", q.path, q.params, org=ROOT) for q in asked]
        gc.collect()
        tracemalloc.start()
        before = tracemalloc.get_traced_memory()[0]
        values = [q.decode(raw.body) for q, raw in zip(asked, raws, strict=True)]
        gc.collect()
        used = tracemalloc.get_traced_memory()[0] - before
        tracemalloc.stop()
        found[name] = 1 + used / sum(len(raw.body) for raw in raws)
        del values
    await client.aclose()
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--assets", type=int, default=100_000)
    parser.add_argument("--weight", action="store_true")
    parser.add_argument("--scroll", nargs=2, metavar=("URL", "TOKEN"), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.scroll:
        print(json.dumps(asyncio.run(scroll(*given.scroll))))
    elif given.weight:
        with server(5000) as (url, token):
            for name, weight in asyncio.run(weigh(url, token)).items():
                print(f"{name:20} {weight:.2f}")
    else:
        for name, value in measure(given.assets).items():
            print(f"{name:12} {value:,.1f}")


if __name__ == "__main__":
    main()
