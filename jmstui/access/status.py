"""How a rule and a user stand at a given moment (API reference §6.1, §6.4.7)."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from jmstui.access.verdict import Reason
from jmstui.models.base import moment
from jmstui.models.permission import Permission
from jmstui.models.profile import Profile
from jmstui.models.user import User

SOON_DAYS = 30
"""A valid rule whose last day is nearer than this is marked."""

FOREVER_DAYS = 36500
"""No day is further away than this: a window of more days is read as this many."""


class Status(StrEnum):
    """What a rule is worth now; the values stand in JSON."""

    DISABLED = "disabled"
    NOT_STARTED = "not-started"
    EXPIRED = "expired"
    EMPTY = "empty"
    SOON = "soon"
    VALID = "valid"


DEAD = frozenset({Status.DISABLED, Status.NOT_STARTED, Status.EXPIRED})
"""A rule in one of these grants nothing to anybody."""


def live(rule: Permission, now: datetime) -> bool:
    """Whether the server counts the rule: active, and strictly between its two moments (§6.1)."""
    return status(rule, now) not in DEAD


def status(rule: Permission, now: datetime) -> Status:
    """The first that holds of disabled, not started, expired, empty, soon, valid.

    `now` is aware. A rule names nobody, nothing or no action only when the answer says so: an amount that
    was not asked for is not taken for zero.
    """
    if rule.is_active is False:
        return Status.DISABLED
    if rule.start is not None and rule.start >= now:
        return Status.NOT_STARTED
    if rule.end is not None and rule.end <= now:
        return Status.EXPIRED
    if _empty(rule):
        return Status.EMPTY
    if rule.end is not None and rule.end < now + timedelta(days=SOON_DAYS):
        return Status.SOON
    return Status.VALID


def _empty(rule: Permission) -> bool:
    users, groups = rule.amount("users"), rule.amount("user_groups")
    assets, nodes = rule.amount("assets"), rule.amount("nodes")
    return (users == 0 and groups == 0) or (assets == 0 and nodes == 0) or rule.actions == []


def status_text(rule: Permission, now: datetime) -> str:
    """The status as the screen says it, with the day that matters, in the zone of `now`."""
    what = status(rule, now)
    if what is Status.EXPIRED:
        return f"expired {day(rule.end, now)}"
    if what is Status.NOT_STARTED:
        return f"starts {day(rule.start, now)}"
    if what is Status.SOON:
        return f"until {day(rule.end, now)}"
    if what is Status.EMPTY:
        return f"empty: {missing(rule)}"
    return what.value


def missing(rule: Permission) -> str:
    """What an empty rule lacks: "no users, no targets, no actions", or those of them that are so."""
    lacks = []
    if rule.amount("users") == 0 and rule.amount("user_groups") == 0:
        lacks.append("no users")
    if rule.amount("assets") == 0 and rule.amount("nodes") == 0:
        lacks.append("no targets")
    if rule.actions == []:
        lacks.append("no actions")
    return ", ".join(lacks)


def day(when: datetime | None, now: datetime) -> str:
    """A moment as a day in the zone of `now`; "?" for none."""
    return when.astimezone(now.tzinfo).strftime("%Y-%m-%d") if when else "?"


def until(rule: Permission) -> datetime | None:
    """The last moment of a rule."""
    return rule.end


def user_reasons(user: User, now: datetime) -> tuple[Reason, ...] | None:
    """Every reason why the user cannot sign in (§5.1); () for one who can. `now` is aware.

    None where the server left out a field that decides and no other one does.
    """
    end = moment(user.date_expired)
    expired = user.is_expired if user.is_expired is not None else None if end is None else end <= now
    states = (
        (None if user.is_active is None else not user.is_active, Reason.USER_DISABLED),
        (expired, Reason.USER_EXPIRED),
        (user.login_blocked, Reason.USER_LOCKED),
    )
    found = tuple(reason for holds, reason in states if holds)
    return None if not found and any(holds is None for holds, _ in states) else found


def as_user(profile: Profile) -> User:
    """The signed-in user as a record; who is signed in is not locked out."""
    return User(
        id=profile.id,
        name=profile.name,
        username=profile.username,
        is_active=profile.is_active,
        is_expired=profile.is_expired,
        date_expired=profile.date_expired,
        login_blocked=False,
    )
