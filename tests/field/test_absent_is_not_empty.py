"""Row 0: a field that an answer stands on and that the server leaves out is unknown: never empty or "no"."""

from __future__ import annotations

import json
from typing import Any

import pytest

from jmstui.api.errors import Lacking, NotFound
from jmstui.services.answers import AssetName, UserName
from jmstui.services.expiring import expiring
from jmstui.services.who_can import who_can
from jmstui.services.why import why
from tests.cli.asking import Ask
from tests.demo_server import RunningDemo
from tests.services.asking import last
from tests.services.fakes import identity, listed
from tests.services.test_asks import GRANTED, LIVE, USER, server

MEMBERS = ("users", "user_groups", "assets", "nodes")
DECIDES = (*MEMBERS, "accounts", "protocols", "actions", "is_active", "date_start", "date_expired")
RULE: dict[str, Any] = {"id": "r", "name": "R", "is_active": True, **LIVE}


def without(field: str) -> dict[str, Any]:
    return {key: value for key, value in RULE.items() if key != field}


@pytest.mark.parametrize("field", DECIDES)
async def test_a_rule_without_it_is_never_counted_as_one_that_names_nobody(field: str) -> None:
    """Its detail is asked for; where that lacks it too there is an error, and no number."""
    poor = without(field)
    client = server(rules=[poor], answers={"perms/asset-permissions/r/": poor})
    with pytest.raises(Lacking, match=field):
        await last(who_can(client, identity(org="o"), AssetName("a")))


@pytest.mark.parametrize("field", MEMBERS)
async def test_what_the_list_leaves_out_the_detail_gives(field: str) -> None:
    client = server(
        rules=[without(field)], answers={"perms/asset-permissions/r/": RULE}, asset={"accounts": []}
    )
    end = await last(who_can(client, identity(org="o"), AssetName("a")))
    assert [row.user.id for row in end.blocked] == ["u"]


@pytest.mark.parametrize("field", ["is_active", "date_expired"])
async def test_expiring_does_not_take_an_absent_date_for_no_date(field: str) -> None:
    client = server(rules=[without(field)], answers={"perms/asset-permissions/r/": without(field)})
    with pytest.raises(Lacking, match=field):
        await last(expiring(client, identity(org="o"), 30))


@pytest.mark.parametrize(
    ("part", "field", "unknown"),
    [
        ("users/users/u/", "is_active", "user"),
        ("users/users/u/", "is_expired", "user"),
        ("users/users/u/", "login_blocked", "user"),
        ("perms/users/u/assets/a/", "is_active", "active"),
        ("perms/users/u/assets/a/", "permed_accounts", "account"),
        ("perms/users/u/assets/a/", "permed_protocols", "protocol"),
    ],
)
@pytest.mark.parametrize("null", [False, True], ids=["absent", "null"])
async def test_why_leaves_the_verdict_open(part: str, field: str, unknown: str, null: bool) -> None:
    bodies = {"users/users/u/": dict(USER), "perms/users/u/assets/a/": dict(GRANTED)}
    if null:
        bodies[part][field] = None
    else:
        del bodies[part][field]
    client = server(rules=[RULE], answers=bodies)
    answer = await last(why(client, identity(org="o"), UserName("u"), AssetName("a")))
    assert (answer.granted, answer.verdict, answer.complete) == (True, None, False)
    assert unknown in answer.unknown
    assert "not-known" in {warned.code for warned in answer.warnings}


@pytest.mark.parametrize("field", ["is_active", "is_expired", "login_blocked"])
async def test_who_can_counts_a_user_of_unknown_state_apart(field: str) -> None:
    poor = {key: value for key, value in USER.items() if key != field}
    account = {"id": "1", "name": "root", "username": "root", "is_active": True}
    client = server(
        rules=[RULE],
        asset={"accounts": [account]},
        answers={"assets/assets/a/perm-users/": listed([poor])},
    )
    end = await last(who_can(client, identity(org="o"), AssetName("a")))
    assert end.counts() == {"can": 0, "blocked": 0, "named": 0, "unknown": 1}
    assert not end.complete


async def test_a_404_of_the_path_is_no_verdict() -> None:
    client = server(answers={"perms/users/u/assets/a/": NotFound(unknown_path=True)})
    with pytest.raises(NotFound):
        await last(why(client, identity(org="o"), UserName("u"), AssetName("a")))


def test_who_can_names_the_same_people_on_every_version(start_demo: Any, ask: Ask) -> None:
    """The row's own input: v4.10.19 leaves members out of the lists that `action=retrieve` asks for."""
    seen = {}
    for api in ("3.10", "4.10.16", "4.10.19"):
        demo: RunningDemo = start_demo(assets=300, api=api)
        names = [demo.examples["asset"]]
        found = []
        for name in names:
            ran = ask("who-can", name, "--json", on=demo)
            assert ran.status == 0, ran.err
            answer = json.loads(ran.out)
            found.append({(row["username"], row["verdict"]) for row in answer["users"] + answer["blocked"]})
            assert answer["counts"]["can"] > 0
        ends = json.loads(ask("expiring", "--within", "365d", "--json", on=demo).out)["items"]
        assert any(item["users"] or item["groups"] for item in ends)
        seen[api] = found
    assert seen["4.10.16"] == seen["4.10.19"]
