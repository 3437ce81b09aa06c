"""Assets and accounts as rows (§4.2, §4.6)."""

from __future__ import annotations

from jmstui.demo.http import Ctx
from jmstui.demo.listing import Row, newest, old
from jmstui.demo.records import Account, Asset, Platform
from jmstui.demo.shape import choice, date, labels, org_name, ref
from jmstui.demo.shape_platforms import auto_config, category, kind

_CONNECTIVITY = {"-": "Unknown", "na": "N/A", "ok": "OK", "err": "Error"}
SECRET_TYPES = {"password": "Password", "ssh_key": "SSH key", "token": "Token", "access_key": "Access key"}


def connectivity(ctx: Ctx, value: str) -> Row:
    """The result of the last test as a choice."""
    label = _CONNECTIVITY.get(value, value)
    return choice(ctx, value, "Ok" if old(ctx) and label == "OK" else label)


def platform_ref(ctx: Ctx, platform: Platform) -> Row:
    """An asset's platform; v3.10 leaves `type` out."""
    row: Row = {"id": platform.id, "name": platform.name}
    return row if old(ctx) else {**row, "type": platform.type}


def zone_of(ctx: Ctx, asset: Asset) -> Row:
    """`zone`, or v3.10's `domain`."""
    zone = ctx.world.zones.get(asset.zone_id or "")
    return {"domain" if old(ctx) else "zone": ref(zone) if zone else None}


def node_refs(ctx: Ctx, asset: Asset) -> list[Row]:
    """The nodes that an asset lies in."""
    return [ref(ctx.world.nodes[i]) for i in asset.node_ids]


def asset_row(ctx: Ctx, asset: Asset) -> Row:
    """A row of any asset list."""
    world, platform = ctx.world, ctx.world.platforms[asset.platform]
    row: Row = {
        "id": asset.id,
        "name": asset.name,
        "address": asset.address,
        "comment": asset.comment,
        **zone_of(ctx, asset),
        "platform": platform_ref(ctx, platform),
        "nodes": node_refs(ctx, asset),
        "labels": labels(ctx, asset.label_ids),
        "protocols": [{"name": name, "port": port} for name, port in asset.protocols],
        "nodes_display": [world.nodes[i].full_value for i in asset.node_ids],
        "category": category(ctx, platform),
        "type": kind(ctx, platform),
        "connectivity": connectivity(ctx, asset.connectivity),
        "auto_config": auto_config(ctx, platform),
        "created_by": "Administrator",
        "org_id": asset.org_id,
        "org_name": org_name(ctx, asset.org_id),
        "is_active": asset.is_active,
        "date_verified": None,
        "date_created": date(ctx, asset.date_created),
    }
    if not old(ctx):
        row["directory_services"] = []
        row["accounts_amount"] = world.account_amount(asset)
        row["date_updated"] = date(ctx, asset.date_created)
    if newest(ctx):
        row["date_last_login"] = None
    return row


ASSET_MINI = ("id", "name", "address", "zone", "platform")
ASSET_SMALL = ("id", "name", "address", "zone", "domain", "platform", "is_active", "comment")
ASSET_SMALL_V3 = ("id", "name", "address", "comment", "is_active")


def spec_info(ctx: Ctx, asset: Asset) -> Row:
    """What a category has besides: a database its name, a site its form."""
    platform = ctx.world.platforms[asset.platform]
    if platform.category == "database":
        row: Row = {
            "db_name": asset.name.split("-")[0] or "main",
            "use_ssl": False,
            "allow_invalid_cert": False,
        }
        return row if old(ctx) else {**row, "pg_ssl_mode": "prefer"}
    if platform.category == "web":
        return {
            "autofill": "no",
            "username_selector": "name=username",
            "password_selector": "name=password",
            "submit_selector": "id=login_button",
            "script": [],
        }
    return {}


def category_fields(ctx: Ctx, asset: Asset) -> Row:
    """The fields that the list of one category adds to `asset_row`."""
    platform = ctx.world.platforms[asset.platform]
    extra = spec_info(ctx, asset)
    match platform.category:
        case "host":
            return {"gathered_info": {}}
        case "database":
            more: Row = {"ca_cert": "", "client_cert": "", "client_key": ""}
            if "pg_ssl_mode" in extra:
                extra["pg_ssl_mode"] = choice(ctx, "prefer", "Prefer")
            return {**extra, **more}
        case "web":
            return {**extra, "autofill": choice(ctx, "no", "Disabled")}
        case "gpt":
            return {"proxy": ""}
        case "custom":
            return {"custom_info": {}}
        case "ds":
            return {"domain_name": "corp.example.com"}
    return {} if newest(ctx) and platform.category == "cloud" else {"gathered_info": {}, "spec_info": {}}


def full_row(ctx: Ctx, asset: Asset) -> Row:
    """A row with `gathered_info` and `spec_info`, as suggestions give it."""
    return {**asset_row(ctx, asset), "gathered_info": {}, "spec_info": spec_info(ctx, asset)}


def asset_detail(ctx: Ctx, asset: Asset) -> Row:
    """The detail: with the accounts, never a secret."""
    return {**full_row(ctx, asset), "accounts": [_inner(ctx, a) for a in ctx.world.accounts_of(asset)]}


def _inner(ctx: Ctx, account: Account) -> Row:
    """What an account is both in an asset's detail and in the list of accounts."""
    row: Row = {
        "id": account.id,
        "name": account.name,
        "username": account.username,
        "secret_type": choice(ctx, account.secret_type, SECRET_TYPES[account.secret_type]),
        "su_from": None,
        "version": 1,
        "source": choice(ctx, "local", "Local"),
        "source_id": None,
        "privileged": account.privileged,
        "is_active": account.is_active,
        "date_updated": date(ctx, ctx.world.now),
        "comment": "",
    }
    if not old(ctx):
        later = (
            "ds",
            "login_by",
            "change_secret_status",
            "date_last_login",
            "date_verified",
            "date_change_secret",
        )
        row.update(dict.fromkeys(later), secret_reset=True)
    return row


def account_row(ctx: Ctx, account: Account) -> Row:
    """A row of `/accounts/accounts/`."""
    asset = ctx.world.assets[account.asset_id]
    platform = ctx.world.platforms[asset.platform]
    return {
        **_inner(ctx, account),
        "labels": [],
        "asset": {
            "id": asset.id,
            "name": asset.name,
            "address": asset.address,
            "type": kind(ctx, platform),
            "category": category(ctx, platform),
            "platform": platform_ref(ctx, platform),
            "auto_config": auto_config(ctx, platform),
        },
        "connectivity": connectivity(ctx, asset.connectivity),
        "org_id": asset.org_id,
        "org_name": org_name(ctx, asset.org_id),
        "date_created": date(ctx, ctx.world.now),
        "created_by": None,
    }


def account_detail(ctx: Ctx, account: Account) -> Row:
    """The detail: says whether a secret is stored."""
    return {**account_row(ctx, account), "has_secret": account.has_secret, "spec_info": {}}


def permed_row(ctx: Ctx, asset: Asset) -> Row:
    """A row of the lists of permed assets (§6.5)."""
    platform = ctx.world.platforms[asset.platform]
    return {
        "id": asset.id,
        "name": asset.name,
        "address": asset.address,
        **zone_of(ctx, asset),
        "platform": {"id": platform.id, "name": platform.name},
        "comment": asset.comment,
        "org_id": asset.org_id,
        "created_by": "Administrator",
        "connectivity": connectivity(ctx, asset.connectivity),
        "nodes": node_refs(ctx, asset),
        "labels": labels(ctx, asset.label_ids),
        "category": category(ctx, platform),
        "type": kind(ctx, platform),
        "org_name": org_name(ctx, asset.org_id),
        "is_active": asset.is_active,
        "date_verified": None,
        "date_created": date(ctx, asset.date_created),
    }


def tree_asset(ctx: Ctx, asset: Asset, parent: str) -> Row:
    """An asset as a zTree item (§3.2)."""
    platform = ctx.world.platforms[asset.platform]
    names = [name for name, _ in asset.protocols]
    return {
        "id": asset.id,
        "name": asset.name,
        "title": "\n".join(text for text in (asset.address, asset.comment) if text),
        "pId": parent,
        "isParent": False,
        "open": False,
        "iconSkin": "switch" if platform.category == "device" else platform.type,
        "chkDisabled": not asset.is_active,
        "meta": {
            "type": "asset",
            "data": {
                "platform_type": platform.type,
                "org_name": org_name(ctx, asset.org_id),
                "sftp": "sftp" in names,
                "name": asset.name,
                "address": asset.address,
            },
        },
    }
