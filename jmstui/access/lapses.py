"""Why rules that could grant something do not: what each of them lacks, nearest first."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from jmstui.access.status import Status, day, live, status
from jmstui.access.verdict import Reason
from jmstui.models.permission import Permission

NEAR_MOST = 1000
"""How many rules explain a "no"; the others are counted."""

ONLY_USER = "covers the user but not the asset"
ONLY_ASSET = "covers the asset but not the user"


@dataclass(frozen=True, slots=True)
class Near:
    """A rule that would have granted access, and what it lacks."""

    rule: Permission
    lacks: str
    distance: int
    """0: names both but is dead; 1: live, 2: dead, and covers the asset, so that it could be extended to the
    user; 3: live, 4: dead, and covers the user alone."""


def dead_text(rule: Permission, now: datetime) -> str:
    """Why a rule grants nothing now ("disabled, expired on 2026-11-02"); "" for a live one.

    Unlike `status`, which gives the first reason, it gives all of them: enabling an expired
    rule is not enough.
    """
    lacks = ["disabled"] if rule.is_active is False else []
    if rule.start is not None and rule.start >= now:
        lacks.append(f"starts on {day(rule.start, now)}")
    elif rule.end is not None and rule.end <= now:
        lacks.append(f"expired on {day(rule.end, now)}")
    return ", ".join(lacks)


def near(
    rules: Iterable[Permission],
    names_user: Callable[[Permission], bool],
    names_asset: Callable[[Permission], bool],
    now: datetime,
) -> list[Near]:
    """The rules that name at least one side and grant nothing, nearest first; all of them."""
    found = [one for rule in rules if (one := _judge(rule, names_user(rule), names_asset(rule), now))]
    return sorted(found, key=lambda one: (one.distance, *_order(one.rule, now)))


def _judge(rule: Permission, user: bool, asset: bool, now: datetime) -> Near | None:
    dead = dead_text(rule, now)
    if user and asset:
        return Near(rule, dead, 0) if dead else None
    if not user and not asset:
        return None
    half = ONLY_USER if user else ONLY_ASSET
    return Near(rule, f"{half}, {dead}" if dead else half, (3 if user else 1) + bool(dead))


def _order(rule: Permission, now: datetime) -> tuple[float, str]:
    """Among equals: what ended last, or starts next, comes first."""
    what = status(rule, now)
    edge = rule.start if what is Status.NOT_STARTED else rule.end if what is Status.EXPIRED else None
    return (abs((edge - now).total_seconds()) if edge else 0.0, rule.name)


def lapse(rules: Iterable[Permission], now: datetime) -> Reason:
    """Why these rules, which join the two, grant nothing: the one that is nearest to granting.

    A rule that will start by itself is nearer than one that somebody switched off, and that nearer than an
    expired one. `NO_RULE` where there is none.
    """
    found = {status(rule, now) for rule in rules if not live(rule, now)}
    for what, reason in (
        (Status.NOT_STARTED, Reason.RULE_NOT_STARTED),
        (Status.DISABLED, Reason.RULE_DISABLED),
        (Status.EXPIRED, Reason.RULE_EXPIRED),
    ):
        if what in found:
            return reason
    return Reason.NO_RULE
