"""Whole lists, and the users that a rule names though the organization does not list them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypeVar

from jmstui.models.organization import ROOT
from jmstui.models.permission import Permission
from jmstui.models.user import User
from jmstui.services import _asks as ask

if TYPE_CHECKING:
    from jmstui.api.client import Client
    from jmstui.api.query import Query
    from jmstui.models.page import Page
    from jmstui.services.identity import Identity

T = TypeVar("T", User, Permission, ask.DirectoryAccount)


class Rows(list[T]):
    """Rows of a list, and whether each of them could be read."""

    whole = True
    strangers: frozenset[str] = frozenset()
    """Ids of the users among them whom the organization does not list."""


async def read_all(client: Client, page_of: Callable[[int], Query[Page[T]]]) -> Rows[T]:
    """All rows of a list, each id once: the server's order is not always stable between pages."""
    found: dict[str, T] = {}
    whole = True
    async for page in ask.every(client, page_of):
        found.update((row.id, row) for row in ask.whole(page.rows))
        whole = whole and not page.bad
    rows = Rows(found.values())
    rows.whole = whole
    return rows


async def with_strangers(
    client: Client, identity: Identity, users: Rows[User], rules: Sequence[Permission]
) -> Rows[User]:
    """`users`, and those whom rules name besides: the server lists members alone, and evaluates everybody.

    Where the root organization is not in sight they stay what the rules call them, and the rows not whole.
    """
    known = {user.id for user in users}
    named = {str(ref.id): ref.name for rule in rules for ref in rule.users or () if str(ref.id) not in known}
    if not named:
        return users
    found: list[User] = []
    if any(choice.org.id == ROOT for choice in identity.orgs):
        for ids in ask.chunks(named):
            answer = await ask.allowed(client.get(ask.users_by_id(ids, ROOT), stale_ok=False))
            found += ask.whole(answer.value.rows) if answer else []
    found = [user for user in found if user.id in named]
    unknown = named.keys() - {user.id for user in found}
    rows = Rows([*users, *found, *(User(id=id, username="", name=named[id]) for id in sorted(unknown))])
    rows.whole = users.whole and not unknown
    rows.strangers = frozenset(named)
    return rows
