"""Which rules end soon, with whom and what they would cut off (API reference §6.2, §13)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from jmstui.access.evaluate import bits_of, names_of
from jmstui.access.status import FOREVER_DAYS, SOON_DAYS, live
from jmstui.api.endpoints import permissions
from jmstui.models.permission import Permission
from jmstui.services import _asks as ask
from jmstui.services.answers import RuleStand

if TYPE_CHECKING:
    from jmstui.api.client import Client
    from jmstui.models.base import Ref
    from jmstui.services.identity import Identity

__all__ = ["Ending", "Expiring", "expiring", "in_window", "members"]


@dataclass(frozen=True, slots=True)
class Ending:
    """A rule that ends, or has ended."""

    stand: RuleStand
    days: int
    """Whole days until then; negative once it is over."""
    organization: str = ""

    @property
    def rule(self) -> Permission:
        return self.stand.rule

    @property
    def members_known(self) -> bool:
        """Whether the names of users, groups, assets and nodes are here yet; the amounts are before."""
        return self.rule.users is not None

    def to_json(self) -> dict[str, Any]:
        """An item of `expiring --json`."""
        rule = self.rule
        return {
            **self.stand.to_json(),
            "days_left": self.days,
            "from_ticket": bool(rule.from_ticket),
            "users": _refs(rule.users),
            "groups": _refs(rule.user_groups),
            "assets": _refs(rule.assets),
            "nodes": _refs(rule.nodes),
            "accounts": list(rule.accounts or ()),
            "actions": list(names_of(bits_of(rule.actions))),
            "organization": {"id": rule.org_id or "", "name": rule.org_name or self.organization},
        }


def _refs(refs: list[Ref] | None) -> list[dict[str, str]]:
    return [{"id": str(ref.id), "name": ref.name} for ref in refs or ()]


@dataclass(frozen=True, slots=True)
class Expiring:
    """The answer, as far as it is known: the rules by last day, the first to end first."""

    within: int
    items: tuple[Ending, ...] = ()
    total: int = 0
    """How many there are; more than `items` where a limit cut them."""
    complete: bool = True
    """False where a rule could not be read, or whom it names."""
    done: bool = False
    now: datetime = field(kw_only=True)

    @property
    def own(self) -> tuple[Ending, ...]:
        """Those that somebody made by hand."""
        return tuple(item for item in self.items if not item.rule.from_ticket)

    @property
    def tickets(self) -> tuple[Ending, ...]:
        """Those made by approval tickets: many, short, and ending by themselves; folded on screen."""
        return tuple(item for item in self.items if item.rule.from_ticket)


def in_window(
    rules: Iterable[Permission], now: datetime, within: int = SOON_DAYS, expired: bool = False
) -> list[Ending]:
    """The live rules that end within so many days of `now` (aware), and on request those that have ended."""
    last = now + timedelta(days=min(within, FOREVER_DAYS))
    found = []
    for rule in rules:
        if rule.end is None:
            continue
        if (live(rule, now) and rule.end <= last) or (expired and rule.end <= now):
            found.append(Ending(RuleStand.of(rule, now), (rule.end - now).days, rule.org_name or ""))
    return sorted(found, key=lambda one: (one.rule.end, one.rule.name))


async def expiring(
    client: Client,
    identity: Identity,
    within: int = SOON_DAYS,
    expired: bool = False,
    limit: int | None = None,
    now: datetime | None = None,
) -> AsyncIterator[Expiring]:
    """The rules that end within `within` days, then with their members, asked for these rules alone.

    `limit` cuts the items, `total` stays. Raises `NotPermitted` without the right to read rules, and other
    `ApiError`s.
    """
    when = now or client.server_now()
    rules: dict[str, Permission] = {}
    valid = None if expired else "true"

    def page_of(offset: int) -> Any:
        return permissions.dated(offset, ask.STEP, is_valid=valid)

    answer = Expiring(within, now=when)
    async for page in ask.every(client, page_of):
        rules.update((rule.id, rule) for rule in ask.whole(page.rows))
        found = in_window(rules.values(), when, within, expired)
        sure = answer.complete and not page.bad
        answer = replace(answer, items=tuple(found[:limit]), total=len(found), complete=sure)
        yield answer
    full: dict[str, Permission] = {}
    async for some in members(client, [item.rule.id for item in answer.items]):
        full |= some
        items = (_with(item, full.get(item.rule.id), when) for item in answer.items)
        answer = replace(answer, items=tuple(items))
        yield answer
    known = all(item.members_known for item in answer.items)
    yield replace(answer, done=True, complete=answer.complete and known)


def _with(item: Ending, rule: Permission | None, now: datetime) -> Ending:
    return replace(item, stand=RuleStand.of(rule, now)) if rule else item


async def members(
    client: Client, ids: Iterable[str], org: str | None = None
) -> AsyncIterator[dict[str, Permission]]:
    """These rules with their members, some at a time, by id. A rule that is gone meanwhile is left out."""
    for some in ask.chunks(ids):
        answer = await client.get(permissions.with_members(0, ask.STEP, org=org, ids=some), stale_ok=False)
        page = await ask.known(client, answer.value, org)
        yield {rule.id: rule for rule in ask.whole(page.rows)}
