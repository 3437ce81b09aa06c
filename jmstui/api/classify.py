"""From an error answer to its cause: status, headers and body in, one of `errors` out. No I/O."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from jmstui.api.address import Address
from jmstui.api.errors import (
    AccountLocked,
    AccountUnusable,
    AddressLocked,
    AddressNotAllowed,
    ApiError,
    BadCredential,
    BadRequest,
    BadSignature,
    CodeLocked,
    CredentialKind,
    LoginDenied,
    LoginRejected,
    LoginStateLost,
    MustChangePassword,
    NotFound,
    NotJumpServer,
    NotPermitted,
    Phase,
    RedirectRefused,
    ServerError,
    SessionExpired,
    Throttled,
    WrongCode,
    WrongPassword,
    words,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_JUMPSERVER_ONLY = ("users/profile/", "orgs/orgs/current/", "authentication/auth/", "health/")
"""Paths that every JumpServer has: a 404 there means that something else answers."""


def _numbers(text: str) -> list[int]:
    """The numbers of a translated text, whatever the language (any script's digits)."""
    return [int(n[:10]) for n in re.findall(r"\d+", text)]


MOST_MINUTES = 99_999
"""The longest lock, and the most tries, that JumpServer lets itself be set to
(`SECURITY_LOGIN_LIMIT_TIME`, `SECURITY_LOGIN_LIMIT_COUNT`)."""


def _plausible(number: int, least: int = 1) -> int | None:
    """A number of minutes, or of tries; None for what can be neither, such as a date."""
    return number if least <= number <= MOST_MINUTES else None


def _object(body: bytes) -> dict[str, Any] | None:
    """The JSON object of an error answer; None when it is none. Lists of errors become `{"errors": …}`."""
    import json

    if len(body) > 1_000_000:
        return None
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return None
    if isinstance(value, list):
        return {"errors": value}
    return value if isinstance(value, dict) else None


def _said(data: Mapping[str, Any]) -> str:
    """The server's words: `detail`, then `msg`, `error`, then the fields (§7.5)."""
    for key in ("detail", "msg", "error"):
        if isinstance(data.get(key), str):
            return words(data[key].rstrip(" ."))
    parts = []
    for key, value in list(data.items())[:3]:
        first = value[0] if isinstance(value, list) and value else value
        parts.append(f"{key}: {first}" if isinstance(first, str | int) else key)
    return words("; ".join(parts).rstrip(" ."))


def _retry_after(headers: Mapping[str, str], data: Mapping[str, Any]) -> float | None:
    """Seconds from `Retry-After`, else the number in the text ("Expected available in N seconds")."""
    value = headers.get("retry-after", "").strip()
    if value.isdecimal():
        return min(float(value[:9]), 86400.0)
    found = _numbers(_said(data)) if data else []
    return min(float(found[0]), 86400.0) if found else None


def sign_in_error(error: str, message: str) -> ApiError | None:
    """The cause behind an `error` word of the login and MFA calls (§1.3); None for an unknown word."""
    # the server's words hold exactly these numbers, in every language; others mean something else
    numbers = _numbers(message)
    minutes = _plausible(numbers[-1]) if len(numbers) in (1, 2) else None
    if error in ("password_failed", "mfa_failed") and len(numbers) != 1:
        tries = _plausible(numbers[0], 0) if len(numbers) == 2 else None
        if error == "mfa_failed":
            return WrongCode(tries, minutes)  # counted first: 6 at the first, and so many are left
        # computed before this failure is counted: 7 at the first, when 6 are left
        return WrongPassword(None if tries is None else max(tries - 1, 0), minutes)
    locked: dict[str, Callable[[int | None], AccountLocked]] = {
        "block_login": AccountLocked,
        "block_mfa": CodeLocked,
        "block_global_ip_login": AddressLocked,
        # the last failure gets the words of the lock, with the minutes alone
        "password_failed": AccountLocked,
        "mfa_failed": CodeLocked,
    }
    if error in locked:
        return locked[error](minutes if len(numbers) == 1 else None)
    unusable = {
        "user_expired": "This account has expired. An administrator can prolong it.",
        "user_inactive": "This account is disabled. An administrator can enable it.",
        "user_not_exist": "The server knows no such user. Check the user name.",
    }
    if error in unusable:
        return AccountUnusable(unusable[error])
    if error == "acl_not_allow":
        return LoginDenied()
    if error == "login_confirm_error":
        return LoginRejected()
    return None


def _unauthorized(data: Mapping[str, Any], kind: CredentialKind, phase: Phase) -> ApiError:
    """401, by the credential that was sent: the words differ between versions (§14)."""
    if phase in ("mfa", "review"):
        return LoginStateLost()
    if phase == "login":
        return BadCredential(f"The server did not take this sign-in: {_said(data)}.")
    if kind == "access_key":
        # only the text tells these two apart, and the server does not translate it
        return AddressNotAllowed() if "access ip list" in _said(data) else BadSignature()
    if kind == "private_token":
        return BadCredential(
            "The server does not accept this private token: it is wrong or was replaced, or its user "
            "is disabled. An administrator can read it in the server's shell with create_private_token()."
        )
    if kind == "session":
        return SessionExpired(
            "The browser session has ended or was never signed in. Sign in there and copy the cookie again."
        )
    if kind == "bearer":
        return SessionExpired("The token has expired or is unknown to the server. Sign in again.")
    return BadCredential("The server wants a credential for this. Sign in first.")


def _not_json(status: int, headers: Mapping[str, str], body: bytes) -> ApiError:
    """An error answer that is not JSON; JumpServer's own are, since we send `Content-Type` (§7.5)."""
    if b"HTTPS port" in body[:4096]:
        return NotJumpServer("it expects https:// on this port")
    if status >= 500:
        return ServerError(
            f"The server, or the proxy in front of it, answered {status}. Try again in a moment."
        )
    if status == 429:
        return Throttled(_retry_after(headers, {}))
    return NotJumpServer(f"it answered {status} with something that is not JSON")


def error_from(
    status: int,
    headers: Mapping[str, str],
    body: bytes,
    phase: Phase = "read",
    kind: CredentialKind = "",
    path: str = "",
) -> ApiError:
    """The cause of an answer with status 400 or more.

    `headers` have names in lower case; `kind` is the credential that was sent; `path` is what stands behind
    `/api/v1/`. Pure: raises nothing, does no I/O.
    """
    error = _error_from(status, headers, body, phase, kind, path)
    error.status = status
    return error


def _error_from(
    status: int, headers: Mapping[str, str], body: bytes, phase: Phase, kind: CredentialKind, path: str
) -> ApiError:
    data = _object(body)
    if status == 500 and phase == "login" and body.lstrip()[:1] != b"<":
        return MustChangePassword()
    if data is None:
        return _not_json(status, headers, body)
    if status == 429:
        return Throttled(_retry_after(headers, data))
    error = data.get("error")
    if phase != "read" and isinstance(error, str):
        known = sign_in_error(error, data["msg"] if isinstance(data.get("msg"), str) else "")
        if known:
            return known
    if status == 401:
        return _unauthorized(data, kind, phase)
    if status == 403:
        return NotPermitted()
    if status in (404, 405):
        if path in _JUMPSERVER_ONLY:
            return NotJumpServer(f"it has no /api/v1/{path}")
        return NotFound(unknown_path=status == 405 or "detail" not in data)
    if status >= 500:
        return ServerError(f"The server failed on this request (status {status}). Its own log says why.")
    if phase != "read":
        return BadCredential(f"The server did not take this sign-in: {_said(data) or status}.")
    return BadRequest(
        f"The server did not take the request (status {status}): {_said(data) or 'no reason given'}."
    )


def redirect_error(address: Address, location: str, asked: str) -> ApiError:
    """Why a redirect of the API path `asked` (`/api/v1/…`) is not followed, and what to do. Pure."""
    try:
        to = urlsplit(location)
        host, port = to.hostname or address.host, to.port if to.netloc else address.port
    except ValueError:
        return NotJumpServer("it redirects to something that is no address")
    scheme = to.scheme or address.scheme
    if scheme not in ("http", "https"):
        return NotJumpServer(f"it redirects to {words(scheme)}:")
    if port == {"http": 80, "https": 443}[scheme]:
        port = None
    target = Address(scheme, host, port, address.path)
    if host.lower() != address.host.lower():
        there = words(replace(target, path="").url)
        return RedirectRefused(
            address.url,
            there,
            f"{address.url} redirects to another host, {there}. It was not followed, so that no credential "
            "goes there. If that is your JumpServer, enter its address instead.",
        )
    if "/core/auth/" in to.path:
        return SessionExpired("The server wants the sign-in in the browser to be completed first.")
    if to.path.endswith(asked):
        target = replace(target, path=to.path.removesuffix(asked))
    if target == address:
        return NotJumpServer(f"it redirects to {words(to.path)}")
    there = words(target.url)
    in_clear = address.scheme == "https" and scheme == "http"
    advice = (
        "It was not followed, because secrets would travel in clear."
        if in_clear
        else f"Enter {there} as the address."
    )
    return RedirectRefused(address.url, there, f"{address.url} redirects to {there}. {advice}")
