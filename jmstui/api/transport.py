"""The way to the server: one request at a time, checked before it leaves, bounded as it comes back."""

from __future__ import annotations

import asyncio
import time
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

from jmstui.api.address import Address, parse_address
from jmstui.api.classify import error_from, redirect_error
from jmstui.api.endpoints.reads import phase_of
from jmstui.api.errors import (
    ApiError,
    BadRequest,
    CannotReach,
    CredentialKind,
    NotJumpServer,
    TooLarge,
    UntrustedCertificate,
    words,
)
from jmstui.api.server_clock import ServerClock, told_by

if TYPE_CHECKING:
    from jmstui.api.auth import Auth
    from jmstui.api.certificate import Certificate
    from jmstui.api.http import AsyncClient, Request, Response

MAX_BODY = 32 * 1024 * 1024
"""Decoded bytes of one answer; 1,000 assets with all fields are 1.7 MB (§12)."""

_DEADLINES = 6
"""A whole answer may take this many times the silence that is allowed."""


@dataclass(frozen=True, slots=True)
class RawAnswer:
    """An answer as it came. `headers` have names in lower case and no `Set-Cookie`."""

    status: int
    headers: dict[str, str]
    body: bytes = field(repr=False)
    ms: float
    """Milliseconds from sending to the last byte."""
    bytes_in: int
    """Bytes of the body on the wire, before decompression."""
    server_date: float | None = None
    """The server's `Date`, in seconds since the epoch; None where it cannot be believed."""


class LoginState:
    """The cookies of one login conversation (§1.2); nothing else keeps cookies."""

    def __init__(self) -> None:
        self._cookies: dict[str, str] = {}

    def __repr__(self) -> str:
        return "LoginState(…)"

    def header(self) -> str:
        """The `Cookie` header to send, "" when there is none yet."""
        return "; ".join(f"{name}={value}" for name, value in self._cookies.items())

    def take(self, set_cookie: Iterable[str]) -> None:
        """Keep, or drop, what the server's `Set-Cookie` headers say."""
        for line in set_cookie:
            pair, _, attributes = line.partition(";")
            name, _, value = pair.strip().partition("=")
            if "max-age=0" in attributes.lower().replace(" ", ""):
                self._cookies.pop(name, None)
            elif name and len(self._cookies) < 20:
                self._cookies[name] = value

    def clear(self) -> None:
        """Forget them."""
        self._cookies.clear()


class Transport:
    """Sends what `endpoints/reads.py` allows to one server, and turns every failure into an `ApiError`.

    `url` is what a person typed (`parse_address`). `auth` may be replaced at any time. `timeout` is the
    longest silence in seconds. `asgi` is an application in this process that answers instead of the network.
    """

    def __init__(
        self,
        url: str,
        auth: Auth | None = None,
        *,
        ca_file: str | None = None,
        insecure: bool = False,
        proxy_from_env: bool = True,
        timeout: float = 30,
        asgi: Any = None,
        language: str = "en",
        max_body: int = MAX_BODY,
    ) -> None:
        self.address: Address = parse_address(url)
        self.auth = auth
        self.insecure = insecure
        self.timeout = timeout
        self.max_body = max_body
        self._ca_file, self._proxy_from_env = ca_file, proxy_from_env
        self._asgi, self._language = asgi, language
        self.server_clock = ServerClock()
        self._client: AsyncClient | None = None
        self._proxy: str | None = None
        self._fixed_headers: list[tuple[str, str]] = []

    @property
    def url(self) -> str:
        """The server's address, without a trailing slash."""
        return self.address.url

    @property
    def proxy(self) -> str | None:
        """The proxy on the way, as it may be shown; None for a direct connection."""
        from jmstui.api import http

        proxy = self._proxy or self._find_proxy()
        return http.without_userinfo(proxy) if proxy else None

    async def send(
        self,
        method: str,
        path: str,
        params: Sequence[tuple[str, str]] = (),
        *,
        org: str | None = None,
        json: Any = None,
        auth: bool = True,
        state: LoginState | None = None,
    ) -> RawAnswer:
        """Send one request and read the whole answer.

        `path` is what stands behind `/api/v1/`; `org` goes into `X-JMS-ORG`; `auth=False` sends no
        credential; `state` carries the cookies of a login conversation. Returns answers below 300 and raises
        an `ApiError` for everything else: `Refused` before anything leaves, `CannotReach`,
        `UntrustedCertificate`, or the cause behind an error status. `asyncio.CancelledError` passes.
        """
        phase = phase_of(method, path, params)
        credential = self.auth if auth and phase == "read" else None
        kind: CredentialKind = credential.kind if credential else ""
        started = time.perf_counter()
        try:
            request = self._request(method, path, params, org, json, state)
            answer, cookies, location = await self._exchange(request, credential)
            sent = request.headers.get("cookie", "")
            if answer.status == 401 and credential and credential.learn(cookies, sent):
                request = self._request(method, path, params, org, json, state)
                answer, cookies, location = await self._exchange(request, credential)
        except ApiError as error:
            error.ms = error.ms or (time.perf_counter() - started) * 1000
            raise
        if state is not None:
            state.take(cookies)
        fault: ApiError | None = None
        if 300 <= answer.status < 400:
            fault = redirect_error(self.address, location, _api(path))
        elif answer.status >= 400:
            fault = error_from(answer.status, answer.headers, answer.body, phase, kind, path)
        elif answer.body.strip() and "json" not in answer.headers.get("content-type", ""):
            fault = NotJumpServer()
        if fault:
            fault.status, fault.ms, fault.bytes_in = answer.status, answer.ms, answer.bytes_in
            raise fault
        return answer

    def replace_auth(self, auth: Auth | None) -> None:
        """From the next request on, sign in with another credential."""
        self.auth = auth

    async def certificate(self) -> Certificate | None:
        """The certificate that the server shows, unverified; None when it shows none."""
        from jmstui.api.peer import peer_certificate

        if self.address.scheme != "https" or self._asgi is not None:
            return None
        return await peer_certificate(self.address, self._proxy or self._find_proxy())

    async def aclose(self) -> None:
        """Close the connections. The transport opens new ones when it is used again."""
        client, self._client = self._client, None
        if client is not None:
            await client.aclose()

    # --- out ---

    def _find_proxy(self) -> str | None:
        from jmstui.api import http

        return http.proxy_for(self.address) if self._proxy_from_env and self._asgi is None else None

    def _open(self) -> AsyncClient:
        """The httpx client, made at the first request: certificates and proxies are read here."""
        from jmstui.api import http

        if self._client is None:
            if self._asgi is not None:
                self._client = http.asgi_client(self._asgi, self.timeout)
            else:
                secure = self.address.scheme == "https"
                self._proxy = self._find_proxy()
                context = http.tls_context(self._ca_file, self.insecure) if secure else False
                self._client = http.new_client(self.address, self.timeout, self._proxy, context)
        return self._client

    def _request(
        self,
        method: str,
        path: str,
        params: Sequence[tuple[str, str]],
        org: str | None,
        json: Any,
        state: LoginState | None,
    ) -> Request:
        from jmstui import __version__
        from jmstui.api import http

        if not self._fixed_headers:
            zone = http.local_zone()
            self._fixed_headers = [
                ("Accept", "application/json"),
                ("Accept-Encoding", "gzip"),
                ("Accept-Language", self._language),
                ("Content-Type", "application/json"),
                ("User-Agent", f"jmstui/{__version__}"),
                *([("X-TZ", zone)] if zone else []),
            ]
        headers = list(self._fixed_headers)
        if org:
            if not org.isascii() or not org.isprintable():
                raise BadRequest("An organization is chosen by its id; this name cannot be sent.")
            headers.append(("X-JMS-ORG", org))
        if state is not None and (cookie := state.header()):
            headers.append(("Cookie", cookie))
        return self._built(method, target_of(self.address, path, params), headers, json)

    def _built(self, method: str, target: str, headers: list[tuple[str, str]], json: Any) -> Request:
        import json as json_module

        from jmstui.api import http

        try:
            content = None if json is None else json_module.dumps(json).encode()
            url = f"{self.address.scheme}://{self.address.netloc}{target}"
            return http.Request(method, url, headers=headers, content=content)
        except (ValueError, TypeError, http.InvalidURL):
            raise BadRequest(
                "This question cannot be sent: it is too long, or holds what no request can."
            ) from None

    # --- back ---

    async def _exchange(self, request: Request, auth: Auth | None) -> tuple[RawAnswer, list[str], str]:
        """Send, read within bounds, close. (answer, its `Set-Cookie` headers, its `Location`.)"""
        client = self._open()
        started, began = time.perf_counter(), self.server_clock.mark()
        try:
            async with asyncio.timeout(self.timeout * _DEADLINES):
                response = await client.send(request, auth=auth, stream=True)
                ended = self.server_clock.mark()
                try:
                    body, bytes_in = await self._read(response)
                finally:
                    await response.aclose()
        except ApiError:
            raise
        except TimeoutError:
            seconds = self.timeout * _DEADLINES
            raise CannotReach(
                self.address.netloc, f"no complete answer within {seconds:.0f} seconds"
            ) from None
        except Exception as error:
            raise await self._failure(error) from None
        headers = {k.lower(): v for k, v in response.headers.multi_items() if k.lower() != "set-cookie"}
        ms = (time.perf_counter() - started) * 1000
        answer = RawAnswer(response.status_code, headers, body, ms, bytes_in, told_by(headers))
        if "json" in headers.get("content-type", ""):  # not the page of a gateway, or of a hotel
            self.server_clock.observe(answer.server_date, began, ended)
        return answer, response.headers.get_list("set-cookie"), headers.get("location", "")

    async def _failure(self, error: Exception) -> ApiError:
        from jmstui.api import http

        fault = http.certificate_fault(error)
        if fault is None:
            return http.failure(error, self.address, self.timeout, self._proxy)
        return UntrustedCertificate(self.address.netloc, fault, await self.certificate())

    async def _read(self, response: Response) -> tuple[bytes, int]:
        """The body, decompressed here so that a bomb stops at `max_body`; and its bytes on the wire."""
        encoding = response.headers.get("content-encoding", "identity").strip().lower()
        inflate = None
        if encoding in ("gzip", "x-gzip"):
            inflate = zlib.decompressobj(zlib.MAX_WBITS | 16)
        elif encoding not in ("identity", ""):
            raise NotJumpServer(f"it compresses with {words(encoding, 20)}, which was not asked for")
        body, bytes_in = bytearray(), 0
        async for chunk in response.aiter_raw():
            bytes_in += len(chunk)
            room = self.max_body - len(body)
            if inflate is None:
                body += chunk[: room + 1]
            else:
                try:
                    body += inflate.decompress(chunk, room + 1)
                except zlib.error:
                    raise NotJumpServer("its compressed answer is broken") from None
            if len(body) > self.max_body:
                raise TooLarge(f"it is larger than {max(self.max_body >> 20, 1)} MB")
        return bytes(body), bytes_in


def _api(path: str) -> str:
    """`health/` stands beside the versioned API (recording health)."""
    return f"/api/{path}" if path == "health/" else f"/api/v1/{path}"


def target_of(address: Address, path: str, params: Sequence[tuple[str, str]] = ()) -> str:
    """Path and query exactly as they go out, and as an access key signs them: blanks are %20, commas stay."""
    query = urlencode(list(params), quote_via=quote, safe=",:@*!-._~", errors="replace")
    return f"{address.path}{_api(path)}{'?' if query else ''}{query}"
