"""Who one is: the profile, and the organizations and codes of one's roles (§2)."""

from __future__ import annotations

from typing import Any

from jmstui.demo import rbac
from jmstui.demo.http import Ctx, Route
from jmstui.demo.listing import newest
from jmstui.demo.records import Org, User
from jmstui.demo.shape import choice, date

_OUTSIDERS = ("wecom_id", "dingtalk_id", "feishu_id", "lark_id", "slack_id")


def profile(ctx: Ctx) -> dict[str, Any]:
    """GET users/profile/."""
    assert ctx.user is not None
    return profile_of(ctx, ctx.user)


def permissions(ctx: Ctx) -> dict[str, Any]:
    """GET users/profile/permissions/: since v4.10; before, the same stood in the profile (§14)."""
    assert ctx.user is not None
    found = {"id": ctx.user.id, "username": ctx.user.username, "pam_orgs": _lists(ctx, ctx.user)["pam_orgs"]}
    return {**found, **_lists(ctx, ctx.user), "perms": _perms(ctx, ctx.user)}


def _perms(ctx: Ctx, user: User) -> list[str]:
    return sorted(rbac.perms_in(user, ctx.org.id, ctx.api))


def _lists(ctx: Ctx, user: User) -> dict[str, list[dict[str, Any]]]:
    """The organizations by what a role lets the user do there."""
    orgs = list(ctx.world.orgs.values())
    codes = {
        "pam_orgs": "rbac.view_pam",
        "console_orgs": "rbac.view_console",
        "audit_orgs": "rbac.view_audit",
    }
    if ctx.api.startswith("3."):
        del codes["pam_orgs"]
    found = {
        name: [_org(org) for org in rbac.orgs_by(user, code, orgs, ctx.api, ctx.edition)]
        for name, code in codes.items()
    }
    root = {**_org(ctx.world.orgs[rbac.ROOT]), "name": "All organizations"}
    found["workbench_orgs"] = [root, *map(_org, rbac.workbench_orgs(user, orgs, ctx.edition))]
    return found


def _org(org: Org) -> dict[str, Any]:
    return {
        "id": org.id,
        "name": org.name,
        "is_default": org.id == rbac.DEFAULT,
        "is_root": org.id == rbac.ROOT,
        "is_system": org.id == rbac.SYSTEM,
    }


def _role(name: str, api: str, with_name: bool = False) -> dict[str, str]:
    number, label = rbac.ROLES.get(name, (0, name))
    shown = name if api.startswith("3.") else label
    role = {"id": f"00000000-0000-0000-0000-{number:012d}", "display_name": shown}
    return {**role, "name": name} if with_name else role


def profile_of(ctx: Ctx, user: User, signed_in: bool = False) -> dict[str, Any]:
    """The profile; `signed_in`: as it stands in the answer of a token login, with more in it."""
    old = ctx.api.startswith("3.")
    org_roles = {
        "org_roles": [_role(name, ctx.api, with_name=True) for name in user.roles.get(ctx.org.id, [])],
        "is_org_admin": "OrgAdmin" in user.roles.get(ctx.org.id, []) or rbac.is_superuser(user),
    }
    expired = user.date_expired is not None and user.date_expired <= ctx.now
    found: dict[str, Any] = {
        "id": user.id,
        "name": user.name,
        "username": user.username,
        "email": user.email,
        "wechat": "",
        "phone": None,
        "mfa_level": choice(ctx, 1 if user.mfa else 0, _mfa_label(bool(user.mfa), old)),
        "source": choice(ctx, "local", "Local"),
        "avatar_url": f"/static/img/avatar/{'admin' if rbac.is_superuser(user) else 'user'}.png",
        "groups": [{"id": group.id, "name": group.name} for group in _groups(ctx, user)],
        "system_roles": [_role(name, ctx.api) for name in rbac.system_roles(user)],
        "labels": [],
        "password_strategy": choice(ctx, "email", "Reset link will be generated and sent to the user"),
        "public_key_comment": "",
        "public_key_hash_md5": "",
        "guide_url": "",
        "receive_backends": ["email", "site_msg"],
        "is_superuser": rbac.is_superuser(user),
        "is_service_account": False,
        "is_valid": user.is_active and not expired,
        "is_expired": expired,
        "is_active": user.is_active,
        "is_otp_secret_key_bound": bool(user.otp_secret),
        "can_public_key_auth": True,
        "mfa_enabled": bool(user.mfa),
        "need_update_password": user.must_change,
        "mfa_force_enabled": user.mfa == "none-enrolled",
        "is_first_login": False,
        "login_blocked": user.login_blocked,
        "date_expired": date(ctx, user.date_expired),
        "date_joined": date(ctx, user.date_joined),
        "last_login": date(ctx, user.last_login),
        "date_updated": date(ctx, user.date_joined),
        "date_api_key_last_used": None,
        "date_password_last_updated": date(ctx, user.date_joined),
        "created_by": "System",
        "updated_by": "System",
        "comment": user.comment,
    }
    if old:
        found |= {**org_roles, **_lists(ctx, user), "perms": _perms(ctx, user)}
        return {**found, **dict.fromkeys(_OUTSIDERS)} if signed_in else found
    found |= {"lang": "en", "is_face_code_set": False}
    if newest(ctx):
        found |= {"can_ukey_auth": False, "ukey_sn": None, "has_jdmc": False}
    return {**found, **org_roles, **dict.fromkeys(_OUTSIDERS)} if signed_in else found


def _groups(ctx: Ctx, user: User) -> list[Any]:
    return [g for g in ctx.world.groups_of(user.id) if ctx.org.id in (g.org_id, rbac.ROOT)]


def _mfa_label(on: bool, old: bool) -> str:
    return ("Enable" if on else "Disable") + ("" if old else "d")


ROUTES = [
    Route("GET", "users/profile/", profile),
    Route("GET", "users/profile/permissions/", permissions),
]
