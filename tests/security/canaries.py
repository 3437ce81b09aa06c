"""Secrets that are planted, and a search for them in everything that a program wrote."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from tests.demo_server import RunningDemo

JMSTUI = [sys.executable, "-m", "jmstui"]
OSC52 = re.compile(rb"\x1b\]52;[a-z]*;([A-Za-z0-9+/=]*)")


def planted(demo: RunningDemo) -> dict[str, str]:
    """The secrets of the demo's administrator and of its user with a second factor, by what they are."""
    known = demo.credentials
    bearer = demo.demo.sessions.token_for(demo.demo.admin.id, "127.0.0.1", demo.demo.clock.time())
    return {
        "password": known["token"]["password"],
        "mfa password": known["mfa"]["password"],
        "bearer": bearer.key,
        "private token": known["private_token"],
        "access key secret": known["access_key"]["secret"],
        "session": known["session"].partition("=")[2],
    }


def environments(secrets: Mapping[str, str], demo: RunningDemo) -> dict[str, dict[str, str]]:
    """The environment that signs in with each of them."""
    known = demo.credentials
    return {
        "password": {
            "JMSTUI_USERNAME": known["token"]["username"],
            "JMSTUI_PASSWORD": secrets["password"],
        },
        "bearer": {"JMSTUI_TOKEN": secrets["bearer"]},
        "private token": {"JMSTUI_PRIVATE_TOKEN": secrets["private token"]},
        "access key secret": {
            "JMSTUI_ACCESS_KEY_ID": known["access_key"]["id"],
            "JMSTUI_ACCESS_KEY_SECRET": secrets["access key secret"],
        },
        "session": {"JMSTUI_SESSION": f"jms_sessionid={secrets['session']}"},
    }


def found_in(data: bytes, secrets: Mapping[str, str]) -> list[str]:
    """The names of the secrets that stand in `data`: plain, quoted, reversed, in hex or base64, or in what
    was copied."""
    for copied in OSC52.findall(data):
        data += base64.b64decode(copied + b"=" * (-len(copied) % 4))
    return [name for name, text in secrets.items() if any(form in data for form in _forms(text))]


def _forms(text: str) -> set[bytes]:
    raw = text.encode()
    forms = {raw, quote(text, safe="").encode(), raw[::-1], raw.hex().encode()}
    for shift in range(3):  # base64 of a longer text that holds it, at each of the three alignments
        encoded = base64.b64encode(b"\0" * shift + raw)
        forms.add(encoded[4 * bool(shift) : len(encoded) - 4])
    return forms


def files_below(*folders: Path) -> dict[Path, bytes]:
    """Every file that was written there."""
    found = (path for folder in folders for path in folder.rglob("*") if path.is_file())
    return {path: path.read_bytes() for path in found}


class ProcessList:
    """Looks again and again at the command lines of what this process started, as `ps` does."""

    def __init__(self) -> None:
        self.seen: set[bytes] = set()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def _look(self) -> None:
        while not self._over.wait(0.01):
            parents = dict(_parents())
            for pid in parents:
                above, steps = pid, 0
                while above in parents and above != os.getpid() and steps < 50:
                    above, steps = parents[above], steps + 1
                if above == os.getpid() and steps:
                    with contextlib.suppress(OSError):
                        self.seen.add(Path(f"/proc/{pid}/cmdline").read_bytes())

    def __enter__(self) -> ProcessList:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()


def _parents() -> Iterator[tuple[int, int]]:
    """Each process, and who started it."""
    for pid in filter(str.isdigit, os.listdir("/proc")):
        with contextlib.suppress(OSError):
            yield int(pid), int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


@dataclass
class Ran:
    """What a command wrote, and how it ended."""

    status: int
    out: str = field(repr=False)
    err: str = field(repr=False)

    @property
    def all(self) -> bytes:
        """Both streams."""
        return (self.out + self.err).encode("utf-8", "surrogateescape")


EACH = """
import base64, io, json, os, sys
from jmstui.cli.main import run
real, ran = sys.stdout, []
plain = dict(os.environ)
for argv, environ in json.load(sys.stdin):
    os.environ.clear()
    os.environ.update(plain | environ)
    sys.stdout = io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True)
    sys.stderr = io.TextIOWrapper(io.BytesIO(), "utf-8", "backslashreplace", write_through=True)
    streams = sys.stdout, sys.stderr
    status = run(argv)
    ran.append([status, *(base64.b64encode(each.buffer.getvalue()).decode() for each in streams)])
sys.stderr = sys.__stderr__
real.write(json.dumps(ran))
"""


def run_each(commands: Sequence[Sequence[str]], environ: Mapping[str, str]) -> list[Ran]:
    """Commands of `jmstui` in one environment, one after the other in one program: most of what one costs is
    its start."""
    return run_cases([(argv, environ) for argv in commands])


def run_cases(cases: Sequence[tuple[Sequence[str], Mapping[str, str]]]) -> list[Ran]:
    """The same, with an environment for each command."""
    given = json.dumps([(list(argv), dict(environ)) for argv, environ in cases])
    done = run([sys.executable, "-c", EACH], {}, stdin=given)
    assert done.status == 0, done.err
    assert done.err == "", "nothing is written past the streams of the commands"
    each = ((status, *map(base64.b64decode, written)) for status, *written in json.loads(done.out))
    return [
        Ran(status, out.decode("utf-8", "surrogateescape"), err.decode("utf-8", "surrogateescape"))
        for status, out, err in each
    ]


def run(argv: Sequence[str], environ: Mapping[str, str], seconds: float = 60, stdin: str = "") -> Ran:
    """A program of its own, in the environment of the test with `environ` over it, without a terminal."""
    done = subprocess.run(
        list(argv),
        env={**os.environ, "PYTHONPATH": os.getcwd(), **environ},
        input=stdin.encode(),
        capture_output=True,
        timeout=seconds,
        check=False,
    )
    return Ran(
        done.returncode,
        done.stdout.decode("utf-8", "surrogateescape"),
        done.stderr.decode("utf-8", "surrogateescape"),
    )
