"""`jmstui expiring`: rules by their last day, with whom and what they would cut off."""

from __future__ import annotations

import argparse
import asyncio
import re
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jmstui.cli._questions import Place
    from jmstui.cli.output import Progress
    from jmstui.services.expiring import Ending

EXAMPLE = """\
examples:
  jmstui expiring --within 14d
  jmstui expiring --within 2w --tickets
  jmstui expiring --expired --all-orgs --csv > expired.csv
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """How far to look, and how to print it."""
    from jmstui.cli._questions import add_all_orgs, add_limit
    from jmstui.cli.output import add_format_arguments

    parser.epilog = EXAMPLE
    parser.add_argument(
        "--within", metavar="TIME", type=days, default=30, help="days (30d) or weeks (4w) from now; 30d"
    )
    parser.add_argument("--expired", action="store_true", help="those that have ended, too")
    parser.add_argument(
        "--tickets", action="store_true", help="list those made by approval tickets instead of counting them"
    )
    add_limit(parser)
    add_all_orgs(parser)
    add_format_arguments(parser)


def days(text: str) -> int:
    """`30d`, `4w` or `30` as days."""
    found = re.fullmatch(r"(\d{1,6})([dw]?)", text.strip().lower())
    if not found:
        raise argparse.ArgumentTypeError(f"{text!r}: a number of days (30d) or weeks (4w)")
    return int(found[1]) * (7 if found[2] == "w" else 1)


def run(args: argparse.Namespace) -> int:
    """Print the rules; 0 for none too."""
    return asyncio.run(_run(args))


async def _run(args: argparse.Namespace) -> int:
    from jmstui.cli._questions import in_each, places_of, say_refused
    from jmstui.cli.output import Progress
    from jmstui.cli.session import open_session

    found: list[Ending] = []
    totals: list[int] = []

    sure: list[bool] = []

    async def read(place: Place) -> None:
        items, total, complete = await _ask(args, place, progress)
        found.extend(items)
        totals.append(total)
        sure.append(complete)

    async with open_session(args) as (client, identity):
        progress = Progress()
        progress.show("reading the rules …")
        try:
            refused = await in_each(await places_of(args, client, identity), read)
        finally:
            progress.clear()
    found.sort(key=lambda item: (item.rule.end is None, item.rule.end, item.rule.name))
    _write(args, found[: args.limit or None], sum(totals), refused, all(sure))
    say_refused(refused)
    return 0


async def _ask(args: argparse.Namespace, place: Place, progress: Progress) -> tuple[list[Ending], int, bool]:
    """One organization's first rules, how many there are, and whether that is all; which of all come first is
    known later."""
    from jmstui.services.expiring import expiring

    items: list[Ending] = []
    total, complete = 0, True
    async for answer in expiring(place.client, place.identity, args.within, args.expired, args.limit or None):
        items, total, complete = list(answer.items), answer.total, answer.complete
        progress.show(f"{total} rules …")
    return [replace(item, organization=item.organization or place.name) for item in items], total, complete


def _write(args: argparse.Namespace, found: list[Ending], total: int, refused: list[str], sure: bool) -> None:
    from jmstui.cli.output import Field, emit, say
    from jmstui.views.answers import day

    data = bool(args.json or args.csv)
    folded = 0 if data or args.tickets else sum(bool(item.rule.from_ticket) for item in found)
    shown = [item for item in found if not (folded and item.rule.from_ticket)]
    keys = ["id", "name", "status", "until", "days_left", "from_ticket"] if data else []
    titles = {"until": "LAST DAY", "days_left": "DAYS", "cuts_off": "CUTS OFF"}
    keys += ["users", "groups", "assets", "nodes", "accounts", "actions"] if data else []
    keys = keys or ["until", "days_left", "name", "cuts_off", "targets", "status"]
    keys += ["organization"] if args.all_orgs or data else []
    room = {"until": 10, "days_left": 4, "name": 12, "cuts_off": 14, "targets": 12}
    goes = {"targets": 1, "days_left": 2, "status": 3, "organization": 4}
    fields = [Field(k, titles.get(k, k.upper()), width=room.get(k, 8), priority=goes.get(k, 0)) for k in keys]
    documents = [item.to_json() for item in found]
    by_id = {item.rule.id: document for item, document in zip(found, documents, strict=True)}
    rows = [[_cell(item, by_id[item.rule.id], key) for key in keys] for item in shown]
    if not data:  # the cells that the time of day would take are wanted for whom it cuts off
        rows = [[day(item.rule.end), *row[1:]] for item, row in zip(shown, rows, strict=True)]
    emit(
        args,
        fields,
        rows,
        {"total": total, "items": documents, "complete": len(found) >= total and not refused and sure},
    )
    if folded:
        say(f"jmstui: {folded} more were made by approval tickets; --tickets lists them.")
    if not sure:
        say("jmstui: incomplete: a rule, or whom it names, could not be read.")
    if len(found) < total:
        say(f"jmstui: cut: {len(found)} of {total} shown; --limit 0 shows all.")


def _cell(item: Ending, document: dict[str, object], key: str) -> object:
    """A table's or CSV's value: names instead of records, the moment itself instead of its text."""
    if key == "until":
        return item.rule.end
    if key == "cuts_off":
        return _both(document["users"], "group", document["groups"])
    if key == "targets":
        return _both(document["assets"], "node", document["nodes"])
    value = document[key]
    if isinstance(value, dict):
        return value["name"]
    if isinstance(value, list):
        return [each["name"] if isinstance(each, dict) else each for each in value]
    return value


def _both(alone: object, word: str, many: object) -> list[str]:
    """The names of users or assets, and those of groups or nodes, each of these behind its word."""
    assert isinstance(alone, list)
    assert isinstance(many, list)  # both are lists of {"id", "name"}
    return [*(one["name"] for one in alone), *(f"{word} {one['name']}" for one in many)]
