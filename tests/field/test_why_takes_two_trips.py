"""Item 7: names, node tree and who one is are asked for at once; what decides follows in one trip."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from jmstui.api.auth import auth_for
from jmstui.api.client import Client
from jmstui.api.transport import RawAnswer, Transport
from jmstui.models.credential import AccessKey, PrivateToken, Secret
from jmstui.services.identity import enter
from jmstui.services.names import ahead_of_why, asset_queries, find_asset, find_user
from jmstui.services.who_can import who_can
from jmstui.services.why import why
from tests.demo_server import RunningDemo, run_demo


@pytest.fixture(scope="module")
def slow() -> Any:
    running = run_demo(assets=300)
    yield running
    running.stop()


class Far(Transport):
    """A server far away: what is asked together is under way together. Knows how many requests had to end
    before each one began."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.depth: dict[str, int] = {}
        self._deepest = 0

    async def send(self, method: str, path: str, *args: Any, **options: Any) -> RawAnswer:
        mine = self.depth[path] = self._deepest + 1
        await asyncio.sleep(0.1)
        answer = await super().send(method, path, *args, **options)
        self._deepest = max(self._deepest, mine)
        return answer


def session(demo: RunningDemo, kind: str) -> tuple[Client, Far]:
    found = demo.credentials
    credential: Any = PrivateToken(Secret(found["private_token"]))
    if kind == "access-key":
        credential = AccessKey(found["access_key"]["id"], Secret(found["access_key"]["secret"]))
    transport = Far(demo.url, auth_for(credential), proxy_from_env=False)
    return Client(transport, requests=100_000), transport


async def trips_of_why(demo: RunningDemo, user: str, asset: str, org: str | None, kind: str) -> Any:
    """(the verdict, trips until it was known, trips until the end, requests)."""
    client, transport = session(demo, kind)
    before = len(demo.requests)
    here, identity = await enter(client, org, ahead_of_why(user, asset))
    who, what = await asyncio.gather(find_user(here, user), find_asset(here, asset))
    known = None
    async for answer in why(here, identity, who, what):
        if known is None and answer.settled:
            known = max(transport.depth.values())
    end = max(transport.depth.values())
    await client.aclose()
    return answer.verdict, known, end, len(demo.requests) - before


@pytest.mark.parametrize("kind", ["private-token", "access-key"])
async def test_a_yes_is_whole_after_two(slow: RunningDemo, kind: str) -> None:
    found = await trips_of_why(slow, slow.examples["user"], slow.examples["asset"], None, kind)
    assert found == ("yes", 2, 2, 11)


async def test_a_no_is_said_after_two_and_explained_after_three(slow: RunningDemo) -> None:
    found = await trips_of_why(
        slow, slow.examples["denied_user"], slow.examples["asset"], None, "private-token"
    )
    assert found == ("no", 2, 3, 13)


async def test_an_organization_by_name_may_cost_one_more(slow: RunningDemo) -> None:
    verdict, known, end, requests = await trips_of_why(
        slow, slow.examples["user"], slow.examples["asset"], "DEFAULT", "private-token"
    )
    assert verdict == "yes"
    assert known <= 3
    assert end <= 3
    assert requests <= 13


async def test_names_that_are_ids_skip_the_look_up(slow: RunningDemo) -> None:
    world = slow.world
    user = world.user_named(slow.examples["user"])
    asset = next(a for a in world.assets.values() if a.name == slow.examples["asset"])
    assert user
    assert await trips_of_why(slow, user.id, asset.id, None, "private-token") == ("yes", 2, 2, 8)


async def test_who_can_has_its_first_people_after_two(slow: RunningDemo) -> None:
    client, transport = session(slow, "private-token")
    name = slow.examples["asset"]
    here, identity = await enter(client, None, asset_queries(name))
    asset = await find_asset(here, name)
    first = None
    async for answer in who_can(here, identity, asset):
        first = first or (max(transport.depth.values()), len(answer.users))
    assert first is not None
    assert first[0] == 2, transport.depth
    assert first[1] > 0
    assert max(transport.depth.values()) <= 3
    await client.aclose()
