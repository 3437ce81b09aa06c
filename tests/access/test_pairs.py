"""The evaluator against 300 verdicts of a v4.10.16."""

from __future__ import annotations

import pytest

from jmstui.access.evaluate import bits_of, evaluate, joining
from jmstui.access.status import live
from jmstui.models.base import moment
from tests.access.pairs import NOW, world


def test_the_file_holds_what_it_should() -> None:
    pairs = world().pairs
    assert len(pairs) == 300
    assert {pair.yes for pair in pairs} == {True, False}


def test_the_moment_agrees_with_the_server() -> None:
    for rule in world().rules:
        assert live(rule, NOW) is rule.is_valid, rule.name


@pytest.mark.parametrize("index", range(300))
def test_pair(index: int) -> None:
    data = world()
    pair = data.pairs[index]
    joined = joining(data.rules, pair.person, pair.place, data.keys)
    assert {rule.id for rule in joined} == pair.rules
    got = evaluate(data.rules, pair.person, pair.place, data.keys, NOW)
    assert got.yes is pair.yes
    assert sorted((p.name, p.port) for p in got.protocols) == sorted(pair.protocols)
    assert [(a.username, a.bits, a.until) for a in got.accounts] == [
        (a.username, bits_of(a.actions), moment(a.date_expired)) for a in pair.accounts
    ]
    assert [a.alias for a in got.accounts] == [a.alias for a in pair.accounts]
