"""Names are taken exactly: one record, several candidates, or none."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from jmstui.api.client import Client
from jmstui.api.errors import NotFound, NotPermitted
from jmstui.demo import build_demo
from jmstui.models.credential import PrivateToken, Secret
from jmstui.models.organization import DEFAULT
from jmstui.services.connect import DEMO_URL, open_client
from jmstui.services.identity import enter
from jmstui.services.names import Ambiguous, find_asset, find_group, find_node, find_user, like
from jmstui.settings import Settings


@pytest.fixture(params=["4.10", "3.10"])
async def place(request: pytest.FixtureRequest) -> AsyncIterator[tuple[Client, Any]]:
    demo = build_demo(assets=300, rate=0, anon_rate=0, api=request.param)
    token = demo.ready(DEMO_URL)["credentials"]["private_token"]
    client = await open_client(Settings(url=DEMO_URL), PrivateToken(Secret(token)), demo.app)
    here, _ = await enter(client)
    yield here, demo
    await client.aclose()


def in_default(demo: Any, what: str) -> list[Any]:
    default = DEFAULT
    return [each for each in getattr(demo.world, what).values() if each.org_id == default]


async def test_a_user(place: tuple[Client, Any]) -> None:
    client, demo = place
    example = demo.ready(DEMO_URL)["examples"]["user"]
    user = await find_user(client, example)
    assert user.username == example
    assert (await find_user(client, user.id)).id == user.id
    assert (await find_user(client, f"  {example} ")).id == user.id
    for wrong in (example[:-1], "nobody-at-all", "12345678-1111-2222-3333-444444444444"):
        with pytest.raises(NotFound, match="no user"):
            await find_user(client, wrong)


async def test_an_asset_by_name_address_and_id(place: tuple[Client, Any]) -> None:
    client, demo = place
    asset = await find_asset(client, demo.ready(DEMO_URL)["examples"]["asset"])
    assert (await find_asset(client, asset.id)).id == asset.id
    addresses = [each.address for each in in_default(demo, "assets")]
    unique = next(each for each in in_default(demo, "assets") if addresses.count(each.address) == 1)
    assert (await find_asset(client, unique.address)).id == unique.id
    with pytest.raises(NotFound, match="no asset"):
        await find_asset(client, "no-such-asset")


async def test_several_assets_with_one_address_are_candidates(place: tuple[Client, Any]) -> None:
    client, demo = place
    first, second = in_default(demo, "assets")[:2]
    second.address = first.address = "203.0.113.77"
    with pytest.raises(Ambiguous) as caught:
        await find_asset(client, "203.0.113.77")
    assert {c.id for c in caught.value.candidates} == {first.id, second.id}
    assert caught.value.exit_status == 2
    assert first.id in caught.value.sentence
    assert "Give the id" in caught.value.sentence


async def test_a_name_that_is_another_ones_address_is_ambiguous(place: tuple[Client, Any]) -> None:
    client, demo = place
    first, second = in_default(demo, "assets")[:2]
    first.address, second.name = "203.0.113.78", "203.0.113.78"
    with pytest.raises(Ambiguous):
        await find_asset(client, "203.0.113.78")


async def test_a_node_by_path_key_value_and_id(place: tuple[Client, Any]) -> None:
    client, demo = place
    nodes = in_default(demo, "nodes")
    values = [node.value for node in nodes]
    deep = max(nodes, key=lambda node: node.key.count(":"))
    found = await find_node(client, deep.key)
    assert found.key == deep.key
    assert (await find_node(client, found.full_value)).id == found.id
    assert (await find_node(client, found.full_value.lstrip("/"))).id == found.id
    assert (await find_node(client, found.full_value + "/")).id == found.id
    assert (await find_node(client, found.id)).id == found.id
    unique = next(node for node in nodes if values.count(node.value) == 1 and "/" not in node.value)
    assert (await find_node(client, unique.value)).key == unique.key
    for wrong in ("/no/such/node", "9:9:9", "no-such-node"):
        with pytest.raises(NotFound, match="no node"):
            await find_node(client, wrong)


async def test_a_node_whose_name_holds_a_slash(place: tuple[Client, Any]) -> None:
    client, demo = place
    node = next(node for node in in_default(demo, "nodes") if node.key.count(":") == 1)
    node.value = "web/db"
    node.full_value = node.full_value.rpartition("/")[0] + "/web/db"
    found = await find_node(client, node.key)
    assert (await find_node(client, found.full_value)).id == found.id
    assert (await find_node(client, "web/db")).id == found.id


async def test_nodes_of_one_value_are_candidates_with_their_paths(place: tuple[Client, Any]) -> None:
    client, demo = place
    nodes = in_default(demo, "nodes")
    values = [node.value for node in nodes]
    twin = next((value for value in values if values.count(value) > 1), None)
    assert twin is not None
    with pytest.raises(Ambiguous) as caught:
        await find_node(client, twin)
    assert len({c.name for c in caught.value.candidates}) > 1


async def test_a_group(place: tuple[Client, Any]) -> None:
    client, demo = place
    group = in_default(demo, "groups")[0]
    assert (await find_group(client, group.name)).id == group.id
    assert (await find_group(client, group.id)).name == group.name
    with pytest.raises(NotFound, match="no group"):
        await find_group(client, "no such group")


async def test_who_may_not_look_is_told_so() -> None:
    demo = build_demo(assets=60, rate=0, anon_rate=0)
    token = demo.ready(DEMO_URL)["people"]["viewer"]["private_token"]
    client = await open_client(Settings(url=DEMO_URL), PrivateToken(Secret(token)), demo.app)
    with pytest.raises(NotPermitted):
        await find_asset(client, "anything")
    await client.aclose()


async def test_near_names_for_a_mistyped_one(
    place: tuple[Client, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    from jmstui.api.endpoints import users
    from jmstui.services import names

    client, demo = place
    for user in list(demo.world.users.values())[:2]:
        user.username = "zz-near-030" if user is next(iter(demo.world.users.values())) else "zz-near-302"
    demo.world.version += 1
    assert await like(client, "user", "zz-near-301") == ["zz-near-302", "zz-near-030"]
    assert await like(client, "user", "no-such-name-anywhere") == []
    assert await like(client, "user", "12345678-1111-2222-3333-444444444444") == []

    def refused(*_args: object, **_filters: object) -> Any:
        return users.one("12345678-1111-2222-3333-444444444444")

    monkeypatch.setattr(names.users, "page", refused)
    assert await like(client, "user", "zz-near-301") == []


async def test_a_server_that_ignores_the_filter_finds_nothing(
    place: tuple[Client, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    from jmstui.api.endpoints import users
    from jmstui.services import names

    client, _ = place
    page = users.page
    monkeypatch.setattr(names.users, "page", lambda offset, limit, **_filters: page(offset, limit))
    with pytest.raises(NotFound):
        await find_user(client, "nobody-at-all")
