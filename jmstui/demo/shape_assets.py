"""Assets, accounts and platforms as rows (§4.2, §4.5, §4.6)."""

from __future__ import annotations

from typing import Any

from jmstui.demo.http import Ctx
from jmstui.demo.listing import Row, old
from jmstui.demo.records import Account, Asset, Platform
from jmstui.demo.shape import choice, date, labels, org_name, ref

CATEGORIES = {
    "host": "Host",
    "device": "Device",
    "database": "Database",
    "web": "Web",
    "cloud": "Cloud",
    "gpt": "GPT",
    "ds": "Directory service",
    "custom": "Custom type",
}
TYPES = {
    "linux": "Linux",
    "windows": "Windows",
    "unix": "Unix",
    "general": "General",
    "mysql": "MySQL",
    "postgresql": "PostgreSQL",
    "oracle": "Oracle",
    "redis": "Redis",
    "mongodb": "MongoDB",
    "sqlserver": "SQLServer",
    "clickhouse": "ClickHouse",
    "website": "Website",
    "k8s": "Kubernetes",
    "chatgpt": "ChatGPT",
    "windows_ad": "Windows Active Directory",
    "vendor": "Vendor",
}
_CONNECTIVITY = {"-": "Unknown", "na": "N/A", "ok": "OK", "err": "Error"}
SECRET_TYPES = {"password": "Password", "ssh_key": "SSH key", "token": "Token", "access_key": "Access key"}
_TASKS = (
    "ping",
    "gather_facts",
    "change_secret",
    "push_account",
    "verify_account",
    "gather_accounts",
    "remove_account",
)
_SHELL = {"home": "", "sudo": "/bin/whoami", "shell": "/bin/bash", "groups": ""}
_PROTOCOL_SETTINGS: dict[str, Row] = {
    "ssh": {"sftp_home": "/tmp", "sftp_enabled": True},
    "sftp": {"sftp_home": "/tmp"},
    "rdp": {"console": False, "security": "any"},
}


def _methods(platform: Platform) -> tuple[Row, dict[str, str]]:
    """Ansible settings of a platform, and the method of each task that it supports."""
    kind = platform.type
    if platform.category == "host" and kind == "windows":
        methods = {
            "ping": "ping_by_rdp",
            "gather_facts": "gather_facts_windows",
            "change_secret": "change_secret_local_windows",
            "push_account": "push_account_local_windows",
            "verify_account": "verify_account_by_rdp",
            "gather_accounts": "gather_accounts_windows",
            "remove_account": "remove_account_windows",
        }
        return {"ansible_connection": "ssh", "ansible_shell_type": "cmd"}, methods
    if platform.category == "host":
        return {"ansible_connection": "smart"}, {
            task: "posix_ping" if task == "ping" else f"{task}_posix" for task in _TASKS
        }
    if platform.category == "database":
        tasks = [task for task in _TASKS if task != "gather_facts"]
        return {"ansible_connection": "local"}, {task: f"{task}_{kind}" for task in tasks}
    if platform.category == "device":
        tasks = ["ping", "change_secret", "verify_account"]
        config = {"ansible_connection": "local", "first_connect_delay": 0.5}
        return config, {task: f"{task}_by_ssh" for task in tasks}
    return {}, {}


def automation(ctx: Ctx, platform: Platform) -> Row:
    """The `automation` of a platform, and the core of an asset's `auto_config`."""
    config, methods = _methods(platform)
    row: Row = {"id": platform.id, "ansible_enabled": bool(methods), "ansible_config": config}
    for task in _TASKS:
        row[f"{task}_enabled"] = task in methods
        row[f"{task}_method"] = methods.get(task)
        row[f"{task}_params"] = {}
    if methods.get("push_account", "").endswith("posix"):
        row["push_account_params"] = dict(_SHELL)
    elif methods.get("push_account", "").endswith("windows"):
        row["push_account_params"] = {"groups": "Users,Remote Desktop Users"}
    return row


def has_task(platform: Platform, task: str) -> bool:
    """Does the platform support an automation task?"""
    return task in _methods(platform)[1]


def su_enabled(platform: Platform) -> bool:
    """May one switch users on it?"""
    return platform.category == "device" or (platform.category == "host" and platform.type != "windows")


def gateway_enabled(platform: Platform) -> bool:
    """May it be reached through a gateway?"""
    return platform.category in ("host", "device", "database")


def auto_config(ctx: Ctx, platform: Platform) -> Row:
    """An asset's `auto_config`, the same for all assets of a platform."""
    gateway = "domain_enabled" if old(ctx) else "gateway_enabled"
    head = {"su_enabled": su_enabled(platform), gateway: gateway_enabled(platform)}
    return {**head, **automation(ctx, platform), "platform": platform.id}


def category(ctx: Ctx, platform: Platform) -> Row:
    """The category of a platform as a choice."""
    label = CATEGORIES[platform.category]
    return choice(ctx, platform.category, "Cloud service" if old(ctx) and label == "Cloud" else label)


def kind(ctx: Ctx, platform: Platform) -> Row:
    """The type of a platform as a choice."""
    return choice(ctx, platform.type, TYPES.get(platform.type, platform.type))


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
    return {"gathered_info": {}, "spec_info": {}}


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


def protocol_setting(name: str) -> Row:
    """The settings of a protocol of an asset."""
    return dict(_PROTOCOL_SETTINGS.get(name, {}))


def platform_protocol(platform: Platform, place: int) -> Row:
    """A protocol of a platform."""
    name, port = platform.protocols[place]
    return {
        "id": platform.id * 4 + place,
        "name": name,
        "port": port,
        "port_from_addr": platform.category in ("web", "cloud"),
        "primary": place == 0,
        "required": False,
        "default": place == 0,
        "public": True,
        "secret_types": ["password", "ssh_key"] if name in ("ssh", "sftp") else ["password"],
        "setting": protocol_setting(name),
    }


def platform_row(ctx: Ctx, platform: Platform, amount: int) -> Row:
    """A row of `/assets/platforms/`, and the detail."""
    row: Row = {
        "id": platform.id,
        "name": platform.name,
        "labels": [],
        "protocols": [platform_protocol(platform, n) for n in range(len(platform.protocols))],
        "category": category(ctx, platform),
        "type": kind(ctx, platform),
        "charset": choice(ctx, "utf-8", "UTF-8"),
        "su_method": None,
        "su_enabled": su_enabled(platform),
        "custom_fields": [],
        "automation": automation(ctx, platform),
        "internal": platform.internal,
        "date_created": date(ctx, ctx.world.now),
        "date_updated": date(ctx, ctx.world.now),
        "comment": "",
    }
    maker: Any = None if old(ctx) else "System" if platform.internal else "Administrator"
    row["created_by"] = row["updated_by"] = maker
    if old(ctx):
        return {**row, "domain_enabled": gateway_enabled(platform)}
    return {**row, "gateway_enabled": gateway_enabled(platform), "ds_enabled": False, "assets_amount": amount}
