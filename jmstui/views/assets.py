"""Assets: the node tree beside them, and what there is to know of one."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

from jmstui.views import _cells as cells
from jmstui.views._tabs import RULES, field, json_tab, rules_tab
from jmstui.views._trees import category_tree, node_tree
from jmstui.views.spec import Ask, Column, Line, PageOf, QuickFilter, Side, Tab, Target, View

if TYPE_CHECKING:
    from jmstui.api.client import Client
    from jmstui.api.query import Query
    from jmstui.models.asset import Asset
    from jmstui.models.page import Page
    from jmstui.models.permission import Permission
    from jmstui.services.identity import Identity


def _page(identity: Identity, ask: Ask) -> PageOf[Asset]:
    from jmstui.api.endpoints import assets

    def page(offset: int, limit: int) -> Query[Page[Asset]]:
        return assets.page(
            offset, limit, search=ask.search or None, order=ask.order or None, **dict(ask.filters)
        )

    return page


def _side(identity: Identity) -> Side | None:
    direct = (("show_current_asset", "1"),)
    if identity.may("assets.view_node"):
        return Side("Nodes", node_tree, view="nodes", direct=direct)
    return Side("Types", category_tree)


def _zone(asset: Asset) -> str:
    zone = asset.zone or asset.domain
    return zone.name if zone else cells.NONE


async def _overview(client: Client, identity: Identity, row: Asset) -> AsyncIterator[list[Line]]:
    yield _facts(row)
    from jmstui.api.endpoints import assets

    async for answer in client.watch(assets.one(row.id)):
        yield _facts(answer.value)


def _facts(asset: Asset) -> list[Line]:
    """What the row or the detail says, as far as it goes."""
    from jmstui.models.base import label_texts

    lines = [
        field("name", asset.name),
        field("address", asset.address or cells.NONE),
        field("platform", asset.platform.name if asset.platform else cells.NONE),
        field("type", f"{cells.label(asset.category)} / {cells.label(asset.type)}"),
        field("active", cells.yes(asset.is_active), tone="warn" if asset.is_active is False else "plain"),
    ]
    if asset.protocols is not None:
        lines.append(
            field(
                "protocols",
                " · ".join(f"{p.name} {p.port or ''}".strip() for p in asset.protocols) or cells.NONE,
            )
        )
    nodes = {str(node.name): str(node.id) for node in asset.nodes or ()}
    for number, path in enumerate(asset.nodes_display or ()):
        node = nodes.get(path.rsplit("/", 1)[-1])
        target = Target("nodes", node, path, asset.org_id) if node else None
        lines.append(field("node" if not number else "", path, target=target))
    lines += [
        field("zone", _zone(asset)),
        field("labels", cells.words(label_texts(asset.labels))),
        field("connectivity", cells.label(asset.connectivity)),
        field("organization", asset.org_name or cells.NONE),
        field("created", f"{cells.minute(asset.date_created)} by {asset.created_by or cells.NONE}"),
        field("id", asset.id),
    ]
    lines += [
        field("comment" if not n else "", text)
        for n, text in enumerate((asset.comment or cells.NONE).splitlines())
    ]
    return lines


async def _accounts(client: Client, identity: Identity, row: Asset) -> AsyncIterator[list[Line]]:
    """The accounts stand in the asset's own detail: no request besides that one."""
    from jmstui.api.endpoints import assets

    async for answer in client.watch(assets.one(row.id)):
        found = answer.value.accounts
        if found is None:
            yield [Line("the server did not say which accounts there are", tone="dim")]
            continue
        lines = []
        for account in found:
            marks = [cells.label(account.secret_type)]
            marks += ["privileged"] if account.privileged else []
            marks += ["not active"] if account.is_active is False else []
            name = account.username or cells.NONE
            name += f" ({account.name})" if account.name not in ("", account.username) else ""
            tone: str = "dim" if account.is_active is False else "plain"
            lines.append(Line(f"{name:<28} {' · '.join(marks)}", tone=tone, key=account.id))  # type: ignore[arg-type]
        yield lines or [Line("no account: nothing to log in with", tone="dim")]


def _rules(row: Asset) -> Query[Page[Permission]]:
    from jmstui.api.endpoints import permissions

    return permissions.page(0, 200, asset_id=row.id)


def _raw(row: Asset) -> Query[bytes]:
    from jmstui.api.endpoints import assets

    return assets.raw(row.id)


async def _who_can(client: Client, identity: Identity, row: Asset) -> AsyncIterator[list[Line]]:
    from jmstui.views import _asked as asked

    async for lines in asked.who_can_asset(client, identity, row):
        yield lines


async def _find(client: Client, wanted: str) -> Asset:
    from jmstui.api.endpoints import assets

    return (await client.get(assets.one(wanted))).value


VIEW: View[Asset] = View(
    name="assets",
    title="Assets",
    noun="asset",
    aliases=("asset", "as", "host", "hosts"),
    key="1",
    columns=(
        Column("name", "NAME", lambda a: a.name, width=18, grow=4, order="name"),
        Column("address", "ADDRESS", lambda a: a.address or cells.NONE, width=15, grow=1, order="address"),
        Column(
            "platform",
            "PLATFORM",
            lambda a: a.platform.name if a.platform else cells.NONE,
            width=10,
            grow=1,
            priority=2,
            order="platform",
        ),
        Column(
            "node",
            "NODE",
            lambda a: cells.first_and_more(a.nodes_display),
            width=14,
            grow=5,
            priority=3,
            data=lambda a: a.nodes_display,
            tail=True,
        ),
        Column("type", "TYPE", lambda a: cells.label(a.type), width=10, priority=5),
        Column("zone", "ZONE", _zone, width=12, priority=6),
        Column("comment", "COMMENT", lambda a: a.comment or cells.NONE, width=12, grow=2, priority=7),
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
    tabs=(
        Tab("overview", "Overview", _overview),
        Tab("accounts", "Accounts", _accounts),
        rules_tab(_rules),
        Tab("who-can", "Who can", _who_can, needs=(RULES,)),
        json_tab(_raw),
    ),
    filters=(
        QuickFilter("inactive", "inactive only", (("is_active", "false"),)),
        QuickFilter("host", "hosts", (("category", "host"),)),
        QuickFilter("device", "devices", (("category", "device"),)),
        QuickFilter("database", "databases", (("category", "database"),)),
        QuickFilter("web", "web sites", (("category", "web"),)),
        QuickFilter("cloud", "clouds", (("category", "cloud"),)),
    ),
    needs=("assets.view_asset",),
    why_not="Your role here may not list all assets; those that you can reach are still listed.",
    find=_find,
    who_can=True,
)
