"""Memory after scrolling through everything: client and server are processes of their own."""

from __future__ import annotations

import sys

import pytest

from tests.budgets.memory import LIMIT_MB, measure


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads resident memory from /proc")
def test_scrolling_through_100_000_assets_stays_small() -> None:
    found = measure(100_000)
    assert found["rows"] == 100_000
    assert found["shown"] >= 100_000, "every row was on screen once"
    assert found["requests"] == 1000, "each page was asked for once"
    assert found["pages_kept"] < 300, "the cache's bound holds"
    assert found["peak_mb"] < LIMIT_MB
