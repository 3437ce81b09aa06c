"""User groups: members, rules and what they can reach."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

from jmstui.views import _cells as cells
from jmstui.views._tabs import field, json_tab, member_lines, rules_tab
from jmstui.views.spec import Ask, Column, Line, PageOf, Tab, View

if TYPE_CHECKING:
    from jmstui.api.client import Client
    from jmstui.api.query import Query
    from jmstui.models.page import Page
    from jmstui.models.permission import Permission
    from jmstui.models.user import Group
    from jmstui.services.identity import Identity


def _page(identity: Identity, ask: Ask) -> PageOf[Group]:
    from jmstui.api.endpoints import groups

    def page(offset: int, limit: int) -> Query[Page[Group]]:
        return groups.page(
            offset, limit, search=ask.search or None, order=ask.order or None, **dict(ask.filters)
        )

    return page


async def _overview(client: Client, identity: Identity, row: Group) -> AsyncIterator[list[Line]]:
    from jmstui.models.base import label_texts

    yield [
        field("name", row.name),
        field("members", cells.number(row.users_amount if row.users is None else len(row.users))),
        field("labels", cells.words(label_texts(row.labels))),
        field("organization", row.org_name or cells.NONE),
        field("created", f"{cells.minute(row.date_created)} by {row.created_by or cells.NONE}"),
        field("id", row.id),
        field("comment", row.comment or cells.NONE),
    ]


async def _members(client: Client, identity: Identity, row: Group) -> AsyncIterator[list[Line]]:
    from jmstui.api.endpoints import groups

    async for answer in client.watch(groups.one(row.id)):
        yield member_lines("members", answer.value.users, "users", row.org_id, None)


def _rules(row: Group) -> Query[Page[Permission]]:
    from jmstui.api.endpoints import permissions

    return permissions.page(0, 200, user_group_id=row.id)


def _raw(row: Group) -> Query[bytes]:
    from jmstui.api.endpoints import groups

    return groups.raw(row.id)


async def _reach(client: Client, identity: Identity, row: Group) -> AsyncIterator[list[Line]]:
    from jmstui.views import _asked as asked

    async for lines in asked.what_group_can(client, identity, row):
        yield lines


async def _find(client: Client, wanted: str) -> Group:
    from jmstui.api.endpoints import groups

    return (await client.get(groups.one(wanted))).value


VIEW: View[Group] = View(
    name="groups",
    title="User groups",
    noun="user group",
    aliases=("group", "gr", "usergroups"),
    columns=(
        Column("name", "NAME", lambda g: g.name, width=20, grow=2, order="name"),
        Column(
            "users",
            "USERS",
            lambda g: cells.number(g.users_amount),
            width=7,
            align="right",
            data=lambda g: g.users_amount,
        ),
        Column(
            "created",
            "CREATED",
            lambda g: cells.day(g.date_created),
            width=10,
            priority=2,
            data=lambda g: g.date_created,
        ),
        Column("created_by", "BY", lambda g: g.created_by or cells.NONE, width=14, priority=3),
        Column("comment", "COMMENT", lambda g: g.comment or cells.NONE, width=14, grow=2, priority=1),
    ),
    page=_page,
    tabs=(
        Tab("overview", "Overview", _overview),
        Tab("members", "Members", _members),
        rules_tab(_rules),
        Tab("reach", "What they can reach", _reach, needs=("assets.view_asset",)),
        json_tab(_raw),
    ),
    needs=("users.view_usergroup",),
    why_not="Your role here may not list user groups.",
    find=_find,
)
