"""Who is asking, and in which organization: the credentials in the server's order (§1.1, §1.9)."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jmstui.demo import errors, rbac, signatures

if TYPE_CHECKING:
    from jmstui.demo.records import Org, User
    from jmstui.demo.request import Request
    from jmstui.demo.sessions import Session
    from jmstui.demo.state import State

_WORDS = {"default": rbac.DEFAULT, "root": rbac.ROOT, "global": rbac.ROOT, "system": rbac.SYSTEM}
_HEX32 = re.compile(r"[0-9a-fA-F]{32}")
SAFE = ("GET", "HEAD", "OPTIONS", "TRACE")


@dataclass(slots=True)
class Caller:
    """The user behind a request, by which credential: `signature`, `token`, `bearer`, `session`, ""."""

    user: User | None
    by: str = ""


def identify(state: State, request: Request, session: Session | None, lang: str) -> Caller:
    """Tries each kind of credential in order; raises Problem (401, 403) or Crash (500)."""
    authorization = request.headers.get("authorization", "")
    keyword, _, value = authorization.partition(" ")
    if keyword.lower() == "signature":
        return Caller(_signed(state, request, authorization, lang), "signature")
    if keyword.lower() == "token":
        return Caller(_private(state, value.strip(), lang), "token")
    if keyword.lower() == "bearer":
        user_id = state.sessions.user_of_token(value.strip(), state.clock.time())
        if user_id is not None:
            return Caller(state.world.users[user_id], "bearer")
        if state.api.startswith("3."):
            raise errors.failed("Invalid token or cache refreshed.", state.api, lang)
    if session is not None and session.user_id is not None:
        user = state.world.users[session.user_id]
        if user.is_active:
            if request.method not in SAFE:
                _check_csrf(request, lang)
            return Caller(user, "session")
    return Caller(None)


def _signed(state: State, request: Request, authorization: str, lang: str) -> User:
    refused = errors.failed("Invalid signature.", state.api, lang)
    fields = signatures.fields_of(authorization) or {}
    if not {"keyid", "algorithm", "signature"} <= set(fields):
        raise refused
    try:
        key_id = str(uuid.UUID(fields["keyid"]))
    except ValueError:
        raise errors.Crash("key id is not a UUID") from None
    key = state.access_keys.get(key_id)
    if key is None or not key.active or state.locked_out:
        raise refused
    user = state.world.users[key.user_id]
    if not valid(state, user):
        raise refused
    if not key.admits(request.caller):
        raise errors.failed("Ip is not in access ip list.", state.api, lang)
    try:
        fits = signatures.verified(fields, key.secret, request.method, request.target, request.headers)
    except signatures.Broken as error:
        raise errors.Crash(str(error)) from None
    if not fits:
        raise refused
    return user


def _private(state: State, token: str, lang: str) -> User:
    user = None if state.locked_out else state.by_private_token.get(token)
    if user is None:
        raise errors.failed("Invalid token.", state.api, lang)
    if not user.is_active:
        raise errors.failed("User inactive or deleted.", state.api, lang)
    return user


def _check_csrf(request: Request, lang: str) -> None:
    """Unsafe methods of a session want a token in a header (recording auth-session-post-without-csrf)."""
    cookie = request.cookies.get("jms_csrftoken", "")
    sent = request.headers.get("x-csrftoken", "")
    if not cookie:
        reason = "CSRF cookie not set."
    elif not sent:
        reason = "CSRF token missing."
    elif sent != cookie:
        reason = "CSRF token from the 'X-Csrftoken' HTTP header incorrect."
    else:
        return
    raise errors.detail(403, f"CSRF Failed: {reason}", "permission_denied", lang)


def valid(state: State, user: User) -> bool:
    """Active and not past its date."""
    return user.is_active and (user.date_expired is None or user.date_expired > state.clock.now())


def admit(state: State, caller: Caller, org: Org, perm: str | None, lang: str) -> frozenset[str]:
    """The caller's codes in `org`. Raises Problem (401, 403) when they do not suffice for `perm`."""
    user = caller.user
    if user is None:
        if perm is None:
            return frozenset()
        raise errors.not_authenticated(state.api, lang)
    perms = rbac.perms_in(user, org.id, state.api)
    if perm is None or (user.is_active and rbac.is_superuser(user)):
        return perms
    if perm == "":
        if not valid(state, user):
            raise errors.forbidden(lang)
    elif not any(each in perms for each in perm.split("|")):
        raise errors.forbidden(lang)
    return perms


def organization(state: State, request: Request, session: Session | None) -> Org:
    """The organization of a request: `oid`, header, cookie, session; an unknown one is no error."""
    orgs = state.world.orgs
    sent = (
        request.query.get("oid")
        or _text(request.headers.get("x-jms-org", ""))
        or request.cookies.get("X-JMS-ORG")
        or (session.marks.get("oid") if session else None)
        or ""
    )
    found = _named(sent, orgs)
    if found is None and session is not None and session.user_id is not None:
        mine = [key for key in rbac.joined(state.world.users[session.user_id]) if key != rbac.SYSTEM]
        found = orgs.get(mine[0]) if mine else None
    if found is None or (state.edition == "community" and found.id not in _WORDS.values()):
        found = orgs[rbac.DEFAULT]
    return found


def _text(header: str) -> str:
    """A header's bytes (held as latin-1) read as UTF-8."""
    return header.encode("latin-1", "replace").decode("utf-8", "replace")


def _named(text: str, orgs: dict[str, Org]) -> Org | None:
    """By id (with or without dashes), by keyword in any case, by exact name."""
    if not text:
        return None
    if _HEX32.fullmatch(text):
        text = str(uuid.UUID(text))
    known = orgs.get(text) or orgs.get(_WORDS.get(text.lower(), ""))
    return known or next((org for org in orgs.values() if org.name == text), None)
