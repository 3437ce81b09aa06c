"""Nodes as a flat list with their paths, and who can reach anything below one."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

from jmstui.views import _cells as cells
from jmstui.views._tabs import RULES, field, json_tab, rules_tab
from jmstui.views.spec import Ask, Column, Line, PageOf, Tab, View

if TYPE_CHECKING:
    from jmstui.api.client import Client
    from jmstui.api.query import Query
    from jmstui.models.node import Node
    from jmstui.models.page import Page
    from jmstui.models.permission import Permission
    from jmstui.services.identity import Identity


def _page(identity: Identity, ask: Ask) -> PageOf[Node]:
    from jmstui.api.endpoints import nodes

    def page(offset: int, limit: int) -> Query[Page[Node]]:
        return nodes.page(
            offset, limit, search=ask.search or None, order=ask.order or None, **dict(ask.filters)
        )

    return page


async def _overview(client: Client, identity: Identity, row: Node) -> AsyncIterator[list[Line]]:
    yield [
        field("name", row.value),
        field("path", row.full_value),
        field("key", row.key),
        field("organization", row.org_name or cells.NONE),
        field("id", row.id),
    ]


async def _who_can(client: Client, identity: Identity, row: Node) -> AsyncIterator[list[Line]]:
    from jmstui.views import _asked as asked

    async for lines in asked.who_can_below(client, identity, row):
        yield lines


def _rules(row: Node) -> Query[Page[Permission]]:
    from jmstui.api.endpoints import permissions

    return permissions.page(0, 200, node_id=row.id)


def _raw(row: Node) -> Query[bytes]:
    from jmstui.api.endpoints import nodes

    return nodes.raw(row.id)


async def _find(client: Client, wanted: str) -> Node:
    from jmstui.api.endpoints import nodes

    return (await client.get(nodes.one(wanted))).value


VIEW: View[Node] = View(
    name="nodes",
    title="Nodes",
    noun="node",
    aliases=("node", "no", "folders"),
    columns=(
        Column("path", "PATH", lambda n: n.full_value, width=24, grow=4, order="full_value", tail=True),
        Column("name", "NAME", lambda n: n.value, width=14, grow=1, priority=1, order="value"),
        Column("key", "KEY", lambda n: n.key, width=12, priority=2, order="key"),
    ),
    page=_page,
    tabs=(
        Tab("overview", "Overview", _overview),
        rules_tab(_rules, "Rules on it or above"),
        Tab("who-can", "Who can", _who_can, needs=(RULES,)),
        json_tab(_raw),
    ),
    needs=("assets.view_node",),
    why_not="Your role here may not see nodes.",
    find=_find,
    row_name=lambda node: node.full_value,
    who_can=True,
)
