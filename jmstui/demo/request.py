"""One request as the server sees it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any
from urllib.parse import parse_qsl, unquote

from jmstui.demo.http import Problem


@dataclass
class Request:
    """Method, raw target, headers (names in lower case) and body; the peer is the address it came from."""

    method: str
    raw_path: str
    raw_query: str
    headers: dict[str, str]
    body: bytes
    peer: str
    scheme: str = "http"
    set_cookies: list[str] = field(default_factory=list)
    """`Set-Cookie` values that the answer will carry."""

    @property
    def target(self) -> str:
        """Path and query, exactly as they came: what a signature covers."""
        return self.raw_path + ("?" + self.raw_query if self.raw_query else "")

    @cached_property
    def path(self) -> str:
        """The decoded path."""
        return unquote(self.raw_path)

    @cached_property
    def query(self) -> dict[str, str]:
        """The last value of each parameter."""
        return dict(parse_qsl(self.raw_query, keep_blank_values=True))

    @cached_property
    def cookies(self) -> dict[str, str]:
        """The cookies that were sent."""
        pairs = (part.strip().partition("=") for part in self.headers.get("cookie", "").split(";"))
        return {name: value.strip('"') for name, mark, value in pairs if mark}

    @property
    def wants_json_errors(self) -> bool:
        """Errors outside the API views are JSON only when the *request* says that its body is (§7.5)."""
        return "application/json" in self.headers.get("content-type", "")

    @cached_property
    def caller(self) -> str:
        """The address for `ip_group` and throttling: the first X-Forwarded-For item, else the peer."""
        return self.headers.get("x-forwarded-for", "").split(",")[0].strip() or self.peer

    def data(self) -> Any:
        """The parsed body: JSON or a form; None when empty. Raises Problem(400) for broken JSON."""
        if not self.body:
            return None
        if "x-www-form-urlencoded" in self.headers.get("content-type", ""):
            return dict(parse_qsl(self.body.decode("utf-8", "replace"), keep_blank_values=True))
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError) as error:
            raise Problem(400, {"detail": f"JSON parse error - {error}", "code": "parse_error"}) from None

    def lang(self, default: str) -> str:
        """`zh` or `en`: the cookie `django_language`, then Accept-Language, then the server's own (§7.7)."""
        wanted = self.cookies.get("django_language") or self.headers.get("accept-language", "")
        first = wanted.split(",")[0].strip().lower()
        if first.startswith("zh"):
            return "zh"
        return "en" if first and first != "*" else default


@lru_cache(64)
def zone(name: str) -> Any:
    """The time zone of `X-TZ`, or the server's own (Asia/Shanghai) when absent or unknown (§7.4)."""
    from datetime import timedelta, timezone
    from zoneinfo import ZoneInfo

    try:
        return ZoneInfo(name or "Asia/Shanghai")
    except (KeyError, ValueError, OSError):
        return timezone(timedelta(hours=8)) if name in ("", "Asia/Shanghai") else zone("")
