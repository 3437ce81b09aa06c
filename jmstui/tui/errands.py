"""Errands: what a worker does for the app, each as one message that says how it went."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from textual.message import Message

from jmstui.tui.messages import HELD, CodeSent, OrgChanged, SignedIn, SignInFailed, StepWanted, TargetFound

if TYPE_CHECKING:
    from jmstui.api.login import Step
    from jmstui.tui.history import Place
    from jmstui.tui.session import Session
    from jmstui.views.spec import Target, View

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


async def attempt(step: Callable[[], Awaitable[Step | None]]) -> Message:
    """Take a step of a sign-in, and say how it went."""
    from jmstui.api.errors import ApiError
    from jmstui.config import SettingsError
    from jmstui.services.connect import InClear
    from jmstui.services.names import Ambiguous
    from jmstui.services.refused import Held

    try:
        wanted = await step()
    except InClear as error:
        return SignInFailed(error.sentence, "address", code="in-clear")
    except Held as error:
        return SignInFailed(error.why, "password", code=HELD)
    except ApiError as error:
        return SignInFailed(error.sentence, FIELD_OF.get(error.code, ""), code=error.code)
    except (SettingsError, Ambiguous) as error:
        return SignInFailed(error.sentence)
    if wanted is None:
        return SignedIn()
    return StepWanted(tuple(getattr(wanted, "choices", ())), str(getattr(wanted, "ticket", "")))


async def send_code(session: Session, kind: str) -> Message:
    """Have a code sent by sms or e-mail."""
    from jmstui.api.errors import ApiError

    try:
        await session.send_code(kind)
    except ApiError as error:
        return SignInFailed(error.sentence, "code", code=error.code)
    return CodeSent(kind)


async def choose_org(session: Session, org_id: str, then: Place | None) -> Message:
    """Work in another organization, and go to a place there."""
    from jmstui.api.errors import ApiError

    try:
        notice = await session.choose_org(org_id)
    except ApiError as error:
        return OrgChanged(error=error.sentence)
    return OrgChanged(notice, then=then)


async def find(session: Session, view: View[Any], target: Target) -> Message:
    """The record that a line leads to, asked for in its own organization."""
    from jmstui.api.errors import ApiError

    client = session.client
    if client is None or view.find is None:
        return TargetFound(view, target, error="nobody is signed in")
    if target.org and target.org != session.org:
        client = client.for_org(target.org)
    try:
        return TargetFound(view, target, await view.find(client, target.id), client)
    except ApiError as error:
        return TargetFound(view, target, error=error.sentence)
