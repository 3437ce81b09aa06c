"""Accounts (§4.6): never a secret."""

from __future__ import annotations

from functools import partial
from typing import Any

from jmstui.demo.http import Ctx, Problem, Route
from jmstui.demo.listing import (
    Test,
    chosen_ids,
    exact,
    finisher,
    flags,
    is_uuid,
    kept,
    labelled,
    missing,
    ordered,
    page,
    searched,
    sized,
    whole_rows,
)
from jmstui.demo.records import Account, Asset
from jmstui.demo.routes.assets import find_node
from jmstui.demo.shape_assets import account_detail, account_row
from jmstui.demo.world import ROOT

_MINI = ("id", "name", "username")
_SMALL = (*_MINI, "secret_type", "privileged", "is_active", "comment")


def _candidates(ctx: Ctx) -> list[Account]:
    """The accounts to filter: those of one asset, or all of the organization (made once)."""
    world = ctx.world
    if text := ctx.query.get("asset") or ctx.query.get("asset_id"):
        if not is_uuid(text):
            raise Problem(400, {"asset" if ctx.query.get("asset") else "asset_id": ["Enter a valid UUID."]})
        asset = world.assets.get(text)
        return world.accounts_of(asset) if asset and ctx.org.id in (ROOT, asset.org_id) else []
    return world.cached(
        ("accounts", ctx.org.id),
        lambda: [x for a in world.in_org("assets", ctx.org) for x in world.accounts_of(a)],
    )


def tests_of(ctx: Ctx) -> list[Test]:
    """The tests for the filters."""
    assets, platforms = ctx.world.assets, ctx.world.platforms

    def of(account: Account) -> Asset:
        return assets[account.asset_id]

    tests = [*chosen_ids(ctx), *exact(ctx, "username", "name", "secret_type"), *labelled(ctx)]
    tests += flags(
        ctx,
        is_active=lambda x: x.is_active,
        privileged=lambda x: x.privileged,
        has_secret=lambda x: x.has_secret,
    )
    tests += searched(ctx, lambda x: (x.username, x.name, of(x).name, of(x).address))
    tests += exact(
        ctx,
        asset_name=lambda x: of(x).name,
        address=lambda x: of(x).address,
        platform=lambda x: of(x).platform,
        category=lambda x: platforms[of(x).platform].category,
        type=lambda x: platforms[of(x).platform].type,
        connectivity=lambda x: of(x).connectivity,
    )
    if node := find_node(ctx, ctx.query.get("node_id", "")):
        below = ctx.world.assets_below(node)
        tests.append(lambda x: x.asset_id in below)
    return tests


def accounts(ctx: Ctx) -> Any:
    """The accounts by name."""
    keys = {"name": lambda x: x.name, "username": lambda x: x.username, "is_active": lambda x: x.is_active}
    rows = ordered(ctx, kept(ctx, _candidates(ctx), tests_of(ctx)), keys, "name")
    row = partial(account_detail if whole_rows(ctx) else account_row, ctx)
    return page(ctx, rows, sized(ctx, row, _MINI, _SMALL))


def account(ctx: Ctx, id: str) -> Any:
    """The detail: says whether there is a secret."""
    found = ctx.world.account(id)
    if found is None or ctx.org.id not in (ROOT, ctx.world.assets[found.asset_id].org_id):
        raise missing("Account")
    return finisher(ctx, partial(account_detail, ctx))(found)


ROUTES = [
    Route("GET", "accounts/accounts/", accounts, "accounts.view_account"),
    Route("GET", "accounts/accounts/{id}/", account, "accounts.view_account"),
]
