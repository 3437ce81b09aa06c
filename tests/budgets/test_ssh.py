"""One real round trip: `ssh -tt localhost jmstui --demo` over a line of 100 ms and 256 kbit/s.

The line is a relay between ssh and sshd in this process: the kernel's netem is not there on every machine.
"""

from __future__ import annotations

import asyncio
import getpass
import os
import shlex
import shutil
import socket
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.budgets.explorer import plain
from tests.budgets.tty import TRUECOLOR, Terminal

SSHD = shutil.which("sshd") or shutil.which("sshd", path="/usr/sbin:/usr/local/sbin")
LATENCY = 0.05
"""Seconds each way."""
RATE = 256_000 / 8
"""Bytes a second each way."""
DOWN = "\x1b[B"

pytestmark = [
    pytest.mark.xdist_group("terminal"),
    pytest.mark.skipif(SSHD is None or shutil.which("ssh") is None, reason="ssh or sshd is not installed"),
]


async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """One direction of the line: each piece leaves when those before it are through, and arrives later."""
    queue: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()

    async def deliver() -> None:
        while True:
            due, data = await queue.get()
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            writer.write(data)
            if not data:
                writer.close()
                return

    delivering = asyncio.create_task(deliver())
    free = 0.0
    while data := await reader.read(1024):
        free = max(free, time.monotonic()) + len(data) / RATE
        queue.put_nowait((free + LATENCY, data))
    queue.put_nowait((free + LATENCY, b""))
    await delivering


async def relay(listener: socket.socket, port: int, ended: threading.Event) -> None:
    """Join each connection to `listener` with one to `port`, until `ended` is set."""

    async def join(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection("127.0.0.1", port)
        await asyncio.gather(carry(reader, back), carry(there, writer), return_exceptions=True)

    async with await asyncio.start_server(join, sock=listener):
        await asyncio.to_thread(ended.wait)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


def keygen(path: Path) -> None:
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(path)], check=True)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[int]:
    """The port of an sshd of our own, with keys and configuration in a directory of the test."""
    assert SSHD is not None
    keygen(tmp_path / "host")
    keygen(tmp_path / "user")
    shutil.copy(tmp_path / "user.pub", tmp_path / "authorized")
    port = free_port()
    (tmp_path / "sshd_config").write_text(
        f"ListenAddress 127.0.0.1:{port}\nHostKey {tmp_path}/host\nPidFile none\nUsePAM no\nStrictModes no\n"
        f"AuthorizedKeysFile {tmp_path}/authorized\nPasswordAuthentication no\nPermitRootLogin yes\n"
    )
    if os.getuid() == 0:
        Path("/run/sshd").mkdir(exist_ok=True)  # where sshd, started by root, wants an empty directory
    command = [SSHD, "-D", "-e", "-f", str(tmp_path / "sshd_config")]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        try:
            said = process.stderr.readline()
            if "listening" not in said:
                pytest.skip(f"sshd does not start here: {said.strip()}")
            yield port
        finally:
            process.terminate()


@pytest.fixture
def line(server: int) -> Iterator[int]:
    """The port of the slow line to it."""
    listener = socket.create_server(("127.0.0.1", 0))
    ended = threading.Event()
    thread = threading.Thread(target=lambda: asyncio.run(relay(listener, server, ended)), daemon=True)
    thread.start()
    yield int(listener.getsockname()[1])
    ended.set()
    thread.join(5)


def test_over_a_slow_line(line: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = Path(__file__).parents[2]
    # sshd forwards neither COLORTERM nor a virtual environment: what remains is what a jump host has
    remote = (
        f"cd {shlex.quote(str(root))} && LANG=C.UTF-8 exec {shlex.quote(sys.executable)} -m jmstui --demo"
    )
    options = {
        "Port": line,
        "IdentityFile": tmp_path / "user",
        "UserKnownHostsFile": tmp_path / "known",
        "StrictHostKeyChecking": "no",
        "IdentitiesOnly": "yes",
        "BatchMode": "yes",
    }
    argv = ["ssh", "-F", "none", "-tt", "-q", *(f"-o{name}={value}" for name, value in options.items())]
    argv += [f"{getpass.getuser()}@127.0.0.1", remote]
    with Terminal(argv, environ={**plain({}), **TRUECOLOR}) as terminal:
        rows = terminal.wait(r"1–\d+ of", 60)
        terminal.settle(1.5)
        first = terminal.text()
        spent = [terminal.press(DOWN, quiet=0.3) for _ in range(12)]
        terminal.settle(1)
        assert "jump-01" in first
        assert "Traceback" not in terminal.text()
        page = terminal.press("\x1b[6~", quiet=0.6)
        assert terminal.text() != first, "the cursor moved down a page"
        terminal.write("\x03\x03")
        end = time.monotonic() + 20
        while not terminal.ended and time.monotonic() < end:
            terminal.read(0.2)
        assert terminal.ended, "Ctrl-C twice ends it"
        assert b"\x1b[?1049l" in terminal.raw, "the alternate screen is left"
    assert all(each.bytes > 0 for each in spent), "every key is answered"
    felt = [each.first * 1000 for each in spent]
    with capsys.disabled():
        print(
            f"\nover 100 ms and 256 kbit/s: rows after {rows:.1f} s; ↓ felt {statistics.median(felt):.0f} ms"
        )
        print(f"(median of 12; slowest {max(felt):.0f} ms); PgDn {page.last * 1000:.0f} ms")
