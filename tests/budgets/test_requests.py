"""The table of requests: what each action may cost on a server with 100,000 assets. Counted, not timed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

from jmstui.api.auth import auth_for
from jmstui.api.client import Client
from jmstui.api.pages import RemoteList
from jmstui.api.supersede import Latest
from jmstui.api.transport import RawAnswer, Transport
from jmstui.models.asset import Asset
from jmstui.models.credential import PrivateToken, Secret
from jmstui.services.identity import Identity, who_am_i
from jmstui.views import all_views
from jmstui.views.spec import Ask, Branch
from tests.demo_server import RunningDemo, run_demo

ROOT = "00000000-0000-0000-0000-000000000000"
SCREEN = 40
VIEW = all_views()["assets"]

pytestmark = pytest.mark.xdist_group("100,000 assets")


@pytest.fixture(scope="module")
def server() -> Iterator[RunningDemo]:
    running = run_demo(assets=100_000)
    yield running
    running.stop()


class Counting(Transport):
    """Knows how many requests had to end before each one began."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.depth: dict[str, int] = {}
        self._deepest = 0

    async def send(self, method: str, path: str, *args: Any, **options: Any) -> RawAnswer:
        mine = self._deepest + 1
        self.depth[path] = mine
        answer = await super().send(method, path, *args, **options)
        self._deepest = max(self._deepest, mine)
        return answer


class Session:
    """A client with nothing in its cache, and a count of what the server served."""

    def __init__(self, server: RunningDemo) -> None:
        self.server = server
        credential = PrivateToken(Secret(server.credentials["private_token"]))
        self.transport = Counting(server.url, auth_for(credential), proxy_from_env=False)
        self.client = Client(self.transport, org=ROOT)
        self.counted = len(server.requests)
        self.lists: list[RemoteList[Asset]] = []

    def requests(self) -> list[str]:
        """What was asked since the last look."""
        served = self.server.requests[self.counted :]
        self.counted = len(self.server.requests)
        return [f"{path}?{query}" for _, path, query, _ in served]

    def assets(self, identity: Identity, client: Client | None = None, **ask: Any) -> RemoteList[Asset]:
        """The list behind the table of assets, as the view asks it."""
        found: RemoteList[Asset] = RemoteList(client or self.client, VIEW.page(identity, Ask(**ask)))
        self.lists.append(found)
        return found

    async def settle(self, remote: RemoteList[Asset]) -> None:
        """Until nothing is under way, and longer than a cursor has to rest."""
        for _ in range(500):
            await asyncio.sleep(0.2 if remote._timer is not None else 0.02)
            if not remote._asks and remote._timer is None:
                return
        raise AssertionError("it does not come to rest")

    async def show(self, remote: RemoteList[Asset], first: int, direction: int = 0) -> list[Asset | None]:
        remote.want(first, first + SCREEN - 1, direction)
        await self.settle(remote)
        return [remote.get(n) for n in range(first, first + SCREEN)]  # type: ignore[misc]


@pytest.fixture
async def session(server: RunningDemo) -> AsyncIterator[Session]:
    opened = Session(server)
    yield opened
    for each in opened.lists:
        each.close()
    await opened.client.aclose()


async def last(values: AsyncIterator[list[Any]]) -> list[Any]:
    """What a growing result has become when it is whole."""
    return [value async for value in values][-1]


async def tree(session: Session, identity: Identity) -> list[Branch]:
    """The node tree, as the screen loads it."""
    assert VIEW.side is not None
    side = VIEW.side(identity)
    assert side is not None
    return await last(side.load(session.client, identity))


async def test_start_to_rows_on_screen(session: Session) -> None:
    """5 requests, and the rows wait for at most 2 in sequence."""
    identity = await who_am_i(session.client)
    remote = session.assets(identity)
    rows, branches = await asyncio.gather(session.show(remote, 0), tree(session, identity))
    assert None not in rows
    assert len(branches) > 100
    assert remote.total == 100_000
    asked = session.requests()
    assert len(asked) <= 5, asked
    assert session.transport.depth["assets/assets/"] <= 2


async def test_a_node_seen_within_its_time_costs_nothing(session: Session) -> None:
    identity = await who_am_i(session.client)
    filters = next(b.filters for b in await tree(session, identity) if b.filters and (b.count or 0) > 100)
    await session.show(session.assets(identity, filters=filters), 0)
    await session.show(session.assets(identity), 0)
    session.requests()
    again = await session.show(session.assets(identity, filters=filters), 0)
    assert None not in again
    assert session.requests() == []


async def test_walking_over_300_rows(session: Session) -> None:
    """3 pages and 1 prefetch."""
    identity = await who_am_i(session.client)
    remote = session.assets(identity)
    await session.show(remote, 0)
    session.requests()
    for cursor in range(300):
        await session.show(remote, max(0, cursor - SCREEN + 1), 1)
    assert len(session.requests()) == 3, "the first page was there before"
    assert all(remote.get(n) is not None for n in range(300))


@pytest.mark.parametrize(("first", "most"), [(99_960, 1), (80_010, 1), (50_080, 2)])
async def test_end_and_jumps(session: Session, first: int, most: int) -> None:
    """1 request, 2 at a page border."""
    identity = await who_am_i(session.client)
    remote = session.assets(identity)
    await session.show(remote, 0)
    session.requests()
    assert None not in await session.show(remote, first, 1)
    assert len(session.requests()) == most
    assert None not in await session.show(remote, 0, -1)
    assert session.requests() == [], "Home is still here"


async def test_holding_pgdn(session: Session) -> None:
    """Only where the cursor stops; one page ahead of it."""
    identity = await who_am_i(session.client)
    remote = session.assets(identity)
    await session.show(remote, 0)
    session.requests()
    for press in range(1, 120):
        remote.want(press * SCREEN, press * SCREEN + SCREEN - 1, 1)
        await asyncio.sleep(0.01)
    await session.settle(remote)
    asked = session.requests()
    assert all(remote.get(n) is not None for n in range(4760, 4800))
    assert len(asked) <= 2, asked
    assert "offset=4700" in asked[0]


async def test_the_detail_of_an_asset(session: Session) -> None:
    """3 for its first tabs, none again within its time to live."""
    identity = await who_am_i(session.client)
    row = (await session.show(session.assets(identity), 0))[0]
    assert row is not None
    session.requests()
    spent = []
    for _ in range(2):
        for tab in VIEW.tabs[:3]:
            assert await last(tab.lines(session.client, identity, row))
        spent.append(session.requests())
    assert 1 <= len(spent[0]) <= 3, spent[0]
    assert spent[1] == []


async def test_the_json_tab_shares_the_answer_of_the_overview(session: Session) -> None:
    identity = await who_am_i(session.client)
    row = (await session.show(session.assets(identity), 0))[0]
    assert row is not None
    tabs = {tab.key: tab for tab in VIEW.tabs}
    await last(tabs["overview"].lines(session.client, identity, row))
    session.requests()
    lines = await last(tabs["json"].lines(session.client, identity, row))
    assert any(row.id in line.text for line in lines)
    assert session.requests() == []


async def test_an_8_letter_search_typed_quickly(session: Session) -> None:
    """1 request."""
    identity = await who_am_i(session.client)
    shown: list[str] = []

    async def ask(text: str) -> list[Asset | None]:
        return await session.show(session.assets(identity, search=text), 0)

    search = Latest(ask, lambda text, rows: shown.append(text), lambda text, error: shown.append(repr(error)))
    session.requests()
    for n in range(1, 9):
        search.put("prod-web"[:n])
        await asyncio.sleep(0.05)
    for _ in range(300):
        if not search.busy:
            break
        await asyncio.sleep(0.02)
    assert shown == ["prod-web"]
    assert len(session.requests()) == 1


async def test_switching_organization_and_back(session: Session) -> None:
    """0 on the way back, and never a row of the other one."""
    identity = await who_am_i(session.client)
    others = [c.org for c in identity.orgs if c.org.id != ROOT and c.org.id != identity.current.id]
    here = await session.show(session.assets(identity), 300)
    other = session.client.for_org(others[0].id)
    there_identity = await who_am_i(other)
    there = await session.show(session.assets(there_identity, other), 0)
    assert {row.org_id for row in there if row} == {others[0].id}
    session.requests()
    back_identity = await who_am_i(session.client)
    back = await session.show(session.assets(back_identity), 300)
    assert session.requests() == []
    assert back == here
