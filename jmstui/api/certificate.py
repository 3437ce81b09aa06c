"""What a server's TLS certificate says, read from its DER bytes with the standard library alone."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from jmstui.api.errors import words

_NAMES = {
    "2.5.4.3": "CN",
    "2.5.4.10": "O",
    "2.5.4.11": "OU",
    "2.5.4.6": "C",
    "2.5.4.7": "L",
    "2.5.4.8": "ST",
    "1.2.840.113549.1.9.1": "E",
}
_SUBJECT_ALT_NAME = "2.5.29.17"


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate as a person compares it; `sha256` is the fingerprint, pairs of hex digits with colons."""

    subject: str
    issuer: str
    not_before: datetime
    not_after: datetime
    sha256: str
    names: tuple[str, ...] = ()
    """The host names and addresses that it is for."""

    def describe(self) -> str:
        """Subject, issuer, dates and fingerprint in one line."""
        names = f" (for {words(', '.join(self.names[:4]))})" if self.names else ""
        return (
            f"It is {words(self.subject)}{names}, issued by {words(self.issuer)}, valid from "
            f"{self.not_before:%Y-%m-%d} to {self.not_after:%Y-%m-%d}, SHA-256 {self.sha256}."
        )


def read_certificate(der: bytes) -> Certificate:
    """Read one DER certificate (X.509, RFC 5280 §4.1); ValueError when it is none."""
    try:
        _, outer, _ = _item(der, 0)
        _, body, _ = _item(outer, 0)
        fields = list(_items(body))
        if fields[0][0] == 0xA0:  # the version is optional
            fields = fields[1:]
        _serial, _algorithm, issuer, validity, subject, _key, *rest = fields
        before, after = list(_items(validity[1]))[:2]
        digest = hashlib.sha256(der).hexdigest().upper()
        return Certificate(
            subject=_name(subject[1]),
            issuer=_name(issuer[1]),
            not_before=_time(*before),
            not_after=_time(*after),
            sha256=":".join(digest[i : i + 2] for i in range(0, len(digest), 2)),
            names=_alternative_names(rest),
        )
    except (IndexError, UnicodeError) as error:
        raise ValueError("not a certificate") from error


def _item(data: bytes, at: int) -> tuple[int, bytes, int]:
    """(tag, content, where the next item starts) of the DER item at `at`; IndexError when it is cut short."""
    tag, length, start = data[at], data[at + 1], at + 2
    if length & 0x80:
        size = length & 0x7F
        length, start = int.from_bytes(data[start : start + size], "big"), start + size
    if start + length > len(data):
        raise IndexError("cut short")
    return tag, data[start : start + length], start + length


def _items(data: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at < len(data):
        tag, content, at = _item(data, at)
        yield tag, content


def _oid(content: bytes) -> str:
    first = content[0]
    numbers, value = [min(first // 40, 2), first - 40 * min(first // 40, 2)], 0
    for byte in content[1:]:
        value = (value << 7) | (byte & 0x7F)
        if not byte & 0x80:
            numbers.append(value)
            value = 0
    return ".".join(map(str, numbers))


def _text(tag: int, content: bytes) -> str:
    """A DirectoryString: BMPString is UTF-16, T61 and the like are close to Latin-1, the rest is UTF-8."""
    if tag == 0x1E:
        return content.decode("utf-16-be", "replace")
    return content.decode("latin-1" if tag == 0x14 else "utf-8", "replace")


def _name(content: bytes) -> str:
    """A distinguished name as `CN=…, O=…`."""
    parts = []
    for _, relative in _items(content):
        for _, pair in _items(relative):
            (_, oid), (tag, value) = list(_items(pair))[:2]
            parts.append(f"{_NAMES.get(_oid(oid), _oid(oid))}={_text(tag, value)}")
    return ", ".join(parts) or "(no name)"


def _time(tag: int, content: bytes) -> datetime:
    """UTCTime (two-digit year, 1950 to 2049) or GeneralizedTime, both ending in Z."""
    text = content.decode("ascii").rstrip("Z")
    if tag == 0x17:
        text = ("19" if int(text[:2]) >= 50 else "20") + text
    return datetime.strptime(text, "%Y%m%d%H%M%S").replace(tzinfo=UTC)


def _alternative_names(rest: list[tuple[int, bytes]]) -> tuple[str, ...]:
    """DNS names and IP addresses of the extension subjectAltName."""
    import ipaddress

    found: list[str] = []
    for _, wrapped in (item for item in rest if item[0] == 0xA3):
        for _, extension in _items(_item(wrapped, 0)[1]):
            parts = list(_items(extension))
            if _oid(parts[0][1]) != _SUBJECT_ALT_NAME:
                continue
            for tag, value in _items(_item(parts[-1][1], 0)[1]):
                if tag == 0x82:
                    found.append(value.decode("latin-1"))
                elif tag == 0x87 and len(value) in (4, 16):
                    found.append(str(ipaddress.ip_address(value)))
    return tuple(found)
