"""The questions as detail tabs: a service's growing answer, drawn as lines."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

from jmstui.views.spec import Line, Target

if TYPE_CHECKING:
    from jmstui.api.client import Client
    from jmstui.models.asset import Asset
    from jmstui.models.node import Node
    from jmstui.models.permission import PermedAsset, Permission
    from jmstui.models.user import Group, User
    from jmstui.services.identity import Identity

FIRST = 200
"""Assets of a group shown in its tab."""


async def who_can_asset(client: Client, identity: Identity, row: Asset) -> AsyncIterator[list[Line]]:
    """Who reaches an asset."""
    from jmstui.services.who_can import who_can
    from jmstui.views.answers import who_can_lines

    async for answer in who_can(client, identity, row):
        yield who_can_lines(answer)


async def who_can_below(client: Client, identity: Identity, row: Node) -> AsyncIterator[list[Line]]:
    """Who reaches anything below a node."""
    from jmstui.services.who_can import who_can_node
    from jmstui.views.answers import who_can_lines

    async for answer in who_can_node(client, identity, row):
        yield who_can_lines(answer)


async def who_by_rule(client: Client, identity: Identity, row: Permission) -> AsyncIterator[list[Line]]:
    """The users that a rule gives access, its groups expanded; a dead rule gives none."""
    from jmstui.services.who_by_rule import who_by_rule as ask
    from jmstui.views.answers import rule_reach_lines

    async for answer in ask(client, identity, row):
        yield rule_reach_lines(answer)


async def what_user_can(client: Client, identity: Identity, row: User) -> AsyncIterator[list[Line]]:
    """What a user reaches: the count, the rules, the nodes."""
    from jmstui.services.what_can import what_can
    from jmstui.views.answers import what_can_lines

    async for answer in what_can(client, identity, row):
        yield what_can_lines(answer)


async def what_group_can(client: Client, identity: Identity, row: Group) -> AsyncIterator[list[Line]]:
    """What the members of a group reach through it, as the server says."""
    from jmstui.api.endpoints import access
    from jmstui.models.base import BadRow

    async for answer in client.watch(access.assets_of_group(row.id, 0, FIRST)):
        rows = [each for each in answer.value.rows if not isinstance(each, BadRow)]
        total = answer.value.count if answer.value.count is not None else len(rows)
        lines = [Line(f"{total:,} assets through this group", tone="head", key="what")]
        for each in rows:
            target = Target("assets", each.id, each.name, each.org_id)
            off = "  not active" if each.is_active is False else ""
            lines.append(Line(f"{each.name}  {each.address or '-'}{off}", 1, target=target, key=each.id))
        yield [*lines, Line(f"… and {total - len(rows):,} more", 1, "dim")] if total > len(rows) else lines


async def why_me(client: Client, identity: Identity, row: PermedAsset) -> AsyncIterator[list[Line]]:
    """As whom the signed-in user reaches one of their own assets."""
    from jmstui.services.answers import UserName
    from jmstui.services.why import why
    from jmstui.views.answers import why_lines

    me = identity.profile
    async for answer in why(client, identity, UserName(me.id, me.username, me.name), row):
        yield why_lines(answer)
