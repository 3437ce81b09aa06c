"""Platforms, by category: everything that jmstui knows about this noun stands in this file."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

from jmstui.views import _cells as cells
from jmstui.views._tabs import field, json_tab
from jmstui.views.spec import Ask, Column, Line, PageOf, QuickFilter, Tab, View

if TYPE_CHECKING:
    from jmstui.api.client import Client
    from jmstui.api.query import Query
    from jmstui.models.page import Page
    from jmstui.models.platform import Platform
    from jmstui.services.identity import Identity

CATEGORIES = ("host", "device", "database", "web", "cloud", "ds", "custom")


def _page(identity: Identity, ask: Ask) -> PageOf[Platform]:
    from jmstui.api.endpoints import platforms

    def page(offset: int, limit: int) -> Query[Page[Platform]]:
        return platforms.page(
            offset, limit, search=ask.search or None, order=ask.order or None, **dict(ask.filters)
        )

    return page


def protocols(platform: Platform) -> str:
    """Its protocols with their ports, the primary one first."""
    offered = sorted(platform.protocols or (), key=lambda each: not each.primary)
    return " · ".join(f"{each.name} {each.port or ''}".strip() for each in offered) or cells.NONE


async def _overview(client: Client, identity: Identity, row: Platform) -> AsyncIterator[list[Line]]:
    yield [
        field("name", row.name),
        field("category", cells.label(row.category)),
        field("type", cells.label(row.type)),
        field("protocols", protocols(row)),
        field("charset", cells.label(row.charset)),
        field("built in", cells.yes(row.internal)),
        field("assets", cells.number(row.assets_amount)),
        field("id", str(row.id)),
        field("comment", row.comment or cells.NONE),
    ]


def _raw(row: Platform) -> Query[bytes]:
    from jmstui.api.endpoints import platforms

    return platforms.raw(str(row.id))


async def _find(client: Client, wanted: str) -> Platform:
    from jmstui.api.endpoints import platforms

    return (await client.get(platforms.one(wanted))).value


VIEW: View[Platform] = View(
    name="platforms",
    title="Platforms",
    noun="platform",
    aliases=("platform", "pl"),
    columns=(
        Column("name", "NAME", lambda p: p.name, width=18, grow=2, order="name"),
        Column(
            "category", "CATEGORY", lambda p: cells.label(p.category), width=9, priority=1, order="category"
        ),
        Column("type", "TYPE", lambda p: cells.label(p.type), width=12, priority=2, order="type"),
        Column(
            "assets",
            "ASSETS",
            lambda p: cells.number(p.assets_amount),
            width=7,
            align="right",
            data=lambda p: p.assets_amount,
        ),
        Column("protocols", "PROTOCOLS", protocols, width=14, grow=3, priority=3),
        Column(
            "internal",
            "BUILT IN",
            lambda p: cells.yes(p.internal),
            width=8,
            priority=4,
            data=lambda p: p.internal,
        ),
    ),
    page=_page,
    tabs=(Tab("overview", "Overview", _overview), json_tab(_raw)),
    filters=tuple(QuickFilter(name, f"category {name}", (("category", name),)) for name in CATEGORIES),
    needs=("assets.view_platform",),
    why_not="Your role here may not list platforms.",
    find=_find,
)
