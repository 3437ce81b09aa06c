"""`jmstui who-can ASSET` and `jmstui who-can --node NODE`: who really can, and who is named but cannot."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jmstui.cli._questions import Place
    from jmstui.cli.output import Field, Progress
    from jmstui.services.who_can import Reacher, WhoCan

EXAMPLE = """\
examples:
  jmstui who-can web-01
  jmstui who-can --node /Default/web --json
  jmstui who-can web-01 --csv > web-01.csv      the last columns say who is blocked or only named, and why
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What, and how to print it."""
    from jmstui.cli._questions import add_all_orgs
    from jmstui.cli.output import add_format_arguments

    parser.epilog = EXAMPLE
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("asset", metavar="ASSET", nargs="?", help="name, address or id")
    what.add_argument("--node", metavar="NODE", help="everything below a node: full path, name, key or id")
    add_all_orgs(parser)
    add_format_arguments(parser)


def run(args: argparse.Namespace) -> int:
    """Print who can; 0 also when nobody can."""
    return asyncio.run(_run(args))


async def _run(args: argparse.Namespace) -> int:
    from jmstui.cli._questions import places_of
    from jmstui.cli.output import Progress
    from jmstui.cli.session import open_session
    from jmstui.services.names import asset_queries

    ahead = asset_queries(args.asset) if args.asset and not args.all_orgs else ()
    async with open_session(args, ahead) as (client, identity):
        progress = Progress()
        progress.show("looking up the name …")
        try:
            await _answer(args, await places_of(args, client, identity), progress)
        finally:
            progress.clear()
    return 0


async def _answer(args: argparse.Namespace, places: list[Place], progress: Progress) -> None:
    """Print who can: as text the members of the organization first, as soon as they are known."""
    from jmstui.cli._questions import find_somewhere
    from jmstui.services.names import find_asset, find_node
    from jmstui.services.who_can import who_can, who_can_node

    if args.node:
        place, node = await find_somewhere(places, find_node, "node", args.node)
        answers = who_can_node(place.client, place.identity, node)
    else:
        place, asset = await find_somewhere(places, find_asset, "asset", args.asset)
        answers = who_can(place.client, place.identity, asset)
    last: WhoCan | None = None
    printed: set[str] = set()
    async for last in answers:
        if not (printed or args.node or args.json or args.csv) and last.users:
            progress.clear()
            _write_can(args, last.users, last, place.name)
            printed = {row.user.id for row in last.users}
        elif not printed:
            progress.show(f"{len(last.users)} users so far …")
    assert last is not None  # every question ends with an answer or an error
    progress.clear()
    _write(args, last, place.name, printed)


def _fields(args: argparse.Namespace) -> tuple[list[Field], list[Field]]:
    """The columns of a user, and those of the organization."""
    from jmstui.cli.output import DATE, Field

    fields = [
        Field("username", "USER", width=12),
        Field("name", "NAME", priority=2),
        Field("accounts", "AS", width=10),
        Field("until", "UNTIL", width=DATE),
    ]
    fields += [Field("via", "VIA", priority=1), Field("rules", "RULES", priority=3)]
    tail = [Field("organization", "ORGANIZATION", priority=4)] if args.all_orgs else []
    return fields, tail


def _write_can(args: argparse.Namespace, users: Sequence[Reacher], answer: WhoCan, org: str) -> None:
    """The table of those who can."""
    from jmstui.cli.output import write_table

    fields, tail = _fields(args)
    rows = _rows(args, users, answer, org)
    write_table([*fields, *tail], [[*row[:2], row[2] or "?", *row[3:]] for row in rows])
    sys.stdout.flush()


def _rows(args: argparse.Namespace, users: Sequence[Reacher], answer: WhoCan, org: str) -> list[list[object]]:
    names = {stand.rule.id: stand.rule.name for stand in answer.rules}
    more = [org] if args.all_orgs else []
    return [[*_row(row, names), *more] for row in users]


def _write(args: argparse.Namespace, answer: WhoCan, org: str, printed: set[str]) -> None:
    """The whole answer, without the users who are printed already."""
    from jmstui.cli.output import Field, say, write_csv, write_json, write_table
    from jmstui.views.answers import reach_text

    if args.json:
        write_json(answer.to_json())
    fields, tail = _fields(args)
    why = [Field("verdict", "VERDICT"), Field("reasons", "WHY NOT", width=13)]
    names = {stand.rule.id: stand.rule.name for stand in answer.rules}
    apart = [*answer.blocked, *answer.lapsed]
    cannot = _rows(args, apart, answer, org)
    if args.csv:
        everybody = [*answer.users, *apart]
        cells = _rows(args, everybody, answer, org)
        rows = [[*one, row.verdict, list(row.reasons)] for one, row in zip(cells, everybody, strict=True)]
        write_csv([*fields, *tail, *why], rows)
    elif not args.json:
        rest = [row for row in answer.users if row.user.id not in printed]
        if rest or not printed:
            _write_can(args, rest, answer, org)
        if answer.groups:
            print()
            rows = [[group.name, [names.get(id, id) for id in group.rules]] for group in answer.groups]
            write_table([Field("group", "GROUP"), Field("rules", "RULES")], rows)
        if apart:
            print()
            rows = [
                [row.verdict, list(row.reasons), *cells] for cells, row in zip(cannot, apart, strict=True)
            ]
            write_table([*why, *fields, *tail], rows)
    say(f"jmstui: {reach_text(answer)}.")
    if not answer.complete:
        say("jmstui: incomplete: something that belongs to the answer is not visible to you.")


def _row(row: Reacher, names: dict[str, str]) -> list[object]:
    from jmstui.views.answers import account_names

    accounts = account_names(row.accounts)
    rules = [names.get(id, id) for id in row.rules]
    return [row.user.username, row.user.name, accounts, row.until, list(row.via), rules]
