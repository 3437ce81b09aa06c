"""The server's address, as people type or paste it, in one normal form."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from jmstui.api.errors import BadAddress, words

_PAGES = {"ui", "luna", "lina", "core", "koko", "api", "auth"}
"""First folders of JumpServer's own pages: an address copied from the browser ends before them."""


@dataclass(frozen=True, slots=True)
class Address:
    """Scheme, host and base path of a JumpServer. `host` is bare (no brackets); `path` is "" or "/jms"."""

    scheme: str
    host: str
    port: int | None = None
    path: str = ""

    @property
    def netloc(self) -> str:
        """`host:port` as it stands in a URL."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}" if self.port else host

    @property
    def url(self) -> str:
        """The address without a trailing slash."""
        return f"{self.scheme}://{self.netloc}{self.path}"

    @property
    def loopback(self) -> bool:
        """On this machine."""
        if self.host == "localhost" or self.host.endswith(".localhost"):
            return True
        try:
            return ipaddress.ip_address(self.host.partition("%")[0]).is_loopback
        except ValueError:
            return False

    @property
    def in_clear(self) -> bool:
        """Secrets would cross a network in clear: `http://` to anything but this machine."""
        return self.scheme == "http" and not self.loopback


def parse_address(text: str) -> Address:
    """The address that a person typed: `jms.corp`, `https://jms.corp/jms/`, `[::1]:8443`, a copied page.

    Raises `BadAddress`. A bare host gets `https://`. A user name or password inside is refused, not echoed.
    """
    text = text.strip()
    if not text:
        raise BadAddress("Enter the address of the JumpServer, for example https://jms.example.com.")
    if any(c.isspace() or not c.isprintable() or c == "\\" for c in text):
        raise BadAddress("The address holds a space or a character that no address has.")
    if "://" not in text:
        text = f"https://{_bracketed(text)}"
    try:
        parts = urlsplit(text)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise BadAddress("This is no address: check the brackets and the port.") from None
    if "@" in parts.netloc:
        raise BadAddress("Leave user name and password out of the address; they have fields of their own.")
    if parts.scheme not in ("http", "https"):
        raise BadAddress(
            f"The address must begin with https:// or http://, not with {words(parts.scheme)}://."
        )
    if not host:
        raise BadAddress("The address has no host name.")
    if port == {"http": 80, "https": 443}[parts.scheme]:
        port = None
    return Address(parts.scheme, _host(host), port, _base(parts.path))


def _bracketed(text: str) -> str:
    """A bare IPv6 address gets its brackets."""
    try:
        return f"[{text}]" if ipaddress.ip_address(text).version == 6 else text
    except ValueError:
        return text


def _host(host: str) -> str:
    """The host in ASCII (IDNA); BadAddress when it cannot be one."""
    if ":" in host:
        return host
    try:
        name = host if host.isascii() else host.encode("idna").decode("ascii")
    except UnicodeError:
        raise BadAddress(f"{words(host)} cannot be a host name.") from None
    if len(name) > 253 or not all(c.isalnum() or c in "-._" for c in name):
        raise BadAddress(f"{words(host)} cannot be a host name.")
    return name


def _base(path: str) -> str:
    """The base path, without JumpServer's own pages behind it."""
    kept: list[str] = []
    for part in path.split("/"):
        if part in _PAGES:
            break
        if part in (".", ".."):
            raise BadAddress("The path of the address must not hold . or .. parts.")
        if part:
            kept.append(quote(part, safe="%:@&+$,-_.!~*'()"))
    return "".join(f"/{part}" for part in kept)
