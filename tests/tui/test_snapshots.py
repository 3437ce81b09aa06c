"""Each screen as it was last found good, at 80×24, and the main ones on a small and on a large terminal.

`pytest tests/tui/test_snapshots.py -n 0 --snapshot-update` draws them anew; look at what changed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.pictures.scenes import SCENES, Scene, assets, detail
from tests.pictures.stage import stillness
from tests.tui.drive import Driver

SMALL, USUAL, LARGE = (60, 16), (80, 24), (140, 40)
MAIN = (
    "login",
    "users",
    "permissions",
    "platforms",
    "why-yes",
    "why-no",
    "who-can",
    "expiring",
    "organizations",
    "help",
    "request-log",
)
"""At all three sizes, as the two below."""
ONLY_USUAL = ("access", "login-mfa", "my-assets", "chinese")
OWN = {
    "assets": Scene("assets", "Assets", assets),
    "detail": Scene("detail", "One asset", detail),
    "light": Scene("light", "Assets, light", assets, options={"theme": "light"}),
    "mono": Scene("mono", "Assets, without colours", assets, options={"theme": "mono"}),
}
CASES = [
    *((name, size) for name in ("assets", *MAIN) for size in (SMALL, USUAL, LARGE)),
    *((name, size) for name in ("detail",) for size in (SMALL, USUAL)),
    *((name, USUAL) for name in (*ONLY_USUAL, "light", "mono")),
]


@pytest.fixture(autouse=True)
def still() -> Iterator[None]:
    """One moment, one world."""
    with stillness():
        yield


@pytest.mark.parametrize(("name", "size"), CASES, ids=[f"{name}-{w}x{h}" for name, (w, h) in CASES])
def test_screen(snap_compare: Callable[..., bool], name: str, size: tuple[int, int]) -> None:
    scene = OWN.get(name) or SCENES[name]
    went_wrong: list[BaseException] = []

    async def play(pilot: Any) -> None:
        try:
            await scene.perform(Driver(pilot.app, pilot))
        except BaseException as error:
            went_wrong.append(error)
            raise

    try:
        same = snap_compare(scene.app(), terminal_size=size, run_before=play)
    except AssertionError:
        if went_wrong:
            raise went_wrong[0] from None
        raise
    assert same


def test_no_snapshot_needs_anything_from_another_host() -> None:
    for path in (Path(__file__).parent / "__snapshots__").rglob("*.svg"):
        text = path.read_text("utf-8")
        assert re.findall(r"url\(|@import|@font-face|href|<image|<script|cdn", text) == [], path.name
        assert text.count("xmlns") == text.count("www.") == 1, path.name
