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

exit status: 0 yes, 6 granted but blocked, 1 no access, 5 granted and not known whether it can be used
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
    """Print the answer; 0 for yes, 6 for blocked, 1 for no."""
    return asyncio.run(_run(args))


async def _run(args: argparse.Namespace) -> int:
    from jmstui.cli._questions import places_of
    from jmstui.cli.output import Progress
    from jmstui.cli.session import open_session
    from jmstui.services.names import ahead_of_why

    ahead = ahead_of_why(args.user, args.asset) if not args.all_orgs else ()
    async with open_session(args, ahead) as (client, identity):
        progress = Progress()
        progress.show("looking up the names …")
        try:
            answer = await _answer(args, await places_of(args, client, identity), progress)
        finally:
            progress.clear()
    return _status(answer)


def _status(answer: Why) -> int:
    from jmstui.access.verdict import Verdict
    from jmstui.cli import exit as status

    if answer.verdict is None:
        return status.NOT_PERMITTED
    statuses = {Verdict.YES: status.YES, Verdict.BLOCKED: status.BLOCKED, Verdict.NO: status.NO}
    return statuses[answer.verdict]


async def _answer(args: argparse.Namespace, places: list[Place], progress: Progress) -> Why:
    """The whole answer; it is printed as it comes, the verdict as soon as it is known."""
    from jmstui.cli._questions import find_person, find_thing
    from jmstui.services.why import not_among_yours, why

    identity = places[0].identity
    profile = identity.profile
    me = args.user in (profile.username, profile.id, "self")
    own = me and not identity.may("perms.view_userassets")
    user, found = await asyncio.gather(find_person(places, args.user), find_thing(places, args.asset, own))
    last: Why | None = None
    if found is None:
        last = not_among_yours(identity, args.asset, places[0].client.server_now())
        _write(args, last, 0)
        return last
    place, asset = found
    printed = 0
    async for last in why(place.client, place.identity, user, asset):
        if last.settled and not last.done and not (printed or args.json or args.csv):
            progress.clear()
            printed = _write_head(last)
        elif not printed:
            progress.show("asking for the rules …")
    assert last is not None  # every question ends with an answer or an error
    progress.clear()
    _write(args, last, printed)
    return last


def _write_head(answer: Why) -> int:
    """The verdict line alone; how many lines that was."""
    import sys

    from jmstui.cli._questions import write_lines
    from jmstui.views.answers import why_lines

    write_lines(why_lines(answer, steps=False)[:1])
    sys.stdout.flush()
    return 1


def _write(args: argparse.Namespace, answer: Why, printed: int) -> None:
    """All but the `printed` first lines."""
    from jmstui.cli._questions import write_lines
    from jmstui.cli.output import Field, emit, say
    from jmstui.views.answers import why_lines

    if not (args.json or args.csv):
        write_lines(why_lines(answer, steps=False)[printed:])
        return
    keys = [
        "verdict",
        "granted",
        "reasons",
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
    head: list[object] = [answer.verdict, answer.granted, list(answer.reasons)]
    head += [answer.user.username, answer.asset.name, answer.organization.name]
    rows: list[list[object]] = [
        [*head, a.username or a.alias, list(a.actions), a.until, a.has_secret, a.virtual, None, None]
        for a in answer.accounts
    ]
    rows += [[*head, *[None] * 5, one.rule.name, one.lacks] for one in answer.near]
    nothing = "no rule covers the user or the asset" if not answer.granted and answer.complete else None
    rows = rows or [[*head, None, None, answer.until, None, None, None, nothing]]
    emit(args, [Field(key, key.upper()) for key in keys], rows, answer.to_json())
    if args.csv:
        for warned in answer.warnings:
            say(f"jmstui: {warned.text}")
