"""Who is signed in: all roles of both versions, organizations by name and id, and the silent fallback."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from jmstui.api.client import Client
from jmstui.api.errors import NotFound, SessionExpired
from jmstui.demo import build_demo
from jmstui.models.credential import BearerToken, PrivateToken, Secret
from jmstui.models.organization import DEFAULT, ROOT, SYSTEM, Organization
from jmstui.models.profile import Profile
from jmstui.services import identity as under_test
from jmstui.services.connect import DEMO_URL, open_client
from jmstui.services.identity import Identity, OrgChoice, enter, in_org, union, who_am_i
from jmstui.services.names import Ambiguous
from jmstui.settings import Settings


@pytest.fixture(autouse=True)
def _nothing_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(under_test, "_older", set())


@asynccontextmanager
async def signed_in(who: str = "admin", **options: Any) -> AsyncIterator[tuple[Client, Any]]:
    demo = build_demo(**{"assets": 60, "rate": 0, "anon_rate": 0, **options})
    ready = demo.ready(DEMO_URL)
    token = ready["credentials"]["private_token"] if who == "admin" else ready["people"][who]["private_token"]
    client = await open_client(Settings(url=DEMO_URL), PrivateToken(Secret(token)), demo.app)
    try:
        yield client, demo
    finally:
        await client.aclose()


def paths(client: Client) -> list[str]:
    return [entry.path for entry in client.log if entry.how == "sent"]


@pytest.mark.parametrize("api", ["4.10", "3.10"])
async def test_an_administrator(api: str) -> None:
    async with signed_in(api=api) as (client, demo):
        here, who = await enter(client)
        assert (who.api, who.role, who.profile.username) == (
            api,
            "System admin",
            demo.ready("")["credentials"]["token"]["username"],
        )
        assert who.current.id == here.org == DEFAULT
        assert who.may("assets.view_asset")
        assert who.may()
        assert "assets.view_asset" in who.perms
        names = [choice.org.name for choice in who.orgs]
        assert len(names) == len(set(names)) >= 4
        assert SYSTEM not in [choice.org.id for choice in who.orgs]
        assert "console" in who.sources
        assert who.notice is None
        assert client.identity == who.profile.id


async def test_three_requests_side_by_side_and_the_older_server_is_remembered() -> None:
    async with signed_in() as (client, _):
        await enter(client)
        assert sorted(paths(client)) == ["orgs/orgs/current/", "users/profile/", "users/profile/permissions/"]
    async with signed_in(api="3.10") as (client, _):
        here, who = await enter(client)
        other = next(choice.org for choice in who.orgs if choice.org.id not in (here.org, ROOT))
        await who_am_i(client.for_org(other.id))
        assert paths(client).count("users/profile/permissions/") == 1


async def test_a_server_that_was_upgraded_is_noticed() -> None:
    async with signed_in(api="3.10") as (client, _):
        await enter(client)
    async with signed_in(api="4.10") as (client, _):
        _here, who = await enter(client)
        assert who.api == "4.10"
        assert who.orgs
        assert who.perms


@pytest.mark.parametrize("api", ["4.10", "3.10"])
async def test_roles_in_words(api: str) -> None:
    async with signed_in(api=api) as (client, demo):
        people = demo.ready(DEMO_URL)["people"]
    wanted = {
        "orgadmin": "Org admin",
        "auditor": "Org auditor",
        "sysauditor": "System auditor",
        "viewer": "User",
    }
    met = 0
    for person, role in wanted.items():
        if person not in people:
            continue
        async with signed_in(person, api=api) as (client, _):
            _here, who = await enter(client)
            assert who.role == role, person
            # v3.10 gives its auditors no right to list assets (§14)
            may = role == "Org admin" if api == "3.10" else role != "User"
            assert who.may("assets.view_asset") == may, person
            met += 1
    assert met >= 2


async def test_an_organization_by_name_goes_out_as_its_id() -> None:
    async with signed_in() as (client, _demo):
        here, who = await enter(client, "Production")
        assert who.current.name == "Production"
        assert here.org == who.current.id != "Production"
        again, _ = await enter(client, "production")
        assert again.org == here.org
        chinese, who = await enter(client, "研发中心")
        assert who.current.name == "研发中心"
        assert chinese.org == who.current.id
        by_id, _ = await enter(client, here.org)
        assert by_id.org == here.org
        top, who = await enter(client, "root")
        assert top.org == ROOT
        assert who.current.is_root
        with pytest.raises(NotFound, match=r"no organization 'Nope' among yours: .*Production"):
            await enter(client, "Nope")


async def test_a_silent_fallback_is_said() -> None:
    asked = "12345678-1111-2222-3333-444444444444"
    async with signed_in() as (client, _):
        _here, who = await enter(client, asked)
        assert who.current.id == DEFAULT
        assert who.notice is not None
        assert asked in who.notice
        assert who.current.name in who.notice
        assert "community" not in who.notice


async def test_a_community_edition_is_said() -> None:
    async with signed_in() as (_, enterprise):
        production = next(org.id for org in enterprise.world.orgs.values() if org.name == "Production")
    async with signed_in(edition="community") as (client, _):
        _here, who = await enter(client, production)
        assert who.notice is not None
        assert "community edition" in who.notice


async def test_without_default_one_begins_where_one_belongs() -> None:
    async with signed_in() as (_client, demo):
        production = next(org for org in demo.world.orgs.values() if org.name == "Production")
    identity = Identity(
        Profile(id="u"),
        frozenset(),
        (
            OrgChoice(Organization(id=ROOT), ("workbench",)),
            OrgChoice(Organization(id=production.id), ("console",)),
        ),
        Organization(id=DEFAULT),
    )
    assert under_test._home(identity) == production.id


async def test_another_organization_of_the_same_user_costs_two_requests() -> None:
    async with signed_in() as (client, _):
        here, who = await enter(client)
        before = len(paths(client))
        production = next(choice.org for choice in who.orgs if choice.org.name == "Production")
        there, found = await in_org(here, who, production)
        assert len(paths(client)) - before == 2
        assert (there.org, found.current.name, found.profile) == (production.id, "Production", who.profile)
        gone = Organization(id="12345678-1111-2222-3333-444444444444", name="Gone")
        with pytest.raises(NotFound, match="Gone"):
            await in_org(here, who, gone)


async def test_a_bad_credential_is_told_as_such() -> None:
    demo = build_demo(assets=10, rate=0, anon_rate=0)
    client = await open_client(Settings(url=DEMO_URL), BearerToken(Secret("x" * 36)), demo.app)
    with pytest.raises(SessionExpired):
        await enter(client)
    await client.aclose()


def test_union_hides_system_and_remembers_every_list() -> None:
    a, b = Organization(id="a", name="A"), Organization(id="b", name="B")
    system = Organization(id=SYSTEM, name="SYSTEM", is_system=True)
    found = union([("console", [a, system]), ("audit", [b, a]), ("workbench", [a])])
    assert found == (OrgChoice(a, ("console", "audit", "workbench")), OrgChoice(b, ("audit",)))


def test_two_organizations_of_one_name_are_ambiguous() -> None:
    choices = tuple(OrgChoice(Organization(id=i, name="Twin"), ("console",)) for i in "ab")
    identity = Identity(Profile(id="u"), frozenset(), choices, Organization(id="a"))
    with pytest.raises(Ambiguous) as caught:
        under_test.find_org(identity, "Twin")
    assert [c.id for c in caught.value.candidates] == ["a", "b"]


def test_a_superuser_may_all_and_a_user_what_is_listed() -> None:
    user = Identity(Profile(id="u"), frozenset({"a.b"}), (), Organization(id="o"))
    assert user.may("x.y", "a.b")
    assert not user.may("x.y")
    root = Identity(Profile(id="u", is_superuser=True), frozenset(), (), Organization(id="o"))
    assert root.may("x.y")
