"""The credentials as `httpx.Auth`, one class each, and the factory that chooses."""

from __future__ import annotations

import re
from collections.abc import Generator, Iterable
from email.utils import formatdate
from typing import Any, ClassVar
from uuid import UUID

from jmstui.api import http
from jmstui.api.errors import BadCredential, CredentialKind
from jmstui.models.credential import (
    AccessKey,
    BearerToken,
    Credential,
    Password,
    PrivateToken,
    Secret,
    SessionCookie,
)

Flow = Generator[http.Request, http.Response, None]


class Auth(http.Auth):
    """What the transport knows of a credential."""

    kind: ClassVar[CredentialKind] = ""

    def __repr__(self) -> str:
        return f"{type(self).__name__}(…)"

    def learn(self, set_cookie: Iterable[str], sent: str) -> bool:
        """Look at the `Set-Cookie` headers of a 401 to a request with the `Cookie` header `sent`; True when
        another try would look different."""
        return False


class _Token(Auth):
    """`Authorization: <keyword> <token>`."""

    keyword: ClassVar[str]

    def __init__(self, token: Secret) -> None:
        self._token = Secret(_sendable(token.reveal(), "token"))

    def auth_flow(self, request: http.Request) -> Flow:
        request.headers["Authorization"] = f"{self.keyword} {self._token.reveal()}"
        yield request


class BearerAuth(_Token):
    """A token from `POST auth/` (§1.6)."""

    kind = "bearer"
    keyword = "Bearer"


class PrivateTokenAuth(_Token):
    """A private token; the keyword is `Token`, whatever one of the vendor's pages says (§1.7)."""

    kind = "private_token"
    keyword = "Token"


class AccessKeyAuth(Auth):
    """An HTTP signature over the two things that the server demands: request target and date (§1.8)."""

    kind = "access_key"

    def __init__(self, key: AccessKey) -> None:
        self._id = _key_id(key.id)
        self._secret = Secret(_sendable(key.secret.reveal(), "secret"))
        self._signer: Any = None

    def auth_flow(self, request: http.Request) -> Flow:
        request.headers["Date"] = formatdate(usegmt=True)
        target = request.url.raw_path.decode("ascii")
        signed = self._sign()({"date": request.headers["Date"]}, method=request.method, path=target)
        request.headers["Authorization"] = signed["authorization"]
        yield request

    def _sign(self) -> Any:
        if self._signer is None:
            from httpsig.sign import HeaderSigner

            self._signer = HeaderSigner(
                self._id, self._secret.reveal(), algorithm="hmac-sha256", headers=["(request-target)", "date"]
            )
        return self._signer.sign


class SessionAuth(Auth):
    """The browser's session cookie, read-only: no CSRF token is ever sent (§1.10)."""

    kind = "session"

    def __init__(self, cookie: Secret) -> None:
        text = cookie.reveal().strip()
        text = re.sub(r"^cookie:\s*", "", text, flags=re.IGNORECASE).strip()
        if "=" in text or ";" in text:
            self._bare: Secret | None = None
            self._header = Secret(_cookie_header(text))
        else:
            self._bare = Secret(_sendable(text, "cookie"))
            self._header = Secret(f"jms_sessionid={text}")

    def learn(self, set_cookie: Iterable[str], sent: str) -> bool:
        """With a bare value the cookie's name is a guess: the server names its prefix in every answer.

        Another request at the same time may have learnt it already.
        """
        if self._bare is None:
            return False
        for line in set_cookie:
            name, _, rest = line.partition("=")
            prefix = rest.partition(";")[0].strip().strip('"')
            if name.strip() == "SESSION_COOKIE_NAME_PREFIX" and re.fullmatch(r"[\w.-]{0,64}", prefix):
                self._header = Secret(f"{prefix}sessionid={self._bare.reveal()}")
        return self._header.reveal() != sent

    def auth_flow(self, request: http.Request) -> Flow:
        request.headers["Cookie"] = self._header.reveal()
        yield request


def _sendable(text: str, what: str) -> str:
    """The text without the blanks of pasting around it; `BadCredential` when a header cannot carry it."""
    text = text.strip()
    if not text:
        raise BadCredential(f"The {what} is empty.")
    if not all("!" <= c <= "~" for c in text):
        raise BadCredential(
            f"The {what} holds a blank or a character that it cannot have. Was it copied whole?"
        )
    return text


def _key_id(text: str) -> str:
    """The server answers 500 to a key id that is no UUID (recording auth-access-key-id-not-uuid)."""
    try:
        return str(UUID(text.strip()))
    except ValueError:
        raise BadCredential(
            "The access key id must be a UUID, such as 48cf0957-02c3-5ab2-9033-ff4fb8268a08. "
            "It stands beside the secret under Profile → API Key."
        ) from None


def _cookie_header(text: str) -> str:
    """A pasted `Cookie` header without what chooses the organization or language, or allows writing."""
    kept = []
    for part in text.split(";"):
        name, _, value = part.strip().partition("=")
        if name and name not in ("X-JMS-ORG", "django_language") and not name.endswith("csrftoken"):
            kept.append(f"{name}={_sendable(value, 'cookie') if value else ''}")
    if not any(part.partition("=")[0].endswith("sessionid") for part in kept):
        raise BadCredential(
            "There is no session cookie in this: copy the cookie named jms_sessionid from the browser."
        )
    return "; ".join(kept)


def auth_for(credential: Credential) -> Auth:
    """The `httpx.Auth` of a credential. A `Password` has none: `login.py` exchanges it first.

    Raises `BadCredential` for what the server could only answer with an error, TypeError for a `Password`.
    """
    match credential:
        case BearerToken(token):
            return BearerAuth(token)
        case PrivateToken(token):
            return PrivateTokenAuth(token)
        case AccessKey():
            return AccessKeyAuth(credential)
        case SessionCookie(cookie):
            return SessionAuth(cookie)
        case Password():
            raise TypeError("a password is exchanged for a bearer token first")
