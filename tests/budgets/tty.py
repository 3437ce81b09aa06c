"""A terminal to measure in: a program on a pty, a pyte screen that shows what it draws, and a count of its
bytes.

As a command: `python -m tests.budgets.tty PATTERN -- PROGRAM ARG…` prints the seconds until PATTERN is on
screen.
"""

from __future__ import annotations

import codecs
import fcntl
import os
import pty
import re
import select
import signal
import struct
import sys
import termios
import time
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Final, NamedTuple

import pyte

TRUECOLOR: Final = {"TERM": "xterm-256color", "COLORTERM": "truecolor"}
COLORS_256: Final = {"TERM": "xterm-256color", "COLORTERM": ""}
COLORS_16: Final = {"TERM": "xterm", "COLORTERM": ""}

ANSWERS: Final = {
    b"\x1b[?2026$p": b"\x1b[?2026;2$y",  # synchronized output: here, off
    b"\x1b[?2048$p": b"\x1b[?2048;0$y",  # in-band resize: not here
    b"\x1b[c": b"\x1b[?62;22c",
    b"\x1b[6n": b"\x1b[1;1R",
}
"""What a terminal says when it is asked; a program that waits for an answer would measure as slow."""
NOT_FOR_PYTE: Final = re.compile(rb"\x1b\[[><=][0-9;]*[a-zA-Z]|\x1b\[\?[0-9;]*\$[a-z]")


class Spent(NamedTuple):
    """What a key cost: bytes that came, and seconds until the first and until the last of them."""

    bytes: int
    first: float
    last: float


class Terminal:
    """`argv` on a pty of `columns` × `rows` that shows text in `encoding`. `environ` is laid over this
    process's own."""

    def __init__(
        self,
        argv: Sequence[str],
        columns: int = 140,
        rows: int = 40,
        environ: Mapping[str, str] | None = None,
        folder: str | None = None,
        encoding: str = "utf-8",
    ) -> None:
        self.screen = pyte.Screen(columns, rows)
        self._decode = codecs.getincrementaldecoder(encoding)("replace").decode
        self._stream = pyte.Stream(self.screen)
        self.total = 0
        """Bytes that came so far."""
        self.raw = bytearray()
        """All of them."""
        self.ended = False
        self.started = self.heard = time.perf_counter()
        self.pid, self._fd = pty.fork()
        if self.pid == 0:
            _become(
                argv,
                {**TRUECOLOR, "LANG": "C.UTF-8", "NO_COLOR": "", **(environ or {})},
                columns,
                rows,
                folder,
            )
        self.resize(columns, rows, tell=False)

    def __enter__(self) -> Terminal:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def resize(self, columns: int, rows: int, tell: bool = True) -> None:
        """Another size, as when a window is dragged."""
        fcntl.ioctl(self._fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        if tell:
            self.screen.resize(rows, columns)

    def read(self, seconds: float) -> bool:
        """Take what comes within `seconds`; False when nothing did."""
        if self.ended or not select.select([self._fd], [], [], seconds)[0]:
            return False
        # what comes in one piece is taken in one piece: drawing it here takes longer than the program took
        data = self._take()
        while not self.ended and select.select([self._fd], [], [], 0.001)[0]:
            data += self._take()
        if not data:
            return False
        self.total += len(data)
        self.raw += data
        for question, answer in ANSWERS.items():
            if question in data:
                self.write(answer)
        self._stream.feed(self._decode(NOT_FOR_PYTE.sub(b"", data)))
        return True

    def _take(self) -> bytes:
        try:
            data = os.read(self._fd, 1 << 16)
        except OSError:  # Linux answers so when the other side has gone
            data = b""
        if data:
            self.heard = time.perf_counter()
        else:
            self.ended = True
        return data

    def write(self, keys: bytes | str) -> None:
        """Type."""
        os.write(self._fd, keys.encode() if isinstance(keys, str) else keys)

    def text(self) -> str:
        """The screen, without trailing spaces."""
        return "\n".join(self.line(y) for y in range(self.screen.lines))

    def line(self, y: int) -> str:
        """A line of it, cell by cell: pyte keeps an empty one behind each wide character, and its own
        `display` fails over one that was half overwritten."""
        cells = self.screen.buffer[y]
        return "".join(cells[x].data for x in range(self.screen.columns)).rstrip()

    def wait(self, pattern: str, seconds: float = 30) -> float:
        """Seconds since the start until `pattern` is on screen. Raises AssertionError, with the screen, when
        it does not come."""
        wanted = re.compile(pattern)
        end = time.perf_counter() + seconds
        while not wanted.search(self.text()):
            if self.ended or time.perf_counter() > end:
                raise AssertionError(f"{pattern!r} did not come up within {seconds} s:\n{self.text()}")
            self.read(0.05)
        return self.heard - self.started

    def settle(self, quiet: float = 0.3, seconds: float = 20) -> None:
        """Read until nothing came for `quiet` seconds."""
        end = time.perf_counter() + seconds
        while self.read(quiet) and time.perf_counter() < end:
            pass

    def press(self, keys: bytes | str, quiet: float = 0.2) -> Spent:
        """Type, read until it is quiet, and say what came."""
        before, start = self.total, time.perf_counter()
        self.write(keys)
        first = 0.0
        while self.read(quiet):
            first = first or self.heard - start
        return Spent(self.total - before, first, max(0.0, self.heard - start))

    def listen(self, seconds: float) -> int:
        """Bytes that come within `seconds` by themselves."""
        before, end = self.total, time.perf_counter() + seconds
        while (left := end - time.perf_counter()) > 0 and not self.ended:
            self.read(left)
        return self.total - before

    def cpu(self) -> float:
        """Seconds of processor time that the program has used (Linux; 0.0 elsewhere)."""
        try:
            with open(f"/proc/{self.pid}/stat") as file:
                fields = file.read().rpartition(")")[2].split()
        except OSError:
            return 0.0
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def memory(self) -> float:
        """Resident megabytes (Linux; 0.0 elsewhere)."""
        try:
            with open(f"/proc/{self.pid}/status") as file:
                return next(int(line.split()[1]) / 1024 for line in file if line.startswith("VmRSS"))
        except (OSError, StopIteration):
            return 0.0

    def close(self) -> None:
        """End the program, by force if it does not listen."""
        for number in (signal.SIGTERM, signal.SIGKILL):
            try:
                os.kill(self.pid, number)
            except ProcessLookupError:
                break
            end = time.perf_counter() + 3
            gone = 0
            while not gone and time.perf_counter() < end:
                self.read(0.05)
                gone = os.waitpid(self.pid, os.WNOHANG)[0]
            if gone:
                break
        os.close(self._fd)


def _become(
    argv: Sequence[str], environ: Mapping[str, str], columns: int, rows: int, folder: str | None
) -> None:
    """In the child: turn into the program, never return."""
    try:
        fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        kept = {key: value for key, value in {**os.environ, **environ}.items() if value}
        kept.pop("COLUMNS", None)
        kept.pop("LINES", None)
        if folder:
            os.chdir(folder)
        os.execvpe(argv[0], list(argv), kept)
    finally:
        os._exit(127)


def main(arguments: Sequence[str]) -> None:
    """The command."""
    at = arguments.index("--")
    with Terminal(list(arguments[at + 1 :])) as terminal:
        seconds = terminal.wait(arguments[0])
        terminal.settle()
        print(f"{seconds:.3f} s, {terminal.total:,} bytes, {terminal.memory():.0f} MB")


if __name__ == "__main__":
    main(sys.argv[1:])
