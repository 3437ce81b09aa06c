"""Whom one rule gives access, its groups expanded, and who of them cannot use it (API reference §6.4.1)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING

from jmstui.access.evaluate import as_named
from jmstui.api.endpoints import permissions
from jmstui.models.permission import Permission
from jmstui.models.user import User
from jmstui.services import _asks as ask
from jmstui.services._reach import Reacher, Target, reachers
from jmstui.services._rows import Rows, read_all, with_strangers
from jmstui.services.answers import RuleStand

if TYPE_CHECKING:
    from jmstui.api.client import Client
    from jmstui.services.identity import Identity

__all__ = ["RuleReach", "who_by_rule"]

MOST_LISTS = 4
"""Lists of members, a request each; for more the whole list of users is asked for."""


@dataclass(frozen=True, slots=True)
class RuleReach:
    """The answer, as far as it is known. `done` tells the last one."""

    stand: RuleStand
    users: tuple[Reacher, ...] = ()
    """Those whom it gives access, as far as that is known."""
    blocked: tuple[Reacher, ...] = ()
    """Those whom it gives access which they cannot use now; `reasons` say why."""
    lapsed: tuple[Reacher, ...] = ()
    """Those whom it names while it is dead."""
    complete: bool = True
    done: bool = False
    now: datetime = field(kw_only=True)


async def who_by_rule(
    client: Client, identity: Identity, rule: Permission, now: datetime | None = None
) -> AsyncIterator[RuleReach]:
    """The users that a rule names itself or by a group: the rule with its members, then the members.

    Raises `NotPermitted` for those who may read neither rules nor users, and other `ApiError`s.
    """
    when = now or client.server_now()
    org = rule.org_id or identity.current.id
    full = (await client.get(permissions.whole(rule.id, org), stale_ok=False)).value
    answer = RuleReach(RuleStand.of(full, when), now=when)
    yield answer
    people = await with_strangers(client, identity, await _members(client, full, org), [full])
    target = Target(active=True, one=False, strangers=people.strangers)
    found = reachers(people, [full], lambda person, alive: as_named(alive), when, target)
    unknown = any(row.verdict is None for row in found.can)
    yield replace(
        answer,
        users=found.can,
        blocked=found.blocked,
        lapsed=found.named,
        complete=people.whole and not unknown,
        done=True,
    )


async def _members(client: Client, rule: Permission, org: str) -> Rows[User]:
    named = ask.chunks(str(ref.id) for ref in rule.users or ())
    groups = [str(ref.id) for ref in rule.user_groups or ()]
    if len(named) + len(groups) > MOST_LISTS:
        return await read_all(client, lambda offset: ask.all_users(offset, org))
    async with ask.Tasks() as tasks:
        parts = [tasks.start(_by_id(client, ids, org)) for ids in named]
        parts += [tasks.start(_of_group(client, group, org)) for group in groups]
        lists = [await part for part in parts]
    rows = Rows({user.id: user for part in lists for user in part}.values())
    rows.whole = all(part.whole for part in lists)
    return rows


async def _by_id(client: Client, ids: str, org: str) -> Rows[User]:
    return await read_all(client, lambda offset: ask.users_by_id(ids, org, offset))


async def _of_group(client: Client, group: str, org: str) -> Rows[User]:
    return await read_all(client, lambda offset: ask.all_users(offset, org, group_id=group))
