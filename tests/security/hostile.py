"""A demo world whose names, comments and addresses mean harm, and a search for what must not come out."""

from __future__ import annotations

import re
from typing import Any

from tests.demo_server import RunningDemo, run_demo

HARM = (
    "\x1b[31mred\x1b[0m",
    "\x1b]52;c;QzRORVJZ\x07clip",
    "\x1b]8;;https://evil.example\x1b\\here\x1b]8;;\x1b\\",
    "\x1b]0;title\x07",
    "\x1b[2J\x1b[Hcleared",
    "\x9b31mC1\x9d0;x\x9c",
    "nul\x00bell\x07back\x08\x08del\x7f",
    "cr\roverwrite",
    "two\nlines\x0b\x0c\x85\u2028\u2029",
    "tab\there",
    "exe\u202egnp.exe\u202d\u2066\u2069\u061c\u200e\u200f",
    "zero\u200b\u200c\u2060\ufeff\u00adwidth",
    "tags\U000e0041\U000e0042",
    "stack" + "\u0301" * 60,
    "[bold red]markup[/] [@click=app.bell]x[/] [link=https://evil.example]y[/link]",
    '=HYPERLINK("https://evil.example")',
    "+cmd|' /C calc'!A0",
    "-2+3",
    "@SUM(A1)",
    "\t=1+1",
    "\r=1+1",
    " =1+1",
    "＝1+1",
    "lone \ud83d surrogate",
    "%s %(name)s {0} {name}",
    "'; DROP TABLE--",
    "",
)
MEGABYTE = "megabyte" + "A\u202e" * 500_000
FORBIDDEN = re.compile(
    r"[\x00-\x09\x0b-\x1f\x7f-\x9f\xad\u061c\u200b\u200c\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff"
    r"\U000e0000-\U000e007f]"
)
"""What no text on stdout or stderr may hold (line ends apart)."""
STACKED = "\u0301" * 4
"""And what no text for people may hold; JSON is for programs."""
FORMULAS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


def hostile_demo(**options: Any) -> RunningDemo:
    """A small demo server in which everything that has a name has one that means harm."""
    demo = run_demo(**{"assets": 60, **options})
    world = demo.demo.world
    for rows in (
        world.assets,
        world.users,
        world.groups,
        world.nodes,
        world.rules,
        world.zones,
        world.labels,
    ):
        for number, row in enumerate(rows.values()):
            _spoil(row, number)
    list(world.assets.values())[3].name = MEGABYTE
    for number, platform in enumerate(world.platforms.values()):
        platform.name = f"{platform.name} {HARM[number % len(HARM)]}"
    world.version += 1
    return demo


def _spoil(row: Any, number: int) -> None:
    harm = HARM[number % len(HARM)]
    if hasattr(row, "value") and hasattr(row, "key"):  # a node
        if row.full_value.count("/") > 1:
            row.value, row.full_value = harm[:200], row.full_value.rpartition("/")[0] + "/" + harm[:200]
        return
    row.name = harm if number >= len(HARM) else f"{harm[:300]}{number}"
    for other in ("comment", "address"):
        if hasattr(row, other):
            setattr(row, other, HARM[(number + 7) % len(HARM)])
