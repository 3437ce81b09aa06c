"""`jmstui why USER ASSET`: yes or no, as whom, until when, and every rule that decides it."""

from __future__ import annotations

import argparse
import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jmstui.cli._questions import Place
    from jmstui.cli.output import Progress
    from jmstui.services.why import Why

EXAMPLE = """\
examples:
  jmstui why alice web-01
  jmstui why alice 10.0.0.11 --json
  jmstui why alice web-01 --csv                 a line for each account; on a no, for each rule that is near
  jmstui why alice web-01 > /dev/null && echo yes

exit status: 0 yes, 1 no access
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Who, what, and how to print it."""
    from jmstui.cli._questions import add_all_orgs
    from jmstui.cli.output import add_format_arguments

    parser.epilog = EXAMPLE
    parser.add_argument("user", metavar="USER", help="user name or id; `self` for yourself")
    parser.add_argument("asset", metavar="ASSET", help="name, address or id")
    add_all_orgs(parser)
    add_format_arguments(parser)


def run(args: argparse.Namespace) -> int:
    """Print the answer; 0 for yes, 1 for no."""
    return asyncio.run(_run(args))


async def _run(args: argparse.Namespace) -> int:
    from jmstui.cli import exit as status
    from jmstui.cli._questions import places_of
    from jmstui.cli.output import Progress
    from jmstui.cli.session import open_session

    async with open_session(args) as (client, identity):
        progress = Progress()
        progress.show("looking up the names …")
        try:
            answer = await _answer(args, await places_of(args, client, identity), progress)
        finally:
            progress.clear()
    _write(args, answer)
    return status.YES if answer.verdict == "yes" else status.NO


async def _answer(args: argparse.Namespace, places: list[Place], progress: Progress) -> Why:
    from jmstui.cli._questions import find_person, find_thing
    from jmstui.services.why import not_among_yours, why

    identity = places[0].identity
    profile = identity.profile
    me = args.user in (profile.username, profile.id, "self")
    own = me and not identity.may("perms.view_userassets")
    user, found = await asyncio.gather(find_person(places, args.user), find_thing(places, args.asset, own))
    if found is None:
        return not_among_yours(identity, args.asset, places[0].client.server_now())
    place, asset = found
    last: Why | None = None
    async for answer in why(place.client, place.identity, user, asset):
        if last is None:
            progress.show(f"{answer.verdict.upper()} …")
        last = answer
    assert last is not None  # every question ends with an answer or an error
    return last


def _write(args: argparse.Namespace, answer: Why) -> None:
    from jmstui.cli._questions import write_lines
    from jmstui.cli.output import Field, emit, say
    from jmstui.views.answers import why_lines

    if not (args.json or args.csv):
        write_lines(why_lines(answer, steps=False))
        return
    keys = [
        "verdict",
        "username",
        "asset",
        "organization",
        "account",
        "actions",
        "until",
        "has_secret",
        "virtual",
        "near_rule",
        "lacks",
    ]
    head = [answer.verdict, answer.user.username, answer.asset.name, answer.organization.name]
    rows: list[list[object]] = [
        [*head, a.username or a.alias, list(a.actions), a.until, a.has_secret, a.virtual, None, None]
        for a in answer.accounts
    ]
    rows += [[*head, *[None] * 5, one.rule.name, one.lacks] for one in answer.near]
    nothing = "no rule covers the user or the asset" if answer.verdict == "no" and answer.complete else None
    rows = rows or [[*head, None, None, answer.until, None, None, None, nothing]]
    emit(args, [Field(key, key.upper()) for key in keys], rows, answer.to_json())
    if args.csv:
        for warned in answer.warnings:
            say(f"jmstui: {warned.text}")
