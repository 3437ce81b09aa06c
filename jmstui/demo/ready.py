"""The JSON line that `jmstui demo-server` prints when it listens."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jmstui.demo.records import User
    from jmstui.demo.server import Demo


def line(demo: Demo, url: str) -> dict[str, Any]:
    """Address, the administrator's credentials, a user with MFA, true examples, and the other sign-ins."""
    people = demo.world.people
    admin, mfa = people["admin"], people["mfauser"]
    return {
        "url": url,
        "credentials": {
            "token": {"username": admin.username, "password": admin.password},
            "mfa": {"username": mfa.username, "password": mfa.password, "otp_secret": mfa.otp_secret},
            "private_token": admin.private_token,
            "access_key": _key(admin),
            "session": f"jms_sessionid={demo.browser.key}",
        },
        "examples": {name: demo.world.examples[name] for name in ("user", "asset", "denied_user")},
        "people": {name: _person(user) for name, user in people.items()},
    }


def _key(user: User) -> dict[str, str]:
    key_id, secret = user.access_key or ("", "")
    return {"id": key_id, "secret": secret}


def _person(user: User) -> dict[str, Any]:
    return {
        "id": user.id,
        "username": user.username,
        "password": user.password,
        "private_token": user.private_token,
        "access_key": _key(user),
        "otp_secret": user.otp_secret,
    }
