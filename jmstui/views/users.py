"""Users: their groups beside them, their state, and what they can reach."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime
from typing import TYPE_CHECKING

from jmstui.views import _cells as cells
from jmstui.views._tabs import field, json_tab, rules_tab
from jmstui.views._trees import group_tree
from jmstui.views.spec import Ask, Column, Line, PageOf, QuickFilter, Side, Tab, Target, Tone, View

if TYPE_CHECKING:
    from jmstui.api.client import Client
    from jmstui.api.query import Query
    from jmstui.models.page import Page
    from jmstui.models.permission import Permission
    from jmstui.models.user import User
    from jmstui.services.identity import Identity

REACH = "perms.view_userassets"


def _page(identity: Identity, ask: Ask) -> PageOf[User]:
    from jmstui.api.endpoints import users

    def page(offset: int, limit: int) -> Query[Page[User]]:
        return users.page(
            offset, limit, search=ask.search or None, order=ask.order or None, **dict(ask.filters)
        )

    return page


def _side(identity: Identity) -> Side | None:
    return Side("Groups", group_tree, view="groups") if identity.may("users.view_usergroup") else None


def state(user: User) -> str:
    """Active, disabled, expired or locked (the first that holds), or "?": whether the user can sign in."""
    from jmstui.access.status import user_reasons

    found = user_reasons(user, datetime.now().astimezone())
    if found is None:
        return "?"
    return found[0].value.removeprefix("user-") if found else "active"


def _state_tone(user: User) -> Tone:
    return "plain" if state(user) == "active" else "warn"


def _roles(user: User) -> str:
    roles = [*(user.system_roles or ()), *(user.org_roles or ())]
    return ", ".join(role.display_name or role.name or "" for role in roles) or cells.NONE


def _mfa(user: User) -> str:
    """On, off or forced; the server's label is translated, its value is not."""
    if user.mfa_level is None:
        return cells.yes(user.mfa_enabled)
    return {0: "off", 1: "on", 2: "forced"}.get(int(user.mfa_level.value or 0), cells.label(user.mfa_level))


async def _overview(client: Client, identity: Identity, row: User) -> AsyncIterator[list[Line]]:
    yield _facts(row)
    from jmstui.api.endpoints import users

    async for answer in client.watch(users.one(row.id)):
        yield _facts(answer.value)


def _facts(user: User) -> list[Line]:
    from jmstui.models.base import label_texts

    groups = user.groups or []
    lines = [
        field("username", user.username),
        field("name", user.name),
        field("e-mail", user.email or cells.NONE),
        field("state", state(user), tone=_state_tone(user)),
        field("roles", _roles(user)),
        field("MFA", _mfa(user)),
    ]
    for number, group in enumerate(groups):
        target = Target("groups", str(group.id), group.name)
        lines.append(field("groups" if not number else "", group.name, target=target))
    lines += [
        field("source", cells.label(user.source)),
        field("last login", cells.minute(user.last_login)),
        field("joined", cells.day(user.date_joined)),
        field("expires", cells.day(user.date_expired)),
        field("labels", cells.words(label_texts(user.labels))),
        field("id", user.id),
        field("comment", user.comment or cells.NONE),
    ]
    return lines


async def _groups(client: Client, identity: Identity, row: User) -> AsyncIterator[list[Line]]:
    from jmstui.api.endpoints import users

    async for answer in client.watch(users.one(row.id)):
        found = answer.value.groups or []
        yield [
            Line(group.name, target=Target("groups", str(group.id), group.name), key=str(group.id))
            for group in found
        ] or [Line("in no group of this organization", tone="dim")]


def _rules(row: User) -> Query[Page[Permission]]:
    from jmstui.api.endpoints import permissions

    return permissions.page(0, 200, user_id=row.id)


def _raw(row: User) -> Query[bytes]:
    from jmstui.api.endpoints import users

    return users.raw(row.id)


async def _reach(client: Client, identity: Identity, row: User) -> AsyncIterator[list[Line]]:
    from jmstui.views import _asked as asked

    async for lines in asked.what_user_can(client, identity, row):
        yield lines


async def _find(client: Client, wanted: str) -> User:
    from jmstui.api.endpoints import users

    return (await client.get(users.one(wanted))).value


VIEW: View[User] = View(
    name="users",
    title="Users",
    noun="user",
    aliases=("user", "us", "people"),
    key="2",
    columns=(
        Column("username", "USERNAME", lambda u: u.username, width=14, grow=2, order="username"),
        Column("name", "NAME", lambda u: u.name, width=14, grow=2, order="name"),
        Column(
            "groups",
            "GROUPS",
            lambda u: cells.names(u.groups),
            width=12,
            grow=3,
            priority=3,
            data=lambda u: [group.name for group in u.groups or ()],
        ),
        Column("roles", "ROLES", _roles, width=12, grow=1, priority=4),
        Column("mfa", "MFA", _mfa, width=6, priority=2),
        Column("state", "STATE", state, width=8, priority=0, tone=_state_tone),
        Column(
            "last_login",
            "LAST LOGIN",
            lambda u: cells.minute(u.last_login),
            width=16,
            priority=1,
            order="last_login",
            data=lambda u: u.last_login,
        ),
        Column("email", "E-MAIL", lambda u: u.email or cells.NONE, width=16, grow=2, priority=6),
        Column(
            "expires",
            "EXPIRES",
            lambda u: cells.day(u.date_expired),
            width=10,
            priority=7,
            order="date_expired",
            data=lambda u: u.date_expired,
        ),
    ),
    page=_page,
    own_order="name",
    side=_side,
    tabs=(
        Tab("overview", "Overview", _overview),
        Tab("groups", "Groups", _groups),
        rules_tab(_rules),
        Tab("reach", "What they can reach", _reach, needs=(REACH,)),
        json_tab(_raw),
    ),
    filters=(
        QuickFilter("disabled", "disabled only", (("is_active", "false"),)),
        QuickFilter("expired", "expired only", (("is_expired", "true"),)),
        QuickFilter("locked", "locked only", (("is_login_blocked", "true"),)),
    ),
    needs=("users.view_user",),
    why_not="Your role here may not list users.",
    find=_find,
    row_name=lambda user: user.username,
    what_can=True,
)
