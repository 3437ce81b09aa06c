"""`jmstui list NOUN`: a noun's table without the explorer, from the same columns."""

from __future__ import annotations

import argparse
import asyncio
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jmstui.api.client import Client
    from jmstui.cli.output import Progress
    from jmstui.models.base import BadRow
    from jmstui.services.identity import Identity
    from jmstui.views.spec import Ask, Column, View

NOUNS = ("assets", "users", "groups", "permissions", "nodes", "platforms", "orgs")
FILTERS: dict[str, tuple[str, ...]] = {
    "assets": ("inactive", "host", "device", "database", "web", "cloud"),
    "users": ("disabled", "expired", "locked"),
    "permissions": ("valid", "invalid", "ticket"),
    "platforms": ("host", "device", "database", "web", "cloud", "ds", "custom"),
}
"""The keys of the views' quick filters: `--help` must not wait for the views."""
DEFAULT_LIMIT = 1000
PAGE = 1000
"""Rows of one request: the most that v4.10 gives (§7.1)."""
EXAMPLE = """\
examples:
  jmstui list assets --node /Default/web --search prod
  jmstui list users --all-orgs --csv > users.csv
  jmstui list users --filter locked
  jmstui list permissions --limit 0 --json      0: no limit
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Noun, narrowing, and how much."""
    from jmstui.cli.output import add_format_arguments

    parser.epilog = EXAMPLE
    parser.add_argument("noun", choices=NOUNS, help="what to list")
    parser.add_argument("--search", metavar="TEXT", default="", help="the server's own search")
    parser.add_argument("--node", metavar="NODE", help="assets below this node: full path, name, key or id")
    names = "; ".join(f"{noun}: {', '.join(keys)}" for noun, keys in FILTERS.items())
    parser.add_argument(
        "--filter",
        metavar="NAME",
        choices=sorted({key for keys in FILTERS.values() for key in keys}),
        help=f"only these. {names}",
    )
    parser.add_argument("--sort", metavar="COLUMN", default="", help="a column that the server can sort by")
    parser.add_argument("--desc", action="store_true", help="sort from the end")
    parser.add_argument(
        "--limit",
        metavar="N",
        type=int,
        default=DEFAULT_LIMIT,
        help=f"rows at most ({DEFAULT_LIMIT}); 0: all",
    )
    parser.add_argument("--all-orgs", action="store_true", help="in each organization that you may read")
    add_format_arguments(parser)


def run(args: argparse.Namespace) -> int:
    """Print the list; 0 for an empty one too."""
    from jmstui.settings import SettingsError

    if args.node and args.noun != "assets":
        raise SettingsError("--node narrows assets only.")
    names = FILTERS.get(args.noun, ())
    if args.filter and args.filter not in names:
        known = f"has {', '.join(names)}" if names else "has none"
        raise SettingsError(f"--filter: `list {args.noun}` {known}.")
    if args.limit < 0:
        raise SettingsError("--limit: a number of rows, or 0 for all.")
    return asyncio.run(_run(args))


async def _run(args: argparse.Namespace) -> int:
    from jmstui.cli.output import Progress, say
    from jmstui.cli.session import open_session

    async with open_session(args) as (client, identity):
        if args.noun == "orgs":
            return await _orgs(args, client, identity)
        progress = Progress()
        try:
            view, found = await _collect(args, client, identity, progress)
        finally:
            progress.clear()
    _write(args, view, found)
    if not found.complete:
        say(
            f"jmstui: cut: {len(found.rows)} of {found.total} shown; --limit {found.total} or --limit 0 "
            "shows all."
        )
    if found.bad:
        say(f"jmstui: {found.bad} row{'s' if found.bad > 1 else ''} of the server could not be read.")
    for problem in found.problems:
        say(f"jmstui: {problem}")
    return 0


async def _orgs(args: argparse.Namespace, client: Client, identity: Identity) -> int:
    """Organizations come from the identity, since most users may not ask for their list."""
    from jmstui.cli import _orgs as orgs
    from jmstui.cli.output import emit, say

    rows = await orgs.rows(client, identity, args.search)
    shown = rows[: args.limit] if args.limit else rows
    items = [dict(zip((field.key for field in orgs.FIELDS), row, strict=True)) for row in shown]
    complete = len(shown) == len(rows)
    first = 0 if args.json or args.csv else 1  # ids are for programs
    emit(
        args,
        orgs.FIELDS[first:],
        [row[first:] for row in shown],
        {"total": len(rows), "items": items, "complete": complete},
    )
    if not complete:
        say(f"jmstui: cut: {len(shown)} of {len(rows)} shown; --limit 0 shows all.")
    return 0


class Found:
    """Rows so far, each with the name of the organization it was asked in."""

    def __init__(self) -> None:
        self.rows: list[tuple[str, Any]] = []
        self.total = 0
        self.bad = 0
        self.problems: list[str] = []

    @property
    def complete(self) -> bool:
        """Whether nothing was left out."""
        return len(self.rows) >= self.total and not self.problems


async def _collect(
    args: argparse.Namespace, client: Client, identity: Identity, progress: Progress
) -> tuple[View[Any], Found]:
    from jmstui.api.errors import NotPermitted
    from jmstui.models.organization import ROOT
    from jmstui.services.identity import in_org

    view = _view(args, identity)
    places = [(client, identity, identity.current.name)]
    if args.all_orgs and args.noun not in ("orgs", "platforms"):
        others = [choice.org for choice in identity.orgs if choice.org.id not in (ROOT, identity.current.id)]
        places = [place for place in places if identity.current.id != ROOT]
        for org in others:
            progress.show(f"{org.name} …")
            places.append((*await in_org(client, identity, org), org.name))
    found = Found()
    refused = 0
    for there, who, name in places:
        if not who.may(*view.needs):
            refused += 1
            found.problems.append(f"{name}: you may not list {args.noun} there.")
            continue
        try:
            await _list(args, there, who, name, view, found, progress)
        except NotPermitted:
            refused += 1
            found.problems.append(f"{name}: you may not list {args.noun} there.")
    if refused == len(places):
        raise NotPermitted(view.why_not)
    return view, found


def _view(args: argparse.Namespace, identity: Identity) -> View[Any]:
    """The noun's view; for those who may not list all assets, their own."""
    from importlib import import_module

    view: View[Any] = import_module(f"jmstui.views.{args.noun}").VIEW
    if args.noun == "assets" and not args.all_orgs and not identity.may(*view.needs):
        from jmstui.cli.output import say

        say("jmstui: your role may not list all assets: these are the ones that you can reach.")
        view = import_module("jmstui.views.my_assets").VIEW
    return view


async def _list(
    args: argparse.Namespace,
    client: Client,
    identity: Identity,
    org: str,
    view: View[Any],
    found: Found,
    progress: Progress,
) -> None:
    """Add this organization's rows, page by page, until the limit."""
    from jmstui.api.walk import Walk
    from jmstui.models.base import BadRow

    page_of = view.page(identity, await _ask(args, client, view))
    offset, count, walk = 0, 1, Walk()
    while offset < count:
        room = args.limit - len(found.rows) if args.limit else PAGE
        # one row is asked for even when there is no room left: only so the total is known
        size = max(1, min(PAGE, room))
        page = (await client.get(page_of(offset, size))).value
        count = page.count if page.count is not None else offset + len(page.rows) + (len(page.rows) == size)
        for row, new in zip(page.rows, walk.take(page.rows), strict=True):
            if new and (not args.limit or len(found.rows) < args.limit):
                found.rows.append((org, row))
                found.bad += isinstance(row, BadRow)
        offset += len(page.rows)
        progress.show(f"{args.noun}: {len(found.rows)} of {count} …")
        if len(page.rows) < size:
            count = offset  # a short page is the end, whatever `count` said
        if (args.limit and len(found.rows) >= args.limit) or len(page.rows) < size:
            break
        if identity.api == "3.10":
            count = max(count, offset + 1)  # v3.10 may count too few (§14): only a short page is the end
    found.total += count


async def _ask(args: argparse.Namespace, client: Client, view: View[Any]) -> Ask:
    from jmstui.settings import SettingsError
    from jmstui.views.spec import Ask

    ask = Ask(search=args.search)
    if args.filter:
        quick = next((quick for quick in view.filters if quick.key == args.filter), None)
        if quick is None:
            raise SettingsError(f"--filter {args.filter}: not for the assets that you can reach.")
        ask = replace(ask, filters=quick.filters)
    if args.sort:
        orders = {column.key: column.order for column in view.columns if column.order}
        if args.sort not in orders:
            raise SettingsError(f"--sort: {view.name} can be sorted by {', '.join(orders) or 'nothing'}.")
        ask = replace(ask, order=("-" if args.desc else "") + str(orders[args.sort]))
    if args.node:
        from jmstui.services.names import find_node

        node = ("node", (await find_node(client, args.node)).id)
        ask = replace(ask, filters=(*ask.filters, node))
    return ask


def _value(column: Column[Any], row: Any) -> object:
    """The value for a program: a cell's "-" is nothing, but in a name it is a name."""
    from jmstui.views._cells import NONE

    if column.data is not None:
        return _iso(column.data(row))
    text = column.cell(row)
    return None if text == NONE and column.key not in ("name", "username") else text


def _iso(value: object) -> object:
    """A date of the server (`2026/03/04 05:06:07 +0800`) in ISO 8601; anything else as it is."""
    from jmstui.cli.output import iso
    from jmstui.models.base import moment

    if isinstance(value, str) and re.fullmatch(r"\d{4}/\d\d/\d\d \d\d:\d\d:\d\d [+-]\d{4}", value):
        return iso(moment(value)) or value
    return value


def _unreadable(row: BadRow, columns: int) -> list[object]:
    """A marked row: what is wrong with it stands in its first column."""
    return [f"(unreadable row: {row.reason})", *[None] * (columns - 1)]


def _write(args: argparse.Namespace, view: View[Any], found: Found) -> None:
    from jmstui.cli.output import Field, emit
    from jmstui.models.base import BadRow

    fields = [
        Field(column.key, column.title, column.align, column.width, column.priority, column.tail)
        for column in view.columns
    ]
    data = bool(args.json or args.csv)
    rows: list[list[object]] = []
    items: list[dict[str, object]] = []
    for org, row in found.rows:
        if isinstance(row, BadRow):
            values = _unreadable(row, len(view.columns))
        else:
            values = [_value(column, row) if data else column.cell(row) for column in view.columns]
        if data:
            values = [row.id if isinstance(row, BadRow) else view.row_id(row), *values]
        rows.append([*values, org] if args.all_orgs else values)
    if data:
        fields.insert(0, Field("id", "ID"))
    if args.all_orgs:
        fields.append(Field("organization", "ORGANIZATION"))
    if args.json:
        items = [dict(zip((field.key for field in fields), row, strict=True)) for row in rows]
    emit(args, fields, rows, {"total": found.total, "items": items, "complete": found.complete})
