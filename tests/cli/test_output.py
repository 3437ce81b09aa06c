"""JSON, CSV and tables: harmless whatever the server sent."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jmstui.cli.output import Field, csv_cell, iso, wrapped, write_csv, write_json, write_table
from jmstui.text import width

HARM = "\x1b]52;c;AAAA\x07\x9b31m\u202e\u200b[red]x\x00"
FIELDS = (Field("name", "NAME"), Field("count", "COUNT", "right"))


def table(rows: list[tuple[object, ...]], columns: int = 0) -> list[str]:
    out = io.StringIO()
    write_table(FIELDS, rows, out, columns)
    return out.getvalue().splitlines()


def test_columns_line_up_by_cells() -> None:
    lines = table([("生产环境", 1), ("web", 12117), ("e\u0301", 3)])
    assert lines[0] == "NAME      COUNT"
    assert {width(line) for line in lines} == {15}


def test_a_table_fits_the_terminal_and_marks_what_is_cut() -> None:
    lines = table([("x" * 100, 1), ("生产" * 40, 2)], columns=40)
    assert all(width(line) <= 40 for line in lines)
    assert all("…" in line for line in lines[1:])
    assert [line.split()[-1] for line in lines[1:]] == ["1", "2"]


def test_a_narrow_terminal_loses_the_least_important_columns_first() -> None:
    fields = (
        Field("a", "A", width=10),
        Field("b", "B", width=10, priority=2),
        Field("c", "C", width=10, priority=1),
    )
    row = ("a" * 30, "b" * 30, "c" * 30)

    def titles(columns: int) -> str:
        out = io.StringIO()
        write_table(fields, [row], out, columns)
        assert all(width(line) <= columns for line in out.getvalue().splitlines())
        return out.getvalue().splitlines()[0]

    assert titles(40).split() == ["A", "B", "C"]
    assert titles(30).split() == ["A", "C", ">"]
    assert titles(16).split() == ["A", ">"]


def test_how_many_columns_are_left_out_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    fields = (Field("a", "A"), *(Field(key, key.upper(), priority=1) for key in "bcd"))
    write_table(fields, [("a" * 30, "b" * 8, "c" * 8, "d" * 8)], io.StringIO(), 22)
    assert capsys.readouterr().err == "> 2 columns: --csv shows all\n"
    write_table(fields, [("a", "b", "c", "d")], io.StringIO(), 22)
    assert capsys.readouterr().err == ""


def test_a_path_keeps_its_end() -> None:
    out = io.StringIO()
    write_table((Field("path", "PATH", width=10, tail=True),), [("/Default/web/front/eu-1",)], out, 16)
    assert out.getvalue().splitlines()[1].endswith("/front/eu-1")
    assert out.getvalue().splitlines()[1].startswith("…")


def test_a_sentence_is_broken_at_spaces_on_a_terminal_alone() -> None:
    text = " ".join(["warning"] * 12)
    lines = wrapped(text, io.StringIO(), "  ", columns=40)
    assert all(width(line) <= 40 for line in lines)
    assert " ".join(" ".join(lines).split()) == text
    assert wrapped(text, io.StringIO(), "  ") == [f"  {text}"]


def test_off_a_terminal_nothing_is_cut() -> None:
    assert "x" * 300 in table([("x" * 300, 1)])[1]


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "\u200b=1", "＝1"]
)
def test_a_formula_is_quoted(text: str) -> None:
    assert csv_cell(text).startswith("'")


@pytest.mark.parametrize(
    ("value", "text"), [(None, ""), (True, "true"), (-5, "-5"), (["a", "=b"], "a; '=b"), ("a=b", "a=b")]
)
def test_what_is_no_formula_stays(value: object, text: str) -> None:
    assert csv_cell(value) == text


@given(st.text())
def test_csv_holds_no_control_and_no_formula(text: str) -> None:
    out = io.StringIO()
    write_csv(FIELDS, [(text, 1)], out)
    assert not any(ord(c) < 32 or 0x7F <= ord(c) < 0xA0 for c in out.getvalue().replace("\n", ""))
    cell = next(csv.reader(io.StringIO(out.getvalue().split("\n", 1)[1])))[0]
    assert not cell.lstrip().startswith(("=", "+", "-", "@"))


@given(st.text())
def test_json_means_the_same_and_acts_on_no_terminal(text: str) -> None:
    out = io.StringIO()
    write_json({"name": text}, out)
    assert json.loads(out.getvalue()) == {"name": text}


def test_harm_never_reaches_the_output() -> None:
    lone = HARM + "\ud800\U000e0041"
    for write in (
        lambda out: write_json([lone], out),
        lambda out: write_csv(FIELDS, [(lone, 1)], out),
        lambda out: write_table(FIELDS, [(lone, 1)], out, 0),
    ):
        out = io.StringIO()
        write(out)
        for bad in ("\x1b", "\x9b", "\x07", "\u202e", "\u200b", "\x00", "\ud800", "\U000e0041"):
            assert bad not in out.getvalue()
        out.getvalue().encode()
    out = io.StringIO()
    write_json([lone], out)
    assert json.loads(out.getvalue()) == [lone]


def test_a_narrow_encoding_does_not_end_a_list_half_way() -> None:
    raw = io.BytesIO()
    out = io.TextIOWrapper(raw, encoding="ascii")
    write_table(FIELDS, [("生产", 1), ("b", 2)], out, 0)
    write_csv(FIELDS, [("生产", 1)], out)
    write_json(["生产"], out)
    out.flush()
    assert b"b" in raw.getvalue()
    assert json.loads(raw.getvalue()[raw.getvalue().index(b"[") :]) == ["生产"]


def test_times_have_an_offset() -> None:
    moment = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
    assert datetime.fromisoformat(str(iso(moment))) == moment
    assert iso(None) is None
    out = io.StringIO()
    write_json({"until": moment}, out)
    assert datetime.fromisoformat(json.loads(out.getvalue())["until"]) == moment
