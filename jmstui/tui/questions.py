"""What the Access view asks: who or what may be meant, and the answer as lines. Knows no widget."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from jmstui.views.spec import Branch, Line, View

if TYPE_CHECKING:
    from jmstui.api.client import Client
    from jmstui.services.identity import Identity

MOST = 20
"""Candidates that are asked for."""
SIDE = Literal["who", "what"]


@dataclass(frozen=True, slots=True)
class Thing:
    """Somebody who reaches, or something that is reached. All texts uncleaned."""

    kind: Literal["user", "asset", "node"]
    id: str
    name: str
    """What stands in the field: a user name, an asset's name, a node's path."""
    more: str = ""
    """What tells it from others of that name."""
    record: Any = None


NODES = "nodes"
"""The view whose records the branches of a node tree are."""


def node_of(branch: Branch) -> Thing:
    """A branch of a node tree as something that is reached."""
    from jmstui.services.who_can import NodeName

    return Thing("node", branch.record, branch.name, "", NodeName(branch.record, branch.id, branch.name))


def thing_of(view: View[Any], row: Any) -> Thing | None:
    """The row of a view as a thing; None for a row that is neither."""
    if view.what_can:
        return Thing("user", str(row.id), row.username, row.name, row)
    if not view.who_can:
        return None
    if hasattr(row, "full_value"):
        return Thing("node", str(row.id), row.full_value or row.name, "", row)
    return Thing("asset", str(row.id), row.name, row.address or "", row)


def oneself(identity: Identity) -> Thing:
    """The signed-in user."""
    profile = identity.profile
    return Thing("user", profile.id, profile.username, profile.name, profile)


def only_oneself(identity: Identity) -> bool:
    """Whether this user can ask about nobody else."""
    return not identity.may("users.view_user")


async def candidates(
    client: Client, identity: Identity, side: str, text: str, submitted: bool = False
) -> list[Thing]:
    """Who or what a typed text may mean: the exact name first, then the server's matches. Raises `ApiError`.

    `submitted`: the text is all that was meant to be typed, so an id, and a name beyond the first matches, is
    asked for by itself.
    """
    from jmstui.models.base import BadRow

    query = _users(text) if side == "who" else _assets(identity, text)
    page = (await client.get(query)).value
    rows = [row for row in page.rows if not isinstance(row, BadRow)]
    if side == "who":
        things = [Thing("user", row.id, row.username, row.name, row) for row in rows]
    else:
        things = [Thing("asset", row.id, row.name, row.address or "", row) for row in rows]
    if submitted and exact(text, things) is None and (len(things) >= MOST or not things):
        one = await _named(client, side, text)
        things = things if one is None else [one]
    wanted = text.casefold()
    return sorted(things, key=lambda thing: wanted not in (thing.name.casefold(), thing.more.casefold()))


async def _named(client: Client, side: str, text: str) -> Thing | None:
    """The one with exactly this name, address or id; None when there is none, or several."""
    from jmstui.api.errors import NotFound
    from jmstui.services.names import Ambiguous, find_asset, find_user

    try:
        if side == "who":
            user = await find_user(client, text)
            return Thing("user", user.id, user.username, user.name, user)
        asset = await find_asset(client, text)
        return Thing("asset", asset.id, asset.name, asset.address or "", asset)
    except (NotFound, Ambiguous):
        return None


def _users(text: str) -> Any:
    from jmstui.api.endpoints import users

    return users.page(0, MOST, search=text or None)


def _assets(identity: Identity, text: str) -> Any:
    if identity.may("assets.view_asset"):
        from jmstui.api.endpoints import assets

        return assets.page(0, MOST, search=text or None)
    from jmstui.api.endpoints import access

    return access.assets_of_user("self", 0, MOST, search=text or None)


def exact(text: str, things: list[Thing]) -> Thing | None:
    """The one that is meant without doubt: the only one, or the only one with just this name or address."""
    wanted = text.casefold()
    same = [thing for thing in things if wanted in (thing.name.casefold(), thing.more.casefold())]
    if len(things) == 1 or len(same) == 1:
        return same[0] if same else things[0]
    return None


def candidate_lines(side: str, text: str, things: list[Thing]) -> list[Line]:
    """The candidates as lines, keyed by their ids."""
    noun = "users" if side == "who" else "assets"
    if not things:
        return [Line(f"no {noun} match “{text}”", tone="dim")]
    head = f"{noun} that match “{text}”" if text else noun
    more = "  (the first ones; type more)" if len(things) >= MOST else ""
    lines = [Line(f"{head}{more}:  ↓ and ⏎ take one", tone="head", key="head")]
    return lines + [Line(f"{thing.name:<30}  {thing.more}".rstrip(), 1, key=thing.id) for thing in things]


async def answer_lines(
    client: Client, identity: Identity, who: Thing | None, what: Thing | None
) -> AsyncIterator[list[Line]]:
    """The answer to what the two fields ask, growing. Raises `ApiError`."""
    from jmstui.services.answers import UserName
    from jmstui.views import answers

    if who is not None and what is not None:
        if what.kind == "node":
            yield [
                Line("Why needs an asset: name one in the second field. The node alone tells who reaches it.")
            ]
            return
        from jmstui.services.why import why

        user = UserName(who.id, who.name, who.more)
        async for reason in why(client, identity, user, what.record):
            yield answers.why_lines(reason)
    elif what is not None:
        from jmstui.services.who_can import who_can, who_can_node

        steps = (
            who_can(client, identity, what.record)
            if what.kind == "asset"
            else who_can_node(client, identity, what.record)
        )
        async for reached in steps:
            yield answers.who_can_lines(reached)
    elif who is not None:
        from jmstui.services.what_can import what_can

        async for reach in what_can(client, identity, UserName(who.id, who.name, who.more)):
            yield answers.what_can_lines(reach)


HELP = (
    Line("Who can reach what?", tone="head"),
    Line("who and what: may this user reach that asset, as whom, until when, and why (or why not)", 1),
    Line("what alone: everybody who can reach it", 1),
    Line("who alone: everything that this user can reach", 1),
    Line(
        "Type a user name or an asset's name or address; Tab goes to the other field. ⏎ on a line opens it.",
        tone="dim",
    ),
)
HALF = (
    Line("Why, or why not? Name the other one, then ⏎.", tone="head"),
    Line("⏎ in the empty field asks about this one alone.", tone="dim"),
)
