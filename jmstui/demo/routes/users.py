"""Users, groups and their pairs (§5)."""

from __future__ import annotations

from functools import partial
from typing import Any

from jmstui.demo import rbac
from jmstui.demo.errors import Crash
from jmstui.demo.http import Ctx, Route
from jmstui.demo.listing import (
    Row,
    Test,
    chosen_ids,
    exact,
    finisher,
    flags,
    kept,
    labelled,
    missing,
    newest,
    old,
    ordered,
    page,
    searched,
    sized,
    whole_rows,
)
from jmstui.demo.records import Group, User
from jmstui.demo.shape import choice, date, org_name, ref
from jmstui.demo.world import ROOT, name_key

_MINI = ("id", "name", "username")
_SMALL = (
    *_MINI,
    "email",
    "wechat",
    "phone",
    "mfa_level",
    "source",
    "is_active",
    "is_valid",
    "is_expired",
    "comment",
)
_SOURCES = {"local": "Local", "ldap": "LDAP/AD"}
_MFA = {0: "Disabled", 1: "Enabled", 2: "Force enabled"}


def mfa_level(user: User) -> int:
    """0 off, 1 on, 2 forced."""
    return 2 if user.mfa == "none-enrolled" else 1 if user.mfa else 0


def is_expired(ctx: Ctx, user: User) -> bool:
    """Past the last day."""
    return user.date_expired is not None and user.date_expired <= ctx.now


def is_valid(ctx: Ctx, user: User) -> bool:
    """Active and not expired."""
    return user.is_active and not is_expired(ctx, user)


def is_blocked(ctx: Ctx, user: User) -> bool:
    """Locked from the beginning, or by failed logins at this server (§1.5)."""
    state = ctx.extra.get("state")
    return user.login_blocked or (
        state is not None and state.failures.locked(user.username.lower(), state.clock.time())
    )


def role_rows(ctx: Ctx, names: list[str]) -> list[Row]:
    """System roles."""
    return [
        {"id": f"00000000-0000-0000-0000-{number:012d}", "display_name": name if old(ctx) else label}
        for name in names
        for number, label in [rbac.ROLES[name]]
    ]


def _roles(ctx: Ctx, user: User) -> Row:
    """The role fields, for those who may see role bindings; `org_roles` from v3.10 only, as recorded."""
    may = ctx.extra.get("perms") or frozenset()
    row: Row = {}
    if "rbac.view_systemrolebinding" in may or (ctx.user and rbac.is_superuser(ctx.user)):
        row["system_roles"] = role_rows(ctx, rbac.system_roles(user))
    if old(ctx):
        names = user.roles.get(ctx.org.id, [])
        row["org_roles"] = [
            {**role, "name": name} for role, name in zip(role_rows(ctx, names), names, strict=True)
        ]
        row["is_org_admin"] = "OrgAdmin" in names or rbac.is_superuser(user)
    else:
        row["is_face_code_set"] = False
    return row


def user_row(ctx: Ctx, user: User) -> Row:
    """A row of any list of users."""
    level, maker = mfa_level(user), "System" if rbac.is_superuser(user) else "Administrator"
    groups = [g for g in ctx.world.groups_of(user.id) if ctx.org.id in (ROOT, g.org_id)]
    phone: Any = int(user.phone) if old(ctx) and user.phone else user.phone
    disabled = "Disable" if old(ctx) and not level else _MFA[level]
    return {
        "id": user.id,
        "name": user.name,
        "username": user.username,
        "email": user.email,
        "wechat": "",
        "phone": {"code": "+86", "phone": phone} if user.phone else None,
        "mfa_level": choice(ctx, level, disabled),
        "source": choice(ctx, user.source, _SOURCES[user.source]),
        "avatar_url": f"/static/img/avatar/{'admin' if maker == 'System' else 'user'}.png",
        "groups": [ref(group) for group in groups],
        **_roles(ctx, user),
        "labels": [],
        "password_strategy": choice(ctx, "email", "Reset link will be generated and sent to the user"),
        "is_superuser": rbac.is_superuser(user),
        "is_service_account": False,
        "is_valid": is_valid(ctx, user),
        "is_expired": is_expired(ctx, user),
        "is_active": user.is_active,
        "is_otp_secret_key_bound": user.mfa == "otp",
        "can_public_key_auth": True,
        "mfa_enabled": level > 0,
        "need_update_password": user.must_change,
        "mfa_force_enabled": level == 2,
        "is_first_login": False,
        "login_blocked": is_blocked(ctx, user),
        "date_expired": date(ctx, user.date_expired),
        "date_joined": date(ctx, user.date_joined),
        "last_login": date(ctx, user.last_login),
        "date_updated": date(ctx, user.date_joined),
        "date_api_key_last_used": None,
        "date_password_last_updated": date(ctx, user.date_joined),
        "created_by": maker,
        "updated_by": "System" if maker == "System" else "",
        "comment": user.comment,
        **({"can_ukey_auth": False, "ukey_sn": None} if newest(ctx) else {}),
    }


def user_tests(ctx: Ctx) -> list[Test]:
    """The tests for the filters; `days` crashes, since users have no such column (§5.1)."""
    if "days" in ctx.query or "days__lt" in ctx.query:
        raise Crash
    world, query = ctx.world, ctx.query
    tests = [*chosen_ids(ctx), *exact(ctx, "username", "email", "name", "source"), *labelled(ctx)]
    tests += flags(ctx, is_active=lambda u: u.is_active, is_first_login=lambda u: False)
    if not old(ctx):
        tests += flags(
            ctx,
            is_valid=lambda u: is_valid(ctx, u),
            is_expired=lambda u: is_expired(ctx, u),
            is_login_blocked=lambda u: is_blocked(ctx, u),
            is_password_expired=lambda u: False,
        )
        tests += exact(ctx, mfa_level=mfa_level)
    # from v4.10.17 on e-mails are stored encrypted, and found whole alone
    tests += searched(ctx, lambda u: (u.username, u.name) if newest(ctx) else (u.username, u.email, u.name))
    if name := query.get("groups"):
        tests.append(lambda u: any(g.name == name for g in world.groups_of(u.id)))
    if group := world.groups.get(query.get("group_id", "")):
        inside = set(group.user_ids)
        tests.append(lambda u: u.id in inside)
    elif query.get("group_id"):
        tests.append(lambda u: False)
    if group := world.groups.get(query.get("exclude_group_id", "")):
        outside = set(group.user_ids)
        tests.append(lambda u: u.id not in outside)
    return tests + _role_tests(ctx)


def _role_tests(ctx: Ctx) -> list[Test]:
    """`system_roles` and `org_roles`: the name or the id of a role."""
    tests: list[Test] = []
    for name, scope in (("system_roles", "system"), ("org_roles", ctx.org.id)):
        if text := ctx.query.get(name):
            wanted = {
                k for k, (n, _) in rbac.ROLES.items() if text in (k, f"00000000-0000-0000-0000-{n:012d}")
            }
            tests.append(partial(_has_role, scope, wanted))
    return tests


def _has_role(scope: str, wanted: set[str], user: User) -> bool:
    return not wanted.isdisjoint(user.roles.get(scope, []))


def listed(ctx: Ctx, users: list[User], default: int | None = 200) -> Any:
    """Users, filtered, ordered by name unless told otherwise, as a page."""
    keys = {
        "name": lambda u: name_key(u.name),
        "username": lambda u: u.username,
        "email": lambda u: u.email,
        "is_active": lambda u: u.is_active,
        "source": lambda u: u.source,
        "last_login": lambda u: (u.last_login is None, u.last_login),
        "date_joined": lambda u: u.date_joined,
        "date_expired": lambda u: u.date_expired,
    }
    rows = ordered(ctx, kept(ctx, users, user_tests(ctx)), keys, "name")
    return page(ctx, rows, sized(ctx, partial(user_row, ctx), _MINI, _SMALL), default=default)


def users(ctx: Ctx) -> Any:
    """The members of the organization; everybody in root."""
    return listed(ctx, ctx.world.members(ctx.org))


def user_detail(ctx: Ctx, user: User) -> Row:
    """The detail has one field more than a row, since v4.10."""
    return {**user_row(ctx, user), **({} if old(ctx) else {"has_public_keys": False})}


def user(ctx: Ctx, id: str) -> Any:
    """The detail by id, since v4.10.8 by user name too."""
    for each in ctx.world.members(ctx.org):
        if id == each.id or (id == each.username and not old(ctx)):
            return finisher(ctx, partial(user_detail, ctx))(each)
    raise missing("User")


def suggestions(ctx: Ctx) -> Any:
    """At most ten users of any organization: id, name, user name."""
    found = kept(ctx, ctx.world.users.values(), searched(ctx, lambda u: (u.username, u.email, u.name)))
    return [{"id": u.id, "name": u.name, "username": u.username} for u in found[:10]]


# -- groups -----------------------------------------------------------------------------------------------


def group_row(ctx: Ctx, group: Group, members: bool = False) -> Row:
    """A group: with `users_amount` in a list, with `users` in the detail."""
    row: Row = {"id": group.id, "name": group.name, "labels": []}
    if members:
        people = sorted((ctx.world.users[i] for i in group.user_ids), key=lambda u: name_key(u.name))
        row["users"] = [{"id": u.id, "name": u.name, "is_service_account": False} for u in people]
    else:
        row["users_amount"] = len(group.user_ids)
    return {
        **row,
        "org_id": group.org_id,
        "org_name": org_name(ctx, group.org_id),
        "date_created": date(ctx, group.date_created),
        "created_by": "Administrator",
        "comment": group.comment,
    }


def groups(ctx: Ctx) -> Any:
    """The groups of the organization by name; with members for whole rows."""
    tests = [*chosen_ids(ctx), *exact(ctx, "name"), *labelled(ctx), *searched(ctx, lambda g: (g.name,))]
    keys = {"name": lambda g: name_key(g.name), "date_created": lambda g: g.date_created}
    rows = ordered(ctx, kept(ctx, ctx.world.in_org("groups", ctx.org), tests), keys, "name")
    row = partial(group_row, ctx, members=whole_rows(ctx))
    return page(ctx, rows, sized(ctx, row, ("id", "name"), ("id", "name", "comment")))


def group(ctx: Ctx, id: str) -> Any:
    """The detail by id, since v4.10.8 by name too."""
    for each in ctx.world.in_org("groups", ctx.org):
        if id == each.id or (id == each.name and not old(ctx)):
            return finisher(ctx, partial(group_row, ctx, members=True))(each)
    raise missing("UserGroup")


def pairs(ctx: Ctx) -> Any:
    """Users and groups as pairs; none in root."""
    made: list[Row] = []
    number = 0
    for each in ctx.world.groups.values():
        for member in each.user_ids:
            number += 1
            if each.org_id == ctx.org.id:
                who = ctx.world.users[member]
                shown = who.name if old(ctx) else f"{who.name}({who.username})"
                made.append(
                    {
                        "id": number,
                        "user": member,
                        "user_display": shown,
                        "usergroup": each.id,
                        "usergroup_display": each.name,
                    }
                )
    for name in ("user", "usergroup"):
        if text := ctx.query.get(name):
            made = [row for row in made if row[name] == text]
    return page(ctx, made, lambda row: row)


ROUTES = [
    Route("GET", "users/users/", users, "users.view_user"),
    Route("GET", "users/users/suggestions/", suggestions, "users.match_user"),
    Route("GET", "users/users/{id}/", user, "users.view_user"),
    Route("GET", "users/groups/", groups, "users.view_usergroup"),
    Route("GET", "users/groups/{id}/", group, "users.view_usergroup"),
    Route("GET", "users/users-groups-relations/", pairs, "users.view_usergroup"),
]
