"""Users and rules put together: who can now, and who could once or will. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from jmstui.access.evaluate import Granted, Person, covers_person
from jmstui.access.lapses import lapse
from jmstui.access.status import live, user_reasons
from jmstui.access.verdict import Facts, Reason, Verdict, judge, usable
from jmstui.models.permission import Permission
from jmstui.models.user import User
from jmstui.services.answers import UserName, account_json, moment_text

DIRECT = "direct"

Accounts = Callable[[Person, Sequence[Permission]], tuple[Granted, ...] | None]
"""What live rules that join somebody give them; None where that is not known (yet)."""
Protocols = Callable[[Sequence[Permission]], bool | None]
"""Whether live rules allow a protocol that the asset offers."""


@dataclass(frozen=True, slots=True)
class Reacher:
    """A user whom rules lead there."""

    user: UserName
    until: datetime | None
    """The end of the rule that lasts longest."""
    accounts: tuple[Granted, ...]
    rules: tuple[str, ...]
    """Ids of the rules that give it; of the dead ones where there is no live one."""
    via: tuple[str, ...]
    """"direct", and names of groups."""
    verdict: Verdict | None = Verdict.YES
    """None: granted, and not known whether it can be used."""
    reasons: tuple[Reason, ...] = ()
    """Why they cannot."""

    @property
    def granted(self) -> bool:
        """Whether live rules lead there: the server's own word."""
        return self.verdict is not Verdict.NO

    def to_json(self) -> dict[str, Any]:
        return {
            **self.user.to_json(),
            "verdict": self.verdict,
            "granted": self.granted,
            "reasons": list(self.reasons),
            "until": moment_text(self.until),
            "accounts": [account_json(account) for account in self.accounts],
            "rules": list(self.rules),
            "via": list(self.via),
        }


@dataclass(frozen=True, slots=True)
class Reached:
    """Whom rules lead to a target, by verdict, each by user name."""

    can: tuple[Reacher, ...] = ()
    """`yes`, and those of whom it is not known."""
    blocked: tuple[Reacher, ...] = ()
    """Granted, and yet they cannot use it now."""
    named: tuple[Reacher, ...] = ()
    """Named by dead rules alone."""


@dataclass(frozen=True, slots=True)
class Target:
    """What is known of what is reached, for all its users alike; None: not known."""

    active: bool | None = None
    category: str | None = None
    protocols: Protocols | None = None
    """What live rules allow of the asset's protocols; None where that is not looked at."""
    one: bool = True
    """One asset; False for everything below a node, where accounts and protocols are not looked at."""
    strangers: frozenset[str] = frozenset()
    """Ids of the users whom the organization does not list."""


@dataclass(frozen=True, slots=True)
class GroupReach:
    """A group that live rules name."""

    id: str
    name: str
    rules: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        return {"id": self.id, "name": self.name, "rules": list(self.rules)}


def reachers(
    users: Iterable[User],
    rules: Sequence[Permission],
    accounts: Accounts,
    now: datetime,
    target: Target,
) -> Reached:
    """Everybody whom the rules name, by verdict. All `rules` cover the target."""
    index = _Index(rules)
    found = [_reacher(user, index.of(user), accounts, now, target) for user in users]
    rows = [row for row in found if row is not None]
    return Reached(
        _sorted([row for row in rows if row.verdict in (Verdict.YES, None)]),
        _sorted([row for row in rows if row.verdict is Verdict.BLOCKED]),
        _sorted([row for row in rows if row.verdict is Verdict.NO]),
    )


class _Index:
    """Rules by the users and groups that they name: a large organization has many of all three."""

    def __init__(self, rules: Sequence[Permission]) -> None:
        self._by_id: dict[str, list[int]] = {}
        self._rules = rules
        for place, rule in enumerate(rules):
            for ref in [*(rule.users or ()), *(rule.user_groups or ())]:
                self._by_id.setdefault(str(ref.id), []).append(place)

    def of(self, user: User) -> list[Permission]:
        ids = [user.id, *(str(group.id) for group in user.groups or ())]
        places = {place for id in ids for place in self._by_id.get(id, ())}
        return [self._rules[place] for place in sorted(places)]


def _reacher(
    user: User, joined: Sequence[Permission], accounts: Accounts, now: datetime, target: Target
) -> Reacher | None:
    person = Person(user.id, user.username, frozenset(str(group.id) for group in user.groups or ()))
    joined = [rule for rule in joined if covers_person(rule, person)]
    if not joined:
        return None
    alive = [rule for rule in joined if live(rule, now)]
    counted = alive or joined
    given = accounts(person, alive) if alive else ()
    facts = _facts(user, alive, given, now, target)
    judged = judge(bool(alive), facts, () if alive else (lapse(joined, now),))
    return Reacher(
        UserName(user.id, user.username, user.name),
        max((rule.end for rule in counted if rule.end), default=None),
        given or (),
        tuple(rule.id for rule in counted),
        _via(person, counted),
        judged.verdict,
        judged.reasons,
    )


def _facts(
    user: User,
    alive: Sequence[Permission],
    given: tuple[Granted, ...] | None,
    now: datetime,
    target: Target,
) -> Facts:
    account: bool | None = None
    protocol: bool | None = None
    if target.one:
        account = None if given is None else usable((one.alias for one in given), target.category)
        protocol = None if target.protocols is None else target.protocols(alive)
    elif given is not None:  # many assets: what no rule names none of them gives
        account, protocol = bool(given), True
    member = user.id not in target.strangers or bool(user.is_superuser)
    return Facts(user_reasons(user, now), member, target.active, account, protocol)


def _via(person: Person, rules: Iterable[Permission]) -> tuple[str, ...]:
    found: dict[str, None] = {}
    groups: dict[str, None] = {}
    for rule in rules:
        if any(str(ref.id) == person.id for ref in rule.users or ()):
            found[DIRECT] = None
        for ref in rule.user_groups or ():
            if str(ref.id) in person.groups:
                groups[ref.name] = None
    return (*found, *sorted(groups))


def groups_of(rules: Iterable[Permission], now: datetime) -> tuple[GroupReach, ...]:
    """The groups that live rules name, by name."""
    found: dict[str, tuple[str, list[str]]] = {}
    for rule in rules:
        if live(rule, now):
            for ref in rule.user_groups or ():
                found.setdefault(str(ref.id), (ref.name, []))[1].append(rule.id)
    rows = [GroupReach(id, name, tuple(rules)) for id, (name, rules) in found.items()]
    return tuple(sorted(rows, key=lambda row: (row.name, row.id)))


def _sorted(rows: list[Reacher]) -> tuple[Reacher, ...]:
    return tuple(sorted(rows, key=lambda row: (row.user.username, row.user.id)))
