"""One line a check: the way to the server, what it is, who we are to it, and what this machine offers."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal

from jmstui.api.errors import ApiError, CannotReach, NotFound, NotJumpServer, Throttled, UntrustedCertificate
from jmstui.config import SettingsError

if TYPE_CHECKING:
    from jmstui.api.transport import RawAnswer, Transport
    from jmstui.models.credential import Credential
    from jmstui.services.identity import Identity
    from jmstui.settings import Settings

State = Literal["pass", "fail", "unknown"]
CLOCK_SECONDS = 30
"""A difference that is still no finding."""
EXPIRY_DAYS = 14
"""A certificate that ends sooner is a finding."""
_NOT_REACHED = "the server was not reached"
_AFTER = ("organization", "roles", "version", "throttle")
"""The checks that need somebody signed in, but for "credential" and "expiry"."""


@dataclass(frozen=True, slots=True)
class Check:
    """One finding. `next_step` says what to do when it is not a pass."""

    name: str
    state: State
    text: str
    next_step: str = ""


@dataclass(slots=True)
class SignIn:
    """A credential that is ready to be used, in words, and until when it lasts."""

    credential: Credential
    kind: str
    until: datetime | None = None


async def examine(
    settings: Settings, sign_in: Callable[[], Awaitable[SignIn]], asgi: Any = None
) -> AsyncIterator[Check]:
    """Every check about the server, as each is done. `sign_in` gives the credential and may ask a person.

    Raises nothing but what `sign_in` raises beside `ApiError` and `SettingsError`.
    """
    from jmstui.services.connect import open_transport

    try:
        transport = await open_transport(settings, None, asgi)
    except (SettingsError, ApiError) as error:
        yield Check("address", "fail", error.sentence, "Give another --url, or change the profile.")
        return
    try:
        yield Check("address", "pass", f"{transport.url} ({settings.sources.get('url', 'given')})")
        yield _proxy(transport)
        health, problem = await _health(transport)
        reached = not isinstance(problem, (CannotReach, UntrustedCertificate))
        yield _reach(transport, health, problem)
        yield await _tls(transport, problem, settings)
        yield _jumpserver(health, problem, reached)
        yield _clock(health)
        yield await _edition(transport, reached)
        if not reached or health is None:
            for name in ("credential", "expiry", "organization", "roles", "version", "throttle"):
                yield Check(name, "unknown", _NOT_REACHED)
            return
        async for check in _as_user(settings, sign_in, asgi):
            yield check
    finally:
        await transport.aclose()


def _proxy(transport: Transport) -> Check:
    try:
        proxy = transport.proxy
    except ApiError as error:
        return Check("proxy", "fail", error.sentence, "Check HTTPS_PROXY.")
    return Check("proxy", "pass", f"through {proxy}" if proxy else "none: a direct connection")


async def _health(transport: Transport) -> tuple[RawAnswer | None, ApiError | None]:
    try:
        return await transport.send("GET", "health/", auth=False), None
    except ApiError as error:
        return None, error


def _reach(transport: Transport, health: RawAnswer | None, problem: ApiError | None) -> Check:
    if health is not None:
        return Check("reach", "pass", f"answered in {health.ms:.0f} ms")
    assert problem is not None  # one of the two is there
    if isinstance(problem, CannotReach):
        return Check(
            "reach", "fail", problem.sentence, "Check the address, the network and HTTPS_PROXY / NO_PROXY."
        )
    if isinstance(problem, UntrustedCertificate):
        return Check("reach", "pass", "it answers, but its certificate is not trusted")
    return Check("reach", "pass", "it answers, but not as it should")


async def _tls(transport: Transport, problem: ApiError | None, settings: Settings) -> Check:
    if transport.address.scheme != "https":
        if transport.address.in_clear:
            return Check("tls", "fail", "http://: the credential travels in clear", "Use https://.")
        return Check("tls", "pass", "none needed: the server is on this machine")
    if isinstance(problem, UntrustedCertificate):
        return Check("tls", "fail", problem.sentence, "Give the CA file with --ca-file or SSL_CERT_FILE.")
    if isinstance(problem, CannotReach):
        return Check("tls", "unknown", _NOT_REACHED)
    try:
        certificate = await transport.certificate()
    except (ApiError, OSError) as error:
        return Check("tls", "unknown", f"the certificate could not be read ({type(error).__name__})")
    shown = certificate.describe() if certificate else "no certificate was shown"
    if settings.insecure:
        return Check(
            "tls", "fail", f"certificates are not checked (insecure). {shown}", "Leave out --insecure."
        )
    if certificate and (certificate.not_after - datetime.now(UTC)).days < EXPIRY_DAYS:
        return Check(
            "tls", "fail", f"ends within {EXPIRY_DAYS} days. {shown}", "Have the certificate renewed."
        )
    return Check("tls", "pass", f"trusted. {shown}")


def _jumpserver(health: RawAnswer | None, problem: ApiError | None, reached: bool) -> Check:
    if not reached:
        return Check("jumpserver", "unknown", _NOT_REACHED)
    if problem is not None:
        step = (
            "Check the address, its path too."
            if isinstance(problem, (NotFound, NotJumpServer))
            else "Look at the server's log."
        )
        return Check("jumpserver", "fail", problem.sentence, step)
    state = _json(health)
    if not isinstance(state, dict) or "db_status" not in state:
        return Check(
            "jumpserver",
            "fail",
            "/api/health/ does not answer as JumpServer's",
            "Check the address, its path too.",
        )
    bad = [name for name in ("db", "redis") if state.get(f"{name}_status") is False]
    if bad:
        return Check(
            "jumpserver", "fail", f"it is, but its {' and '.join(bad)} fail", "Tell whoever runs the server."
        )
    return Check("jumpserver", "pass", "it is one, and says that it is well")


def _json(answer: RawAnswer | None) -> Any:
    import json

    try:
        return json.loads(answer.body) if answer is not None else None
    except (ValueError, RecursionError):
        return None


def _clock(health: RawAnswer | None) -> Check:
    """The server never checks a signature's date (§1.8), but proxies and one-time codes go by the clock."""
    state = _json(health)
    stamp = state.get("time") if isinstance(state, dict) else None
    theirs = float(stamp) if isinstance(stamp, (int, float)) else health.server_date if health else None
    if theirs is None:
        return Check("clock", "unknown", "the server did not tell its time")
    apart = theirs - time.time()
    words = f"{abs(apart):.0f} s {'ahead of' if apart > 0 else 'behind'} this machine"
    if abs(apart) > CLOCK_SECONDS:
        step = "Set both clocks by NTP: one-time codes, and proxies that check dates, go by them."
        return Check("clock", "fail", f"the server is {words}", step)
    return Check(
        "clock",
        "pass",
        f"the same, within {CLOCK_SECONDS} s" if abs(apart) < 1.5 else f"the server is {words}",
    )


async def _edition(transport: Transport, reached: bool) -> Check:
    if not reached:
        return Check("edition", "unknown", _NOT_REACHED)
    try:
        answer = await transport.send("GET", "settings/public/open/", auth=False)
    except ApiError as error:
        return Check("edition", "unknown", error.sentence)
    found = _json(answer)
    xpack = found.get("XPACK_ENABLED") if isinstance(found, dict) else None
    if xpack is None:
        return Check("edition", "unknown", "the server does not say")
    return Check(
        "edition", "pass", "enterprise: organizations" if xpack else "community: one organization, Default"
    )


async def _as_user(
    settings: Settings, sign_in: Callable[[], Awaitable[SignIn]], asgi: Any
) -> AsyncIterator[Check]:
    """The checks that need a credential."""
    from jmstui.services.connect import open_client
    from jmstui.services.identity import enter

    try:
        signed = await sign_in()
        client = await open_client(settings, signed.credential, asgi, max_wait=0.0)
    except (ApiError, SettingsError) as error:
        wrong = getattr(error, "code", "") == "wrong-password"
        step = "Check user name and password." if wrong else "Set a credential, or run `jmstui login`."
        yield Check("credential", "fail", error.sentence, step)
        for name in ("expiry", *_AFTER):
            yield Check(name, "unknown", "not signed in")
        return
    try:
        here, identity = await enter(client, settings.org)
    except Exception as error:
        if not hasattr(error, "sentence"):
            raise
        sentence = str(error.sentence)
        if isinstance(error, Throttled):
            for name in ("credential", "expiry", *_AFTER[:-1]):
                yield Check(name, "unknown", "the server refused to answer for now")
            yield Check(
                "throttle", "fail", sentence, "Wait, and close other clients of this user (the browser too)."
            )
            return
        yield Check("credential", "fail", f"{signed.kind}: {sentence}", _advice(error, signed))
        for name in ("expiry", *_AFTER):
            yield Check(name, "unknown", "not signed in")
        return
    else:
        for check in (
            _credential(signed, identity),
            _expiry(signed, identity),
            _organization(identity),
            _roles(identity),
        ):
            yield check
        yield await _version(here, identity)
        yield _throttle(here, settings, asgi)
    finally:
        await client.aclose()


def _advice(error: Exception, signed: SignIn) -> str:
    """What to do about a refusal: for one of the credential, by its kind."""
    from jmstui.api.errors import SignInError
    from jmstui.models.credential import AccessKey, PrivateToken, SessionCookie

    if not isinstance(error, SignInError):
        return "Check --org, and the server's log."
    kind = type(signed.credential)
    if kind is PrivateToken:
        return "Check the private token: it is taken whole, and an administrator may have deleted it."
    if kind is AccessKey:
        return "Check key id and secret, and in your profile on the web that the key is active."
    if kind is SessionCookie:
        return "Sign in with the browser again, and give its new cookie."
    return "Sign in again, with `jmstui login`: a bearer token is good for about a day."


def _credential(signed: SignIn, identity: Identity) -> Check:
    me = identity.profile
    if me.is_active is False or me.is_expired:
        what = "disabled" if me.is_active is False else "expired"
        return Check(
            "credential",
            "fail",
            f"{signed.kind} of {me.username}, whose account is {what}",
            "Ask an administrator.",
        )
    return Check("credential", "pass", f"{signed.kind} of {me.username}")


def _expiry(signed: SignIn, identity: Identity) -> Check:
    from jmstui.models.base import moment

    account = moment(identity.profile.date_expired)
    parts = [f"credential until {signed.until.astimezone():%Y-%m-%d %H:%M}"] if signed.until else []
    parts += [f"account until {account.astimezone():%Y-%m-%d}"] if account else []
    ends = [end for end in (signed.until, account) if end is not None]
    if not ends:
        return Check("expiry", "unknown", "the server does not say when this credential ends")
    if min(ends).timestamp() < time.time():
        return Check("expiry", "fail", ", ".join(parts), "Sign in again, or have the account prolonged.")
    return Check("expiry", "pass", ", ".join(parts))


def _organization(identity: Identity) -> Check:
    if identity.notice:
        return Check(
            "organization",
            "fail",
            identity.notice,
            "Choose one of: " + ", ".join(o.org.name for o in identity.orgs),
        )
    return Check(
        "organization", "pass", f"{identity.current.name}, one of {len(identity.orgs)} that you may choose"
    )


def _roles(identity: Identity) -> Check:
    me = identity.profile
    names = [
        role.display_name for role in (*(me.system_roles or ()), *(me.org_roles or ())) if role.display_name
    ]
    shown = f" ({', '.join(dict.fromkeys(names))})" if names else ""
    rights = [
        word
        for word, code in (
            ("assets", "assets.view_asset"),
            ("users", "users.view_user"),
            ("rules", "perms.view_assetpermission"),
        )
        if identity.may(code)
    ]
    return Check(
        "roles",
        "pass",
        f"{identity.role}{shown}; may read {', '.join(rights) or 'what is granted to you only'}",
    )


async def _version(client: Any, identity: Identity) -> Check:
    """No endpoint tells the version: features are probed instead (§7.9)."""
    if identity.api == "3.10":
        return Check(
            "version", "pass", "older than v4.10.0 (v3.10 or the like): it has no /users/profile/permissions/"
        )
    from jmstui.api.endpoints import search

    try:
        await client.get(search.everywhere("jmstui"), fresh=True)
    except NotFound:
        return Check("version", "pass", "v4.10.0 to v4.10.7: it has no /search/")
    except ApiError as error:
        return Check("version", "unknown", f"v4.10.0 or later; {error.sentence}")
    return Check("version", "pass", "v4.10.8 or later: it has /search/")


def _throttle(client: Any, settings: Settings, asgi: Any) -> Check:
    text = f"{client.budget.left} of {settings.rate} requests left in this minute by our own count"
    if asgi is not None:
        return Check("throttle", "pass", "the demo in this process never throttles")
    if settings.rate > 180:
        return Check(
            "throttle",
            "fail",
            text,
            "From v4.10.15 on the server refuses a user's 181st request in a minute.",
        )
    return Check("throttle", "pass", text)
