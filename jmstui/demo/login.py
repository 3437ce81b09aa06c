"""The token login: password, then MFA, then review, with its state in a session cookie (§1.3, §1.4)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jmstui.demo import errors, totp
from jmstui.demo.errors import LOCKED, WRONG, Crash, login_error, say
from jmstui.demo.http import Problem
from jmstui.demo.sessions import LOCK_MINUTES, LOGIN_AGE, cookie

if TYPE_CHECKING:
    from jmstui.demo.records import User
    from jmstui.demo.request import Request
    from jmstui.demo.sessions import Session
    from jmstui.demo.state import State

CHALLENGE_URL = "/api/v1/authentication/mfa/challenge/"
_MFA_TEXTS = {
    "otp": "OTP code invalid, or server time error",
    "sms": "SMS verify code invalid",
    "email": "Email verify code invalid",
}
_REFUSALS = {
    "user_not_exist": "Username does not exist",
    "acl_not_allow": "Current IP and Time period is not allowed",
    "block_global_ip_login": LOCKED.replace("account", "address").format(LOCK_MINUTES),
}
_MFA_TRIES = " You can also try {} times (The account will be temporarily locked for {} minutes)"


class Paused(Exception):
    """The login cannot finish yet; `body` is answered with 200."""

    def __init__(self, body: dict[str, Any]) -> None:
        super().__init__(body["error"])
        self.body = body


class Login:
    """One step of a login; the marks live in the session until a token is given out."""

    def __init__(self, state: State, request: Request, session: Session | None, lang: str) -> None:
        self._state, self._lang = state, lang
        if session is None:
            session = state.sessions.open(state.clock.time(), LOGIN_AGE)
            request.set_cookies[:] = [cookie(session)]
        self._session = session
        self._now = state.clock.time()

    def finish(self, username: str, password: str) -> User:
        """The user, once nothing is due. Raises Problem(400), Crash (500) or Paused."""
        user = self._marked() or self._check_password(username, password)
        if user.mfa is not None and "mfa" not in self._session.marks:
            choices = choices_of(user)
            text = say("MFA required", self._lang)
            raise Paused(login_error("mfa_required", text, choices=choices, url=CHALLENGE_URL))
        if user.needs_review:
            self._check_review(user)
        for mark in ("user", "ticket"):
            self._session.marks.pop(mark, None)
        return user

    def _check_password(self, username: str, password: str) -> User:
        key = username.lower()
        if refusal := self._state.refusals.get(key):
            text = _REFUSALS.get(refusal)
            raise Problem(400, login_error(refusal, text) if text else {"error": refusal})
        user = self._state.world.user_named(username)
        if self._state.failures.locked(key, self._now) or (user is not None and user.login_blocked):
            raise self._fail(key, "block_login", say(LOCKED, self._lang, LOCK_MINUTES))
        if user is None or not password or password != user.password:
            left = self._state.failures.left(key, self._now)
            raise self._fail(key, "password_failed", say(WRONG, self._lang, left, LOCK_MINUTES))
        if user.date_expired is not None and user.date_expired <= self._state.clock.now():
            raise self._fail(key, "user_expired", say("This account is expired", self._lang))
        if not user.is_active:
            raise self._fail(key, "user_inactive", say("This account is inactive.", self._lang))
        if user.must_change:
            raise Crash("the password must be changed")
        self._state.failures.clear(key)
        self._session.marks["user"] = user.id
        return user

    def _fail(self, key: str, error: str, text: str) -> Problem:
        """Counts the failure, after its text was made: the number in it is one too high (recordings)."""
        self._state.failures.count(key, self._now)
        return Problem(400, login_error(error, text))

    def _marked(self) -> User | None:
        """The user whose password this session has shown already."""
        user_id = self._session.marks.get("user")
        return None if user_id is None else self._state.world.users[user_id]

    def user_in_progress(self) -> User:
        """The user of a login in progress. Raises Problem(401) when the state is lost."""
        user = self._marked()
        if user is None:
            raise errors.not_authenticated(self._state.api, self._lang)
        return user

    # -- MFA ----------------------------------------------------------------------------------------------

    def send_code(self, kind: str) -> None:
        """Sends a code into the outbox. Raises Problem(400) when this user has no such MFA."""
        user = self.user_in_progress()
        if kind not in ("sms", "email") or kind not in choices_of(user):
            raise Problem(400, {"error": f"Current user not support mfa type: {kind}"})
        code = f"{self._state.random.randrange(10**6):06d}"
        self._session.marks["code " + kind] = (code, self._now + 60)
        self._state.outbox.append((user.username, kind, code))

    def answer(self, kind: str, code: str) -> None:
        """Checks a code. Raises Problem(401) for a wrong one, a locked user, or a lost state."""
        user = self.user_in_progress()
        key = user.username.lower()
        failures = self._state.mfa_failures
        if failures.locked(key, self._now):
            raise self._fail_mfa(key, "block_mfa", say(LOCKED, self._lang, LOCK_MINUTES))
        if kind not in choices_of(user):
            raise self._fail_mfa(key, "mfa_failed", f"The MFA type ({kind}) is not enabled")
        if not self._code_fits(user, kind, code):
            raise self._fail_mfa(key, "mfa_failed", _MFA_TEXTS[kind])
        failures.clear(key)
        self._session.marks["mfa"] = kind

    def _code_fits(self, user: User, kind: str, code: str) -> bool:
        if kind == "otp":
            return totp.accepts(user.otp_secret, code, self._now)
        sent, until = self._session.marks.get("code " + kind, ("", 0.0))
        return bool(sent) and code == sent and self._now < until

    def _fail_mfa(self, key: str, error: str, text: str) -> Problem:
        """Counts first: the number is right here (recording auth-token-mfa-2-wrong-code)."""
        failures = self._state.mfa_failures
        failures.count(key, self._now)
        left = failures.left(key, self._now)
        if error == "mfa_failed":
            text = (
                text + say(_MFA_TRIES, "en", left, LOCK_MINUTES)
                if left > 0
                else say(LOCKED, "en", LOCK_MINUTES)
            )
        return Problem(401, login_error(error, text))

    # -- review -------------------------------------------------------------------------------------------

    def _check_review(self, user: User) -> None:
        """Opens a ticket when there is none, and passes only an approved one. Raises Paused."""
        if "ticket" not in self._session.marks:
            self._session.marks["ticket"] = self._state.reviews.open(user.username).id
        self.check_ticket()

    def check_ticket(self) -> None:
        """Raises Paused unless the ticket of this login is approved."""
        user = self.user_in_progress()
        ticket = self._state.reviews.tickets.get(self._session.marks.get("ticket", ""))
        if ticket is None:
            raise Paused(self._review_error("", "Not found", user))
        if ticket.state == "pending":
            text = "Wait login confirm ticket for accept"
            raise Paused(login_error("login_confirm_wait", text, ticket_id=ticket.id))
        if ticket.state != "approved":
            raise Paused(self._review_error(ticket.id, ticket.state.capitalize(), user))

    @staticmethod
    def _review_error(ticket_id: str, word: str, user: User) -> dict[str, Any]:
        text = f"Login confirm ticket was {word}"
        return login_error("login_confirm_error", text, ticket_id=ticket_id, username=user.username)

    def close_ticket(self) -> None:
        """The user does not want to wait any longer."""
        ticket_id = self._session.marks.get("ticket")
        if ticket_id:
            self._state.reviews.close(ticket_id)


def choices_of(user: User) -> list[str]:
    """The kinds of MFA that the user can answer; none when it is due but nothing is enrolled."""
    return [kind for kind in (user.mfa or "").split(",") if kind in _MFA_TEXTS]
