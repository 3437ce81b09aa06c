"""Organizations (§1.9, §2.1, §8.2)."""

from __future__ import annotations

import uuid
from typing import Any

from jmstui.demo import errors, rbac
from jmstui.demo.http import Ctx, Problem, Reply, Route
from jmstui.demo.listing import kept, missing, newest, old, page, searched
from jmstui.demo.records import Org
from jmstui.demo.shape import date


def current(ctx: Ctx) -> dict[str, Any]:
    """GET orgs/orgs/current/: which organization the request was resolved to."""
    org = ctx.org
    return {
        "id": org.id,
        "name": org.name,
        "is_default": org.id == rbac.DEFAULT,
        "is_root": org.id == rbac.ROOT,
        "is_system": org.id == rbac.SYSTEM,
        "comment": org.comment,
    }


def listed(ctx: Ctx) -> Any:
    """GET orgs/orgs/: every organization but root, with what it holds."""
    tests = searched(ctx, lambda org: (org.name, org.comment))
    if name := ctx.query.get("name"):
        tests.append(lambda org: org.name == name)
    rows = kept(ctx, _real(ctx), tests)
    return page(ctx, sorted(rows, key=lambda org: org.name), lambda org: _row(ctx, org))


def one(ctx: Ctx, id: str) -> dict[str, Any]:
    """GET orgs/orgs/{id}/."""
    return _row(ctx, _found(ctx, id))


def create(ctx: Ctx) -> Reply:
    """POST orgs/orgs/: a unique name, a comment. Without a licence it is refused from v4.10.17 on."""
    if newest(ctx):
        raise errors.forbidden("en")
    body = ctx.body if isinstance(ctx.body, dict) else {}
    name = body.get("name")
    if not isinstance(name, str) or not name:
        raise Problem(400, {"name": ["This field is required."]})
    if any(org.name == name for org in ctx.world.orgs.values()):
        raise Problem(400, {"name": ["Organization with this Name already exists."]})
    org = Org(str(uuid.uuid4()), name, str(body.get("comment") or ""), date_created=ctx.now)
    ctx.world.add_org(org, str(uuid.uuid4()))
    return Reply(_row(ctx, org), 201)


def delete(ctx: Ctx, id: str) -> Reply:
    """DELETE orgs/orgs/{id}/: an empty one that is neither built in nor the current one."""
    org = _found(ctx, id)
    if org.internal:
        raise Problem(400, {"detail": "The organization is built in", "code": "invalid"})
    amounts = _amounts(ctx, org)
    if org.id == ctx.org.id or sum(amounts.values()) > amounts["nodes_amount"]:
        raise Problem(403, {"detail": "The organization is in use", "code": "permission_denied"})
    ctx.world.remove_org(org.id)
    return Reply(status=204)


def _real(ctx: Ctx) -> list[Org]:
    return [org for org in ctx.world.orgs.values() if org.id != rbac.ROOT]


def _found(ctx: Ctx, org_id: str) -> Org:
    org = ctx.world.orgs.get(org_id)
    if org is None or org.id == rbac.ROOT:
        raise missing("Organization")
    return org


def _amounts(ctx: Ctx, org: Org) -> dict[str, int]:
    zones = "domains_amount" if old(ctx) else "zones_amount"
    kinds = {
        "groups_amount": "groups",
        "assets_amount": "assets",
        "nodes_amount": "nodes",
        zones: "zones",
        "asset_perms_amount": "rules",
    }
    members = 0 if org.id == rbac.SYSTEM else len(ctx.world.members(org))
    return {
        "users_amount": members,
        **{name: len(ctx.world.in_org(what, org)) for name, what in kinds.items()},
    }


def _row(ctx: Ctx, org: Org) -> dict[str, Any]:
    return {
        "id": org.id,
        "name": org.name,
        "resource_statistics": _amounts(ctx, org),
        "is_default": org.id == rbac.DEFAULT,
        "is_root": False,
        "internal": org.internal,
        "date_created": date(ctx, org.date_created),
        "created_by": "System" if org.internal else "Administrator",
        "comment": org.comment,
    }


ROUTES = [
    Route("GET", "orgs/orgs/", listed, "orgs.view_organization"),
    Route("POST", "orgs/orgs/", create, "orgs.add_organization"),
    Route("GET", "orgs/orgs/current/", current),
    Route("GET", "orgs/orgs/{id}/", one, "orgs.view_organization"),
    Route("DELETE", "orgs/orgs/{id}/", delete, "orgs.delete_organization"),
]
