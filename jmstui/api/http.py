"""The one import of httpx: the client, trust in certificates, proxies, and what its exceptions mean."""

from __future__ import annotations

import contextlib
import ipaddress
import logging
import os
import socket
import ssl
import sys
from collections.abc import Iterator
from http.cookiejar import DefaultCookiePolicy
from pathlib import Path
from typing import Any
from urllib.request import getproxies, proxy_bypass

import httpx
from httpx import ASGITransport as ASGITransport
from httpx import AsyncClient as AsyncClient
from httpx import Auth as Auth
from httpx import InvalidURL as InvalidURL
from httpx import Request as Request
from httpx import Response as Response

from jmstui.api.address import Address
from jmstui.api.errors import (
    ApiError,
    BadAddress,
    BadCaFile,
    BadCredential,
    CannotReach,
    NotJumpServer,
    words,
)
from jmstui.trusted import NotTrusted, name_of, open_trusted, refuse_others

_BUNDLES = (
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
)
"""Where systems keep their trust store: for Pythons that were built to look elsewhere."""


def tls_context(ca_file: str | None = None, insecure: bool = False) -> ssl.SSLContext:
    """Trust as the system does, or as `SSL_CERT_FILE` says, and in `ca_file` besides.

    Raises `BadCaFile`, also for a file or a directory of certificates that somebody else could have written.
    """
    if insecure:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        return context
    context = _system_context()
    if ca_file:
        with _certificates(os.path.expanduser(ca_file), "The CA file ") as file:
            context.load_verify_locations(file)
    return context


@contextlib.contextmanager
def _certificates(path: str, what: str) -> Iterator[str]:
    """A name for the file of certificates at `path` while it is open and known to be its owner's alone."""
    try:
        with open_trusted(Path(path)) as file:
            yield name_of(file)
    except NotTrusted as error:
        raise BadCaFile(f"{what}{words(error.sentence, 400)}") from None
    except (OSError, ValueError):
        raise BadCaFile(f"{what}{words(path)} cannot be read, or holds no PEM certificate.") from None


def _system_context() -> ssl.SSLContext:
    named = os.environ.get("SSL_CERT_FILE")
    if sys.platform != "linux" and not named:
        import truststore

        return truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    paths = ssl.get_default_verify_paths()
    _refuse_others_directories()
    if named:
        with _certificates(named, "SSL_CERT_FILE: ") as file:
            context = ssl.create_default_context(cafile=file, capath=paths.capath)
    else:
        context = ssl.create_default_context()
    # Python 3.13 alone refuses company CAs without key identifiers; the other tools of the system take them
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    if not paths.cafile and not paths.capath and not named:
        for bundle in filter(os.path.exists, _BUNDLES):
            context.load_verify_locations(bundle)
            break
    return context


def _refuse_others_directories() -> None:
    """Raise `BadCaFile` where `SSL_CERT_DIR` names a directory into which others may put certificates."""
    for folder in filter(None, os.environ.get("SSL_CERT_DIR", "").split(os.pathsep)):
        try:
            refuse_others(os.stat(folder), Path(folder))
        except NotTrusted as error:
            raise BadCaFile(f"SSL_CERT_DIR: {words(error.sentence, 400)}") from None
        except OSError:
            continue  # OpenSSL finds nothing in it either


def proxy_for(address: Address) -> str | None:
    """The proxy that the environment (`HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY`, `NO_PROXY`) names for it."""
    proxies = getproxies()
    proxy = proxies.get(address.scheme) or proxies.get("all")
    if not proxy or proxy_bypass(address.netloc) or _bypassed(address.host, proxies.get("no", "")):
        return None
    return proxy if "://" in proxy else f"http://{proxy}"


def _bypassed(host: str, no_proxy: str) -> bool:
    """`NO_PROXY` with networks (`10.0.0.0/8`), which the standard library does not read."""
    try:
        ip = ipaddress.ip_address(host)
    except ValueError:
        return False
    for entry in no_proxy.split(","):
        try:
            if ip in ipaddress.ip_network(entry.strip(), strict=False):
                return True
        except ValueError:
            continue
    return False


def without_userinfo(url: str) -> str:
    """A proxy's address as it may be shown."""
    scheme, _, rest = url.partition("://")
    return f"{scheme}://{words(rest.partition('/')[0].rpartition('@')[2])}"


def new_client(
    address: Address, timeout: float, proxy: str | None, verify: ssl.SSLContext | bool
) -> AsyncClient:
    """A client that keeps no cookies, follows no redirects and reads nothing from the environment."""
    try:
        client = AsyncClient(
            verify=verify,
            proxy=proxy,
            trust_env=False,
            follow_redirects=False,
            timeout=httpx.Timeout(timeout),
            limits=httpx.Limits(max_connections=6, max_keepalive_connections=6, keepalive_expiry=60),
        )
    except ImportError:
        raise CannotReach(
            address.netloc,
            f"the proxy {without_userinfo(proxy or '')} speaks SOCKS, which jmstui does not",
            "Name an http:// proxy in HTTPS_PROXY, or none.",
        ) from None
    except (ValueError, TypeError, httpx.InvalidURL):
        raise BadAddress("The proxy that the environment names (HTTPS_PROXY) is no address.") from None
    _keep_quiet(client)
    return client


def asgi_client(app: Any, timeout: float) -> AsyncClient:
    """A client that calls an ASGI application in this process."""
    client = AsyncClient(
        transport=ASGITransport(app=app, raise_app_exceptions=False),
        follow_redirects=False,
        timeout=httpx.Timeout(timeout),
    )
    _keep_quiet(client)
    return client


def _keep_quiet(client: AsyncClient) -> None:
    # the debug lines of these two hold headers, cookies among them: no log level may bring them out
    for name in ("httpx", "httpcore"):
        logging.getLogger(name).setLevel(logging.WARNING)
    client.cookies.jar.set_policy(DefaultCookiePolicy(allowed_domains=[]))


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The exception, and all that stands behind it, groups opened."""
    todo, seen = [error], set[int]()
    while todo:
        one = todo.pop(0)
        if id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        if isinstance(one, BaseExceptionGroup):
            todo.extend(one.exceptions)
        todo.extend(x for x in (one.__cause__, one.__context__) if x is not None)


def certificate_fault(error: BaseException) -> str | None:
    """What is wrong with the server's certificate, when that is why the connection failed."""
    for cause in _causes(error):
        if isinstance(cause, ssl.SSLCertVerificationError):
            return str(cause.verify_message or "it does not verify")
    return None


def failure(error: Exception, address: Address, timeout: float, proxy: str | None) -> ApiError:
    """Why httpx could not get an answer, as an `ApiError`; certificates are the transport's."""
    host = address.netloc
    if isinstance(error, httpx.ProxyError):
        shown = without_userinfo(proxy or "")
        return CannotReach(host, f"the proxy {shown} refused", "Check HTTPS_PROXY and NO_PROXY.")
    if isinstance(error, httpx.ConnectTimeout):
        return _through(proxy, host, f"no connection within {timeout:g} seconds")
    if isinstance(error, httpx.TimeoutException):
        return CannotReach(host, f"no answer within {timeout:g} seconds", "Try again, or check the server.")
    if isinstance(error, httpx.ConnectError):
        return _through(proxy, host, _connect_reason(error))
    if isinstance(error, httpx.LocalProtocolError | UnicodeError):
        return BadCredential("The credential or organization holds characters that cannot be sent.")
    if isinstance(error, httpx.RemoteProtocolError):
        if "disconnected" in str(error) or "closed" in str(error):
            return CannotReach(host, "the connection was closed before the answer was complete", "Try again.")
        hint = " on this port; try https://" if address.scheme == "http" else ""
        return NotJumpServer(f"it does not speak HTTP{hint}")
    if isinstance(error, httpx.InvalidURL):
        return NotJumpServer("it redirects to something that is no address")
    return CannotReach(host, "the connection broke", "Try again.")


def _through(proxy: str | None, host: str, reason: str) -> CannotReach:
    if proxy:
        shown = without_userinfo(proxy)
        return CannotReach(host, f"{reason}, through the proxy {shown}", "Check HTTPS_PROXY and NO_PROXY.")
    return CannotReach(host, reason)


def _connect_reason(error: Exception) -> str:
    """The operating system's reason, in plain words."""
    causes = list(_causes(error))
    if any(isinstance(cause, socket.gaierror) for cause in causes):
        return "no such host"
    if any(isinstance(cause, ConnectionRefusedError) for cause in causes):
        return "it refused the connection"
    if any(isinstance(cause, ConnectionResetError) for cause in causes):
        return "it broke off the connection"
    for cause in causes:
        if isinstance(cause, ssl.SSLError):
            return "no TLS connection came about (is it http:// on this port?)"
        if isinstance(cause, OSError) and cause.strerror:
            return cause.strerror.lower()
    return "no connection"


def local_zone() -> str | None:
    """The name of this machine's time zone (`Europe/Berlin`), for `X-TZ`; None when it has no name."""
    named = os.environ.get("TZ", "").removeprefix(":")
    if not named:
        try:
            _, _, named = str(Path("/etc/localtime").resolve()).partition("zoneinfo/")
        except OSError:
            return None
    named = named.removeprefix("posix/").removeprefix("right/")
    plain = (
        named.isascii()
        and named.replace("/", "").replace("_", "").replace("-", "").replace("+", "").isalnum()
    )
    return named if plain and ("/" in named or named == "UTC") else None
