"""The token login as a conversation: password, second factor, review (§1.2 to §1.4)."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from jmstui.api.classify import sign_in_error
from jmstui.api.errors import (
    AccountLocked,
    ApiError,
    BadCredential,
    LoginRejected,
    LoginStateLost,
    MfaNotEnrolled,
    MfaOnlyInBrowser,
    NotJumpServer,
    Throttled,
    Undecodable,
    WrongPassword,
)
from jmstui.api.log import Entry
from jmstui.models.base import moment
from jmstui.models.credential import BearerToken, Password, Secret
from jmstui.models.profile import Profile

if TYPE_CHECKING:
    from jmstui.api.budget import Budget
    from jmstui.api.transport import LoginState, RawAnswer, Transport

AUTH = "authentication/auth/"
SEND_CODE = "authentication/mfa/send-code/"
CHALLENGE = "authentication/mfa/challenge/"
REVIEW = "authentication/login-confirm-ticket/status/"

SENT_KINDS = frozenset({"sms", "email"})
"""Kinds of second factor whose code the server sends when asked (`send_code`)."""
_BROWSER_KINDS = frozenset({"face", "passkey"})


@dataclass(frozen=True, slots=True)
class Signed:
    """The end of the conversation. `until` is when the token ends; it is not prolonged by use (§1.6)."""

    token: BearerToken
    until: datetime | None
    user: Profile


@dataclass(frozen=True, slots=True)
class CodeNeeded:
    """A second factor is due: one of `choices` (`otp`, `sms`, `email`, `otp_radius`, `mfa_custom`)."""

    choices: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReviewNeeded:
    """Somebody has to approve this sign-in; `ticket` is the id of the request. `poll` now and then."""

    ticket: str = field(default="")


Step = Signed | CodeNeeded | ReviewNeeded


class LoginConversation:
    """One sign-in, step by step. Each call sends one request, or two where the second asks for the token.

    The password is sent once, by `start`, and not kept. Nothing is ever sent again by itself: seven failures
    lock the account (§1.5). After `LoginStateLost` only `start` makes sense; `username` is still there.
    """

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self._state: LoginState | None = None
        self._reviewed = False
        self.username = ""
        self.log: list[Entry] = []
        """What was sent, for the request log: no body, so no secret."""

    async def start(self, credential: Password) -> Step:
        """Send user name and password.

        Raises `WrongPassword`, `AccountLocked`, `AccountUnusable`, `MustChangePassword`, `LoginDenied`,
        `MfaNotEnrolled`, `MfaOnlyInBrowser`, `LoginRejected`, or what keeps any request from its answer.
        """
        from jmstui.api.transport import LoginState

        self.username = credential.username.strip()
        if not self.username or not credential.password:
            raise BadCredential("Enter a user name and a password.")
        self._state, self._reviewed = LoginState(), False
        try:
            return await self._ask_token(
                {"username": self.username, "password": credential.password.reveal()}
            )
        except ApiError:
            self._forget()
            raise

    async def send_code(self, kind: str) -> None:
        """Have the server send a code by `sms` or `email`. Raises `LoginStateLost`, `BadCredential`."""
        await self._send("POST", SEND_CODE, {"type": kind})

    async def answer(self, kind: str, code: str) -> Step:
        """Send the code. After `WrongCode` another may be tried; `CodeLocked`, `LoginStateLost` end it."""
        digits = "".join(code.split())
        if not digits:
            raise BadCredential("Enter the code.")
        await self._send("POST", CHALLENGE, {"type": kind, "code": digits})
        return await self._resume()

    async def poll(self) -> Step:
        """Is the review decided? `ReviewNeeded` again, or what is next. Raises `LoginRejected`."""
        data = _data(await self._send("GET", REVIEW))
        if data.get("msg") == "ok":
            return await self._resume()
        try:
            return self._step(data)
        except (LoginRejected, LoginStateLost):
            self._forget()
            raise

    async def cancel(self) -> None:
        """Give up: closes the ticket of an open review and forgets all. Raises nothing."""
        if self._state is not None and self._reviewed:
            try:
                await self._send("DELETE", REVIEW)
            except ApiError:
                pass  # the ticket then expires by itself
        self._forget()

    async def _resume(self) -> Step:
        """Ask for the token again: the session holds the password's mark, so none is sent (§1.4 step 4)."""
        try:
            return await self._ask_token({"username": self.username})
        except (WrongPassword, AccountLocked):
            # no password was sent, so this says that the mark is gone
            self._forget()
            raise LoginStateLost from None

    async def _ask_token(self, body: dict[str, str]) -> Step:
        return self._step(_data(await self._send("POST", AUTH, body)))

    async def _send(self, method: str, path: str, body: dict[str, str] | None = None) -> RawAnswer:
        if self._state is None:
            raise LoginStateLost
        budget = _budget(self._transport)
        slot = await budget.slot()
        refused: float | None = None
        at, word = time.time(), "cancelled"
        told: tuple[int | None, float, int] = (None, 0.0, 0)
        try:
            raw = await self._transport.send(method, path, json=body, auth=False, state=self._state)
            told, word = (raw.status, raw.ms, len(raw.body)), ""
            return raw
        except ApiError as error:
            told, word = (error.status, error.ms, error.bytes_in), error.code
            refused = error.retry_after if isinstance(error, Throttled) else None
            if isinstance(error, LoginStateLost):
                self._forget()
            raise
        finally:
            budget.done(slot, refused)
            self.log.append(Entry(at, method, path, (), "", "sent", *told, slot.waited, word))

    def _forget(self) -> None:
        if self._state is not None:
            self._state.clear()
        self._state, self._reviewed = None, False

    def _step(self, data: dict[str, Any]) -> Step:
        """What a 2xx answer asks for next: success is the presence of a token, not the status (§1.3)."""
        token, error = data.get("token"), data.get("error")
        details: dict[str, Any] = data["data"] if isinstance(data.get("data"), dict) else {}
        if isinstance(token, str) and token:
            self._forget()
            until = data.get("date_expired")
            return Signed(
                BearerToken(Secret(token)),
                moment(until) if isinstance(until, str) else None,
                self._user(data),
            )
        if error == "mfa_required":
            return CodeNeeded(_choices(details))
        if error == "login_confirm_wait":
            self._reviewed = True
            return ReviewNeeded(str(details.get("ticket_id") or ""))
        if error == "login_confirm_error" and not details.get("ticket_id"):
            raise LoginStateLost  # the session is gone, and the ticket's number with it
        known = sign_in_error(error, str(data.get("msg") or "")) if isinstance(error, str) else None
        raise known or NotJumpServer("it does not answer a sign-in the way JumpServer does")

    def _user(self, data: dict[str, Any]) -> Profile:
        """The profile in the answer; what could be read of it."""
        import msgspec

        try:
            return msgspec.convert(data.get("user"), Profile)
        except msgspec.ValidationError:
            return Profile(id="", username=self.username)


_budgets: WeakKeyDictionary[Transport, Budget] = WeakKeyDictionary()


def _budget(transport: Transport) -> Budget:
    """One for all sign-ins over a transport: the server counts 60 a minute without a credential (§7.6)."""
    from jmstui.api.budget import PER_MINUTE_ANONYMOUS, Budget

    return _budgets.setdefault(transport, Budget(PER_MINUTE_ANONYMOUS))


def _choices(details: Any) -> tuple[str, ...]:
    """The kinds that can be answered here, OTP first. Raises `MfaNotEnrolled`, `MfaOnlyInBrowser`."""
    listed = details.get("choices")
    offered = [kind for kind in listed if isinstance(kind, str)] if isinstance(listed, list) else []
    if not offered:
        raise MfaNotEnrolled
    usable = sorted((kind for kind in offered if kind not in _BROWSER_KINDS), key=lambda kind: kind != "otp")
    if not usable:
        raise MfaOnlyInBrowser(tuple(offered))
    return tuple(usable)


def _data(answer: RawAnswer) -> dict[str, Any]:
    """The JSON object of an answer; `Undecodable` when it is none."""
    import json

    try:
        value = json.loads(answer.body or b"{}")
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise Undecodable("it is not an answer to a sign-in")
    return value
