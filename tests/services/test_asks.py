"""Paging, ids in chunks, and what the demo world does not hold: directory services, unreadable rows."""

from __future__ import annotations

from typing import Any

import pytest

from jmstui.api.errors import CannotReach, NotFound, NotPermitted
from jmstui.models.permission import Permission
from jmstui.services import _asks as ask
from jmstui.services.answers import AssetName, UserName
from jmstui.services.who_can import NodeName, who_can, who_can_node
from jmstui.services.why import why
from tests.services.asking import last
from tests.services.fakes import FakeClient, identity, listed

RULES = "perms/asset-permissions/"


def rows(first: int, amount: int) -> list[dict[str, Any]]:
    return [{"id": f"r{n}", "name": f"r{n}", **LIVE} for n in range(first, first + amount)]


async def read(server: Any, trust: bool = True) -> tuple[int, int]:
    """(rows, requests) of a list that `server(offset, limit)` gives."""
    client: Any = FakeClient({RULES: lambda params: server(int(params["offset"]), int(params["limit"]))})
    found: list[Permission] = []
    async for page in ask.every(client, lambda offset: ask.rules(offset), trust):
        found += ask.whole(page.rows)
    assert len({row.id for row in found}) == len(found)
    return len(found), len(client.asked)


async def test_pages_follow_the_count() -> None:
    assert await read(lambda at, limit: listed(rows(at, min(limit, 2300 - at)), 2300)) == (2300, 3)
    assert await read(lambda at, limit: listed([], 0)) == (0, 1)
    assert await read(lambda at, limit: listed(rows(at, min(limit, 2000 - at)), 2000)) == (2000, 2)


async def test_a_server_may_give_fewer_rows_than_asked() -> None:
    assert await read(lambda at, limit: listed(rows(at, min(100, 250 - at)), 250)) == (250, 3)


async def test_a_count_that_is_too_large_does_not_loop() -> None:
    assert await read(lambda at, limit: listed(rows(at, max(0, min(limit, 10 - at))), 99)) == (10, 2)


async def test_a_count_that_is_too_small_is_not_trusted_where_it_lies() -> None:
    def server(at: int, limit: int) -> dict[str, Any]:
        return listed(rows(at, min(limit, 1500 - at)), 900)

    assert await read(server, trust=False) == (1500, 2)


async def test_a_bare_array_ends_with_a_short_page() -> None:
    assert await read(lambda at, limit: rows(at, min(limit, 1100 - at))) == (1100, 2)


def test_chunks_fit_a_request_line() -> None:
    ids = [f"{n:036d}" for n in range(200)]
    made = ask.chunks([*ids, *ids])
    assert [len(text.split(",")) for text in made] == [80, 80, 40]
    # a comma takes three bytes once it is quoted; the server reads 4094
    assert max(len(text.replace(",", "%2C")) for text in made) < 3500


async def test_allowed_takes_a_refusal_for_nothing_and_lets_the_rest_through() -> None:
    async def fails(error: Exception) -> int:
        raise error

    assert await ask.allowed(fails(NotPermitted())) is None
    assert await ask.allowed(fails(NotFound())) is None
    with pytest.raises(CannotReach):
        await ask.allowed(fails(CannotReach("host", "refused")))


LIVE = {
    "accounts": ["@ALL"],
    "actions": [{"value": "connect", "label": "Connect"}],
    "protocols": ["all"],
    "users": [{"id": "u", "name": "U"}],
    "user_groups": [],
    "assets": [{"id": "a", "name": "A"}],
    "nodes": [],
    "is_active": True,
    "date_start": "2020/01/01 00:00:00 +0000",
    "date_expired": "2090/01/01 00:00:00 +0000",
}
USER = {
    "id": "u",
    "name": "U",
    "username": "uma",
    "groups": [],
    "is_active": True,
    "is_expired": False,
    "login_blocked": False,
}
ASSET = {
    "id": "a",
    "name": "web",
    "address": "10.0.0.1",
    "nodes": [{"id": "n", "name": "N"}],
    "org_id": "o",
    "is_active": True,
    "category": {"value": "host", "label": "Host"},
    "protocols": [{"name": "ssh", "port": 22}],
}
GRANTED = {
    **ASSET,
    "permed_accounts": [{"id": "1", "alias": "1", "name": "root", "username": "root"}],
    "permed_protocols": [{"name": "ssh", "port": 22}],
}
TREE = [
    {"id": "1", "name": "Ops (1)", "meta": {"type": "node", "data": {"id": "n", "key": "1", "value": "Ops"}}}
]


def server(**more: Any) -> Any:
    """A fake server with one rule, one user and one asset; keywords replace rows."""
    rules = more.get("rules", [{"id": "r", "name": "R", **LIVE}])
    return FakeClient(
        {
            RULES: listed(rules),
            "assets/assets/a/": {**ASSET, **more.get("asset", {})},
            "assets/assets/a/perm-users/": listed([USER]),
            "assets/assets/a/perm-users/u/permissions/": listed(rules),
            "users/users/u/": USER,
            "assets/nodes/children/tree/": TREE,
            **more.get("answers", {}),
        },
        "o",
    )


async def test_accounts_of_a_directory_service_count_as_the_assets_own() -> None:
    accounts = [
        {
            "id": "1",
            "username": "svc",
            "name": "svc",
            "ds": {"id": "d", "name": "AD", "domain_name": "corp.example"},
        },
        {
            "id": "2",
            "username": "x@y",
            "name": "x",
            "ds": {"id": "d", "name": "AD", "domain_name": "corp.example"},
        },
        {"id": "3", "username": "root", "name": "root", "ds": None},
        {"id": "4", "username": "off", "name": "off", "ds": None, "is_active": False},
    ]
    client = server(
        asset={"directory_services": [{"id": "d", "name": "AD"}], "accounts": []},
        answers={"accounts/accounts/": listed(accounts)},
    )
    end = await last(who_can(client, identity(org="o"), AssetName("a")))
    assert [one.username for one in end.users[0].accounts] == ["root", "svc@corp.example", "x@y"]
    assert end.complete


async def test_accounts_that_are_not_visible_make_the_answer_incomplete() -> None:
    joined = {"directory_services": [{"id": "d", "name": "AD"}], "accounts": []}
    client = server(asset=joined, answers={"accounts/accounts/": NotPermitted()})
    assert not (await last(who_can(client, identity(org="o"), AssetName("a")))).complete
    assert not (await last(who_can(server(), identity(org="o"), AssetName("a")))).complete
    whole = server(asset={"accounts": []})
    assert (await last(who_can(whole, identity(org="o"), AssetName("a")))).complete


async def test_an_inactive_asset_is_said_to_be_so() -> None:
    client = server(asset={"accounts": [], "is_active": False})
    end = await last(who_can(client, identity(org="o"), AssetName("a")))
    assert end.inactive
    assert (len(end.users), len(end.blocked)) == (0, 1)
    assert end.blocked[0].reasons == ("asset-inactive", "no-account")


async def test_a_rule_that_cannot_be_read_makes_every_answer_incomplete() -> None:
    bad = [{"id": "r", "name": "R", **LIVE}, {"id": "b", "name": 7}]
    client = server(rules=bad, asset={"accounts": []})
    assert not (await last(who_can(client, identity(org="o"), AssetName("a")))).complete
    client.answers["perms/users/u/assets/a/"] = GRANTED
    answer = await last(why(client, identity(org="o"), UserName("u"), AssetName("a")))
    assert answer.verdict == "yes"
    assert not answer.complete
    assert "rules-unreadable" in {warned.code for warned in answer.warnings}


async def test_rules_that_may_not_be_read_leave_the_verdict() -> None:
    refused = {"assets/assets/a/perm-users/u/permissions/": NotPermitted(), RULES: NotPermitted()}
    granted = {"perms/users/u/assets/a/": GRANTED}
    client = server(answers={**refused, **granted})
    answer = await last(why(client, identity(org="o"), UserName("u"), AssetName("a")))
    assert (answer.verdict, answer.complete, answer.rules) == ("yes", False, ())
    assert "rules-not-visible" in {warned.code for warned in answer.warnings}
    client = server(answers={**refused, "perms/users/u/assets/a/": NotFound()})
    answer = await last(why(client, identity(org="o"), UserName("u"), AssetName("a")))
    assert (answer.verdict, answer.complete, answer.near) == ("no", False, ())


async def test_a_version_without_the_question_is_not_a_no() -> None:
    client = server(answers={"perms/users/u/assets/a/": NotFound(unknown_path=True)})
    with pytest.raises(NotFound):
        await last(why(client, identity(org="o"), UserName("u"), AssetName("a")))


async def test_a_verdict_that_the_rules_do_not_explain_is_kept_and_said() -> None:
    client = server(answers={"perms/users/u/assets/a/": NotFound()})
    answer = await last(why(client, identity(org="o"), UserName("u"), AssetName("a")))
    assert answer.verdict == "no"
    assert "verdict-unexplained" in {warned.code for warned in answer.warnings}


async def test_a_node_that_is_not_in_the_tree_is_not_found() -> None:
    client = server(answers={"users/users/": listed([USER])})
    with pytest.raises(NotFound):
        await last(who_can_node(client, identity(org="o"), NodeName("gone")))
