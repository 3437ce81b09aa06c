"""A sign-in as one message: what a worker tells the app when an attempt is over."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import TYPE_CHECKING

from textual.message import Message

from jmstui.tui.messages import CodeSent, SignedIn, SignInFailed, StepWanted

if TYPE_CHECKING:
    from jmstui.api.login import Step

FIELD_OF = {
    "wrong-password": "password",
    "account-locked": "password",
    "must-change-password": "password",
    "account-unusable": "username",
    "wrong-code": "code",
    "code-locked": "code",
    "bad-signature": "secret",
    "address-not-allowed": "secret",
    "session-expired": "secret",
    "bad-credential": "secret",
    "cannot-reach": "address",
    "not-jumpserver": "address",
    "untrusted-certificate": "address",
    "redirect-refused": "address",
    "bad-address": "address",
    "bad-ca-file": "address",
    "server-error": "address",
    "undecodable": "address",
    "in-clear": "address",
}
"""Beside which field an error stands, by its code word; "" is below the form."""


async def attempt(step: Awaitable[Step | None]) -> Message:
    """Wait for a step of a sign-in, and say how it went."""
    from jmstui.api.errors import ApiError
    from jmstui.config import SettingsError
    from jmstui.services.connect import InClear
    from jmstui.services.names import Ambiguous

    try:
        wanted = await step
    except InClear as error:
        return SignInFailed(error.sentence, "address", code="in-clear")
    except ApiError as error:
        return SignInFailed(error.sentence, FIELD_OF.get(error.code, ""), code=error.code)
    except (SettingsError, Ambiguous) as error:
        return SignInFailed(error.sentence)
    if wanted is None:
        return SignedIn()
    return StepWanted(tuple(getattr(wanted, "choices", ())), str(getattr(wanted, "ticket", "")))


async def sent(sending: Awaitable[None], kind: str) -> Message:
    """Wait until a code is sent, and say how it went."""
    from jmstui.api.errors import ApiError

    try:
        await sending
    except ApiError as error:
        return SignInFailed(error.sentence, "code", code=error.code)
    return CodeSent(kind)
