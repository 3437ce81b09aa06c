"""Checks the HTTP signature of an access key (draft-cavage, §1.8), apart from the library that signs."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Mapping

REQUIRED = ("(request-target)", "date")
ALGORITHMS = {"hmac-sha1": hashlib.sha1, "hmac-sha256": hashlib.sha256, "hmac-sha512": hashlib.sha512}
_FIELD = re.compile(r'(\w+)="([^"]*)"')
# The server's view mangles these two names, so that they look absent when signed (§1.8).
_MANGLED = ("content-type", "content-length")


class Broken(Exception):
    """A signature that the real server cannot even look at: it answers with a bare 500."""


def fields_of(authorization: str) -> dict[str, str] | None:
    """The parameters of `Signature keyId="…",…`, names in lower case; None for another keyword."""
    keyword, _, rest = authorization.partition(" ")
    if keyword.lower() != "signature":
        return None
    return {name.lower(): value for name, value in _FIELD.findall(rest)}


def verified(
    fields: Mapping[str, str], secret: str, method: str, target: str, headers: Mapping[str, str]
) -> bool:
    """True when the signature fits; `target` is the path and query as sent, header names in lower case.

    Raises Broken for what gives 500: a required header that is not signed, a signed one that is not there,
    an unknown algorithm (recording auth-access-key-target-not-signed).
    """
    signed = fields.get("headers", "date").lower().split()
    if any(name not in signed for name in REQUIRED):
        raise Broken("a required header is not signed")
    if fields["algorithm"].lower() not in ALGORITHMS:
        raise Broken("unknown algorithm")
    lines = []
    for name in signed:
        if name == "(request-target)":
            lines.append(f"{name}: {method.lower()} {target}")
        elif name in headers and name not in _MANGLED:
            lines.append(f"{name}: {headers[name]}")
        else:
            raise Broken(f"signed header {name} is absent")
    wanted = hmac.digest(
        secret.encode("ascii"), "\n".join(lines).encode(), ALGORITHMS[fields["algorithm"].lower()]
    )
    try:
        given = base64.b64decode(fields["signature"], validate=True)
    except (binascii.Error, ValueError):
        return False
    return hmac.compare_digest(wanted, given)
