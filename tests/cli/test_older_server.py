"""v3.10 as v4.10: every command, every role, the same answers about the same world."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.cli.conftest import Ran
from tests.demo_server import RunningDemo, run_demo
from tests.tui.drive import signed_in

ROLES = ("admin", "orgadmin", "auditor", "sysauditor", "viewer", "noorg")


@pytest.fixture(scope="module")
def old() -> Iterator[RunningDemo]:
    running = run_demo(assets=200, api="3.10")
    yield running
    running.close()


@pytest.fixture(scope="module")
def new() -> Iterator[RunningDemo]:
    running = run_demo(assets=200)
    yield running
    running.close()


@pytest.fixture
def both(
    old: RunningDemo, new: RunningDemo, jmstui: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., tuple[Ran, Ran]]:
    """Runs a command on both servers as one of their people."""

    def call(who: str, *argv: str) -> tuple[Ran, Ran]:
        ran = []
        for server in (old, new):
            monkeypatch.setenv("JMSTUI_PRIVATE_TOKEN", server.people[who]["private_token"])
            ran.append(jmstui(*argv, "--url", server.url))
        return ran[0], ran[1]

    return call


def same(one: Any, other: Any) -> bool:
    """Equal but for the moments at which the two were asked."""
    drop = {"as_of", "asked_at", "now", "date_last_login", "last_login"}

    def plain(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: plain(each) for key, each in value.items() if key not in drop}
        return [plain(each) for each in value] if isinstance(value, list) else value

    return bool(plain(one) == plain(other))


@pytest.mark.parametrize("who", ROLES)
@pytest.mark.parametrize("noun", ["assets", "users", "groups", "permissions", "nodes", "platforms"])
def test_lists(both: Callable[..., tuple[Ran, Ran]], who: str, noun: str) -> None:
    was, now = both(who, "list", noun, "--json")
    if who in ("auditor", "sysauditor") and noun in ("users", "assets"):
        # before v4 an auditor may not list them (recording users-list-auditor of v3.10)
        assert (was.status, now.status) == (5 if noun == "users" else 0, 0)
        assert "may not list" in was.err
        return
    assert was.status == now.status, was.err
    assert was.status in ((0,) if who == "admin" else (0, 5))
    if not was.status:
        mine, theirs = json.loads(was.out), json.loads(now.out)
        assert [row["id"] for row in mine["items"]] == [row["id"] for row in theirs["items"]]
        assert mine["complete"]


def test_zones_labels_and_organizations(both: Callable[..., tuple[Ran, Ran]], old: RunningDemo) -> None:
    was, now = both("admin", "list", "assets", "--json", "--limit", "0")
    mine, theirs = json.loads(was.out)["items"], json.loads(now.out)["items"]
    assert [row["zone"] for row in mine] == [row["zone"] for row in theirs]
    assert any(row["zone"] for row in mine), "a domain is shown as the zone"
    for who in ROLES:
        was, now = both(who, "list", "orgs", "--json")
        assert was.status == now.status
        names = [[row["name"] for row in json.loads(ran.out)["items"]] for ran in (was, now)]
        assert names[0] == names[1]
    asked = {path.removeprefix("/api/v1/") for _, path, _, _ in old.requests}
    assert "search/" not in asked


def test_the_questions(both: Callable[..., tuple[Ran, Ran]], old: RunningDemo) -> None:
    examples = old.examples
    pairs = [(examples["user"], examples["asset"]), (examples["denied_user"], examples["asset"])]
    for argv in (
        *(["why", user, asset] for user, asset in pairs),
        ["who-can", examples["asset"]],
        ["what-can", examples["user"]],
        ["expiring", "--within", "400d"],
    ):
        was, now = both("admin", *argv, "--json")
        assert was.status == now.status, was.err
        assert same(json.loads(was.out), json.loads(now.out)), argv


def test_doctor_says_which(both: Callable[..., tuple[Ran, Ran]]) -> None:
    was, now = both("admin", "doctor", "--json")
    said = [next(row for row in json.loads(ran.out) if row["name"] == "version") for ran in (was, now)]
    assert "3" in said[0]["text"]
    assert said[0]["text"] != said[1]["text"]


@pytest.mark.parametrize("who", ["admin", "orgadmin", "viewer"])
async def test_the_explorer_opens(old: RunningDemo, who: str) -> None:
    async with signed_in(old, who) as drive:
        await drive.shows("1–", " of ")
        if who != "viewer":
            await drive.press("2")
            await drive.until(lambda: drive.screen.view.name == "users")
        await drive.shows("1–")
        await drive.press("o")
        await drive.until(lambda: type(drive.screen).__name__ == "OrgsScreen", "the organizations")
        await drive.shows("DEFAULT")
