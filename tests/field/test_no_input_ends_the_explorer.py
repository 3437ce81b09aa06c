"""Row 23: whatever bytes come in, no input ends the explorer, and text is what the locale says it is."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from textual import events

from jmstui.tui.terminal.encoding import Decoder, terminal_encoding
from jmstui.tui.terminal.events import Events
from jmstui.tui.terminal.units import LONGEST_PASTE, UNENDED, Unit, Units
from tests.budgets.tty import Terminal
from tests.field.at_a_terminal import JMSTUI, explorer

ODD = (
    b"\xc4\xe3",
    b"\xff\xfe\x80\x9b\x8f",
    b"\x1b[57399;1:3u",
    b"\x1b[99999999999u",
    b"\x1b[55296u",
    b"\x1b[1114112;1;1114112u",
    b"\x1b[97;999999999999A",
    b"\x1b[;;;;;;u",
    b"\x1b[" + b"9" * 5000 + b"u",
    b"\x1b[48;0;0;0;0t",
    b"\x1b[48;99999;99999;1;1t",
    b"\x1b[<99999999999;1;1M",
    b"\x1b[<0;-1;99999999M",
    b"\x1b[?2026;9$y\x1b[?2048;9$y",
    b"\x1b[99999999999;99999999999R",
    b"\x1b]52;c;AAAA\x07\x1bP1$r0m\x1b\\",
    b"\x1b[200~\x00\xff\x1b[A\x1b[201~",
    b"\x1b[201~",
    b"\x00\x7f\x9f\x1c",
)
NEVER = b"qQyY\x03"
"""What may end it on purpose."""


def alive(terminal: Terminal) -> bool:
    """Whether it still answers: its help comes up by F1 and goes by Esc, or by a second one."""
    for _ in range(8):
        terminal.press(b"\x1b", 0.4)
    terminal.write(b"\x1bOP")
    terminal.wait("Move|Ctrl-C twice", 10)
    return not terminal.ended


@pytest.mark.xdist_group("terminal")
@pytest.mark.parametrize("at", ["list", "search", "password"])
def test_odd_bytes(tmp_path: Path, at: str) -> None:
    command, until = (
        (f"exec {JMSTUI} --url http://127.0.0.1:9", "Session cookie")
        if at == "password"
        else (f"exec {JMSTUI} --demo", r"Assets  1–\d+ of")
    )
    with explorer(tmp_path, command, until=until) as terminal:
        terminal.write({"list": b"", "search": b"/", "password": b"\t\t\t"}[at])
        for piece in ODD:
            terminal.press(piece, 0.05)
            assert not terminal.ended, piece
        terminal.settle()
        assert "Traceback" not in terminal.text()
        assert alive(terminal)


@pytest.mark.xdist_group("terminal")
@pytest.mark.parametrize("seed", range(2))
def test_random_bytes(tmp_path: Path, seed: int) -> None:
    """16 KB of them, half of them escape sequences of numbers."""
    chance = random.Random(seed)
    with explorer(tmp_path) as terminal:
        for _ in range(80):
            terminal.write(_some(chance))
            terminal.read(0.01)
            assert not terminal.ended
        assert alive(terminal)


def _some(chance: random.Random) -> bytes:
    made = bytearray()
    while len(made) < 200:
        if chance.random() < 0.5:
            made += bytes([b"\x1b\x1b\x1b["[chance.randrange(4)]]) + b"[" * chance.randrange(2)
            made += bytes(chance.choice(b"0123456789;:<?~") for _ in range(chance.randrange(12)))
            made.append(chance.choice(b"ABCDFHMPRSZmu~tcn$"))
        else:
            made += bytes(each for each in chance.randbytes(10) if each not in NEVER)
    return bytes(made).replace(b"99;5u", b"98;5u").replace(b"\x1b[3u", b"")


@given(
    st.lists(st.binary(max_size=40) | st.sampled_from(ODD), max_size=20), st.sampled_from(("utf-8", "gbk"))
)
@settings(max_examples=300, deadline=None)
def test_everything_has_an_end(pieces: list[bytes], encoding: str) -> None:
    """Nothing raises; and after a while of silence, a key is a key again."""
    decoder, units, translate = Decoder(encoding), Units(), Events()
    for piece in pieces:
        for unit in units.feed(decoder.feed(piece)):
            translate.of(unit)
    decoder.forget()
    units.late(UNENDED)
    units.late(UNENDED)
    units.feed("~~")  # the end of what was too long to be a sequence
    assert units.feed("x") == [Unit("char", "x")]


@given(
    st.text(alphabet="生产é你好", min_size=1), st.sampled_from(("gbk", "gb18030", "utf-8", "big5")), st.data()
)
def test_text_cut_anywhere(text: str, encoding: str, data: st.DataObject) -> None:
    raw = text.encode(encoding, "ignore")
    at = data.draw(st.integers(0, len(raw)))
    decoder = Decoder(encoding)
    assert decoder.feed(raw[:at]) + decoder.feed(raw[at:]) == raw.decode(encoding)


def test_a_paste_without_an_end_is_bounded() -> None:
    units = Units()
    units.feed("\x1b[200~")
    for _ in range(40):
        assert units.feed("x" * 50_000) == []
    (unit,) = units.late(UNENDED)
    assert unit.kind == "paste"
    assert len(unit.text) == LONGEST_PASTE


@pytest.mark.parametrize("cut", range(1, 6))
def test_the_end_of_a_paste_in_two_pieces(cut: int) -> None:
    units, end = Units(), "\x1b[201~"
    assert units.feed("\x1b[200~一" + end[:cut]) == []
    assert units.feed(end[cut:] + "x") == [Unit("paste", "一"), Unit("char", "x")]


@pytest.mark.parametrize(
    ("sequence", "key", "character"),
    [
        ("\x1b[57399;1:1u", "0", "0"),
        ("\x1b[97u", "a", "a"),
        ("\x1b[97;2u", "A", "A"),
        ("\x1b[32u", "space", " "),
        ("\x1b[99;5u", "ctrl+c", None),
        ("\x1b[57414u", "enter", None),
        ("\x1b[20320;;20320u", "你", "你"),
        ("\x1b[A", "up", None),
        ("\x1bOP", "f1", None),
        ("\x1b[5~", "pageup", None),
        ("\x1b[Z", "shift+tab", None),
    ],
)
def test_keys(sequence: str, key: str, character: str | None) -> None:
    (event,) = Events().of(Unit("sequence", sequence))
    assert isinstance(event, events.Key)
    assert event.key == key
    assert character is None or event.character == character


@pytest.mark.parametrize("sequence", ["\x1b[57399;1:3u", "\x1b[97;1:3u", "\x1b[55296u", "\x1b[99999999999u"])
def test_a_key_let_go_and_one_that_no_keyboard_has_are_none(sequence: str) -> None:
    assert Events().of(Unit("sequence", sequence)) == []


@pytest.mark.xdist_group("terminal")
@pytest.mark.parametrize("encoding", ["GBK", "GB18030", "ISO-8859-1", "UTF-8"])
def test_typing_in_the_encoding_of_the_locale(tmp_path: Path, encoding: str) -> None:
    text = "café" if encoding == "ISO-8859-1" else "生产"
    with explorer(
        tmp_path, environ={"LC_ALL": f"zh_CN.{encoding}"}, until=r"prod-app-0001", encoding=encoding
    ) as terminal:
        terminal.write("/")
        terminal.settle()
        for byte in text.encode(encoding):
            terminal.press(bytes([byte]))
        terminal.wait(f"/{text}", 10)
        assert not terminal.ended


@pytest.mark.parametrize(
    ("environ", "found"),
    [
        ({"LANG": "zh_CN.GBK"}, "gbk"),
        ({"LC_ALL": "zh_CN.GB18030", "LANG": "en_US.UTF-8"}, "gb18030"),
        ({"LC_CTYPE": "de_DE.ISO-8859-15@euro"}, "iso8859-15"),
        ({"LC_CTYPE": "UTF-8"}, "utf-8"),
        ({"LANG": "zh_CN.GBK", "PYTHONUTF8": "1"}, "utf-8"),
        ({"LANG": "C"}, "utf-8"),
        ({"LANG": "x.hex"}, "utf-8"),
        ({"LANG": "x.utf-16"}, "utf-8"),
        ({"LANG": "ja_JP.ISO-2022-JP"}, "utf-8"),
        ({}, "utf-8"),
    ],
)
def test_the_encoding(monkeypatch: pytest.MonkeyPatch, environ: dict[str, str], found: str) -> None:
    import sys

    monkeypatch.setattr(sys, "__stdin__", None)  # as UTF-8, which Python takes for a locale without tables
    assert terminal_encoding(environ) == found
