"""The server's error answers: codes, bodies, and the Chinese texts where the recordings have them (§7.5)."""

from __future__ import annotations

from typing import Any

from jmstui.demo.http import Problem

WRONG = (
    "The username or password you entered is incorrect, please enter it again. You can also try {} times "
    "(The account will be temporarily locked for {} minutes)"
)
LOCKED = "The account has been locked (please contact admin to unlock it or try again after {} minutes)"
_ZH = {
    WRONG: "您输入的用户名或密码不正确，请重新输入。 您还可以尝试 {} 次 (账号将被临时 锁定 {} 分钟)",
    LOCKED: "账号已被锁定 (请联系管理员解锁或 {} 分钟后重试)",
    "This account is expired": "此账号已过期",
    "This account is inactive.": "此账号已禁用",
    "MFA required": "需要 MFA 认证",
    "Authentication credentials were not provided.": "身份认证信息未提供。",
    "You do not have permission to perform this action.": "您没有执行该操作的权限。",
    "Invalid token.": "认证令牌无效。",
    "User inactive or deleted.": "用户未激活或者已删除。",
}


class Crash(Exception):
    """What the real server does not handle: a bare 500, HTML or JSON by the request's content type."""


def say(text: str, lang: str, *values: object) -> str:
    """The text in the request's language (`en` or `zh`), with `values` put in."""
    return (_ZH.get(text, text) if lang == "zh" else text).format(*values)


def detail(
    status: int, text: str, code: str, lang: str = "en", headers: dict[str, str] | None = None
) -> Problem:
    """A `{"detail", "code"}` answer."""
    return Problem(status, {"detail": say(text, lang), "code": code}, headers)


def challenge(api: str) -> dict[str, str]:
    """The header of every 401, whatever credential was sent (§12, §14)."""
    scheme = "Bearer" if api.startswith("3.") else 'Signature realm="api",headers="(request-target) date"'
    return {"WWW-Authenticate": scheme}


def not_authenticated(api: str, lang: str) -> Problem:
    """401 for no credential, or one that nothing recognized."""
    text = "Authentication credentials were not provided."
    return detail(401, text, "not_authenticated", lang, challenge(api))


def failed(text: str, api: str, lang: str) -> Problem:
    """401 for a credential that was recognized and refused."""
    return detail(401, text, "authentication_failed", lang, challenge(api))


def forbidden(lang: str) -> Problem:
    """403 for a user without the right."""
    return detail(403, "You do not have permission to perform this action.", "permission_denied", lang)


def throttled(wait: int) -> Problem:
    """429 with the seconds to wait (recording throttled)."""
    unit = "second" if wait == 1 else "seconds"
    text = f"Request was throttled. Expected available in {wait} {unit}."
    return detail(429, text, "throttled", headers={"Retry-After": str(wait)})


def page(title: str) -> str:
    """The HTML of an error outside the API views (recording no-such-endpoint-html)."""
    head = f'<head>\n    <meta charset="UTF-8">\n    <title>{title}</title>\n</head>'
    return f'<!DOCTYPE html>\n<html lang="en">\n{head}\n<body>\n<h1>{title}</h1>\n</body>\n</html>'


def login_error(error: str, text: str, **data: Any) -> dict[str, Any]:
    """The `{"error", "msg"}` body of the login calls, with `data` when there is any (§1.3)."""
    body: dict[str, Any] = {"error": error, "msg": text}
    return {**body, "data": data} if data else body
