"""Certificates made for a test, with a DER writer and the crypto package that pyhttpsig brings."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from Crypto.Hash import SHA256
from Crypto.PublicKey import ECC
from Crypto.Signature import DSS

_ECDSA_SHA256 = bytes.fromhex("300a06082a8648ce3d040302")


def tlv(tag: int, content: bytes) -> bytes:
    size = len(content)
    if size < 128:
        return bytes([tag, size]) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(length)]) + length + content


def sequence(*parts: bytes) -> bytes:
    return tlv(0x30, b"".join(parts))


def name(common: str, organization: str = "") -> bytes:
    pairs = [("550403", common)] + ([("55040a", organization)] if organization else [])
    return sequence(
        *(tlv(0x31, sequence(tlv(6, bytes.fromhex(oid)), tlv(0x0C, text.encode()))) for oid, text in pairs)
    )


def time(moment: datetime) -> bytes:
    if moment.year < 2050:
        return tlv(0x17, f"{moment:%y%m%d%H%M%SZ}".encode())
    return tlv(0x18, f"{moment:%Y%m%d%H%M%SZ}".encode())


def extension(oid: str, value: bytes, critical: bool = False) -> bytes:
    return sequence(tlv(6, bytes.fromhex(oid)), *([tlv(1, b"\xff")] if critical else []), tlv(4, value))


@dataclass
class Made:
    """A key and its certificate, as files too."""

    der: bytes
    key: Any
    subject: bytes
    pem: Path
    both: Path


def make(
    folder: Path,
    common: str,
    *,
    organization: str = "",
    issuer: Made | None = None,
    names: tuple[str, ...] = (),
    ca: bool = False,
    start: datetime | None = None,
    days: float = 30,
) -> Made:
    """A certificate signed by `issuer`, or by itself; `names` are host names and addresses."""
    key = ECC.generate(curve="P-256")
    start = start or datetime.now(UTC) - timedelta(hours=1)
    subject = name(common, organization)
    extensions = [extension("551d13", sequence(*([tlv(1, b"\xff")] if ca else [])), critical=True)]
    if names:
        extensions.append(extension("551d11", sequence(*map(_general_name, names))))
    body = sequence(
        tlv(0xA0, tlv(2, b"\x02")),
        tlv(2, SHA256.new(common.encode()).digest()[:8].replace(b"\x00", b"\x01")[:7].rjust(8, b"\x01")),
        _ECDSA_SHA256,
        issuer.subject if issuer else subject,
        sequence(time(start), time(start + timedelta(days=days))),
        subject,
        key.public_key().export_key(format="DER"),
        tlv(0xA3, sequence(*extensions)),
    )
    signature = DSS.new(issuer.key if issuer else key, "fips-186-3", encoding="der").sign(SHA256.new(body))
    der = sequence(body, _ECDSA_SHA256, tlv(3, b"\x00" + signature))
    stem = SHA256.new(der).hexdigest()[:12]
    pem, both = folder / f"{stem}.pem", folder / f"{stem}-both.pem"
    from ssl import DER_cert_to_PEM_cert

    pem.write_text(DER_cert_to_PEM_cert(der))
    both.write_text(key.export_key(format="PEM") + "\n" + pem.read_text())
    return Made(der, key, subject, pem, both)


def _general_name(text: str) -> bytes:
    try:
        return tlv(0x87, ipaddress.ip_address(text).packed)
    except ValueError:
        return tlv(0x82, text.encode())
