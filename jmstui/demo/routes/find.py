"""Search over everything, and the one label that a browser session may make (§7.8, §8.4)."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable
from itertools import islice
from typing import Any

from jmstui.demo.http import Ctx, Problem, Reply, Route
from jmstui.demo.listing import old
from jmstui.demo.records import Label
from jmstui.demo.shape import date

PER_KIND = 5


def search(ctx: Ctx) -> list[dict[str, str]]:
    """GET search/?q=: up to five hits of each kind that one may view (recording search-web)."""
    words = ctx.query.get("q", "").lower().split()
    found: list[dict[str, str]] = []
    if not words:
        return found
    kinds: list[tuple[str, str, str, Iterable[Any], Callable[[Any], str]]] = [
        ("users.view_user", "User", "User", ctx.world.members(ctx.org), lambda x: f"Username: {x.username} "),
        (
            "users.view_usergroup",
            "UserGroup",
            "User group",
            ctx.world.in_org("groups", ctx.org),
            lambda x: "",
        ),
        ("assets.view_asset", "Asset", "Asset", ctx.world.in_org("assets", ctx.org), _address),
        (
            "perms.view_assetpermission",
            "AssetPermission",
            "Asset permission",
            ctx.world.in_org("rules", ctx.org),
            lambda x: "",
        ),
    ]
    for code, model, label, rows, content in kinds:
        if code not in ctx.extra["perms"]:
            continue
        hits = (row for row in rows if all(word in f"{row.name} {content(row)}".lower() for word in words))
        found += [
            {"id": row.id, "name": row.name, "model": model, "model_label": label, "content": content(row)}
            for row in islice(hits, PER_KIND)
        ]
    return found


def _address(asset: Any) -> str:
    return f"Address: {asset.address} "


def make_label(ctx: Ctx) -> Reply:
    """POST labels/labels/: name and value, neither with `:` nor `,`."""
    body = ctx.body if isinstance(ctx.body, dict) else {}
    wrong = {}
    for name in ("name", "value"):
        text = body.get(name)
        if not isinstance(text, str) or not text:
            wrong[name] = ["This field is required."]
        elif set(text) & set(":,"):
            wrong[name] = ['Cannot contain ":,"']
    if wrong:
        raise Problem(400, wrong)
    label = Label(str(uuid.uuid4()), body["name"], body["value"], body.get("color") or "", ctx.org.id)
    if any((each.name, each.value) == (label.name, label.value) for each in ctx.world.labels.values()):
        raise Problem(400, {"non_field_errors": ["The fields name, value, org_id must make a unique set."]})
    ctx.world.labels[label.id] = label
    ctx.world.version += 1
    row: dict[str, Any] = {
        "id": label.id,
        "name": label.name,
        "value": label.value,
        "res_count": 0,
        "org_id": ctx.org.id,
        "org_name": ctx.org.name,
        "date_created": date(ctx, ctx.now),
        "date_updated": date(ctx, ctx.now),
        "comment": "",
    }
    return Reply(row if old(ctx) else {**row, "color": label.color}, 201)


ROUTES = [
    Route("GET", "search/", search),
    Route("POST", "labels/labels/", make_label, "labels.add_label"),
]
