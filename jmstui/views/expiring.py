"""Rules by their last day, with whom and what they would cut off; those that tickets made are folded away."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from jmstui.views import _cells as cells
from jmstui.views import permissions as rules
from jmstui.views.spec import Ask, Column, PageOf, QuickFilter, Tone, View

if TYPE_CHECKING:
    from jmstui.api.query import Query
    from jmstui.models.page import Page
    from jmstui.models.permission import Permission
    from jmstui.services.identity import Identity

BY_LAST_DAY = "date_expired"
UNFOLDED = (
    (("is_valid", "true"), ("from_ticket", "false")),
    (("is_valid", "true"),),
)


def _page(identity: Identity, ask: Ask) -> PageOf[Permission]:
    from jmstui.api.endpoints import permissions

    filters = dict(ask.filters) or dict(UNFOLDED[0])

    def page(offset: int, limit: int) -> Query[Page[Permission]]:
        order = ask.order or BY_LAST_DAY
        return permissions.shown_with_members(
            offset, limit, search=ask.search or None, order=order, **filters
        )

    return page


def left(rule: Permission) -> str:
    """How many days a rule has left, in words."""
    if rule.end is None:
        return cells.NONE
    days = (rule.end - datetime.now().astimezone()).days
    return "past" if days < 0 else "today" if days == 0 else f"{days:,} d"


def _whom(rule: Permission) -> str:
    return cells.names([*(rule.user_groups or ()), *(rule.users or ())])


def _what(rule: Permission) -> str:
    return cells.names([*(rule.nodes or ()), *(rule.assets or ())])


def _tone(rule: Permission) -> Tone:
    word = rules.status_of(rule)
    return "warn" if word == "soon" else "dim" if word != "valid" else "plain"


VIEW: View[Permission] = View(
    name="expiring",
    title="Expiring",
    noun="rule",
    aliases=("expires", "exp"),
    key="5",
    columns=(
        Column(
            "until",
            "LAST DAY",
            lambda p: cells.day(p.date_expired),
            width=10,
            order=BY_LAST_DAY,
            data=lambda p: p.date_expired,
        ),
        Column("left", "LEFT", left, width=8, align="right", tone=_tone),
        Column("name", "RULE", lambda p: p.name, width=16, grow=2, order="name"),
        Column("status", "STATUS", rules.status_of, width=11, priority=3),
        Column("whom", "CUTS OFF", _whom, width=14, grow=3, priority=1),
        Column("what", "TARGETS", _what, width=14, grow=3, priority=2),
        Column("ticket", "TICKET", lambda p: cells.yes(p.from_ticket), width=6, priority=4),
    ),
    page=_page,
    tabs=rules.VIEW.tabs,
    filters=(
        QuickFilter("tickets", "with those made by tickets", UNFOLDED[1]),
        QuickFilter("expired", "expired, or not started", (("is_valid", "false"), ("is_expired", "true"))),
    ),
    own_order=BY_LAST_DAY,
    unfiltered="tickets folded, f shows them",
    needs=rules.VIEW.needs,
    why_not=rules.VIEW.why_not,
    find=rules.VIEW.find,
)
