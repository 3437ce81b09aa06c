"""Every question is one that may be asked, is bounded, and decodes whatever comes back."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jmstui.api.auth import auth_for
from jmstui.api.endpoints import (
    access,
    accounts,
    assets,
    groups,
    health,
    logs,
    nodes,
    orgs,
    permissions,
    platforms,
    profile,
    search,
    users,
    zones,
)
from jmstui.api.endpoints.nodes import split_count
from jmstui.api.endpoints.reads import READS, phase_of
from jmstui.api.errors import ApiError, NotFound
from jmstui.api.query import Query
from jmstui.api.transport import Transport
from jmstui.api.ttl import TTL
from jmstui.models.base import BadRow
from jmstui.models.credential import PrivateToken, Secret
from jmstui.models.node import TreeItem, TreeMeta
from jmstui.models.page import Page
from jmstui.services import _asks
from tests.demo_server import RunningDemo

U = "e6b6a4b3-0dad-53a6-b9e4-ba9597ae906c"
A = "fe6fa72c-a729-5936-be04-c4ac7e0428c2"

PAGES: dict[str, Query[Any]] = {
    "assets": assets.page(0, 10, search="web", order="-name", node="1:0", show_current_asset=1),
    "assets.accounts": assets.accounts(A),
    "assets.perm_users": assets.perm_users(A),
    "assets.perm_user_groups": assets.perm_user_groups(A),
    "assets.rules_between": assets.rules_between(A, U),
    "nodes": nodes.page(),
    "nodes.by_ids": nodes.by_ids([U, A]),
    "users": users.page(is_active=True),
    "users.members": users.members(0, 100, "id,username,name,groups"),
    "groups": groups.page(),
    "permissions": permissions.page(is_valid=True),
    "permissions.with_members": permissions.with_members(),
    "permissions.shown_with_members": permissions.shown_with_members(search=None, order=None),
    "permissions.dated": permissions.dated(),
    "permissions.pairs": permissions.pairs("nodes"),
    "permissions.users_all": permissions.users_all(U),
    "permissions.assets_all": permissions.assets_all(U),
    "permissions.accounts": permissions.accounts(U),
    "access.assets_of_user": access.assets_of_user(U),
    "access.own_assets": access.assets_of_user(),
    "access.assets_of_group": access.assets_of_group(U),
    "access.nodes_of_group": access.nodes_of_group(U),
    "platforms": platforms.page(category="host"),
    "zones": zones.page(),
    "domains": zones.page(api="3.10"),
    "orgs": orgs.page(),
    "accounts": accounts.page(privileged=True),
    "labels": search.labels(),
    "services.accounts": _asks.accounts(A),
    "logs.logins": logs.logins(),
    "logs.operations": logs.operations(),
    "logs.sessions": logs.sessions(is_finished=False),
    "logs.tickets": logs.tickets(),
    "logs.activities": logs.activities(A),
}
OTHERS: dict[str, Query[Any]] = {
    "assets.one": assets.one(A),
    "assets.raw": assets.raw(A),
    "assets.suggestions": assets.suggestions("web"),
    "nodes.one": nodes.one(A),
    "nodes.raw": nodes.raw(A),
    "nodes.tree_all": nodes.tree_all(),
    "nodes.category_tree": nodes.category_tree(),
    "nodes.children_of_user": nodes.children_of_user(key="1:0"),
    "users.one": users.one(U),
    "users.raw": users.raw(U),
    "users.suggestions": users.suggestions("a"),
    "groups.one": groups.one(U),
    "groups.raw": groups.raw(U),
    "permissions.one": permissions.one(U),
    "permissions.whole": permissions.whole(U),
    "permissions.raw": permissions.raw(U),
    "access.verdict": access.verdict(U, A),
    "access.verdict_raw": access.verdict_raw("self", A),
    "access.tree": access.tree(U),
    "platforms.one": platforms.one("1"),
    "platforms.raw": platforms.raw("1"),
    "zones.one": zones.one(A),
    "zones.raw": zones.raw(A, api="3.10"),
    "orgs.current": orgs.current(),
    "profile.me": profile.me(),
    "profile.raw": profile.raw(),
    "profile.permissions": profile.permissions(),
    "profile.public_settings": profile.public_settings(),
    "accounts.one": accounts.one(A),
    "accounts.raw": accounts.raw(A),
    "search.everywhere": search.everywhere("web"),
    "health": health.health(),
}
ALL = PAGES | OTHERS
ALSO = {
    "domains": "zones.page",
    "labels": "search.labels",
    "health": "health.health",
    "access.own_assets": "access.assets_of_user",
}


def test_every_function_of_the_endpoints_is_asked_here() -> None:
    """What fuzzes the decoders below fuzzes all of them: a new endpoint has to come into the lists above."""
    import pkgutil
    from importlib import import_module
    from inspect import getmembers, isfunction

    import jmstui.api.endpoints as package

    there = set()
    for module in pkgutil.iter_modules(package.__path__):
        name = f"{package.__name__}.{module.name}"
        for function, code in getmembers(import_module(name), isfunction):
            returns = str(code.__annotations__.get("return", ""))
            if code.__module__ == name and returns.startswith("Query[") and function[0] != "_":
                there.add(f"{module.name}.{function}")
    asked = {ALSO.get(name, name if "." in name else f"{name}.page") for name in ALL}
    assert there - asked == set()
    assert len(there) > 40


@pytest.mark.parametrize("name", ALL)
def test_every_question_may_be_asked_and_has_a_time_to_live(name: str) -> None:
    question = ALL[name]
    assert phase_of("GET", question.path, question.params) == "read"
    assert question.kind in TTL


@pytest.mark.parametrize("name", PAGES)
def test_every_list_has_a_limit(name: str) -> None:
    limits = [value for key, value in PAGES[name].params if key == "limit"]
    assert len(limits) == 1
    assert 0 < int(limits[0]) <= 1000


def test_what_is_left_out_is_not_sent() -> None:
    question = assets.page(200, 100, search="", order=None, category=None, is_active=False)
    assert dict(question.params) == {
        "limit": "100",
        "offset": "200",
        "fields": assets.COLUMNS,
        "is_active": "false",
    }
    assert assets.page(fields=None).params == (("limit", "100"), ("offset", "0"))


def test_v3_asks_for_domains() -> None:
    assert zones.page(api="3.10").path == "assets/domains/"
    assert zones.page(api="4.10").path == "assets/zones/"


def test_no_path_of_the_table_writes_or_tells_a_secret() -> None:
    for path in READS:
        for word in (
            "reset",
            "logout",
            "secret",
            "password/",
            "unblock",
            "remove",
            "invite",
            "confirm",
            "export",
        ):
            assert word not in path, path


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["id", "name", "username", "results", "count", "user", "asset", "perms", "time"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(st.binary(max_size=80) | JSON.map(lambda value: json.dumps(value).encode()))
def test_every_decoder_gives_a_value_or_an_api_error(body: bytes) -> None:
    sentences = []
    for question in ALL.values():
        try:
            question.decode(body)
        except ApiError as error:
            sentences.append(error.sentence)
    assert all(sentence.isprintable() for sentence in sentences)


# --- tree counts (§3.2) ---


def item(name: str, value: str | None, title: str | None = None) -> TreeItem:
    meta = TreeMeta(type="node", data={"value": value}) if value is not None else None
    return TreeItem(id="1", name=name, title=title if title is not None else name, meta=meta)


@pytest.mark.parametrize(
    ("tree_item", "expected"),
    [
        (item("L1 web (269)", "L1 web"), ("L1 web", 269)),
        (item("web (3) (12)", "web (3)"), ("web (3)", 12)),
        (item("web (3)", "web (3)"), ("web (3)", None)),
        (item("plain", "plain"), ("plain", None)),
        (item("生产环境 (0)", "生产环境"), ("生产环境", 0)),
        (item("Host (16478)", None, "Host"), ("Host", 16478)),
        (item("All types", None), ("All types", None)),
        (item("other", "value"), ("other", None)),
        (TreeItem(id=1, name="x (5)", title=None), ("x (5)", None)),
        (TreeItem(id=1, name="x (5)", title="x", meta=TreeMeta(type="platform")), ("x", 5)),
        (TreeItem(id=1, name="x", meta=TreeMeta(data={"value": 5})), ("x", None)),
    ],
)
def test_split_count(tree_item: TreeItem, expected: tuple[str, int | None]) -> None:
    assert split_count(tree_item) == expected


# --- against the demo server ---


async def ask(demo: RunningDemo, *questions: Query[Any]) -> list[Any]:
    transport = Transport(demo.url, auth_for(PrivateToken(Secret(demo.credentials["private_token"]))))
    values = []
    for question in questions:
        answer = await transport.send("GET", question.path, question.params)
        values.append(question.decode(answer.body))
    await transport.aclose()
    return values


async def test_lists_of_the_demo_server(demo: RunningDemo) -> None:
    names = ["nodes", "users", "groups", "permissions", "permissions.with_members", "access.own_assets"]
    names += ["platforms", "zones", "orgs", "accounts", "labels", "logs.logins", "logs.operations"]
    names += ["logs.sessions", "logs.tickets"]
    for name, found in zip(names, await ask(demo, *(PAGES[name] for name in names)), strict=True):
        assert isinstance(found, Page), name
        assert found.bad == 0, name
        assert found.count is not None, name


async def test_one_asset_and_all_about_it(demo: RunningDemo) -> None:
    first, tree, categories = await ask(
        demo, assets.page(0, 1, order="name"), nodes.tree_all(), nodes.category_tree()
    )
    row = first.rows[0]
    one, body, its_accounts, who, which = await ask(
        demo,
        assets.one(row.id),
        assets.raw(row.id),
        assets.accounts(row.id),
        assets.perm_users(row.id),
        assets.perm_user_groups(row.id),
    )
    assert one.name == row.name == json.loads(body)["name"]
    assert its_accounts.bad == who.bad == which.bad == 0
    root = next(node for node in tree if node.pId == "")
    assert (split_count(root)[1] or 0) > 0
    assert not [node for node in [*tree, *categories] if isinstance(node, BadRow)]
    assert sum(split_count(node)[1] or 0 for node in categories if node.pId == "ROOT") == first.count


async def test_the_examples_of_the_demo_server(demo: RunningDemo) -> None:
    names = demo.examples
    user, denied, asset = await ask(
        demo,
        users.page(0, 2, username=names["user"]),
        users.page(0, 2, username=names["denied_user"]),
        assets.page(0, 2, name=names["asset"]),
    )
    verdict, between = await ask(
        demo,
        access.verdict(user.rows[0].id, asset.rows[0].id),
        assets.rules_between(asset.rows[0].id, user.rows[0].id),
    )
    assert verdict.name == names["asset"]
    assert any(rule.is_valid for rule in between.rows)
    assert between.rows[0].users is not None
    with pytest.raises(NotFound):
        await ask(demo, access.verdict(denied.rows[0].id, asset.rows[0].id))


async def test_who_am_i_on_the_demo_server(demo: RunningDemo) -> None:
    me, perms, current, settings, well = await ask(
        demo, profile.me(), profile.permissions(), orgs.current(), profile.public_settings(), health.health()
    )
    assert me.username == "admin"
    assert "assets.view_asset" in perms.perms
    assert current.is_default
    assert settings.XPACK_ENABLED is True
    assert well.status is True


async def test_an_older_server(start_demo: Callable[..., RunningDemo]) -> None:
    """What differs in v3.10 (§14): organizations in the profile, domains, labels as texts, no search."""
    demo = start_demo(assets=300, api="3.10")
    me, rows, domains, *others = await ask(
        demo,
        profile.me(),
        assets.page(0, 300, fields=None),
        zones.page(api="3.10"),
        *(
            PAGES[name]
            for name in ("nodes", "users", "groups", "permissions.with_members", "platforms", "orgs")
        ),
    )
    assert me.console_orgs
    assert "assets.view_asset" in me.perms
    assert any(isinstance(label, str) for row in rows.rows for label in row.labels or ())
    assert any(row.domain for row in rows.rows)
    assert domains.rows
    assert not [found for found in [rows, domains, *others] if found.bad]
    for gone in (profile.permissions(), search.everywhere("web"), zones.page()):
        with pytest.raises(NotFound) as caught:
            await ask(demo, gone)
        assert caught.value.unknown_path
