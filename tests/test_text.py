"""Text that is safe to draw and as wide as it says."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
import unicodedata
from pathlib import Path

import pyte
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from rich.cells import cell_len

from jmstui.text import LIMIT, STACK, clean, cut, cut_start, pad, width, wrap

AWKWARD = (
    "\x00\t\n\r\x1b\x7f\x9b\xad\u0301\u034f\u061c\u200b\u200d"
    "\u202e\u2066\u2028\u3164\ufe0f\ufeff\ud800\U000e0067"
)
MIXED = "👨👩👧❤☎🏽🇨🇳1⃣生产한글ｱﾞａéа́नि☰"
anything = st.text(st.one_of(st.characters(), st.sampled_from(AWKWARD + MIXED)), max_size=60)


@pytest.mark.parametrize(
    ("given_text", "shown"),
    [
        ("plain text", "plain text"),
        ("生产环境 café Привет", "生产环境 café Привет"),
        ("[bold]not markup[/]", "[bold]not markup[/]"),
        ("a\x1b[31mred", "a␛[31mred"),
        ("\x1b]52;c;AAAA\x07", "␛]52;c;AAAA␇"),
        ("\x1b]8;;http://evil\x1b\\x", "␛]8;;http://evil␛\\x"),
        ("two\nlines\r\nthree\rfour\u2028five", "two↵lines↵three↵four↵five"),
        ("a\tb\x7f\x00", "a⇥b␡␀"),
        ("\x9b31m", "‹9B›31m"),
        ("web\u202egnp.exe", "web‹202E›gnp.exe"),
        ("a\u2066b\u2069\u200f\u061c", "a‹2066›b‹2069›‹200F›‹61C›"),
        ("ad\u200bmin\ufeff", "ad‹200B›min‹FEFF›"),
        ("a\u200db", "a‹200D›b"),
        ("blank\u3164name\u2800", "blank‹3164›name‹2800›"),
        ("\ud800 lone", "‹D800› lone"),
        ("e\u0301", "é"),
        ("x" + "\u0301" * 20, "x" + "\u0301" * STACK + "‹+17›"),
        ("\u0301start", "◌\u0301start"),
        ("family 👨\u200d👩\u200d👧", "family 👨👩👧"),
        ("heart ❤\ufe0f", "heart ❤"),
        ("flag 🇨🇳🇧", "flag ‹CN›‹B›"),
        ("hand 👍🏽 alone 🏽", "hand 👍 alone ‹1F3FD›"),
        ("key 1\ufe0f\u20e3", "key 1\u20e3"),
    ],
)
def test_what_acts_becomes_what_shows(given_text: str, shown: str) -> None:
    assert clean(given_text) == shown


@given(anything)
@example("\u1100\u1161\u11a8")
@example("👨\u200d")
def test_nothing_that_acts_is_left(text: str) -> None:
    out = clean(text)
    for index, char in enumerate(out):
        category = unicodedata.category(char)
        assert category not in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"), (char, out)
        if category in ("Mn", "Me"):
            assert index > 0
    assert clean(out) == out
    out.encode()


@given(anything)
def test_the_width_is_the_one_of_rich_and_of_a_terminal(text: str) -> None:
    out = clean(text)
    assert width(out) == cell_len(out)
    screen = pyte.Screen(width(out) + 4, 1)
    pyte.Stream(screen).feed(out)
    assert screen.cursor.x == width(out)


@given(anything, st.integers(0, 30))
def test_cut_fits_and_says_so(text: str, cells: int) -> None:
    out = clean(text)
    short = cut(out, cells)
    assert width(short) <= cells
    if short != out:
        assert short.endswith("…") or cells == 0
        assert out.startswith(short[:-1])
        assert width(out) > cells
        assert cells == 0 or width(short) >= cells - 1


@given(anything, st.integers(0, 30))
@example("/DEFAULT/生产环境/e\u0301a", 9)
def test_cut_start_keeps_the_end_and_says_so(text: str, cells: int) -> None:
    out = clean(text)
    short = cut_start(out, cells)
    assert width(short) <= cells
    if short != out:
        assert short.startswith("…") or cells == 0
        assert out.endswith(short[1:])
        assert width(out) > cells
        assert cells == 0 or width(short) >= cells - 1
        assert not short[1:] or width(short[1]) > 0, "a mark never stands without its character"


@given(anything, st.integers(0, 30), st.sampled_from(["left", "right"]))
def test_pad_takes_exactly_its_cells(text: str, cells: int, align: str) -> None:
    assert width(pad(clean(text), cells, align)) == cells  # type: ignore[arg-type]


@given(anything, st.integers(8, 40))
def test_wrap_loses_no_letter(text: str, cells: int) -> None:
    out = clean(text)
    lines = wrap(out, cells, "  ", most=1000)
    assert all(width(line) <= cells for line in lines)
    assert "".join(lines).replace(" ", "") == out.replace(" ", "")


def test_wrap_ends_with_an_ellipsis_when_it_has_no_more_lines() -> None:
    lines = wrap("word " * 100, 20, most=3)
    assert len(lines) == 3
    assert lines[-1].endswith("…")


def test_a_long_text_costs_no_more_than_its_beginning() -> None:
    huge = "а\u202e" * 500_000
    start = time.perf_counter()
    for _ in range(20):
        assert clean(huge).endswith("…")
        assert cut("x" * 1_000_000, 10) == "xxxxxxxxx…"
    assert time.perf_counter() - start < 2
    assert len(clean("y" * 10_000)) == LIMIT + 1


PROBE = """
import os, re, sys, termios, tty
tty.setraw(0)
out = []
for line in open(sys.argv[1], encoding="utf-8").read().split("\\n"):
    os.write(1, ("\\r" + line + "\\x1b[6n").encode())
    answer = b""
    while not answer.endswith(b"R"):
        answer += os.read(0, 64)
    out.append(re.search(rb";(\\d+)R", answer).group(1).decode())
with open(sys.argv[2] + ".part", "w") as file:
    file.write(" ".join(out))
os.rename(sys.argv[2] + ".part", sys.argv[2])
"""


@pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is not installed")
def test_tmux_agrees_about_the_width(tmp_path: Path) -> None:
    """Every character that is left as it is, a sample of each script, alone and joined, in a real tmux."""
    pieces = [
        clean(each)
        for each in (
            "👨\u200d👩\u200d👧",
            "❤\ufe0f",
            "🇨🇳",
            "👍🏽",
            "1\ufe0f\u20e3",
            "नि",
            "☰",
            "e" + "\u0301" * 9,
        )
    ]
    for start in (0xA0, 0x300, 0x900, 0x1100, 0x2000, 0x2300, 0x2600, 0x2700, 0x3000, 0x3200, 0xFE00, 0xFF00):
        pieces += [
            clean(chr(code)) for code in range(start, start + 256) if unicodedata.category(chr(code)) != "Cn"
        ]
    pieces += [clean(chr(code)) for code in range(0x1F300, 0x1F700)]
    (tmp_path / "pieces").write_text("\n".join(pieces), encoding="utf-8")
    (tmp_path / "probe.py").write_text(PROBE, encoding="utf-8")
    command = f"{sys.executable} {tmp_path}/probe.py {tmp_path}/pieces {tmp_path}/widths"
    tmux = ["tmux", "-u", "-S", str(tmp_path / "socket"), "-f", "/dev/null"]
    subprocess.run([*tmux, "new-session", "-d", "-x", "200", "-y", "10", command], check=True)
    try:
        for _ in range(300):
            if (tmp_path / "widths").exists():
                break
            time.sleep(0.1)
        widths = [int(each) - 1 for each in (tmp_path / "widths").read_text().split()]
    finally:
        subprocess.run([*tmux, "kill-server"], check=False, capture_output=True)
    wrong = [
        (piece, width(piece), seen)
        for piece, seen in zip(pieces, widths, strict=True)
        if width(piece) != seen
    ]
    assert not wrong
