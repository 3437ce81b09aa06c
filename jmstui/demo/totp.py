"""One-time codes of RFC 6238 (HMAC-SHA-1, 30 s, 6 digits)."""

from __future__ import annotations

import base64
import hashlib
import hmac

STEP = 30


def code_at(secret: str, seconds: float) -> str:
    """The code of a base32 `secret` at a moment (seconds since the epoch)."""
    padded = secret.upper() + "=" * (-len(secret) % 8)
    digest = hmac.digest(base64.b32decode(padded), int(seconds // STEP).to_bytes(8, "big"), hashlib.sha1)
    start = digest[-1] & 15
    number = int.from_bytes(digest[start : start + 4], "big") & 0x7FFFFFFF
    return f"{number % 1_000_000:06d}"


def accepts(secret: str, code: str, seconds: float) -> bool:
    """True for the code of this step, the one before or the one after."""
    wanted = (code_at(secret, seconds + STEP * shift) for shift in (0, -1, 1))
    return any([hmac.compare_digest(each.encode(), code.encode()) for each in wanted])
