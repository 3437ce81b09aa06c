"""What the signed-in user can reach: the view of those who may not list all assets."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

from jmstui.views import _cells as cells
from jmstui.views._tabs import field, json_tab
from jmstui.views._trees import my_node_tree
from jmstui.views.spec import Ask, Column, Line, PageOf, Side, Tab, View

if TYPE_CHECKING:
    from jmstui.api.client import Client
    from jmstui.api.query import Query
    from jmstui.models.page import Page
    from jmstui.models.permission import PermedAsset
    from jmstui.services.identity import Identity


def _page(identity: Identity, ask: Ask) -> PageOf[PermedAsset]:
    from jmstui.api.endpoints import access

    def page(offset: int, limit: int) -> Query[Page[PermedAsset]]:
        return access.assets_of_user(
            "self", offset, limit, search=ask.search or None, order=ask.order or None, **dict(ask.filters)
        )

    return page


def _side(identity: Identity) -> Side | None:
    return Side("My nodes", my_node_tree)


async def _overview(client: Client, identity: Identity, row: PermedAsset) -> AsyncIterator[list[Line]]:
    from jmstui.models.base import label_texts

    zone = row.zone or row.domain
    yield [
        field("name", row.name),
        field("address", row.address or cells.NONE),
        field("platform", row.platform.name if row.platform else cells.NONE),
        field("type", f"{cells.label(row.category)} / {cells.label(row.type)}"),
        field("active", cells.yes(row.is_active), tone="warn" if row.is_active is False else "plain"),
        field("nodes", cells.names(row.nodes)),
        field("zone", zone.name if zone else cells.NONE),
        field("labels", cells.words(label_texts(row.labels))),
        field("organization", row.org_name or cells.NONE),
        field("id", row.id),
        field("comment", row.comment or cells.NONE),
    ]


async def _as_whom(client: Client, identity: Identity, row: PermedAsset) -> AsyncIterator[list[Line]]:
    from jmstui.views import _asked as asked

    async for lines in asked.why_me(client, identity, row):
        yield lines


def _raw(row: PermedAsset) -> Query[bytes]:
    from jmstui.api.endpoints import access

    return access.verdict_raw("self", row.id)


async def _find(client: Client, wanted: str) -> PermedAsset:
    from jmstui.api.endpoints import access
    from jmstui.api.errors import NotFound

    found = (await client.get(access.verdict("self", wanted))).value
    if found is None:
        raise NotFound(sentence="This asset is not among yours, or there is no such asset.")
    return found


VIEW: View[PermedAsset] = View(
    name="my-assets",
    title="My assets",
    noun="asset",
    aliases=("my", "mine", "self"),
    columns=(
        Column("name", "NAME", lambda a: a.name, width=18, grow=3, order="name"),
        Column("address", "ADDRESS", lambda a: a.address or cells.NONE, width=15, grow=1, order="address"),
        Column(
            "platform",
            "PLATFORM",
            lambda a: a.platform.name if a.platform else cells.NONE,
            width=10,
            grow=1,
            priority=2,
        ),
        Column("node", "NODE", lambda a: cells.names(a.nodes), width=12, grow=2, priority=3),
        Column("organization", "ORGANIZATION", lambda a: a.org_name or cells.NONE, width=12, priority=4),
        Column("comment", "COMMENT", lambda a: a.comment or cells.NONE, width=12, grow=2, priority=5),
        Column(
            "active",
            "ACTIVE",
            lambda a: cells.yes(a.is_active),
            width=6,
            priority=1,
            tone=lambda a: "warn" if a.is_active is False else "plain",
            data=lambda a: a.is_active,
        ),
    ),
    page=_page,
    side=_side,
    tabs=(Tab("overview", "Overview", _overview), Tab("as-whom", "As whom", _as_whom), json_tab(_raw)),
    why_not="",
    find=_find,
    who_can=True,
)
