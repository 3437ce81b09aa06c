"""Assets of one's own, for those who may not look into the organization's."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from jmstui.api.endpoints import access
from jmstui.services import _asks as ask
from jmstui.services.names import MOST, Ambiguous, Candidate, is_id

if TYPE_CHECKING:
    from jmstui.api.client import Client
    from jmstui.models.permission import PermedAsset


async def find_own_asset(client: Client, text: str) -> PermedAsset | None:
    """The asset with exactly this name, address or id among the signed-in user's own; or None.

    Raises `Ambiguous` and `ApiError`s. The match is made here too.
    """
    text = text.strip()
    if is_id(text):
        answer = await ask.allowed(client.get(access.verdict("self", text)))
        return answer.value if answer else None
    pages = await asyncio.gather(
        client.get(access.assets_of_user("self", 0, MOST, name=text)),
        client.get(access.assets_of_user("self", 0, MOST, address=text)),
    )
    rows = {
        row.id: row for page in pages for row in ask.whole(page.value.rows) if text in (row.name, row.address)
    }
    if len(rows) > 1:
        raise Ambiguous(
            "asset", text, [Candidate(row.id, row.name, row.address or "") for row in rows.values()]
        )
    return next(iter(rows.values()), None)
