"""Login and operate logs, sessions, tickets, activities (§10)."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Any

from jmstui.demo.gen import events
from jmstui.demo.http import Ctx, Route
from jmstui.demo.listing import Row, Test, boolean, chosen_ids, exact, kept, page, searched, since
from jmstui.demo.records import User
from jmstui.demo.shape import choice, date, org_name
from jmstui.demo.world import ROOT


def shown(user: User) -> str:
    """How logs write a user: `Name(username)`."""
    return f"{user.name}({user.username})"


def _dates(ctx: Ctx, name: str) -> list[Test]:
    """`date_from` and `date_to`; what is no date is ignored."""
    tests: list[Test] = []
    for param, after in (("date_from", True), ("date_to", False)):
        edge = _moment(ctx.query.get(param, ""))
        if edge is not None:
            tests.append(since(name, edge, after))
    return tests


def _moment(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text.replace("/", "-").replace("Z", "+00:00"))
    except ValueError:
        return None
    return found if found.tzinfo else None


def _login_row(ctx: Ctx, login: events.Login) -> Row:
    return {
        "id": login.id,
        "username": shown(login.user),
        "type": choice(ctx, "W", "Web"),
        "ip": login.ip,
        "city": "LAN",
        "user_agent": "Mozilla/5.0",
        "mfa": choice(ctx, 1 if login.user.mfa else 0, "Enabled" if login.user.mfa else "Disabled"),
        "reason": "" if login.success else "password_failed",
        "reason_display": "" if login.success else "Username or password incorrect",
        "backend": "Password",
        "backend_display": "Password",
        "status": choice(ctx, login.success, "Success" if login.success else "Failed"),
        "datetime": date(ctx, login.at),
    }


def _login_tests(ctx: Ctx) -> list[Test]:
    tests = [*_dates(ctx, "at"), *searched(ctx, lambda x: (shown(x.user), x.ip))]
    if text := ctx.query.get("username"):
        tests.append(lambda x: text in (shown(x.user), x.user.username))
    tests += exact(ctx, "ip")
    wanted = boolean(ctx.query.get("status"))
    if wanted is not None:
        tests.append(lambda x: x.success is wanted)
    return tests


def login_logs(ctx: Ctx) -> Any:
    """The logins of the organization's members, the newest first."""
    rows = ctx.world.cached("logins", lambda: events.logins(ctx.world))
    rows = [x for x in rows if ctx.org.id == ROOT or ctx.org.id in x.user.roles]
    return page(ctx, kept(ctx, rows, _login_tests(ctx)), partial(_login_row, ctx))


def my_login_logs(ctx: Ctx) -> Any:
    """The caller's own logins."""
    rows = [x for x in ctx.world.cached("logins", lambda: events.logins(ctx.world)) if x.user is ctx.user]
    return page(ctx, kept(ctx, rows, _login_tests(ctx)), partial(_login_row, ctx))


def _operation_row(ctx: Ctx, row: events.Operation) -> Row:
    return {
        "id": row.id,
        "user": shown(row.user),
        "action": choice(ctx, row.action, row.action.capitalize()),
        "resource_type": row.resource_type,
        "resource": row.resource,
        "remote_addr": "198.51.100.7",
        "org_id": row.org_id,
        "org_name": org_name(ctx, row.org_id),
        "datetime": date(ctx, row.at),
    }


def operate_logs(ctx: Ctx) -> Any:
    """What administrators changed, the newest first."""
    rows = ctx.world.cached("operations", lambda: events.operations(ctx.world))
    tests = [*_dates(ctx, "at"), *searched(ctx, lambda x: (shown(x.user), x.resource))]
    tests += exact(ctx, "action", "resource", "resource_type")
    if text := ctx.query.get("user"):
        tests.append(lambda x: text in (shown(x.user), x.user.username))
    rows = [x for x in rows if ctx.org.id in (ROOT, x.org_id)]
    return page(ctx, kept(ctx, rows, tests), partial(_operation_row, ctx))


def _visit_row(ctx: Ctx, visit: events.Visit) -> Row:
    end = visit.ended or ctx.now
    return {
        "id": visit.id,
        "user": shown(visit.user),
        "user_id": visit.user.id,
        "asset": f"{visit.asset.name}({visit.asset.address})",
        "asset_id": visit.asset.id,
        "account": f"{visit.account}({visit.account})",
        "account_id": visit.account,
        "protocol": visit.protocol,
        "type": choice(ctx, "normal", "Normal"),
        "login_from": choice(ctx, "WT", "Web Terminal"),
        "remote_addr": "198.51.100.7",
        "comment": None,
        "is_success": True,
        "is_finished": visit.ended is not None,
        "is_locked": False,
        "has_replay": visit.ended is not None,
        "has_command": visit.commands > 0,
        "command_amount": visit.commands,
        "error_reason": choice(ctx, "", "-"),
        "org_id": visit.asset.org_id,
        "org_name": org_name(ctx, visit.asset.org_id),
        "date_start": date(ctx, visit.begun),
        "date_end": date(ctx, visit.ended),
        "duration": str(end.replace(microsecond=0) - visit.begun),
        "can_join": visit.ended is None,
        "can_terminate": visit.ended is None,
        "can_replay": visit.ended is not None,
        "terminal": {"id": visit.id, "name": "demo-terminal", "type": "koko"},
    }


def _visits(ctx: Ctx, tests: list[Test]) -> Any:
    rows = ctx.world.cached("visits", lambda: events.visits(ctx.world))
    tests += [
        *chosen_ids(ctx),
        *_dates(ctx, "begun"),
        *searched(ctx, lambda v: (shown(v.user), v.asset.name)),
    ]
    wanted = boolean(ctx.query.get("is_finished"))
    if wanted is not None:
        tests.append(lambda v: (v.ended is not None) is wanted)
    tests += exact(ctx, "protocol", user_id=lambda v: v.user.id, asset_id=lambda v: v.asset.id)
    return page(ctx, kept(ctx, rows, tests), partial(_visit_row, ctx))


def sessions(ctx: Ctx) -> Any:
    """Sessions on the organization's assets, the newest first."""
    return _visits(ctx, [lambda v: ctx.org.id in (ROOT, v.asset.org_id)])


def my_sessions(ctx: Ctx) -> Any:
    """The caller's own sessions."""
    return _visits(ctx, [lambda v: v.user is ctx.user])


def tickets(ctx: Ctx) -> Any:
    """Tickets that the caller applied for or must approve: nobody has any here."""
    return page(ctx, [], lambda row: row)


def activities(ctx: Ctx) -> Any:
    """The last events of an object: its operations."""
    ident, world = ctx.query.get("resource_id", ""), ctx.world
    thing = world.assets.get(ident) or world.rules.get(ident)
    if thing is None:
        return []
    rows = world.cached("operations", lambda: events.operations(world))
    own = [x for x in rows if x.resource == thing.name and x.org_id == thing.org_id][:30]
    return [
        {
            "id": x.id,
            "timestamp": date(ctx, x.at),
            "detail_url": "",
            "content": f"{shown(x.user)} {x.action} {x.resource_type} {x.resource}",
            "r_type": "O",
        }
        for x in own
    ]


ROUTES = [
    Route("GET", "audits/login-logs/", login_logs, "audits.view_userloginlog"),
    Route("GET", "audits/my-login-logs/", my_login_logs, ""),
    Route("GET", "audits/operate-logs/", operate_logs, "audits.view_operatelog"),
    Route("GET", "audits/activities/", activities, "audits.view_activitylog"),
    Route("GET", "terminal/sessions/", sessions, "terminal.view_session"),
    Route("GET", "terminal/my-sessions/", my_sessions, ""),
    Route("GET", "tickets/tickets/", tickets, "tickets.view_ticket"),
]
