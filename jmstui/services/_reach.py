"""Users and rules put together: who can now, and who could once or will. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from jmstui.access.evaluate import Granted, Person, covers_person
from jmstui.access.lapses import lapse
from jmstui.access.status import UserState, live, user_state
from jmstui.models.permission import Permission
from jmstui.models.user import User
from jmstui.services.answers import UserName, account_json, moment_text

DIRECT = "direct"

Accounts = Callable[[Person, Sequence[Permission]], tuple[Granted, ...]]
"""What live rules that join somebody give them."""


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
    why: str = ""
    """Why they cannot: a dead `Status`, or a `UserState` such as "user-locked"; "" for those who can."""

    def to_json(self) -> dict[str, Any]:
        row: dict[str, Any] = {
            **self.user.to_json(),
            "until": moment_text(self.until),
            "accounts": [account_json(account) for account in self.accounts],
            "rules": list(self.rules),
            "via": list(self.via),
        }
        return {**row, "why": self.why} if self.why else row


@dataclass(frozen=True, slots=True)
class GroupReach:
    """A group that live rules name."""

    id: str
    name: str
    rules: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        return {"id": self.id, "name": self.name, "rules": list(self.rules)}


def reachers(
    users: Iterable[User], rules: Sequence[Permission], accounts: Accounts, now: datetime
) -> tuple[tuple[Reacher, ...], tuple[Reacher, ...]]:
    """Those who can, and those who are named but cannot, each by user name. All `rules` cover the target."""
    index = _Index(rules)
    can: list[Reacher] = []
    lapsed: list[Reacher] = []
    for user in users:
        found = _reacher(user, index.of(user), accounts, now)
        if found is not None:
            (lapsed if found.why else can).append(found)
    return _sorted(can), _sorted(lapsed)


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


def _reacher(user: User, joined: Sequence[Permission], accounts: Accounts, now: datetime) -> Reacher | None:
    person = Person(user.id, user.username, frozenset(str(group.id) for group in user.groups or ()))
    joined = [rule for rule in joined if covers_person(rule, person)]
    if not joined:
        return None
    alive = [rule for rule in joined if live(rule, now)]
    counted = alive or joined
    state = user_state(user, now)
    why = "" if alive else lapse(joined, now).value
    if alive and state is not UserState.ACTIVE:
        why = state.value
    return Reacher(
        UserName(user.id, user.username, user.name),
        max((rule.end for rule in counted if rule.end), default=None),
        accounts(person, alive) if alive else (),
        tuple(rule.id for rule in counted),
        _via(person, counted),
        why,
    )


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
