"""What is open to everybody, and the settings (§7.8)."""

from __future__ import annotations

from typing import Any

from jmstui.demo.http import Ctx, Route
from jmstui.demo.listing import newest, old
from jmstui.demo.shape import date

_LANGUAGES = [
    ("English", "en", ""),
    ("中文(简体)", "zh-hans", "zh zh-cn"),
    ("中文(繁體)", "zh-hant", "zh-tw zh-hk"),
    ("日本語", "ja", ""),
    ("Português (Brasil)", "pt-br", ""),
    ("Español", "es", ""),
    ("Русский", "ru", ""),
    ("한국어", "ko", ""),
    ("Tiếng Việt", "vi", ""),
]
_COUNTRIES = [
    ("China(中国)", "+86"),
    ("America(America)", "+1"),
    ("Germany(Deutschland)", "+49"),
    ("Japan(日本)", "+81"),
]
_OFF: list[str] = [
    "WINDOWS_SKIP_ALL_MANUAL_PASSWORD",
    "SECURITY_COMMAND_EXECUTION",
    "SESSION_EXPIRE_AT_BROWSER_CLOSE",
    "XPACK_LICENSE_IS_VALID",
    "AUTH_PASSKEY",
    "AUTH_WECOM",
    "AUTH_DINGTALK",
    "AUTH_FEISHU",
    "AUTH_LARK",
    "AUTH_SLACK",
    "AUTH_TEMP_TOKEN",
    "TICKETS_DIRECT_APPROVE",
    "CONNECTION_TOKEN_REUSABLE",
    "CACHE_LOGIN_PASSWORD_ENABLED",
    "VAULT_ENABLED",
    "VIRTUAL_APP_ENABLED",
    "CHAT_AI_ENABLED",
]
_SINCE_NEWEST = {
    "AUTH_UKEY": False,
    "FLOWER_ENABLED": True,
    "JDMC_ENABLED": False,
    "KOTL_ENABLED": False,
    "REMOTE_APP_STORE_URL": "https://apps.example.com/jumpserver",
    "SECURITY_DISABLE_VIEW_SECRET": False,
}
"""What `settings/public/` has since v4.10.19; the last one is SECURITY_ACCOUNT_SECRET_READ turned round."""
_ON = [
    "SECURITY_VIEW_AUTH_NEED_MFA",
    "SECURITY_LUNA_REMEMBER_AUTH",
    "SECURITY_WATERMARK_ENABLED",
    "VIEW_ASSET_ONLINE_SESSION_INFO",
    "SECURITY_SESSION_SHARE",
    "TERMINAL_RAZOR_ENABLED",
    "TERMINAL_MAGNUS_ENABLED",
    "TERMINAL_KOKO_SSH_ENABLED",
    "TERMINAL_OMNIDB_ENABLED",
    "ANNOUNCEMENT_ENABLED",
    "TICKETS_ENABLED",
]
_OFF_SINCE_V4 = [
    "XPACK_LICENSE_EDITION_ULTIMATE",
    "FACE_RECOGNITION_ENABLED",
    "LOKI_LOG_ENABLED",
    "TOOL_USER_ENABLED",
    "PRIVACY_MODE",
    "CHANGE_SECRET_AFTER_SESSION_END",
]
_NUMBERS = {
    "OLD_PASSWORD_HISTORY_LIMIT_COUNT": 5,
    "TICKET_AUTHORIZE_DEFAULT_TIME": 7,
    "SECURITY_MAX_IDLE_TIME": 30,
    "SECURITY_MFA_AUTH": 0,
    "SECURITY_MFA_VERIFY_TTL": 3600,
    "SECURITY_PASSWORD_EXPIRATION_TIME": 9999,
    "FILE_UPLOAD_SIZE_LIMIT_MB": 200,
    "DEFAULT_EXPIRED_YEARS": 70,
    "USER_DEFAULT_EXPIRED_DAYS": 25550,
    "ASSET_PERMISSION_DEFAULT_EXPIRED_DAYS": 25550,
}
_NUMBERS_SINCE_V4 = {
    "SECURITY_EXPIRED_TOKEN_RECORD_KEEP_DAYS": 180,
    "SECURITY_WATERMARK_FONT_SIZE": 13,
    "SECURITY_WATERMARK_HEIGHT": 200,
    "SECURITY_WATERMARK_WIDTH": 200,
    "SECURITY_WATERMARK_ROTATE": 45,
    "FTP_FILE_MAX_STORE": 0,
}
_PASSWORDS = {
    "SECURITY_PASSWORD_MIN_LENGTH": 6,
    "SECURITY_ADMIN_USER_PASSWORD_MIN_LENGTH": 6,
    **dict.fromkeys(
        (f"SECURITY_PASSWORD_{x}" for x in ("UPPER_CASE", "LOWER_CASE", "NUMBER", "SPECIAL_CHAR")), False
    ),
}


def health(ctx: Ctx) -> dict[str, Any]:
    """GET /api/health/: `time` is the server's clock in seconds."""
    return {
        "status": True,
        "db_status": True,
        "db_time": 0.0011,
        "redis_status": True,
        "redis_time": 0.0002,
        "time": int(ctx.now.timestamp()),
    }


def settings_open(ctx: Ctx) -> dict[str, Any]:
    """GET settings/public/open/: what the sign-in page needs."""
    look: dict[str, Any] = {
        "logo_logout": "/static/img/logo.png",
        "logo_index": "/static/img/logo_text_white.png",
        "login_image": "/static/img/login_image.png",
        "favicon": "/static/img/facio.ico",
        "login_title": "JumpServer demo",
        "theme": "classic_green",
        "theme_info": {},
        "footer_content": "",
    }
    found: dict[str, Any] = {"XPACK_ENABLED": ctx.edition == "enterprise", "INTERFACE": look}
    if old(ctx):
        return {
            **found,
            "COUNTRY_CALLING_CODES": [{"name": name, "value": code} for name, code in _COUNTRIES],
        }
    more: dict[str, Any] = {}
    if newest(ctx):
        look |= {"logo_white": "/static/img/logo_white.png", "logo_text_white": look["logo_index"]}
        look["version"], more["VENDOR"] = "", "JumpServer"
    else:
        look["vendor"] = "jumpserver"
    languages = [
        {"name": name, "code": code, "other_codes": [code, *others.split()]}
        for name, code, others in _LANGUAGES
    ]
    return {**found, **more, "LANGUAGES": languages}


def settings(ctx: Ctx) -> dict[str, Any]:
    """GET settings/public/: flags and limits, for whoever has signed in."""
    found = {
        **settings_open(ctx),
        **dict.fromkeys(_OFF, False),
        **dict.fromkeys(_ON, True),
        **_NUMBERS,
        "TICKET_AUTHORIZE_DEFAULT_TIME_UNIT": "day",
        "AUTH_LDAP_SYNC_ORG_IDS": ["00000000-0000-0000-0000-000000000002"],
        "SECURITY_COMMAND_BLACKLIST": ["reboot", "shutdown", "halt"],
        "PASSWORD_RULE": dict(_PASSWORDS),
        "XPACK_LICENSE_INFO": {"corporation": "demo"},
        "HELP_DOCUMENT_URL": "https://jumpserver.com/docs",
        "HELP_SUPPORT_URL": "https://jumpserver.com/docs",
        "ANNOUNCEMENT": {},
        "GPT_MODEL": "none",
    }
    if old(ctx):
        return found
    return {
        **found,
        **dict.fromkeys(_OFF_SINCE_V4, False),
        **_NUMBERS_SINCE_V4,
        **(_SINCE_NEWEST if newest(ctx) else {"SECURITY_ACCOUNT_SECRET_READ": True}),
        "SECURITY_WATERMARK_SESSION_CONTENT": "${name}(${userName})\n${assetName}",
        "SECURITY_WATERMARK_CONSOLE_CONTENT": "${userName}(${name})",
        "SECURITY_WATERMARK_COLOR": "rgba(184, 184, 184, 0.8)",
        "CHAT_AI_METHOD": "api",
        "CHAT_AI_EMBED_URL": "",
        "CHAT_AI_TYPE": "gpt",
    }


def server_info(ctx: Ctx) -> dict[str, Any]:
    """GET settings/server-info/."""
    return {"CURRENT_TIME": date(ctx, ctx.now)}


ROUTES = [
    Route("GET", "/api/health/", health, None),
    Route("GET", "health/", health, None),
    Route("GET", "settings/public/open/", settings_open, None),
    Route("GET", "settings/public/", settings),
    Route("GET", "settings/server-info/", server_info),
]
