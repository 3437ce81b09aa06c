"""Row 0's kind, over every field at once: whatever field a server leaves out of all its answers, or gives as
null, an answer is the same as before, or says that it is incomplete, or is an error with a sentence."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from jmstui.api.client import Client
from jmstui.api.errors import ApiError
from jmstui.demo import build_demo
from jmstui.models.credential import PrivateToken, Secret
from jmstui.services.answers import AssetName, UserName
from jmstui.services.connect import DEMO_URL, open_client
from jmstui.services.expiring import expiring
from jmstui.services.identity import Identity, enter
from jmstui.services.what_can import what_can
from jmstui.services.who_can import who_can
from jmstui.services.why import why
from jmstui.settings import Settings
from tests.services.asking import last

FIELDS = [
    "is_active",
    "is_expired",
    "is_valid",
    "login_blocked",
    "date_expired",
    "date_start",
    "users",
    "user_groups",
    "assets",
    "nodes",
    "accounts",
    "protocols",
    "actions",
    "groups",
    "permed_accounts",
    "permed_protocols",
    "category",
    "platform",
    "org_id",
    "org_name",
    "count",
    "nodes_display",
    "is_superuser",
    "username",
    "name",
    "alias",
    "perms",
    "console_orgs",
    "users_amount",
    "assets_amount",
    "accounts_amount",
    "directory_services",
    "has_secret",
    "meta",
    "pId",
    "secret_type",
    "results",
    "id",
]
SAYS_NULL = ("date_start", "date_expired")
"""Null says something of its own in these: no beginning, no end."""
APIS = ("3.10", "4.10.16", "4.10.19")
App = Callable[[Any, Any, Any], Awaitable[None]]


def without(value: Any, field: str, null: bool) -> Any:
    """The JSON value with the field gone, or null, wherever it stands."""
    if isinstance(value, list):
        return [without(each, field, null) for each in value]
    if not isinstance(value, dict):
        return value
    kept = {key: without(each, field, null) for key, each in value.items() if key != field}
    return {**kept, field: None} if null and field in value else kept


def changed(app: App, field: str, null: bool) -> App:
    """The application with every JSON answer changed so."""

    async def call(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        head: dict[str, Any] = {}
        body = bytearray()

        async def take(message: dict[str, Any]) -> None:
            if message["type"] == "http.response.start":
                head.update(message)
                return
            body.extend(message.get("body", b""))
            if message.get("more_body"):
                return
            said = bytes(body)
            if head["status"] == 200 and said[:1] in b"[{":
                said = json.dumps(without(json.loads(said), field, null)).encode()
            headers = [(k, v) for k, v in head["headers"] if k.lower() != b"content-length"]
            await send({**head, "headers": [*headers, (b"content-length", str(len(said)).encode())]})
            await send({"type": "http.response.body", "body": said})

        await app(scope, receive, take)

    return call


class World:
    """A demo server in this process, what is asked of it, and the answers of the whole one."""

    def __init__(self, api: str) -> None:
        self.demo = build_demo(assets=120, rate=0, anon_rate=0, api=api)
        ready = self.demo.ready(DEMO_URL)
        self.token = ready["credentials"]["private_token"]
        self.examples = ready["examples"]
        world = self.demo.world
        self.asset = next(a for a in world.assets.values() if a.name == self.examples["asset"])
        names = {user.username: user for user in world.users.values()}
        self.users = [names[self.examples["user"]], names[self.examples["denied_user"]]]
        off = next(u for u in world.users.values() if not u.is_active and u.username not in world.people)
        self.users.append(off)
        self.truth: dict[str, Any] = {}

    async def client(self, field: str = "", null: bool = False) -> tuple[Client, Identity]:
        app = changed(self.demo.app, field, null) if field else self.demo.app
        settings = Settings(url=DEMO_URL, rate=1_000_000)
        client = await open_client(settings, PrivateToken(Secret(self.token)), app)
        return await enter(client)

    async def answers(self, field: str = "", null: bool = False) -> dict[str, Any]:
        """(complete, the statement) by question; an error is its code."""
        found: dict[str, Any] = {}
        try:
            client, identity = await self.client(field, null)
        except ApiError as error:
            return {"entered": error.code}
        what = AssetName(self.asset.id, self.asset.name)
        for user in self.users:
            who = UserName(user.id, user.username, user.name)
            found[f"why {user.username}"] = await said(why(client, identity, who, what), of_why)
            found[f"what-can {user.username}"] = await said(what_can(client, identity, who), of_what_can)
        found["who-can"] = await said(who_can(client, identity, what), of_who_can)
        found["expiring"] = await said(expiring(client, identity, 365), of_expiring)
        await client.aclose()
        return found


async def said(answers: Any, statement: Callable[[Any], Any]) -> Any:
    try:
        return statement(await last(answers))
    except ApiError as error:
        return error.sentence and error.code


def of_why(answer: Any) -> tuple[bool, Any]:
    return answer.complete and answer.verdict is not None, (answer.verdict, answer.reasons, answer.granted)


def of_who_can(answer: Any) -> tuple[bool, Any]:
    groups = (answer.users, answer.blocked, answer.lapsed)
    return answer.complete, tuple(tuple((row.user.id, row.reasons) for row in rows) for rows in groups)


def of_what_can(answer: Any) -> tuple[bool, Any]:
    blocked = answer.standing.blocked if answer.standing else None
    return answer.complete, (answer.total, blocked, {stand.rule.id: stand.status for stand in answer.rules})


def of_expiring(answer: Any) -> tuple[bool, Any]:
    return answer.complete, [
        (one.rule.id, one.stand.status, one.days, len(one.rule.users or ())) for one in answer.items
    ]


@pytest.fixture(scope="module")
def worlds() -> dict[str, World]:
    return {}


@pytest.mark.parametrize("api", APIS)
@pytest.mark.parametrize("field", FIELDS)
async def test_no_answer_becomes_a_false_one(worlds: dict[str, World], api: str, field: str) -> None:
    world = worlds.setdefault(api, World(api))
    world.truth = world.truth or await world.answers()
    assert all(isinstance(one, tuple) for one in world.truth.values()), world.truth
    for null in (False,) if field in SAYS_NULL else (False, True):
        for question, answer in (await world.answers(field, null)).items():
            if isinstance(answer, str):  # an error with a sentence
                continue
            complete, statement = answer
            assert not complete or statement == world.truth[question][1], (question, null, statement)
