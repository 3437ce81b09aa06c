"""From what a person typed to the one record that is meant: exact names only, and never a guess."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from jmstui.api.endpoints import assets, groups, nodes, users
from jmstui.api.errors import NotFound
from jmstui.models.base import BadRow

if TYPE_CHECKING:
    from jmstui.api.client import Client
    from jmstui.api.query import Query
    from jmstui.models.asset import Asset
    from jmstui.models.node import Node
    from jmstui.models.page import Page
    from jmstui.models.user import Group, User

R = TypeVar("R")

MOST = 20
"""Candidates that are asked for."""
SUGGESTED = 3
"""Names that are offered for a mistyped one."""
_ALIKE = 0.6
"""How much of a name must agree, as `difflib` measures it."""
_SEARCHED = 100
"""Rows among which those names are looked for."""
_UUID = re.compile(r"[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}", re.IGNORECASE)
_KEY = re.compile(r"\d+(:\d+)*")


@dataclass(frozen=True, slots=True)
class Candidate:
    """One of several records that a text fits; all texts uncleaned."""

    id: str
    name: str
    more: str = ""
    """What tells it from the others: an address, a path, an organization."""


class Ambiguous(Exception):
    """A text fits several records; `candidates` are they (the first `MOST`)."""

    code = "ambiguous"
    exit_status = 2

    def __init__(self, noun: str, text: str, candidates: Sequence[Candidate]) -> None:
        super().__init__(f"{text!r} fits {len(candidates)} {noun}s")
        self.noun, self.text, self.candidates = noun, text, list(candidates)

    @property
    def sentence(self) -> str:
        """The candidates, one a line; give an id instead."""
        lines = [f"  {c.id}  {c.name}  {c.more}".rstrip() for c in self.candidates]
        more = "at least " if len(self.candidates) >= MOST else ""
        head = f"{self.text!r} fits {more}{len(self.candidates)} {self.noun}s. Give the id of one:"
        return "\n".join([head, *lines])


def is_id(text: str) -> bool:
    """Whether a text is a record's id (a UUID)."""
    return bool(_UUID.fullmatch(text))


def user_queries(text: str) -> list[Query[Any]]:
    """What `find_user` asks."""
    text = text.strip()
    return [users.one(text) if is_id(text) else users.page(0, MOST, username=text)]


def asset_queries(text: str) -> list[Query[Any]]:
    """What `find_asset` asks, side by side."""
    text = text.strip()
    if is_id(text):
        return [assets.one(text)]
    return [assets.page(0, MOST, name=text), assets.page(0, MOST, address=text)]


def ahead_of_why(user: str, asset: str) -> list[Query[Any]]:
    """What "why" will ask for whoever asks it: the names, and the node tree last. Nothing for oneself, since
    most who ask that may not look others up."""
    if user.strip() == "self":
        return []
    return [*user_queries(user), *asset_queries(asset), nodes.tree_all()]


async def find_user(client: Client, text: str) -> User:
    """The user with this username or id. Raises `NotFound`, `Ambiguous`, `NotPermitted` and other
    `ApiError`s."""
    text = text.strip()
    if is_id(text):
        return await _one(client, users.one(text), "user", text)
    rows: list[User] = await _rows(client, user_queries(text)[0])
    return _the_one(
        "user", text, _same(rows, text, "username"), lambda user: Candidate(user.id, user.username, user.name)
    )


async def find_asset(client: Client, text: str) -> Asset:
    """The asset with this name, address or id; name and address are asked for side by side."""
    text = text.strip()
    if is_id(text):
        return await _one(client, assets.one(text), "asset", text)
    named: list[Asset]
    addressed: list[Asset]
    named, addressed = await asyncio.gather(*(_rows(client, query) for query in asset_queries(text)))
    found = {asset.id: asset for asset in [*_same(named, text, "name"), *_same(addressed, text, "address")]}
    return _the_one(
        "asset", text, found.values(), lambda asset: Candidate(asset.id, asset.name, _place(asset))
    )


async def find_group(client: Client, text: str) -> Group:
    """The user group with this name or id."""
    text = text.strip()
    if is_id(text):
        return await _one(client, groups.one(text), "group", text)
    rows = await _rows(client, groups.page(0, MOST, name=text))
    return _the_one(
        "group",
        text,
        _same(rows, text, "name"),
        lambda group: Candidate(group.id, group.name, group.org_name or ""),
    )


async def find_node(client: Client, text: str) -> Node:
    """The node with this full path (`/Default/web`), key (`1:4:2`), value or id."""
    text = text.strip()
    if is_id(text):
        return await _one(client, nodes.one(text), "node", text)
    found: list[Node] = []
    if _KEY.fullmatch(text):
        found = _same(await _rows(client, nodes.page(0, MOST, key=text)), text, "key")
    if not found and not text.startswith("/"):
        found = _same(await _rows(client, nodes.page(0, MOST, value=text)), text, "value")
    if not found and "/" in text:
        found = await _by_path(client, text)
    return _the_one(
        "node", text, found, lambda node: Candidate(node.id, node.full_value or node.value, node.key)
    )


async def like(client: Client, noun: str, text: str) -> list[str]:
    """Up to `SUGGESTED` user names (`noun` "user") or asset names ("asset") that resemble `text`, the nearest
    first. One request; none for an id, and nothing where the server refuses it."""
    import contextlib
    from difflib import SequenceMatcher
    from itertools import takewhile

    from jmstui.api.errors import ApiError

    text = text.strip()
    if is_id(text) or not text:
        return []
    # the server finds parts of names; what follows the beginning may be what is wrong
    begin = text[: max(3, len(text) * 2 // 3)].strip()
    found: dict[str, float] = {}
    with contextlib.suppress(ApiError):
        shown: list[tuple[str, str]]
        if noun == "user":
            people = await _rows(client, users.page(0, _SEARCHED, search=begin, fields="id,username,name"))
            shown = [(user.username, user.name) for user in people]
        else:
            things = await _rows(client, assets.page(0, _SEARCHED, search=begin, fields="id,name,address"))
            shown = [(asset.name, asset.address or "") for asset in things]
        for name, other in shown:
            found[name] = max(
                SequenceMatcher(None, text.casefold(), one.casefold()).ratio() for one in (name, other)
            )
    near = [name for name, ratio in found.items() if ratio >= _ALIKE]

    def begins_alike(name: str) -> int:
        pairs = zip(name.casefold(), text.casefold(), strict=False)
        return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))

    return sorted(near, key=lambda name: (-found[name], -begins_alike(name), name))[:SUGGESTED]


async def _by_path(client: Client, text: str) -> list[Node]:
    """Nodes with this full path. A node's own name may hold `/`: each tail of the path is tried, the
    shortest first."""
    from jmstui.api.walk import Walk

    path = "/" + text.strip("/")
    pieces = path[1:].split("/")
    for start in range(len(pieces) - 1, -1, -1):
        value = "/".join(pieces[start:])
        if value:
            offset, walk = 0, Walk()
            while True:
                page = (await client.get(nodes.page(offset, 1000, value=value))).value
                walk.take(page.rows)
                found = [
                    node for node in page.rows if not isinstance(node, BadRow) and node.full_value == path
                ]
                offset += len(page.rows)
                if found or len(page.rows) < 1000:
                    break
            if found:
                return found
    return []


async def _one(client: Client, query: Query[R], noun: str, text: str) -> R:
    try:
        return (await client.get(query)).value
    except NotFound:
        raise NotFound(
            sentence=f"There is no {noun} with the id {text}, or not in this organization."
        ) from None


async def _rows(client: Client, query: Query[Page[R]]) -> list[R]:
    page = (await client.get(query)).value
    return [row for row in page.rows if not isinstance(row, BadRow)]


def _same(rows: Iterable[R], text: str, key: str) -> list[R]:
    """The rows that really are what was asked for (a server ignores filters that it does not know, §7.2)."""
    rows = list(rows)
    exact = [row for row in rows if getattr(row, key) == text]
    return exact or [row for row in rows if str(getattr(row, key) or "").casefold() == text.casefold()]


def _the_one(noun: str, text: str, found: Iterable[R], candidate: Callable[[R], Candidate]) -> R:
    rows = list(found)
    if not rows:
        where = "names are taken exactly, in the current organization"
        raise NotFound(sentence=f"There is no {noun} {text!r} here: {where}.")
    if len(rows) > 1:
        raise Ambiguous(noun, text, [candidate(row) for row in rows])
    return rows[0]


def _place(asset: Asset) -> str:
    return "  ".join(part for part in (asset.address, asset.org_name) if part)
