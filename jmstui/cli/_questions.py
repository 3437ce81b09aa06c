"""What the question commands share: where to ask, whom and what is meant, and how lines are written."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Awaitable, Callable, Iterable
from typing import TYPE_CHECKING, NamedTuple, TypeVar

if TYPE_CHECKING:
    from jmstui.api.client import Client
    from jmstui.models.asset import Asset
    from jmstui.models.node import Node
    from jmstui.models.permission import PermedAsset
    from jmstui.models.user import User
    from jmstui.services.answers import UserName
    from jmstui.services.identity import Identity
    from jmstui.views.spec import Line

R = TypeVar("R", "User", "Asset", "Node")
DEFAULT_LIMIT = 1000


class Place(NamedTuple):
    """An organization to ask in."""

    client: Client
    identity: Identity

    @property
    def name(self) -> str:
        """The organization's name."""
        return self.identity.current.name


def add_all_orgs(parser: ArgumentParser) -> None:
    """`--all-orgs`."""
    parser.add_argument("--all-orgs", action="store_true", help="in each organization that you may read")


def add_limit(parser: ArgumentParser) -> None:
    """`--limit`; 0 for all."""
    parser.add_argument(
        "--limit",
        metavar="N",
        type=_rows,
        default=DEFAULT_LIMIT,
        help=f"rows at most ({DEFAULT_LIMIT}); 0: all",
    )


def _rows(text: str) -> int:
    if not text.isdecimal():
        raise ArgumentTypeError("a number of rows, or 0 for all")
    return int(text)


async def places_of(args: Namespace, client: Client, identity: Identity) -> list[Place]:
    """The current organization, or with `--all-orgs` each real one of this user's."""
    here = Place(client, identity)
    if not args.all_orgs:
        return [here]
    from jmstui.models.organization import ROOT
    from jmstui.services.identity import who_am_i

    places = [here] if identity.current.id != ROOT else []
    for choice in identity.orgs:
        if choice.org.id not in (ROOT, identity.current.id):
            there = client.for_org(choice.org.id)
            places.append(Place(there, await who_am_i(there)))
    return places or [here]


async def in_each(places: list[Place], work: Callable[[Place], Awaitable[None]]) -> list[str]:
    """Do it in each place; the names of those that refuse. Raises `NotPermitted` when all of them do."""
    from jmstui.api.errors import NotPermitted

    refused: list[str] = []
    error: NotPermitted | None = None
    for place in places:
        try:
            await work(place)
        except NotPermitted as one:
            refused.append(place.name)
            error = error or one
    if error is not None and len(refused) == len(places):
        raise error
    return refused


def say_refused(refused: list[str]) -> None:
    """The sentence for organizations that were left out."""
    if refused:
        from jmstui.cli.output import say

        say(f"jmstui: not permitted, and left out: {', '.join(refused)}.")


async def find_somewhere(
    places: Iterable[Place], find: Callable[[Client, str], Awaitable[R]], noun: str, text: str
) -> tuple[Place, R]:
    """The one record with this name in any of the places. Raises `NotFound`, `NotPermitted`, `Ambiguous`."""
    from jmstui.api.errors import NotFound, NotPermitted
    from jmstui.services.names import Ambiguous, Candidate, like

    places = list(places)
    found: dict[str, tuple[Place, R]] = {}
    missing: Exception | None = None
    for place in places:
        try:
            row = await find(place.client, text)
        except (NotFound, NotPermitted) as error:
            missing = missing or error
            continue
        found.setdefault(row.id, (place, row))
    if len(found) > 1:
        raise Ambiguous(
            noun, text, [Candidate(row.id, row.name, place.name) for place, row in found.values()]
        )
    for one in found.values():
        return one
    if isinstance(missing, NotFound) and noun in ("user", "asset"):
        names = await like(places[0].client, noun, text)
        if names:
            raise NotFound(sentence=f"{missing.sentence} Did you mean {_either(names)}?")
    raise missing or NotFound()


def _either(names: list[str]) -> str:
    return " or ".join([", ".join(names[:-1]), names[-1]] if names[:-1] else names)


async def find_person(places: list[Place], text: str) -> User | UserName:
    """The user that is meant; oneself needs no right to look users up."""
    from jmstui.services.answers import UserName
    from jmstui.services.names import find_user

    me = places[0].identity.profile
    if text in (me.username, me.id, "self"):
        return UserName(me.id, me.username, me.name)
    return (await find_somewhere(places, find_user, "user", text))[1]


async def find_thing(places: list[Place], text: str, own: bool) -> tuple[Place, Asset | PermedAsset] | None:
    """The asset that is meant. `own`: among the asker's own alone, and None where it is not there."""
    if not own:
        from jmstui.services.names import find_asset

        return await find_somewhere(places, find_asset, "asset", text)
    from jmstui.services.own import find_own_asset

    for place in places:
        asset = await find_own_asset(place.client, text)
        if asset is not None:
            return place, asset
    return None


def write_lines(lines: Iterable[Line]) -> None:
    """Lines of an answer on stdout, cleaned, two spaces a level; on a terminal broken at spaces."""
    from jmstui.cli.output import _encodable, wrapped
    from jmstui.text import clean

    for line in lines:
        for text in wrapped(clean(line.text), sys.stdout, "  " * line.level):
            sys.stdout.write(_encodable(text, sys.stdout) + "\n")
