"""Asset permissions: every state, every kind of member and target, the special account strings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from jmstui.demo.gen.places import DEFAULT
from jmstui.demo.gen.seeded import Seeded
from jmstui.demo.records import Asset, Group, Node, Org, Rule, User

CONNECT, UPLOAD, DOWNLOAD, COPY, PASTE, DELETE, SHARE = 1, 2, 4, 8, 16, 32, 64
ALL_ACTIONS = 127

_STATES = ["valid"] * 11 + ["soon"] * 3 + ["expired"] * 3 + ["future"] * 2 + ["disabled"] * 2 + ["empty"]
_ACCOUNTS: list[list[str]] = [
    ["@ALL"],
    ["@ALL"],
    ["@ALL"],
    ["@SPEC", "root"],
    ["@SPEC", "root", "deploy"],
    ["@SPEC", "admin", "app"],
    ["@SPEC", "Administrator"],
    ["@SPEC", "dba", "readonly"],
    ["@USER"],
    ["@INPUT"],
    ["@ALL", "@INPUT", "@USER", "@ANON"],
    ["@ANON"],
    ["@ALL", "!root"],
    ["@SPEC", "root", "app", "!app"],
    ["@SPEC", "nosuchaccount"],
    [],
]
_ACTIONS = [ALL_ACTIONS] * 6 + [
    CONNECT,
    CONNECT | UPLOAD | DOWNLOAD,
    CONNECT | COPY | PASTE,
    ALL_ACTIONS & ~SHARE,
    UPLOAD | DOWNLOAD,
]
_PROTOCOLS = [["all"]] * 6 + [["ssh"], ["ssh", "sftp"], ["rdp"], ["mysql", "postgresql"], ["telnet", "vnc"]]
_PURPOSES = [
    "daily access",
    "on call",
    "deploy",
    "值班",
    "migration",
    "read only",
    "审计",
    "vendor visit",
    "backup",
]


@dataclass
class Cast:
    """Who and what the rules of one organization may name."""

    org: Org
    users: list[User]
    groups: list[Group]
    assets: list[Asset]
    nodes: list[Node]


def make_rules(
    rng: Seeded,
    orgs: list[Org],
    users: list[User],
    groups: list[Group],
    assets: Sequence[Asset],
    nodes: list[Node],
    named: dict[str, User],
    amount: int = 300,
) -> list[Rule]:
    """`amount` rules, half of them in Default; the named `denied` is in none, `viewer` has three ofthree."""
    made: list[Rule] = []
    for org, share in zip(orgs, [0.5, 0.2, 0.15, 0.15], strict=True):
        cast = Cast(
            org,
            [user for user in users if org.id in user.roles and user.username not in ("denied", "admin")],
            [group for group in groups if group.org_id == org.id],
            [asset for asset in assets if asset.org_id == org.id],
            [node for node in nodes if node.org_id == org.id],
        )
        wanted = round(amount * share)
        if org.id == DEFAULT:
            made += _for_people(rng, cast, named)
            wanted -= len(made)
        made += [_rule(rng, cast, number) for number in range(wanted)]
    return made


def _for_people(rng: Seeded, cast: Cast, named: dict[str, User]) -> list[Rule]:
    """Rules that name the sign-ins, so that an ordinary user has something to see."""
    web = next(node for node in cast.nodes if node.key.count(":") == 1)
    top = Rule(rng.uuid(), "viewer: web tree", cast.org.id, [named["viewer"].id, named["mfauser"].id])
    top.node_ids, top.accounts = [web.id], ["@ALL"]
    own = Rule(rng.uuid(), "viewer: own machines", cast.org.id, [named["viewer"].id])
    shared = next(asset.id for asset in cast.assets if asset.name.startswith("shared-"))
    own.asset_ids = [shared, *(a.id for a in rng.some(cast.assets, 6, 12) if a.id != shared)]
    own.accounts, own.actions = ["@SPEC", "root", "@USER", "@INPUT"], CONNECT | UPLOAD | DOWNLOAD
    ticket = Rule(
        rng.uuid(), "ticket 20418: viewer, one day", cast.org.id, [named["viewer"].id], from_ticket=True
    )
    ticket.asset_ids, ticket.accounts = [rng.pick(cast.assets).id], ["@ALL"]
    for rule, state in ((top, "valid"), (own, "soon"), (ticket, "expired")):
        _set_dates(rng, rule, state)
    return [top, own, ticket]


def _rule(rng: Seeded, cast: Cast, number: int) -> Rule:
    state = rng.pick(_STATES) if number >= len(set(_STATES)) else sorted(set(_STATES))[number]
    rule = Rule(rng.uuid(), "", cast.org.id)
    _set_members(rng, rule, cast)
    _set_targets(rng, rule, cast, number)
    rule.accounts = list(_ACCOUNTS[number % len(_ACCOUNTS)] if number < 32 else rng.pick(_ACCOUNTS))
    rule.actions, rule.protocols = rng.pick(_ACTIONS), list(rng.pick(_PROTOCOLS))
    rule.from_ticket = rng.random() < 0.12
    rule.comment = rng.pick(["", "", "", "reviewed every quarter", "临时授权"])
    rule.created_by = rng.pick(["Administrator", "Olga Orgadmin"])
    _set_dates(rng, rule, state)
    if state == "empty":
        _empty(rule, number)
    rule.name = _name(rng, rule, cast, number)
    return rule


def _name(rng: Seeded, rule: Rule, cast: Cast, number: int) -> str:
    """Who and what for, and a number that makes it the only one in its organization."""
    if number == 60:
        return "night shift [red]root[/red] \u202eon call"
    names = {group.id: group.name for group in cast.groups}
    who = names[rule.group_ids[0]] if rule.group_ids else "personal"
    purpose = f"{who} {rng.pick(_PURPOSES)} {number:03d}"
    return f"ticket {20_000 + number * 7}: {purpose}" if rule.from_ticket else purpose


def _set_members(rng: Seeded, rule: Rule, cast: Cast) -> None:
    way = rng.random()
    if way < 0.7:
        rule.user_ids = [user.id for user in rng.some(cast.users, 1, 4)]
    if way > 0.45:
        rule.group_ids = [group.id for group in rng.some(cast.groups, 1, 3)]


def _set_targets(rng: Seeded, rule: Rule, cast: Cast, number: int) -> None:
    way = rng.random()
    if way < 0.55:
        rule.asset_ids = [asset.id for asset in rng.some(cast.assets, 1, 12)]
    if way > 0.35:
        rule.node_ids = [node.id for node in rng.some(cast.nodes[1:], 1, 3)]
    if number % 40 == 39:
        rule.node_ids = [cast.nodes[0].id]


def _set_dates(rng: Seeded, rule: Rule, state: str) -> None:
    """Dates that put the rule into a state as of `rng.now`."""
    rule.date_start = rng.before(20, 800)
    rule.date_created = rule.date_start
    if state == "soon":
        rule.date_expired = rng.after(1, 29)
    elif state == "expired":
        rule.date_expired = rng.before(1, 19)
    elif state == "future":
        rule.date_start = rng.after(2, 60)
        rule.date_created = rng.before(1, 10)
        rule.date_expired = rng.after(90, 900)
    else:
        rule.date_expired = rng.after(40, 3000) if rng.random() < 0.6 else rng.now + timedelta(days=25550)
    rule.is_active = state != "disabled"


def _empty(rule: Rule, number: int) -> None:
    """Take away the members, the targets or the actions."""
    if number % 3 == 0:
        rule.user_ids, rule.group_ids = [], []
    elif number % 3 == 1:
        rule.asset_ids, rule.node_ids = [], []
    else:
        rule.actions = 0
