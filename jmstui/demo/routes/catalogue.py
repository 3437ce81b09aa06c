"""Platforms, zones (v3.10: domains), labels and favourites (§4.4, §4.5)."""

from __future__ import annotations

from functools import partial
from typing import Any

from jmstui.demo.http import Ctx, Route
from jmstui.demo.listing import (
    Row,
    chosen_ids,
    exact,
    finisher,
    kept,
    labelled,
    missing,
    old,
    ordered,
    page,
    searched,
)
from jmstui.demo.records import Label, Platform, Zone
from jmstui.demo.routes.assets import amounts
from jmstui.demo.shape import date, org_name, ref
from jmstui.demo.shape_platforms import platform_row
from jmstui.demo.world import ROOT, name_key


def _platform_row(ctx: Ctx, platform: Platform) -> Row:
    return platform_row(ctx, platform, amounts(ctx).get(platform.id, 0))


def platforms(ctx: Ctx) -> Any:
    """Platforms, built-in ones first; never cut without `limit`."""
    tests = [*exact(ctx, "name", "category", "type"), *labelled(ctx), *searched(ctx, lambda p: (p.name,))]
    if text := ctx.query.get("name__startswith"):
        tests.append(lambda p: p.name.startswith(text))
    if text := ctx.query.get("ids"):
        wanted = set(text.split(","))
        tests.append(lambda p: str(p.id) in wanted)
    keys = {
        "default": lambda p: (not p.internal, p.name),
        "name": lambda p: p.name,
        "category": lambda p: p.category,
        "type": lambda p: p.type,
        "id": lambda p: p.id,
    }
    rows = ordered(ctx, kept(ctx, ctx.world.platforms.values(), tests), keys, "default")
    return page(ctx, rows, partial(_platform_row, ctx), default=None)


def platform(ctx: Ctx, id: str) -> Any:
    """A platform by number; since v4.10.8 by name too."""
    for each in ctx.world.platforms.values():
        if id == str(each.id) or (id == each.name and not old(ctx)):
            return finisher(ctx, partial(_platform_row, ctx))(each)
    raise missing("Platform")


def _zone_row(ctx: Ctx, zone: Zone) -> Row:
    world = ctx.world
    inside = world.cached(
        ("zone", zone.id), lambda: [a for a in world.assets.values() if a.zone_id == zone.id]
    )
    gateways = [a for a in inside if world.platforms[a.platform].name.startswith("Gateway")]
    return {
        "id": zone.id,
        "name": zone.name,
        "comment": zone.comment,
        "gateways": [ref(asset) for asset in gateways],
        **({} if old(ctx) else {"labels": []}),
        "assets_amount": len(inside) - len(gateways),
        "org_id": zone.org_id,
        "org_name": org_name(ctx, zone.org_id),
        "date_created": date(ctx, world.now),
    }


def zones(ctx: Ctx) -> Any:
    """Zones by name; v3.10 calls them domains, and has no labels on them."""
    tests = [*chosen_ids(ctx), *exact(ctx, "name"), *searched(ctx, lambda z: (z.name, z.comment))]
    rows = ordered(
        ctx, kept(ctx, ctx.world.in_org("zones", ctx.org), tests), {"name": lambda z: z.name}, "name"
    )
    return page(ctx, rows, partial(_zone_row, ctx))


def zone(ctx: Ctx, id: str) -> Any:
    """The detail, with the assets that are no gateways."""
    for each in ctx.world.in_org("zones", ctx.org):
        if id == each.id or (id == each.name and not old(ctx)):
            row = _zone_row(ctx, each)
            unlike = {gateway["id"] for gateway in row["gateways"]}
            inside = [
                a for a in ctx.world.in_org("assets", ctx.org) if a.zone_id == each.id and a.id not in unlike
            ]
            return {**row, "assets": [ref(asset) for asset in inside]}
    raise missing("Domain" if old(ctx) else "Zone")


def _label_row(ctx: Ctx, label: Label) -> Row:
    def make() -> dict[str, int]:
        uses: dict[str, int] = {}
        for asset in ctx.world.assets.values():
            for ident in asset.label_ids:
                uses[ident] = uses.get(ident, 0) + 1
        return uses

    row: Row = {
        "id": label.id,
        "name": label.name,
        "value": label.value,
        "color": label.color,
        "res_count": ctx.world.cached("label uses", make).get(label.id, 0),
        "org_id": label.org_id,
        "org_name": org_name(ctx, label.org_id),
        "date_created": date(ctx, ctx.world.now),
        "date_updated": date(ctx, ctx.world.now),
        "comment": "",
    }
    if old(ctx):
        del row["color"]
    return row


def labels(ctx: Ctx) -> Any:
    """Labels by name and value."""
    tests = [*chosen_ids(ctx), *exact(ctx, "name", "value"), *searched(ctx, lambda x: (x.name, x.value))]
    keys = {"name": lambda x: (x.name, x.value), "value": lambda x: x.value}
    rows = ordered(ctx, kept(ctx, ctx.world.in_org("labels", ctx.org), tests), keys, "name")
    return page(ctx, rows, partial(_label_row, ctx))


def favorites(ctx: Ctx) -> Any:
    """The caller's own favourite assets; never cut without `limit`."""
    assert ctx.user is not None
    chosen = ctx.world.favorites.get(ctx.user.id, [])
    rows = [
        (n, a)
        for n, i in enumerate(chosen)
        if (a := ctx.world.assets.get(i)) and ctx.org.id in (ROOT, a.org_id)
    ]
    rows.sort(key=lambda pair: name_key(pair[1].name))
    return page(ctx, rows, lambda pair: {"asset": pair[1].id, "user": ctx.user.id}, default=None)  # type: ignore[union-attr]


ROUTES = [
    Route("GET", "assets/platforms/", platforms, "assets.view_platform"),
    Route("GET", "assets/platforms/{id}/", platform, "assets.view_platform"),
    Route("GET", "assets/zones/", zones, "assets.view_zone"),
    Route("GET", "assets/zones/{id}/", zone, "assets.view_zone"),
    Route("GET", "assets/domains/", zones, "assets.view_domain"),
    Route("GET", "assets/domains/{id}/", zone, "assets.view_domain"),
    Route("GET", "labels/labels/", labels, "labels.view_label"),
    Route("GET", "assets/labels/", labels, "labels.view_label"),
    Route("GET", "assets/favorite-assets/", favorites),
]
