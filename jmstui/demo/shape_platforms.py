"""Platforms as rows, and what an asset shows of its platform (§4.2, §4.5)."""

from __future__ import annotations

from typing import Any

from jmstui.demo.http import Ctx
from jmstui.demo.listing import Row, newest, old
from jmstui.demo.records import Platform
from jmstui.demo.shape import choice, date

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
    if newest(ctx):
        row["has_package"] = False
    return {**row, "gateway_enabled": gateway_enabled(platform), "ds_enabled": False, "assets_amount": amount}
