"""The one place that sends a password: in its turn, and not one that the server refused a moment ago."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from jmstui.api.errors import AccountLocked, WrongPassword
from jmstui.services import refused
from jmstui.services.turns import account_of, turn

if TYPE_CHECKING:
    from jmstui.api.login import LoginConversation, Step
    from jmstui.models.credential import Password
    from jmstui.settings import Settings


async def attempt(
    conversation: LoginConversation, settings: Settings, password: Password, *, insist: bool = False
) -> Step:
    """Start the conversation. A refusal is noted for every process of ours; `insist` sends the password in
    spite of such a note.

    Raises what `LoginConversation.start` raises, `JustRefused`, `StillLocked`, `Busy`.
    """
    async with turn(account_of(settings, password.username)):
        if not insist:
            await asyncio.to_thread(refused.check, settings, password)
        try:
            step = await conversation.start(password)
        except (WrongPassword, AccountLocked) as error:
            await asyncio.to_thread(refused.remember, settings, password, error)
            raise
        await asyncio.to_thread(refused.forget, settings, password)
        return step
