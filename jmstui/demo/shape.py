"""The small shapes that every answer is made of (§7.4)."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from jmstui.demo.http import Ctx
from jmstui.demo.listing import Row, old
from jmstui.demo.records import Label

SHANGHAI = ZoneInfo("Asia/Shanghai")

_CHINESE = {
    "Host": "主机",
    "Device": "网络设备",
    "Database": "数据库",
    "Cloud": "云服务",
    "Cloud service": "云服务",
    "Directory service": "目录服务",
    "Custom type": "自定义",
    "General": "通用",
    "Website": "网站",
    "Unknown": "未知",
    "Error": "失败",
    "OK": "成功",
    "Ok": "成功",
    "Password": "密码",
    "SSH key": "SSH 密钥",
    "Disabled": "禁用",
    "Disable": "禁用",
    "Enabled": "启用",
    "Local": "数据库",
    "Success": "成功",
    "Failed": "失败",
    "All types": "所有类型",
    "Favorite": "收藏夹",
    "Connect (All protocols)": "连接 (所有协议)",
    "Upload (RDP, SFTP)": "上传 (RDP, SFTP)",
    "Download (RDP, SFTP)": "下载 (RDP, SFTP)",
    "Copy (RDP, VNC)": "复制 (RDP, VNC)",
    "Paste (RDP, VNC)": "粘贴 (RDP, VNC)",
    "Delete (SFTP)": "删除 (SFTP)",
}
_ACTIONS = [
    ("connect", "Connect (All protocols)"),
    ("upload", "Upload (RDP, SFTP)"),
    ("download", "Download (RDP, SFTP)"),
    ("copy", "Copy (RDP, VNC)"),
    ("paste", "Paste (RDP, VNC)"),
    ("delete", "Delete (SFTP)"),
    ("share", "Share (Web SSH, Web RDP, Web VNC)"),
]


def date(ctx: Ctx, moment: datetime | None) -> str | None:
    """A date as the server writes it, in the request's zone: `2026/03/04 05:06:07 +0800`."""
    return None if moment is None else _written(moment, ctx.tz or SHANGHAI)


@lru_cache(maxsize=8192)
def _written(moment: datetime, zone: Any) -> str:
    return moment.astimezone(zone or UTC).strftime("%Y/%m/%d %H:%M:%S %z")


def word(ctx: Ctx, text: str) -> str:
    """A label in the request's language: Chinese or English (§7.7)."""
    return _CHINESE.get(text, text) if ctx.extra.get("lang") == "zh" else text


def choice(ctx: Ctx, value: Any, label: str) -> Row:
    """`{"value", "label"}`, the label translated."""
    return {"value": value, "label": word(ctx, label)}


def ref(thing: Any) -> Row:
    """`{"id", "name"}`; a node's name is its value."""
    return {"id": thing.id, "name": getattr(thing, "name", None) or getattr(thing, "value", "")}


def labels(ctx: Ctx, ids: list[str]) -> list[Any]:
    """Labels as objects; strings in v3.10."""
    found: list[Label] = [ctx.world.labels[i] for i in ids if i in ctx.world.labels]
    if old(ctx):
        return [f"{label.name}:{label.value}" for label in found]
    return [{"id": x.id, "name": x.name, "value": x.value, "color": x.color} for x in found]


def actions(ctx: Ctx, bits: int) -> list[Row]:
    """Action bits as a list of choices (§6.1)."""
    share = "Share (SSH)" if old(ctx) else _ACTIONS[6][1]
    return [
        choice(ctx, value, share if value == "share" else label)
        for place, (value, label) in enumerate(_ACTIONS)
        if bits >> place & 1
    ]


def org_name(ctx: Ctx, org_id: str) -> str:
    """The name of an organization."""
    org = ctx.world.orgs.get(org_id)
    return org.name if org else ""
