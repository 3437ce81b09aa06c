"""Sign-ins, changes, sessions, tickets (§10): newest first, as the server gives them."""

from __future__ import annotations

from typing import TypeVar

from jmstui.api.decode import many
from jmstui.api.decode import page as page_of
from jmstui.api.endpoints._window import window
from jmstui.api.query import Query, query
from jmstui.models.audit import Activity, LoginLog, OperateLog, Session, Ticket
from jmstui.models.base import BadRow
from jmstui.models.page import Page

T = TypeVar("T")


def _page(
    path: str,
    kind: type[T],
    offset: int,
    limit: int,
    search: str | None,
    org: str | None,
    filters: dict[str, object],
) -> Query[Page[T]]:
    return query(path, page_of(kind, offset), "list", window(offset, limit, None, search, None, filters), org)


def logins(
    offset: int = 0, limit: int = 100, *, search: str | None = None, org: str | None = None, **filters: object
) -> Query[Page[LoginLog]]:
    """Sign-ins to JumpServer. Filters: `username`, `ip`, `type`, `status`, `date_from`, `date_to`."""
    return _page("audits/login-logs/", LoginLog, offset, limit, search, org, filters)


def operations(
    offset: int = 0, limit: int = 100, *, search: str | None = None, org: str | None = None, **filters: object
) -> Query[Page[OperateLog]]:
    """Changes. Filters: `user`, `action`, `resource_type`, `date_from`, `date_to`."""
    return _page("audits/operate-logs/", OperateLog, offset, limit, search, org, filters)


def sessions(
    offset: int = 0, limit: int = 100, *, search: str | None = None, org: str | None = None, **filters: object
) -> Query[Page[Session]]:
    """Connections to assets; `is_finished=False` for those running now. Filters: `user_id`, `asset_id`, …"""
    return _page("terminal/sessions/", Session, offset, limit, search, org, filters)


def tickets(
    offset: int = 0, limit: int = 100, *, search: str | None = None, org: str | None = None, **filters: object
) -> Query[Page[Ticket]]:
    """Tickets that one applied for or has to decide. Filters: `type`, `state`, `status`."""
    return _page("tickets/tickets/", Ticket, offset, limit, search, org, filters)


def activities(resource_id: str, org: str | None = None) -> Query[list[Activity | BadRow]]:
    """The last thirty events of any object."""
    params = [("resource_id", resource_id), ("limit", 30)]
    return query("audits/activities/", many(Activity), "list", params, org)
