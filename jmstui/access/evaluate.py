"""Who reaches what, as the server decides it (API reference §6.4), as arithmetic on rules with members.

Nothing here asks anybody: the rules, the keys of the nodes, the groups of the user and the accounts of the
asset are given. The verdict does not look at whether user and asset are active; those are warnings (§6.4.7).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from jmstui.access.status import live
from jmstui.models.asset import AssetAccount, Protocol
from jmstui.models.base import Choice
from jmstui.models.permission import Permission

ACTIONS = ("connect", "upload", "download", "copy", "paste", "delete", "share")
"""The actions in the order of their bits (§6.1)."""

VIRTUAL = ("@INPUT", "@ANON", "@USER")
_BITS = {name: 1 << place for place, name in enumerate(ACTIONS)}
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Person:
    """The user side of a question."""

    id: str
    username: str
    groups: frozenset[str] = frozenset()
    """Ids of the user's groups."""


@dataclass(frozen=True, slots=True)
class Place:
    """The asset side of a question."""

    id: str
    keys: frozenset[str] = frozenset()
    """Keys of the asset's own nodes; an asset without a node stands in its organization's root (§6.4.2)."""
    accounts: tuple[AssetAccount, ...] = ()
    """Its accounts and those of the directory services that it joined."""
    protocols: tuple[Protocol, ...] = ()
    domains: Mapping[str, str] = field(default_factory=dict)
    """Account id to the domain that a verdict puts behind its user name: accounts of directory services."""

    @property
    def reach(self) -> frozenset[str]:
        """The keys of its nodes and of all their ancestors."""
        return frozenset(key for own in self.keys for key in lineage(own))


@dataclass(frozen=True, slots=True)
class Granted:
    """An account that the user may use."""

    name: str
    username: str
    alias: str
    """The account's id, or `@INPUT`, `@ANON`, `@USER`."""
    bits: int
    until: datetime | None

    @property
    def virtual(self) -> bool:
        """Whether it stands on no asset: typed in, like the user, or none at all."""
        return self.alias in VIRTUAL

    @property
    def actions(self) -> tuple[str, ...]:
        """The names of the actions."""
        return names_of(self.bits)


@dataclass(frozen=True, slots=True)
class Grant:
    """What the live rules of a pair add up to."""

    rules: tuple[Permission, ...]
    """The live ones, that with the latest end first."""
    accounts: tuple[Granted, ...]
    protocols: tuple[Protocol, ...]
    """Those of the asset that the rules allow."""

    @property
    def yes(self) -> bool:
        """The verdict: one live rule is enough, even one that gives no account (§6.4.6)."""
        return bool(self.rules)

    @property
    def until(self) -> datetime | None:
        """The end of the rule that lasts longest."""
        return self.rules[0].end if self.rules else None


def lineage(key: str) -> list[str]:
    """A node's key and those of its ancestors, root first: `1:4:2` gives `1`, `1:4`, `1:4:2`."""
    parts = key.split(":")
    return [":".join(parts[: n + 1]) for n in range(len(parts))]


def bits_of(actions: Iterable[Choice] | None) -> int:
    """The server's bits of a list of actions; names that it does not know count for nothing."""
    total = 0
    for action in actions or ():
        total |= _BITS.get(str(action.value), 0)
    return total


def names_of(bits: int) -> tuple[str, ...]:
    """The names of the actions in `bits`."""
    return tuple(name for name, bit in _BITS.items() if bits & bit)


def covers_person(rule: Permission, person: Person) -> bool:
    """Whether the rule names the user, or a group of theirs (§6.4.1)."""
    return any(str(ref.id) == person.id for ref in rule.users or ()) or any(
        str(ref.id) in person.groups for ref in rule.user_groups or ()
    )


def covers_place(rule: Permission, place: Place, keys: Mapping[str, str]) -> bool:
    """Whether the rule names the asset, a node of it or an ancestor of one (§6.4.2). `keys`: id to key."""
    if any(str(ref.id) == place.id for ref in rule.assets or ()):
        return True
    reach = place.reach
    return any(keys.get(str(ref.id)) in reach for ref in rule.nodes or ())


def joining(
    rules: Iterable[Permission], person: Person, place: Place, keys: Mapping[str, str]
) -> list[Permission]:
    """The rules that name both sides, dead ones too."""
    return [rule for rule in rules if covers_person(rule, person) and covers_place(rule, place, keys)]


def evaluate(
    rules: Iterable[Permission],
    person: Person,
    place: Place,
    keys: Mapping[str, str],
    now: datetime,
    old: bool = False,
) -> Grant:
    """The grant of `person` on `place` at `now` (aware). `old`: as v3.10 does it."""
    return grant(joining(rules, person, place, keys), person, place, now, old)


def grant(
    joined: Iterable[Permission], person: Person, place: Place, now: datetime, old: bool = False
) -> Grant:
    """The grant that rules which are known to join the two add up to (§6.4.3 to §6.4.5).

    `old`: v3.10 knows no `!x`, and keeps an account that is left without any action.
    """
    alive = sorted((rule for rule in joined if live(rule, now)), key=_end, reverse=True)
    if not alive:
        return Grant((), (), ())
    return Grant(tuple(alive), _accounts(alive, person, place, old), allowed(alive, place.protocols))


def allowed(rules: Iterable[Permission], protocols: Iterable[Protocol]) -> tuple[Protocol, ...]:
    """Those of an asset's protocols that any of the rules allows; `all` allows each (§6.4.4)."""
    names = {name for rule in rules for name in rule.protocols or ()}
    return tuple(p for p in protocols if "all" in names or p.name in names)


def offers(rules: Iterable[Permission], protocols: Iterable[Protocol]) -> bool | None:
    """Whether one of them is allowed; None where no rule says what it allows and none allows one."""
    rules = list(rules)
    if allowed(rules, protocols):
        return True
    return None if any(rule.protocols is None for rule in rules) else False


def not_offered(rules: Iterable[Permission], protocols: Iterable[Protocol]) -> list[str]:
    """Protocols that the rules allow and the asset does not have; `all` names none."""
    names = {name for rule in rules for name in rule.protocols or ()}
    return [] if "all" in names else sorted(names - {p.name for p in protocols})


def covers_any(
    rule: Permission, assets: frozenset[str] | None, reach: frozenset[str], keys: Mapping[str, str]
) -> bool:
    """Whether the rule names one of `assets` (None: any asset is one), or a node whose key is in `reach`."""
    named = rule.assets or ()
    return any(assets is None or str(ref.id) in assets for ref in named) or any(
        keys.get(str(ref.id)) in reach for ref in rule.nodes or ()
    )


def as_named(rules: Iterable[Permission]) -> tuple[Granted, ...]:
    """The accounts as the rules name them, for many assets at once: `@ALL` and `!x` stand for themselves."""
    found: dict[str, Granted] = {}
    for rule in rules:
        for text in rule.accounts or ():
            if text == "@SPEC":
                continue
            old = found.get(text)
            bits = bits_of(rule.actions) | (old.bits if old else 0)
            found[text] = Granted(text, text, text, bits, _later(old.until if old else None, rule.end))
    return tuple(sorted(found.values(), key=lambda one: (one.username[:1] in "@!", one.username)))


def _end(rule: Permission) -> datetime:
    return rule.end or _LONG_AGO


def _accounts(rules: Sequence[Permission], person: Person, place: Place, old: bool) -> tuple[Granted, ...]:
    """Step 5: the strings of the rules, spread and subtracted, then mapped to accounts; real ones first."""
    by_username: dict[str, list[AssetAccount]] = {}
    for account in place.accounts:
        if account.is_active is not False:
            by_username.setdefault(account.username or "", []).append(account)
    found: dict[str, Granted] = {}
    for text, (bits, end) in _strings(rules, list(by_username), old).items():
        for one in _mapped(text, person, by_username):
            before = found.get(one.alias)
            domain = place.domains.get(one.alias)
            username = f"{one.username}@{domain}" if domain else one.username
            last = end if before is None else _later(before.until, end)
            more = before.bits if before else 0
            found[one.alias] = Granted(one.name, username, one.alias, bits | more, last)
    rows = sorted(found.values(), key=lambda one: one.username)
    return tuple(sorted(rows, key=lambda one: one.username.startswith("@")))


def _strings(
    rules: Sequence[Permission], usernames: Sequence[str], old: bool
) -> dict[str, tuple[int, datetime | None]]:
    """Account string to bits and last day: `@ALL` spread over `usernames`, `!x` taken from x (§6.4.5)."""
    bits: dict[str, int] = {}
    ends: dict[str, datetime | None] = {}

    def add(text: str, more: int, end: datetime | None) -> None:
        bits[text] = bits.get(text, 0) | more
        ends[text] = _later(ends.get(text), end)

    for rule in rules:
        for text in rule.accounts or ():
            add(text, bits_of(rule.actions), rule.end)
    for_all = bits.pop("@ALL", 0)
    if for_all:
        for username in usernames:
            add(username, for_all, ends["@ALL"])
    if old:
        return {text: (left, ends.get(text)) for text, left in bits.items()}
    for text in [text for text in bits if text.startswith("!")]:
        # the server subtracts numbers, not sets: 4 - 1 leaves 3 (§6.4.5b)
        name = text.lstrip("!")
        less = bits.pop(text)
        bits[name] = bits.get(name, 0) - less
    return {text: (left, ends.get(text)) for text, left in bits.items() if left > 0}


def _mapped(text: str, person: Person, by_username: Mapping[str, list[AssetAccount]]) -> list[Granted]:
    """The accounts that one string stands for (§6.4.5d)."""
    own = by_username.get(person.username) if text == "@USER" else None
    real = own or by_username.get(text)
    if real:
        return [Granted(a.name, a.username or "", a.id, 0, None) for a in real]
    if text == "@USER":
        return [Granted("Dynamic user", person.username, text, 0, None)]
    if text == "@INPUT":
        return [Granted("Manual input", text, text, 0, None)]
    if text == "@ANON":
        return [Granted("Anonymous account", text, text, 0, None)]
    return []


def _later(one: datetime | None, other: datetime | None) -> datetime | None:
    if one is None or other is None:
        return one or other
    return max(one, other)
