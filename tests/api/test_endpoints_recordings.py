"""What two real versions answered decodes without a bad row, and every recorded failure has its cause."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from jmstui.api import errors
from jmstui.api.classify import error_from
from jmstui.api.decode import one, page, raw
from jmstui.api.endpoints import permissions
from jmstui.api.endpoints.reads import phase_of
from jmstui.models import asset, audit, node, organization, permission, platform, profile, server, user, zone

HERE = Path(__file__).parent.parent / "contract"
FILES = sorted([*HERE.glob("recordings/*.json"), *HERE.glob("recordings-v3.10/*.json")])

KINDS: list[tuple[str, type[Any]]] = [
    (r"users/profile/permissions/$", profile.ProfilePermissions),
    (r"users/profile/$", profile.Profile),
    (r"orgs/orgs/", organization.Organization),
    (r"assets/assets/.*/permissions/$", permission.Permission),
    (r"assets/assets/.*/perm-users/$", user.User),
    (r"assets/assets/.*/perm-user-groups/$", user.Group),
    (r".*/tree/$", node.TreeItem),
    (r"assets/nodes/", node.Node),
    (r"perms/.*/users/all/$", permissions.UserMember),
    (r"perms/.*/assets/all/$", permissions.AssetMember),
    (r"perms/.*/accounts/$", asset.Account),
    (r"perms/asset-permissions/", permission.Permission),
    (r"perms/user", permission.PermedAsset),
    (r"accounts/accounts/", asset.Account),
    (r"assets/platforms/", platform.Platform),
    (r"assets/(zones|domains)/", zone.Zone),
    (r"assets/", asset.Asset),
    (r"users/users/", user.User),
    (r"users/groups/", user.Group),
    (r"audits/login-logs/", audit.LoginLog),
    (r"audits/operate-logs/", audit.OperateLog),
    (r"audits/activities/", audit.Activity),
    (r"terminal/sessions/", audit.Session),
    (r"tickets/", audit.Ticket),
    (r"labels/", server.LabelRow),
    (r"search/", server.Hit),
    (r"settings/", server.PublicSettings),
    (r"health/", server.Health),
]
NOT_ASKED = ("children-with-assets/tree/", "-relations/")
"""Recorded, but jmstui has other ways to ask."""
NARROW = ("assets-list-no-limit",)
"""Asked with `fields=id` alone, which no view of jmstui does."""


def recorded(file: Path) -> tuple[str, dict[str, Any], dict[str, Any]]:
    exchange = json.loads(file.read_text())
    target = urlsplit(exchange["request"]["path"])
    return re.sub(r"^/api/(v1/)?", "", target.path), exchange["request"], exchange["response"]


def label(file: Path) -> str:
    return f"{file.parent.name}-{file.stem}"


def is_read(file: Path) -> bool:
    path, request, response = recorded(file)
    wanted = request["method"] == "GET" and response["status"] == 200
    return wanted and file.stem not in NARROW and not any(part in path for part in NOT_ASKED)


def is_failure(file: Path) -> bool:
    path, request, response = recorded(file)
    asked = request["method"] == "GET" or path.startswith("authentication/")
    return asked and response["status"] >= 400


EXCHANGES = [file for file in FILES if "request" in json.loads(file.read_text())]


@pytest.mark.parametrize("file", [file for file in EXCHANGES if is_read(file)], ids=label)
def test_a_recorded_answer_decodes(file: Path) -> None:
    path, request, response = recorded(file)
    assert phase_of("GET", path, parse_qsl(urlsplit(request["path"]).query)) == "read"
    kind = next(kind for pattern, kind in KINDS if re.match(pattern, path))
    body = json.dumps(response["json"]).encode()
    assert raw(body) == body
    if isinstance(response["json"], list) or "results" in response["json"]:
        found = page(kind)(body)
        assert found.bad == 0
        assert found.count == (response["json"]["count"] if isinstance(response["json"], dict) else None)
    else:
        assert isinstance(one(kind)(body), kind)


CAUSES: dict[str, type[errors.ApiError]] = {
    "auth-access-key-ip-denied": errors.AddressNotAllowed,
    "auth-access-key-id-not-uuid": errors.ServerError,
    "auth-access-key-target-not-signed": errors.ServerError,
    "auth-token-expired-user": errors.AccountUnusable,
    "auth-token-inactive": errors.AccountUnusable,
    "auth-token-locked": errors.AccountLocked,
    "auth-token-mfa-2-wrong-code": errors.WrongCode,
    "auth-token-missing-field": errors.WrongPassword,
    "auth-token-must-change": errors.MustChangePassword,
    "auth-token-old-password": errors.MustChangePassword,
    "auth-token-unknown-user": errors.WrongPassword,
    "auth-token-wrong-password": errors.WrongPassword,
    "auth-token-wrong-password-chinese": errors.WrongPassword,
    "auth-bearer-unknown": errors.SessionExpired,
    "auth-session-wrong": errors.SessionExpired,
    "auth-none": errors.BadCredential,
    "no-such-endpoint-html": errors.NotJumpServer,
    "throttled": errors.Throttled,
}
BY_STATUS = {401: errors.BadCredential, 403: errors.NotPermitted, 404: errors.NotFound}


@pytest.mark.parametrize("file", [file for file in EXCHANGES if is_failure(file)], ids=label)
def test_a_recorded_failure_has_its_cause(file: Path) -> None:
    path, _, response = recorded(file)
    body = json.dumps(response["json"]) if "json" in response else response["text"]
    phase: Any = {"authentication/auth/": "login", "authentication/mfa/challenge/": "mfa"}.get(path, "read")
    name = file.stem
    kind: Any = next(
        (
            kind
            for part, kind in (
                ("access-key", "access_key"),
                ("private-token", "private_token"),
                ("auth-session", "session"),
                ("auth-bearer", "bearer"),
            )
            if part in name
        ),
        "",
    )
    error = error_from(response["status"], response["headers"], body.encode(), phase, kind, path)
    expected = CAUSES.get(name) or (
        errors.BadSignature if kind == "access_key" else BY_STATUS[response["status"]]
    )
    assert type(error) is expected
