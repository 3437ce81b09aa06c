"""The same harm in the explorer, on a terminal: nothing of it is drawn as it came, in any view, or copied."""

from __future__ import annotations

import base64
import os
import re

from tests.budgets.tty import Terminal
from tests.demo_server import RunningDemo
from tests.security.canaries import JMSTUI, OSC52
from tests.security.hostile import FORBIDDEN

OURS = re.compile(
    r"\x1b\[[0-9;:?<>=]*[$ ]?[A-Za-z]|\x1b\]22;default\x07|\x1b[78=>]|\x1b[()][0AB]|[\r\n\x08\x0f]"
)
"""Control sequences of the explorer itself: cursor, colours, modes. The pointer is the only OSC; no DCS."""


NAMED = {"⏎": "\r", "⇥": "\t", "⇨": "\x1b[C", "⎋": "\x1b"}
KEYS = """
jjjj jjjj G ⇥ jj⏎ ⇥ ⏎ ⇨ ⇨ ⇨ ⇨ ⎋ 2 jjj ⏎ ⇨ ⇨ ⎋ 3 jjj ⏎ ⇨ ⇨ ⎋ 5 jj :groups⏎ jj :platforms⏎ jj :nodes⏎ jj
o jj ⎋ 1 /red⏎ jj w ⎋ ⎋ 1 x ⎋ ⎋ 1 ? ⎋ 1
"""


def assert_harmless(raw: bytes) -> None:
    """Whatever is left when the explorer's own sequences are taken out is plain text."""
    text = OURS.sub("", raw.decode("utf-8", "surrogateescape"))
    found = FORBIDDEN.search(text)
    assert found is None, repr(text[max(0, found.start() - 60) : found.end() + 30])
    assert "evil.example" not in "".join(re.findall(r"\x1b[\]P].{0,200}", raw.decode("utf-8", "replace")))


def test_every_view(hostile: RunningDemo) -> None:
    environ = {"JMSTUI_URL": hostile.url, "JMSTUI_PRIVATE_TOKEN": hostile.credentials["private_token"]}
    with Terminal(JMSTUI, 140, 40, environ={"PYTHONPATH": os.getcwd(), **environ}) as terminal:
        terminal.wait(r"1–\d+ of ")
        for keys in KEYS.split():
            terminal.write("".join(NAMED.get(key, key) for key in keys))
            terminal.settle(0.15 if "⎋" in keys else 0.05, 4)
        shown = bytes(terminal.raw)
        assert_harmless(shown)
        assert "␛[31mred".encode() in shown, "the escape sequence stands there as text"
        assert b"[bold red]markup[/]" in shown
        terminal.write("@")
        terminal.wait("BYTES")
        terminal.write("c")
        terminal.wait("clipboard")
        for copied in OSC52.findall(bytes(terminal.raw)):
            assert FORBIDDEN.search(base64.b64decode(copied).decode()) is None
        terminal.write("\x03\x03")
        terminal.settle(0.5)
        assert_harmless(re.sub(OSC52.pattern + rb"\x07", b"", bytes(terminal.raw)))
