"""Names, comments and addresses that mean harm come out as text, wherever they come out."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence

import pytest

from tests.demo_server import RunningDemo
from tests.security.canaries import Ran, run_each
from tests.security.hostile import FORBIDDEN, FORMULAS, HARM, STACKED


def ask(demo: RunningDemo, *commands: Sequence[str]) -> list[Ran]:
    environ = {"JMSTUI_URL": demo.url, "JMSTUI_PRIVATE_TOKEN": demo.credentials["private_token"]}
    return run_each(commands, environ)


def assert_harmless(ran: Ran, status: tuple[int, ...] = (0,)) -> None:
    assert ran.status in status, ran.err[-500:]
    for text in (ran.out, ran.err):
        found = FORBIDDEN.search(text)
        assert found is None, repr(text[max(0, found.start() - 80) : found.end() + 20])
        assert STACKED not in text or text.startswith(("{", "["))


FORMS = ("--json", "--csv", "--no-mouse")


@pytest.mark.parametrize("noun", ["assets", "users", "permissions"])
def test_lists(hostile: RunningDemo, noun: str) -> None:
    ran = ask(hostile, *(("list", noun, "--limit", "0", form, "--verbose") for form in FORMS))
    for each in ran:
        assert_harmless(each)
        assert "␛" in each.out or r"\u001b" in each.out
    items = json.loads(ran[0].out)["items"]
    names = {item["name"] or "" for item in items}  # None in a row that could not be read
    assert any("\x1b]52;c;QzRORVJZ\x07clip" in name for name in names), "JSON says what it was"
    assert noun != "assets" or any(name.startswith("megabyte") for name in names)
    csv.field_size_limit(1 << 22)
    cells = [cell for row in csv.reader(io.StringIO(ran[1].out)) for cell in row]
    assert any(cell.startswith("'=HYPERLINK") for cell in cells)
    assert not [cell[:40] for cell in cells if cell.lstrip(" ").startswith(FORMULAS)]


def test_smaller_lists(hostile: RunningDemo) -> None:
    nouns = ("nodes", "groups", "platforms", "orgs")
    for ran in ask(hostile, *(("list", noun, "--limit", "0", "--csv") for noun in nouns)):
        assert_harmless(ran)


@pytest.mark.parametrize("form", FORMS)
def test_the_questions(hostile: RunningDemo, form: str) -> None:
    user = hostile.world.people["viewer"].username
    asset = next(iter(hostile.world.assets.values()))
    questions = (
        ("why", user, asset.id),
        ("who-can", asset.id),
        ("what-can", user),
        ("expiring", "--within", "400d"),
    )
    for ran in ask(hostile, *((*question, form) for question in questions)):
        assert_harmless(ran, (0, 1))


def test_candidates_and_typed_names(hostile: RunningDemo) -> None:
    """What a person typed and what the server offers instead stand in the same sentence."""
    (ran,) = ask(hostile, ("why", "\x1b]0;x\x07\u202enobody", "also\x1b[31mnot"))
    assert_harmless(ran, (5, 2))
    assert r"\x1b" in ran.err or "␛" in ran.err
    shared = "same \x1b[31mname\u202e"
    for asset in list(hostile.world.assets.values())[:2]:
        asset.name = shared
    hostile.world.version += 1
    (ran,) = ask(hostile, ("who-can", shared))
    assert_harmless(ran, (2, 5))


def test_every_kind_of_harm_is_in_the_world(hostile: RunningDemo) -> None:
    world = hostile.world
    said = "\0".join(
        [asset.name + asset.comment + asset.address for asset in world.assets.values()]
        + [user.name for user in world.users.values()]
    )
    assert [harm[:40] for harm in HARM if harm[:300] not in said] == []
