"""`jmstui what-can USER`: the assets that a user reaches, by the server's own list."""

from __future__ import annotations

import argparse
import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jmstui.cli._questions import Place
    from jmstui.cli.output import Progress
    from jmstui.models.permission import PermedAsset
    from jmstui.services.answers import RuleStand, UserName
    from jmstui.services.what_can import NodeCount, Standing

EXAMPLE = """\
examples:
  jmstui what-can alice
  jmstui what-can alice --limit 0 --csv > alice.csv      0: no limit
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Who, and how much of it to print."""
    from jmstui.cli._questions import add_all_orgs, add_limit
    from jmstui.cli.output import add_format_arguments

    parser.epilog = EXAMPLE
    parser.add_argument("user", metavar="USER", help="user name or id; `self` for yourself")
    parser.add_argument(
        "--search", metavar="TEXT", default="", help="the server's own search in name and address"
    )
    add_limit(parser)
    add_all_orgs(parser)
    add_format_arguments(parser)


def run(args: argparse.Namespace) -> int:
    """Print the assets; 0 for none too."""
    return asyncio.run(_run(args))


@dataclass
class _Found:
    """Assets so far, each with the name of its organization, and the rules and nodes beside them."""

    user: UserName
    assets: list[tuple[str, PermedAsset]] = field(default_factory=list)
    rules: list[tuple[str, RuleStand]] = field(default_factory=list)
    nodes: list[tuple[str, NodeCount]] = field(default_factory=list)
    total: int = 0
    rules_seen: bool = True
    stands: dict[str, Standing] = field(default_factory=dict)
    """How the user stands in each organization, by its name."""
    refused: list[str] = field(default_factory=list)

    @property
    def complete(self) -> bool:
        """Whether every asset is here and the rules were visible."""
        known = all(one.user is not None and one.member is not None for one in self.stands.values())
        return len(self.assets) >= self.total and self.rules_seen and known and not self.refused


async def _run(args: argparse.Namespace) -> int:
    from jmstui.cli._questions import find_person, in_each, places_of, say_refused
    from jmstui.cli.output import Progress
    from jmstui.cli.session import open_session
    from jmstui.services.answers import UserName

    async with open_session(args) as (client, identity):
        progress = Progress()
        progress.show("looking up the name …")
        try:
            places = await places_of(args, client, identity)
            user = await find_person(places, args.user)
            found = _Found(UserName(user.id, user.username, user.name))
            found.refused = await in_each(places, lambda place: _ask(args, place, found, progress))
        finally:
            progress.clear()
    _write(args, found)
    say_refused(found.refused)
    return 0


async def _ask(args: argparse.Namespace, place: Place, found: _Found, progress: Progress) -> None:
    """Add one organization's assets and rules, page by page, until the limit."""
    from jmstui.models.base import BadRow
    from jmstui.services._asks import STEP
    from jmstui.services.what_can import assets_page, nodes_of_user, rules_of, standing

    page_of = assets_page(place.identity, found.user.id, search=args.search)
    offset, total = 0, None
    while total is None or offset < total:
        room = args.limit - len(found.assets) if args.limit else STEP
        # one row is asked for even when there is no room left: only so the total is known
        size = max(1, min(STEP, room))
        page = (await place.client.get(page_of(offset, size), stale_ok=False)).value
        offset += len(page.rows)
        rows = [row for row in page.rows if not isinstance(row, BadRow)]
        found.assets += [(place.name, row) for row in (rows[:room] if args.limit else rows)]
        progress.show(f"{len(found.assets)} assets …")
        # v3.10 may count too few (§14): a full page says that there may be more, whatever `count` says
        total = max(page.count or 0, offset)
        if args.limit and len(found.assets) >= args.limit:
            break
        if len(page.rows) == size:
            total = max(total, offset + 1)
        elif page.count is None or not page.rows:
            total = offset
    found.total += total or 0
    found.stands[place.name] = await standing(place.client, place.identity, found.user.id)
    rules = await rules_of(place.client, found.user.id)
    found.rules_seen = found.rules_seen and rules is not None
    found.rules += [(place.name, rule) for rule in rules or ()]
    if not args.csv:
        nodes = await nodes_of_user(place.client, place.identity, found.user.id)
        found.nodes += [(place.name, node) for node in nodes]


def _write(args: argparse.Namespace, found: _Found) -> None:
    from jmstui.cli.output import Field, emit, say
    from jmstui.services.what_can import asset_json

    items: list[dict[str, Any]] = [asset_json(asset, found.stands[org]) for org, asset in found.assets]
    keys = ["name", "address", "platform", "category", "type", "nodes", "is_active", "reasons"]
    titles = {"is_active": "ACTIVE", "reasons": "BLOCKED BY"}
    room = {"name": 14, "address": 12}
    goes = {"platform": 1, "nodes": 2, "is_active": 3, "type": 4, "category": 5}
    fields = [
        Field(k, titles.get(k, k.upper()), width=room.get(k, 8), priority=goes.get(k, 0), tail=k == "nodes")
        for k in keys
    ]
    if args.csv:
        fields = [Field("id", "ID"), *fields, Field("verdict", "VERDICT"), Field("granted", "GRANTED")]
    if args.all_orgs:
        fields.append(Field("organization", "ORGANIZATION", priority=1))
    rows: list[list[object]] = []
    for (org, _), item in zip(found.assets, items, strict=True):
        rows.append([org if one.key == "organization" else item[one.key] for one in fields])
    document = {
        "total": found.total,
        "items": items,
        "complete": found.complete,
        "user": found.user.to_json(),
        "rules": [stand.to_json() for _, stand in found.rules],
        "nodes": [node.to_json() for _, node in found.nodes],
    }
    emit(args, fields, rows, document)
    if not (args.json or args.csv):
        _write_rules(found)
        _write_nodes(args, found)
    say(f"jmstui: {_headline(found, items)}.")
    if len(found.assets) < found.total:
        say(f"jmstui: cut: {len(found.assets)} of {found.total} shown; --limit 0 shows all.")
    if not found.rules_seen:
        say("jmstui: the rules are not visible to you.")


def _headline(found: _Found, items: list[dict[str, Any]]) -> str:
    """How many are granted, and how many of those shown are blocked; what blocks all is said once."""
    from jmstui.access.verdict import sentence

    name = found.user.username or found.user.name or found.user.id
    blocked = sum(item["verdict"] == "blocked" for item in items)
    text = f"{name} is granted {found.total} assets"
    if blocked:
        text += f", {blocked} of them blocked" if blocked < len(items) else ", and all of them are blocked"
    always = {one.blocked for one in found.stands.values() if one.blocked}
    why = "; ".join(sentence(reasons) for reasons in sorted(always))
    return f"{text}: {why}" if why else f"{text} (`why` looks at accounts and protocols too)"


def _write_rules(found: _Found) -> None:
    from jmstui.cli.output import DATE, Field, write_table

    if found.rules:
        print()
        rows = [[s.rule.name, s.text, s.rule.end, s.rule.org_name or org] for org, s in found.rules]
        fields = [Field("rule", "RULE"), Field("status", "STATUS"), Field("until", "UNTIL", width=DATE)]
        fields.append(Field("organization", "ORGANIZATION", priority=1))
        write_table(fields, rows, whole="a wider terminal")


def _write_nodes(args: argparse.Namespace, found: _Found) -> None:
    """The nodes as a tree, with how many of the assets are in and below each."""
    from jmstui.cli.output import Field, write_table

    if found.nodes:
        print()
        keys = {node.key for _, node in found.nodes}
        rows: list[list[object]] = [
            [f"{'  ' * _depth(node.key, keys)}{node.name}", node.count, org] for org, node in found.nodes
        ]
        fields = [Field("node", "NODE", width=16), Field("assets", "ASSETS", "right")]
        fields += [Field("organization", "ORGANIZATION", priority=1)] if args.all_orgs else []
        write_table(fields, [row[: len(fields)] for row in rows], whole="a wider terminal")


def _depth(key: str, keys: set[str]) -> int:
    """How many of its ancestors are among them."""
    parts = key.split(":")
    return sum(":".join(parts[:n]) in keys for n in range(1, len(parts)))
