"""The real explorer on terminals with many, few and no colours: what it sends, and that words say it all."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from tests.budgets.explorer import JMSTUI, serving, signing_in
from tests.budgets.tty import COLORS_16, COLORS_256, TRUECOLOR, Terminal

pytestmark = pytest.mark.xdist_group("terminal")
ATTRIBUTES = {0, 1, 2, 4, 7, 39, 49}
SIXTEEN = ATTRIBUTES | {*range(30, 38), *range(40, 48), *range(90, 98), *range(100, 108)}


@pytest.fixture(scope="module")
def environ() -> Iterator[dict[str, str]]:
    with serving("--assets", "500") as ready, signing_in(ready) as own:
        yield own


def drawn(environ: Mapping[str, str], known: Mapping[str, str], *flags: str) -> tuple[str, set[int], bytes]:
    """The rules as a terminal with these variables shows them, the SGR parameters it was sent, all bytes."""
    argv = [*JMSTUI, "--org", "root", *flags]
    with Terminal(argv, environ={**environ, "COLORTERM": "", **known}) as terminal:
        terminal.wait(r"1–\d+ of")
        terminal.press("3")
        terminal.wait(r"Permissions .*1–\d+ of")
        terminal.press("\x1b[B", quiet=0.3)
        sent = bytes(terminal.raw)
        found = re.findall(rb"\x1b\[([0-9;]*)m", sent)
        return terminal.text(), {int(each) for part in found for each in part.split(b";") if each}, sent


def words(text: str) -> Any:
    """What the rules' table says, without the status line's times."""
    return [line for line in text.splitlines() if " ms" not in line]


def test_few_colours_and_none_say_the_same(environ: dict[str, str]) -> None:
    full, _, _ = drawn(environ, TRUECOLOR)
    for status in ("valid", "expired", "soon", "disabled", "not-started"):
        assert status in full, "each status is a word"
    for known, allowed in (
        (COLORS_16, SIXTEEN),
        ({"TERM": "linux"}, ATTRIBUTES | set(range(30, 38))),
        ({"TERM": "screen"}, ATTRIBUTES | set(range(30, 38))),
        ({"TERM": "vt100"}, ATTRIBUTES),
        ({**COLORS_256, "NO_COLOR": "1"}, ATTRIBUTES),
    ):
        text, parameters, sent = drawn(environ, known)
        assert parameters <= allowed, known
        assert words(text) == words(full), known
        if allowed != SIXTEEN:
            assert b"7" in re.findall(rb"\x1b\[(7)[;m]", sent), "the row under the cursor is reversed"


@pytest.mark.parametrize("theme", ["light", "ansi"])
def test_other_themes_say_the_same(environ: dict[str, str], theme: str) -> None:
    full, _, _ = drawn(environ, COLORS_256)
    text, parameters, _ = drawn(environ, COLORS_256, "--theme", theme)
    assert words(text) == words(full)
    if theme == "ansi":
        assert parameters <= ATTRIBUTES | set(range(30, 38)), "the terminal's own sixteen, and its own ground"


def test_synchronized_output_and_the_mouse(environ: dict[str, str]) -> None:
    """Our terminal answers that it knows the first (`tty.ANSWERS`): each picture stands between begin and
    end. The mouse is left to the terminal."""
    _, _, sent = drawn(environ, TRUECOLOR)
    assert sent.count(b"\x1b[?2026h") == sent.count(b"\x1b[?2026l") > 0
    assert not re.findall(rb"\x1b\[\?100[0236]h", sent)
    _, _, sent = drawn(environ, TRUECOLOR, "--mouse")
    assert re.findall(rb"\x1b\[\?100[0236]h", sent)


def test_a_dumb_terminal_is_sent_no_control_sequences(environ: dict[str, str]) -> None:
    argv = [*JMSTUI, "list", "permissions", "--limit", "5"]
    with Terminal(argv, environ={**environ, "TERM": "dumb", "COLORTERM": ""}) as terminal:
        while not terminal.ended:
            terminal.read(0.5)
        assert "STATUS" in terminal.text()
        assert b"\x1b" not in terminal.raw
