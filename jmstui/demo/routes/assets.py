"""Assets: the lists by category, the detail, and the two writes that are recorded (§4, §8.3)."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from functools import partial
from typing import Any

from jmstui.demo import shape_assets as shape
from jmstui.demo import shape_platforms as platform_shape
from jmstui.demo.http import Ctx, Problem, Reply, Route
from jmstui.demo.listing import (
    Row,
    Test,
    boolean,
    chosen_ids,
    exact,
    finisher,
    flags,
    is_uuid,
    kept,
    labelled,
    missing,
    newest,
    old,
    ordering,
    page,
    recent,
    searched,
    sized,
)
from jmstui.demo.records import Account, Asset, Node, Platform
from jmstui.demo.world import ROOT, name_key

KINDS = {
    "hosts": "host",
    "devices": "device",
    "databases": "database",
    "webs": "web",
    "clouds": "cloud",
    "gpts": "gpt",
    "customs": "custom",
    "directories": "ds",
}
LIMIT = 5000
"""Assets of a category in an organization without a licence (recording hosts-create-over-the-limit)."""

_ORDERS: dict[str, Callable[[Asset], Any]] = {
    "name": lambda a: name_key(a.name),
    "address": lambda a: a.address,
    "connectivity": lambda a: a.connectivity,
    "platform": lambda a: a.platform,
    "date_created": lambda a: a.date_created,
    "date_updated": lambda a: a.date_created,
}


def in_order(ctx: Ctx) -> list[Asset]:
    """The assets of the organization by `order`, default by name; sorted once for each order."""
    asked = tuple(ordering(ctx, _ORDERS)) or (("name", False),)

    def make() -> list[Asset]:
        rows: list[Asset] = list(ctx.world.in_org("assets", ctx.org))
        for name, down in reversed((*asked, ("name", False))):
            rows.sort(key=_ORDERS[name], reverse=down)
        return rows

    return ctx.world.cached(("assets in order", ctx.org.id, asked), make)


def filtered(ctx: Ctx, rows: list[Asset], category: str | None = None) -> list[Asset]:
    """The rows that every filter of §4.3 lets through; the last answers are remembered, paging is quick."""
    tests = asset_tests(ctx, category)
    if not tests:
        return rows
    noise = {"limit", "offset", "fields", "fields!", "fields_size", "order"}
    key = tuple(sorted((k, v) for k, v in ctx.query.items() if k not in noise))
    return ctx.world.remembered(
        ("assets", ctx.api, ctx.org.id, id(rows), len(rows), category, key),
        lambda: (kept(ctx, rows, tests), rows),
    )[0]


def asset_tests(ctx: Ctx, category: str | None = None) -> list[Test]:
    """The tests for the filters of §4.3; unknown ones are ignored, bad UUIDs are refused."""
    platforms = ctx.world.platforms
    tests = [*chosen_ids(ctx), *exact(ctx, "name", "address"), *labelled(ctx), *recent(ctx)]
    tests += searched(ctx, lambda a: (a.name, a.address, a.comment))
    tests += flags(
        ctx,
        is_active=lambda a: a.is_active,
        is_gateway=lambda a: platforms[a.platform].name.startswith("Gateway"),
    )
    tests += _platform_tests(ctx, category) + _zone_tests(ctx) + node_tests(ctx)
    if text := ctx.query.get("ips"):
        ips = {part.strip() for part in text.split(",")}
        tests.append(lambda a: a.address in ips)
    if text := ctx.query.get("protocols"):
        wanted = {part.strip() for part in text.split(",")}
        tests.append(lambda a: any(name in wanted for name, _ in a.protocols))
    return tests


def _platform_tests(ctx: Ctx, category: str | None) -> list[Test]:
    """Category, type, platform and its automation: worked out as a set of platforms."""
    chosen = list(ctx.world.platforms.values())
    for name in ("category", "type"):
        if text := ctx.query.get(name):
            chosen = [p for p in chosen if getattr(p, name) == text]
    if category:
        chosen = [p for p in chosen if p.category == category]
    if text := ctx.query.get("platform"):
        names = {p.name for p in chosen if p.name == text or (text == "Gateway" and p.name.startswith(text))}
        chosen = [p for p in chosen if p.name in names or str(p.id) == text]
    if text := ctx.query.get("exclude_platform"):
        chosen = [p for p in chosen if p.name != text]
    for task in (
        "ping",
        "gather_facts",
        "change_secret",
        "push_account",
        "verify_account",
        "gather_accounts",
    ):
        wanted = boolean(ctx.query.get(f"{task}_enabled"))
        if wanted is not None:
            chosen = [p for p in chosen if platform_shape.has_task(p, task) is wanted]
    wanted = boolean(ctx.query.get("gateway_enabled"))
    if wanted is not None:
        chosen = [p for p in chosen if platform_shape.gateway_enabled(p) is wanted]
    if len(chosen) == len(ctx.world.platforms):
        return []
    ids = {p.id for p in chosen}
    return [lambda a: a.platform in ids]


def _zone_tests(ctx: Ctx) -> list[Test]:
    """`zone` (v3.10: `domain`): an id, or a part of the name (recording assets-list-bad-filter)."""
    text = ctx.query.get("domain" if old(ctx) else "zone")
    if not text:
        return []
    if is_uuid(text):
        return [lambda a: a.zone_id == text]
    ids = {zone.id for zone in ctx.world.zones.values() if text in zone.name}
    return [lambda a: a.zone_id in ids]


def node_tests(ctx: Ctx) -> list[Test]:
    """`node` or `node_id`, an id or a key, with descendants unless told otherwise; others are ignored."""
    node = find_node(ctx, ctx.query.get("node") or ctx.query.get("node_id") or "")
    if node is None:
        return []
    direct = boolean(ctx.query.get("show_current_asset"))
    if direct is None:
        direct = boolean(ctx.query.get("all")) is False
    if direct:
        return [lambda a: node.id in a.node_ids]
    ids = ctx.world.assets_below(node)
    return [lambda a: a.id in ids]


def find_node(ctx: Ctx, text: str) -> Node | None:
    """A node by id or key, in the organization."""
    node = ctx.world.nodes.get(text) or ctx.world.node_by_key(text)
    return node if node and ctx.org.id in (ROOT, node.org_id) else None


def find_asset(ctx: Ctx, text: str, category: str | None = None) -> Asset:
    """The asset of a detail, in the organization: by id, and by name since v4.10.8. Raises 404."""
    asset = ctx.world.assets.get(text)
    if asset is None and not old(ctx):
        index = ctx.world.cached(
            ("asset names", ctx.org.id), lambda: {a.name: a for a in ctx.world.in_org("assets", ctx.org)}
        )
        asset = index.get(text)
    if asset is None or ctx.org.id not in (ROOT, asset.org_id):
        raise missing("Asset")
    if category and ctx.world.platforms[asset.platform].category != category:
        raise missing(category.capitalize())
    return asset


def _small(ctx: Ctx, to_row: Callable[[Asset], Row]) -> Callable[[Asset], Row]:
    return sized(ctx, to_row, shape.ASSET_MINI, shape.ASSET_SMALL_V3 if old(ctx) else shape.ASSET_SMALL)


def assets_list(ctx: Ctx) -> Any:
    """All assets of the organization."""
    return page(ctx, filtered(ctx, in_order(ctx)), _small(ctx, partial(shape.asset_row, ctx)))


def kind_list(ctx: Ctx, category: str) -> Any:
    """The assets of one category, with its own fields."""

    def row(asset: Asset) -> Row:
        return {**shape.asset_row(ctx, asset), **shape.category_fields(ctx, asset)}

    return page(ctx, filtered(ctx, in_order(ctx), category), _small(ctx, row))


def asset_one(ctx: Ctx, id: str, category: str | None = None) -> Any:
    """The detail."""
    asset = find_asset(ctx, id, category)
    return finisher(ctx, partial(shape.asset_detail, ctx))(asset)


def asset_platform(ctx: Ctx, id: str) -> Any:
    """The platform of an asset."""
    platform = ctx.world.platforms[find_asset(ctx, id).platform]
    return platform_shape.platform_row(ctx, platform, amounts(ctx).get(platform.id, 0))


def amounts(ctx: Ctx) -> dict[int, int]:
    """Platform id → number of assets in the organization."""

    def make() -> dict[int, int]:
        out: dict[int, int] = {}
        for asset in ctx.world.in_org("assets", ctx.org):
            out[asset.platform] = out.get(asset.platform, 0) + 1
        return out

    return ctx.world.cached(("amounts", ctx.org.id), make)


def suggestions(ctx: Ctx) -> Any:
    """At most ten assets for a search, as the web form asks."""
    return [finisher(ctx, partial(shape.full_row, ctx))(a) for a in filtered(ctx, in_order(ctx))[:10]]


def gateways(ctx: Ctx) -> Any:
    """Hosts whose platform is a gateway."""
    named = {p.id for p in ctx.world.platforms.values() if p.name.startswith("Gateway")}
    rows = [a for a in filtered(ctx, in_order(ctx)) if a.platform in named]
    return page(ctx, rows, _small(ctx, partial(shape.asset_row, ctx)))


# -- writes -----------------------------------------------------------------------------------------------


def asset_refused(ctx: Ctx) -> Reply:
    """`POST /assets/assets/` is refused: the path of the category is the one to use (§8.3)."""
    return Reply({"error": "Cannot create asset directly, you should create a host or other"}, 400)


def host_create(ctx: Ctx) -> Reply:
    """Create a host, as far as recorded: 201; 400 for a wrong platform, a taken name, a full organization."""
    body = ctx.body if isinstance(ctx.body, dict) else {}
    # from v4.10.17 on counted over all organizations, and before anything else is looked at
    if newest(ctx) and len(ctx.world.assets) >= LIMIT:
        return Reply({"error": f"The number of assets exceeds the limit of {LIMIT}"}, 400)
    platform = _platform(ctx, body.get("platform"))
    if platform is None:
        return Reply({"platform": "Platform not exist"}, 400)
    if ctx.org.id == ROOT:
        return Reply({"detail": "Please save in a org", "code": "invalid"}, 400)
    name, address = str(body.get("name") or ""), str(body.get("address") or "")
    wrong = {key: ["This field is required."] for key in ("name", "address") if key not in body}
    wrong |= {
        k: ["This field may not be blank."]
        for k, v in (("name", name), ("address", address))
        if k in body and not v
    }
    if any(asset.name == name for asset in ctx.world.in_org("assets", ctx.org)):
        wrong["name"] = ["This field must be unique."]
    if wrong:
        return Reply(wrong, 400)
    hosts = sum(n for i, n in amounts(ctx).items() if ctx.world.platforms[i].category == "host")
    if not old(ctx) and hosts >= LIMIT:
        return Reply({"error": f"The number of assets exceeds the limit of {LIMIT}"}, 400)
    asset = _new_asset(ctx, body, platform, name, address)
    return Reply({**shape.asset_row(ctx, asset), **shape.category_fields(ctx, asset)}, 201)


def _platform(ctx: Ctx, value: Any) -> Platform | None:
    """A platform for hosts, by number or `{"pk"}` / `{"id"}`."""
    number = value.get("pk", value.get("id")) if isinstance(value, dict) else value
    found = ctx.world.platforms.get(number) if isinstance(number, int) else None
    return found if found and found.category == "host" else None


def _new_asset(ctx: Ctx, body: Row, platform: Platform, name: str, address: str) -> Asset:
    given = [p for p in body.get("protocols") or [] if isinstance(p, dict)]
    protocols = [(str(p.get("name")), int(p.get("port") or 0)) for p in given] or list(platform.protocols)
    asset = Asset(
        id=str(uuid.uuid4()),
        name=name,
        address=address,
        org_id=ctx.org.id,
        platform=platform.id,
        node_ids=[n for n in map(_reference, body.get("nodes") or []) if n in ctx.world.nodes]
        or [ctx.world.org_root(ctx.org.id).id],
        protocols=protocols,
        is_active=body.get("is_active") is not False,
        comment=str(body.get("comment") or ""),
        date_created=ctx.now.replace(microsecond=0),
    )
    accounts = [
        Account(
            str(uuid.uuid4()), str(a.get("name") or a.get("username")), str(a.get("username") or ""), asset.id
        )
        for a in body.get("accounts") or []
        if isinstance(a, dict)
    ]
    ctx.world.add_asset(asset, accounts)
    return asset


def _reference(value: Any) -> str:
    return str(value.get("pk", value.get("id")) if isinstance(value, dict) else value)


def asset_delete(ctx: Ctx, id: str, category: str | None = None) -> Reply:
    """Delete one asset: 204."""
    if not is_uuid(id):
        raise Problem(404, missing("Asset").body)
    ctx.world.remove_asset(find_asset(ctx, id, category).id)
    return Reply(status=204)


def _routes() -> list[Route]:
    view, add, delete = "assets.view_asset", "assets.add_asset", "assets.delete_asset"
    made = [
        Route("GET", "assets/assets/", assets_list, view),
        Route("POST", "assets/assets/", asset_refused, add),
        Route("GET", "assets/assets/suggestions/", suggestions, "assets.match_asset"),
        Route("GET", "assets/gateways/", gateways, "assets.view_gateway"),
        Route("GET", "assets/assets/{id}/", asset_one, view),
        Route("DELETE", "assets/assets/{id}/", asset_delete, delete),
        Route("GET", "assets/assets/{id}/platform/", asset_platform, view),
        Route("POST", "assets/hosts/", host_create, add),
    ]
    for path, category in KINDS.items():
        made.append(Route("GET", f"assets/{path}/", partial(kind_list, category=category), view))
        made.append(Route("GET", f"assets/{path}/{{id}}/", partial(asset_one, category=category), view))
        made.append(
            Route("DELETE", f"assets/{path}/{{id}}/", partial(asset_delete, category=category), delete)
        )
    return made


ROUTES = _routes()
