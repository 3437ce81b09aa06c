"""Nodes: folders of assets, in a tree by `key` (API reference §3)."""

from __future__ import annotations

from typing import Any

from jmstui.models.base import Record


class Node(Record, frozen=True, kw_only=True):
    """`/assets/nodes/`: `key` is the path (`1:4:2`), `full_value` the readable path (`/Default/a/b`)."""

    id: str
    key: str = ""
    value: str = ""
    name: str = ""
    full_value: str = ""
    org_id: str | None = None
    org_name: str | None = None


class TreeMeta(Record, frozen=True, kw_only=True):
    """The inner part of a zTree item."""

    type: str = ""
    data: dict[str, Any] | None = None


class TreeItem(Record, frozen=True, kw_only=True):
    """A zTree item: its `id` is the node's *key*, its count stands inside `name` (§3.2)."""

    id: str | int
    name: str = ""
    title: str | None = ""
    pId: str | int | None = ""
    isParent: bool | None = False
    meta: TreeMeta | None = None
