"""The table of times to live."""

from __future__ import annotations

import ast
from pathlib import Path

import jmstui.api.endpoints
from jmstui.api.ttl import DEFAULT, TTL, ttl


def test_every_kind_that_an_endpoint_names_has_its_row() -> None:
    """An endpoint with a kind of its own would silently get the default."""
    named = set()
    for module in Path(jmstui.api.endpoints.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(module.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("query", "listing"):
                named |= {
                    arg.value
                    for arg in [*node.args[2:3], *(k.value for k in node.keywords if k.arg == "kind")]
                    if isinstance(arg, ast.Constant) and isinstance(arg.value, str)
                }
    assert named - TTL.keys() == set()


def test_an_unknown_kind_is_short_lived() -> None:
    assert ttl("something new") == DEFAULT
    assert all(0 < seconds <= 600 for seconds in TTL.values())
