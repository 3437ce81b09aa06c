"""Asset permissions: each rule with a status of our own, its members, targets and dates."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime
from typing import TYPE_CHECKING

from jmstui.views import _cells as cells
from jmstui.views._tabs import RULES, field, json_tab, member_lines
from jmstui.views.spec import Ask, Column, Line, PageOf, QuickFilter, Tab, Tone, View

if TYPE_CHECKING:
    from jmstui.api.client import Client
    from jmstui.api.query import Query
    from jmstui.models.page import Page
    from jmstui.models.permission import Permission
    from jmstui.services.identity import Identity


def _page(identity: Identity, ask: Ask) -> PageOf[Permission]:
    from jmstui.api.endpoints import permissions

    def page(offset: int, limit: int) -> Query[Page[Permission]]:
        return permissions.page(
            offset, limit, search=ask.search or None, order=ask.order or None, **dict(ask.filters)
        )

    return page


def status_of(rule: Permission) -> str:
    """The status as one word."""
    from jmstui.access.status import status

    return status(rule, datetime.now().astimezone()).value


def _tone(rule: Permission) -> Tone:
    word = status_of(rule)
    return "plain" if word == "valid" else "warn" if word == "soon" else "dim"


def _who(rule: Permission) -> str:
    return f"{cells.number(rule.amount('users'))} + {cells.number(rule.amount('user_groups'))}"


def _what(rule: Permission) -> str:
    return f"{cells.number(rule.amount('assets'))} + {cells.number(rule.amount('nodes'))}"


def actions(rule: Permission) -> str:
    """The actions by their values, `all` when every one is there."""
    from jmstui.access.evaluate import ACTIONS

    values = [str(action.value) for action in rule.actions or ()]
    return "all" if set(ACTIONS) <= set(values) else cells.words(values)


async def _overview(client: Client, identity: Identity, row: Permission) -> AsyncIterator[list[Line]]:
    from jmstui.access.status import status_text
    from jmstui.models.base import label_texts

    now = datetime.now().astimezone()
    yield [
        field("name", row.name),
        field("status", _stands(status_of(row), status_text(row, now)), tone=_tone(row)),
        field("from", cells.minute(row.date_start)),
        field("until", cells.minute(row.date_expired)),
        field("accounts", cells.words(row.accounts)),
        field("actions", actions(row)),
        field("protocols", cells.words(row.protocols)),
        field(
            "who",
            f"{cells.counted(row.amount('users'), 'user')}, "
            f"{cells.counted(row.amount('user_groups'), 'group')}",
        ),
        field(
            "what",
            f"{cells.counted(row.amount('assets'), 'asset')}, {cells.counted(row.amount('nodes'), 'node')}",
        ),
        field("by ticket", cells.yes(row.from_ticket)),
        field("labels", cells.words(label_texts(row.labels))),
        field("organization", row.org_name or cells.NONE),
        field("created", f"{cells.minute(row.date_created)} by {row.created_by or cells.NONE}"),
        field("id", row.id),
        field("comment", row.comment or cells.NONE),
    ]


def _stands(word: str, text: str) -> str:
    """The status, and what there is to say of it: `soon (until 2026-05-01)`, `empty (no actions)`."""
    more = text.removeprefix(word).lstrip(": ")
    return f"{word} ({more})" if more else word


async def _members(client: Client, identity: Identity, row: Permission) -> AsyncIterator[list[Line]]:
    from jmstui.api.endpoints import permissions

    async for answer in client.watch(permissions.one(row.id)):
        rule = answer.value
        yield [
            *member_lines("users", rule.users, "users", rule.org_id, rule.users_amount),
            *member_lines("groups", rule.user_groups, "groups", rule.org_id, rule.user_groups_amount),
        ]


async def _targets(client: Client, identity: Identity, row: Permission) -> AsyncIterator[list[Line]]:
    from jmstui.api.endpoints import permissions

    async for answer in client.watch(permissions.one(row.id)):
        rule = answer.value
        yield [
            *member_lines("nodes", rule.nodes, "nodes", rule.org_id, rule.nodes_amount),
            *member_lines("assets", rule.assets, "assets", rule.org_id, rule.assets_amount),
        ]


async def _who_can(client: Client, identity: Identity, row: Permission) -> AsyncIterator[list[Line]]:
    from jmstui.views import _asked as asked

    async for lines in asked.who_by_rule(client, identity, row):
        yield lines


def _raw(row: Permission) -> Query[bytes]:
    from jmstui.api.endpoints import permissions

    return permissions.raw(row.id)


async def _find(client: Client, wanted: str) -> Permission:
    from jmstui.api.endpoints import permissions

    return (await client.get(permissions.one(wanted))).value


VIEW: View[Permission] = View(
    name="permissions",
    title="Permissions",
    noun="rule",
    aliases=("permission", "perms", "perm", "rules", "rule"),
    key="3",
    columns=(
        Column("name", "NAME", lambda p: p.name, width=18, grow=3, order="name"),
        Column("status", "STATUS", status_of, width=11, tone=_tone),
        Column(
            "until",
            "UNTIL",
            lambda p: cells.day(p.date_expired),
            width=10,
            priority=1,
            order="date_expired",
            data=lambda p: p.date_expired,
        ),
        Column(
            "who",
            "USERS+GROUPS",
            _who,
            width=12,
            priority=2,
            data=lambda p: {"users": p.amount("users"), "user_groups": p.amount("user_groups")},
        ),
        Column(
            "what",
            "ASSETS+NODES",
            _what,
            width=12,
            priority=3,
            data=lambda p: {"assets": p.amount("assets"), "nodes": p.amount("nodes")},
        ),
        Column(
            "accounts",
            "ACCOUNTS",
            lambda p: cells.words(p.accounts),
            width=12,
            grow=1,
            priority=4,
            data=lambda p: p.accounts,
        ),
        Column(
            "actions",
            "ACTIONS",
            actions,
            width=9,
            grow=1,
            priority=5,
            data=lambda p: [a.value for a in p.actions or ()],
        ),
        Column(
            "protocols",
            "PROTOCOLS",
            lambda p: cells.words(p.protocols),
            width=9,
            priority=6,
            data=lambda p: p.protocols,
        ),
        Column(
            "from",
            "STARTS",
            lambda p: cells.day(p.date_start),
            width=10,
            priority=7,
            order="date_start",
            data=lambda p: p.date_start,
        ),
    ),
    page=_page,
    tabs=(
        Tab("overview", "Overview", _overview),
        Tab("members", "Members", _members),
        Tab("targets", "Targets", _targets),
        Tab("who-can", "Who can", _who_can, needs=(RULES,)),
        json_tab(_raw),
    ),
    filters=(
        QuickFilter("valid", "valid only", (("is_valid", "true"),)),
        QuickFilter("invalid", "not valid", (("is_valid", "false"),)),
        QuickFilter("ticket", "from tickets", (("from_ticket", "true"),)),
    ),
    needs=(RULES,),
    why_not="Your role here may not read rules; what you yourself can reach is still shown.",
    find=_find,
)
