"""The trees beside a table, as branches: whole in one request, counts included."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from typing import TYPE_CHECKING, Any

from jmstui.views.spec import Branch

if TYPE_CHECKING:
    from jmstui.api.client import Client
    from jmstui.api.query import Query
    from jmstui.models.base import BadRow
    from jmstui.models.node import TreeItem
    from jmstui.services.identity import Identity


PSEUDO = frozenset({"favorite", "ungrouped"})
"""Nodes that only the server's own trees know (§6.6): the asset list cannot be narrowed to them."""


async def node_tree(client: Client, identity: Identity) -> AsyncIterator[list[Branch]]:
    """All nodes of the organization, one request (§3.2)."""
    from jmstui.api.endpoints import nodes

    async for branches in _watch(client, nodes.tree_all(), "node"):
        yield branches


async def my_node_tree(client: Client, identity: Identity) -> AsyncIterator[list[Branch]]:
    """The nodes of the user's own assets (§6.6)."""
    from jmstui.api.endpoints import access

    async for branches in _watch(client, access.tree("self"), "node_id"):
        yield branches


async def _watch(client: Client, query: Query[list[Any]], parameter: str) -> AsyncIterator[list[Branch]]:
    async for answer in client.watch(query):
        yield node_branches(answer.value, parameter)


def node_branches(items: Iterable[TreeItem | BadRow], parameter: str) -> list[Branch]:
    """zTree items as branches, by name under each parent; rows that cannot be read are left out."""
    from jmstui.api.endpoints.nodes import split_count
    from jmstui.models.base import BadRow

    found = []
    for item in items:
        if isinstance(item, BadRow) or item.meta is None or item.meta.type != "node":
            continue
        if str(item.id) in PSEUDO:
            continue
        name, count = split_count(item)
        key = str(item.id)
        record = str((item.meta.data or {}).get("id") or "")
        found.append(Branch(key, str(item.pId or ""), name, count, ((parameter, record or key),), record))
    found.sort(key=lambda branch: branch.name.casefold())
    known = {branch.id for branch in found}
    return [b if b.parent in known else Branch(b.id, "", b.name, b.count, b.filters, b.record) for b in found]


async def category_tree(client: Client, identity: Identity) -> AsyncIterator[list[Branch]]:
    """Category, type, platform: for those who may not see nodes (§3.2)."""
    from jmstui.api.endpoints import nodes
    from jmstui.models.base import BadRow

    async for answer in client.watch(nodes.category_tree()):
        branches = []
        for item in answer.value:
            if isinstance(item, BadRow):
                continue
            name, count = nodes.split_count(item)
            branches.append(
                Branch(str(item.id), str(item.pId or ""), name, count, _category_filters(str(item.id)))
            )
        yield branches


def _category_filters(item_id: str) -> tuple[tuple[str, str], ...]:
    """What an item narrows to: `ROOT_HOST`, `ROOT_HOST_linux`, or a platform's number."""
    if item_id.isdigit():
        return (("platform", item_id),)
    parts = item_id.split("_", 2)
    pairs = zip(("category", "type"), (part.lower() for part in parts[1:]), strict=False)
    return tuple(pairs)


async def group_tree(client: Client, identity: Identity) -> AsyncIterator[list[Branch]]:
    """User groups as a tree of one level, beside the users."""
    from jmstui.api.endpoints import groups
    from jmstui.models.base import BadRow

    async for answer in client.watch(groups.page(0, 1000)):
        yield [
            Branch(row.id, "", row.name, row.users_amount, (("group_id", row.id),), row.id)
            for row in answer.value.rows
            if not isinstance(row, BadRow)
        ]
