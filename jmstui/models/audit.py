"""What happened: sign-ins, changes, sessions, tickets (API reference §10)."""

from __future__ import annotations

from jmstui.models.base import Choice, Record


class YesNo(Record, frozen=True, kw_only=True):
    """A choice whose value is a boolean."""

    value: bool | str | int | None
    label: str = ""


class LoginLog(Record, frozen=True, kw_only=True):
    """A sign-in to JumpServer, or an attempt."""

    id: str
    username: str = ""
    type: Choice | None = None
    ip: str | None = None
    city: str | None = None
    user_agent: str | None = None
    mfa: Choice | None = None
    status: YesNo | None = None
    reason: str | None = None
    reason_display: str | None = None
    backend_display: str | None = None
    datetime: str | None = None


class OperateLog(Record, frozen=True, kw_only=True):
    """A change that somebody made in JumpServer, or a view of something sensitive."""

    id: str
    user: str = ""
    action: Choice | None = None
    resource_type: str | None = None
    resource: str | None = None
    remote_addr: str | None = None
    org_name: str | None = None
    datetime: str | None = None


class Session(Record, frozen=True, kw_only=True):
    """A connection to an asset, running or past."""

    id: str
    user: str = ""
    asset: str = ""
    account: str | None = None
    protocol: str | None = None
    type: Choice | None = None
    login_from: Choice | None = None
    remote_addr: str | None = None
    is_success: bool | None = None
    is_finished: bool | None = None
    command_amount: int | None = None
    date_start: str | None = None
    date_end: str | None = None
    org_name: str | None = None


class Ticket(Record, frozen=True, kw_only=True):
    """A request that somebody has to approve."""

    id: str
    title: str = ""
    serial_num: str | None = None
    type: Choice | None = None
    state: Choice | None = None
    status: Choice | None = None
    date_created: str | None = None
    org_name: str | None = None


class Activity(Record, frozen=True, kw_only=True):
    """One of the last events of an object."""

    id: str = ""
    timestamp: str | None = None
    content: str = ""
