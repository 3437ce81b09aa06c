"""`jmstui list orgs`: the organizations of this user by the lists that name them; what each holds, for who
may see it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jmstui.cli.output import Field

if TYPE_CHECKING:
    from jmstui.api.client import Client
    from jmstui.models.organization import Organization
    from jmstui.services.identity import Identity

FIELDS = (
    Field("id", "ID"),
    Field("name", "NAME"),
    Field("lists", "LISTS"),
    Field("users", "USERS", "right"),
    Field("groups", "GROUPS", "right"),
    Field("assets", "ASSETS", "right"),
    Field("nodes", "NODES", "right"),
    Field("rules", "RULES", "right"),
    Field("comment", "COMMENT"),
)


async def rows(client: Client, identity: Identity, search: str) -> list[tuple[Any, ...]]:
    """One row an organization, in the order of `FIELDS`; the numbers are None for who may not see them
    (§2.1)."""
    held = await _held(client)
    found = []
    for choice in identity.orgs:
        if search.casefold() not in choice.org.name.casefold():
            continue
        known = held.get(choice.org.id)
        counts = known.resource_statistics if known else None
        numbers = [
            getattr(counts, f"{what}_amount") if counts else None
            for what in ("users", "groups", "assets", "nodes", "asset_perms")
        ]
        comment = (known.comment if known else choice.org.comment) or None
        found.append((choice.org.id, choice.org.name, list(choice.sources), *numbers, comment))
    return found


async def _held(client: Client) -> dict[str, Organization]:
    """What each organization holds, by id; empty for those who are no system administrators (403)."""
    from jmstui.api.endpoints import orgs
    from jmstui.api.errors import NotPermitted
    from jmstui.models.base import BadRow

    found: dict[str, Organization] = {}
    while True:
        try:
            page = (await client.get(orgs.page(len(found), 1000))).value
        except NotPermitted:
            return {}
        found |= {row.id: row for row in page.rows if not isinstance(row, BadRow)}
        if len(page.rows) < 1000:
            return found
