"""Signing in: token login, MFA, review, access keys (§1)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from jmstui.demo.http import Ctx, Problem, Reply, Route
from jmstui.demo.login import Login, Paused
from jmstui.demo.routes.profile import profile_of
from jmstui.demo.shape import date

if TYPE_CHECKING:
    from jmstui.demo.state import State


def _login(ctx: Ctx) -> Login:
    return Login(ctx.extra["state"], ctx.extra["request"], ctx.extra["session"], ctx.extra["lang"])


def _text(ctx: Ctx, name: str) -> str:
    """A text field of the body, "" when absent. Raises Problem(400) for a body or field of another kind."""
    if ctx.body is not None and not isinstance(ctx.body, dict):
        kind = type(ctx.body).__name__
        text = f"Invalid data. Expected a dictionary, but got {kind}."
        raise Problem(400, {"non_field_errors": [text]})
    value = (ctx.body or {}).get(name)
    if isinstance(value, dict | list | bool):
        raise Problem(400, {name: ["Not a valid string."]})
    return "" if value is None else str(value)


def sign_in(ctx: Ctx) -> Reply:
    """POST authentication/auth/: a bearer token, or what is due before it."""
    username, password = _text(ctx, "username"), _text(ctx, "password")
    state: State = ctx.extra["state"]
    try:
        user = _login(ctx).finish(username, password)
    except Paused as paused:
        return Reply(paused.body)
    user.last_login = ctx.now
    token = state.sessions.token_for(user.id, ctx.extra["request"].peer, state.clock.time())
    return Reply(
        {
            "token": token.key,
            "keyword": "Bearer",
            "date_expired": date(ctx, datetime.fromtimestamp(token.expires, UTC)),
            "user": profile_of(ctx, user, signed_in=True),
        },
        201,
    )


def challenge(ctx: Ctx) -> dict[str, str]:
    """POST authentication/mfa/challenge/: checks a code."""
    _login(ctx).answer(_text(ctx, "type"), _text(ctx, "code"))
    return {"msg": "ok"}


def send_code(ctx: Ctx) -> Reply:
    """POST authentication/mfa/send-code/: sends a code by sms or e-mail."""
    kind = _text(ctx, "type")
    _login(ctx).send_code(kind)
    return Reply({"type": kind}, 201)


def review_status(ctx: Ctx) -> dict[str, Any]:
    """GET authentication/login-confirm-ticket/status/: has the login been approved?"""
    try:
        _login(ctx).check_ticket()
    except Paused as paused:
        return paused.body
    return {"msg": "ok"}


def review_close(ctx: Ctx) -> str:
    """DELETE on the same path: gives the waiting up."""
    _login(ctx).close_ticket()
    return ""


def access_keys(ctx: Ctx) -> list[dict[str, Any]]:
    """GET authentication/access-keys/: one's own keys, without secrets."""
    state: State = ctx.extra["state"]
    assert ctx.user is not None
    return [
        {
            "id": key.id,
            "is_active": key.active,
            "date_created": date(ctx, ctx.user.date_joined),
            "date_last_used": None,
            "ip_group": list(key.allowed),
        }
        for key in state.access_keys.values()
        if key.user_id == ctx.user.id
    ]


_AT = "authentication/"
ROUTES = [
    Route("POST", _AT + "auth/", sign_in, None),
    Route("POST", _AT + "tokens/", sign_in, None),
    Route("POST", _AT + "mfa/challenge/", challenge, None),
    Route("POST", _AT + "mfa/verify/", challenge, None),
    Route("POST", _AT + "mfa/send-code/", send_code, None),
    Route("POST", _AT + "mfa/select/", send_code, None),
    Route("GET", _AT + "login-confirm-ticket/status/", review_status, None),
    Route("DELETE", _AT + "login-confirm-ticket/status/", review_close, None),
    Route("GET", _AT + "access-keys/", access_keys, "authentication.view_accesskey"),
]
