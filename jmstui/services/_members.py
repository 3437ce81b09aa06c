"""Members of rules where a server leaves them out of its lists: from details, or the relation endpoints."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from jmstui.api.endpoints import permissions
from jmstui.api.endpoints.permissions import PAIRS, Side
from jmstui.models.base import BadRow, Ref
from jmstui.models.organization import ROOT
from jmstui.models.page import Page
from jmstui.models.permission import Permission, Rule
from jmstui.services import _asks as ask

if TYPE_CHECKING:
    from jmstui.api.client import Client

MOST_DETAILS = 20
"""Rules that are asked for one by one; for more, the four relation lists of their organization are read."""

Members = dict[str, dict[Side, list[Ref]]]


async def filled(client: Client, page: Page[Permission], org: str | None) -> Page[Permission]:
    """The page with its lacking rules made whole; those that stay lacking stay marked.

    `org` is the organization that the page was asked in (None: the client's own). Raises `ApiError`s.
    """
    poor = [row for row in page.lacking if isinstance(row.loose, Permission)]
    if not poor:
        return page
    where = {row.id: getattr(row.loose, "org_id", None) or org or client.org for row in poor}
    if len(poor) <= MOST_DETAILS or ROOT in where.values():
        found = await _by_details(client, where)
    else:
        found = await _by_relations(client, poor, where)
    rows = [found.get(row.id, row) if isinstance(row, BadRow) else row for row in page.rows]
    return replace(page, rows=rows, bad=sum(isinstance(row, BadRow) for row in rows))


async def _by_details(client: Client, where: dict[str, str | None]) -> dict[str, Permission]:
    """A request a rule, some at a time; a rule that is gone meanwhile is left out, and so stays marked."""
    found: dict[str, Permission] = {}
    ids = list(where)
    for at in range(0, len(ids), MOST_DETAILS):
        asked = [
            ask.allowed(client.get(permissions.whole(id, where[id]), stale_ok=False))
            for id in ids[at : at + MOST_DETAILS]
        ]
        found |= {answer.value.id: answer.value for answer in await asyncio.gather(*asked) if answer}
    return found


async def _by_relations(
    client: Client, poor: Iterable[BadRow], where: dict[str, str | None]
) -> dict[str, Permission]:
    """Every pair of every rule of the organizations concerned, held against the amounts where those came."""
    members: Members = {}
    for org in dict.fromkeys(where.values()):
        for side in PAIRS:
            await _read(client, side, org, members)
    found: dict[str, Permission] = {}
    for row in poor:
        rule = _whole(row, members.get(row.id, {}))
        if rule is not None:
            found[row.id] = rule
    return found


async def _read(client: Client, side: Side, org: str | None, members: Members) -> None:
    key = side[:-1].replace("_", "")
    async for page in ask.every(client, lambda offset: permissions.pairs(side, offset, ask.STEP, org=org)):
        for pair in ask.whole(page.rows):
            id = getattr(pair, key)
            if id is not None:
                ref = Ref(id=id, name=getattr(pair, f"{key}_display"))
                members.setdefault(pair.assetpermission, {}).setdefault(side, []).append(ref)


def _whole(row: BadRow, members: dict[Side, list[Ref]]) -> Rule | None:
    """The rule with these members; None where something else is missing too, or the amounts differ.

    A rule without any pair names nobody only if it says so itself: the relation lists may be empty for other
    reasons (§6.3).
    """
    loose = row.loose
    assert isinstance(loose, Permission)  # `filled` took no others
    if set(row.lacks) - set(PAIRS):
        return None
    for side in PAIRS:
        amount = getattr(loose, f"{side}_amount")
        if amount != len(members.get(side, ())) and (amount is not None or not members):
            return None
    known: dict[str, Any] = {field: getattr(loose, field) for field in loose.__struct_fields__}
    known.update((side, members.get(side, [])) for side in PAIRS)
    return Rule(**known)
