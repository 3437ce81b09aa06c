"""Fetch the certificate that a server shows, unverified, to tell a person about it. Nothing else is sent."""

from __future__ import annotations

import asyncio
import base64
import socket
import ssl
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

if TYPE_CHECKING:
    from jmstui.api.address import Address
    from jmstui.api.certificate import Certificate

_PATIENCE = 5.0
"""Seconds that this courtesy may take."""


async def peer_certificate(address: Address, proxy: str | None = None) -> Certificate | None:
    """The server's certificate; None when it cannot be had."""
    from jmstui.api.certificate import read_certificate

    try:
        der = await asyncio.wait_for(asyncio.to_thread(_fetch, address, proxy), _PATIENCE * 2)
        return read_certificate(der) if der else None
    except (OSError, ValueError, TimeoutError):
        return None


def _fetch(address: Address, proxy: str | None) -> bytes | None:
    """Shake hands without verifying, and take the certificate as DER. Blocking."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    there = (address.host, address.port or 443)
    with _connected(there, proxy) as plain, context.wrap_socket(plain, server_hostname=address.host) as tls:
        return tls.getpeercert(binary_form=True)


def _connected(there: tuple[str, int], proxy: str | None) -> socket.socket:
    """A socket to the server, through a CONNECT when there is a proxy."""
    if not proxy:
        return socket.create_connection(there, timeout=_PATIENCE)
    parts = urlsplit(proxy)
    if parts.scheme != "http" or not parts.hostname:
        raise OSError("only http:// proxies")
    plain = socket.create_connection((parts.hostname, parts.port or 8080), timeout=_PATIENCE)
    name = f"[{there[0]}]" if ":" in there[0] else there[0]
    lines = [f"CONNECT {name}:{there[1]} HTTP/1.1", f"Host: {name}:{there[1]}"]
    if parts.username:
        pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        lines.append(f"Proxy-Authorization: Basic {base64.b64encode(pair.encode()).decode()}")
    plain.sendall("\r\n".join([*lines, "", ""]).encode())
    answer = b""
    while not answer.endswith(b"\r\n\r\n") and len(answer) < 8192:
        byte = plain.recv(1)
        if not byte:
            break
        answer += byte
    if b" 200" not in answer.partition(b"\r\n")[0]:
        plain.close()
        raise OSError("the proxy refused")
    return plain
