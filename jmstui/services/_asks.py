"""What the access questions ask the server, and how they page. Each function gives a `Query`."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable
from typing import TYPE_CHECKING, Any, TypeVar, cast

from jmstui.api.decode import page
from jmstui.api.endpoints import assets, permissions, users
from jmstui.api.errors import Lacking, NotFound, NotPermitted
from jmstui.api.query import Query, query
from jmstui.models.asset import Account, Asset
from jmstui.models.base import BadRow, Ref
from jmstui.models.page import Page
from jmstui.models.permission import Permission
from jmstui.models.user import User

if TYPE_CHECKING:
    from jmstui.api.client import Client

T = TypeVar("T")

STEP = 1000
"""Rows of one request: the most that v4.10 gives (§7.1)."""
IDS_STEP = 80
"""Ids in one request, so that the request line stays below the 4094 bytes that the server reads."""
WHO = "id,username,name,groups,is_active,is_expired,is_valid,is_superuser,date_expired,login_blocked"
"""What is asked of a user to tell whether a rule names them and whether they can sign in."""


def pair_rules(user_id: str, asset_id: str, org: str | None = None) -> Query[Page[Permission]]:
    """Every rule that joins the two, dead ones too, with members (§6.5)."""
    return assets.rules_between(asset_id, user_id, 0, STEP, org=org)


def rules(offset: int = 0, org: str | None = None, **filters: Any) -> Query[Page[Permission]]:
    """Rules of an organization, with members (§6.1); `filters` as in §6.2."""
    return permissions.with_members(offset, STEP, org=org, **filters)


def perm_users(asset_id: str, offset: int = 0, org: str | None = None) -> Query[Page[User]]:
    """Users that any rule leads to the asset, dead rules too (§6.5)."""
    return assets.perm_users(asset_id, offset, STEP, fields=WHO, org=org)


def all_users(offset: int = 0, org: str | None = None, **filters: Any) -> Query[Page[User]]:
    """All users of an organization, with what decides their access; `filters` as in §5.1."""
    return users.members(offset, STEP, WHO, org, **filters)


def users_by_id(ids: str, org: str | None = None, offset: int = 0) -> Query[Page[User]]:
    """These users (a comma list of ids) as an organization lists them."""
    return users.members(offset, STEP, WHO, org, ids=ids)


def assets_below(node_id: str, offset: int = 0, org: str | None = None) -> Query[Page[Asset]]:
    """The assets of a node and of all nodes below it: ids, names and nodes."""
    return assets.page(offset, STEP, fields="id,name,nodes", org=org, node=node_id)


class Directory(Ref, frozen=True, kw_only=True):
    """The directory service that an account belongs to."""

    domain_name: str | None = None


class DirectoryAccount(Account, frozen=True, kw_only=True):
    """A row of `/accounts/accounts/` with its directory service."""

    ds: Directory | None = None

    @property
    def domain(self) -> str:
        """What the server puts behind the user name in a verdict, "" for an account of the asset's own."""
        name = self.username or ""
        return "" if "@" in name or "\\" in name or not self.ds else self.ds.domain_name or ""


def accounts(asset_id: str, offset: int = 0, org: str | None = None) -> Query[Page[DirectoryAccount]]:
    """The accounts of an asset and of the directory services that it joined (§4.6)."""
    params = [("asset", asset_id), ("limit", STEP), ("offset", offset)]
    return query("accounts/accounts/", page(DirectoryAccount), "list", params, org)


async def every(
    client: Client, page_of: Callable[[int], Query[Page[T]]], trust: bool = True, most: int | None = None
) -> AsyncIterator[Page[T]]:
    """The pages of a list until it ends; at most `most` rows are asked for.

    A page shorter than the count is not the end: a server may give fewer than asked (§7.1). `trust=False` for
    the lists whose `count` is too small on v3.10 (§14): then only a short page ends them. Raises `Repeats`
    for a list without an end.
    """
    from jmstui.api.walk import Walk

    offset, walk = 0, Walk()
    while True:
        asked = page_of(offset)
        got = await known(client, (await client.get(asked, stale_ok=False)).value, asked.org)
        walk.take(got.rows)
        yield got
        size = len(got.rows)
        offset += size
        if not size or (most is not None and offset >= most):
            return
        if got.count is not None and offset < got.count:
            continue
        if (trust and got.count is not None) or size < STEP:
            return


async def known(client: Client, page: Page[T], org: str | None) -> Page[T]:
    """The page with what the server left out of its rows asked for in another way, where there is one."""
    if not any(isinstance(row.loose, Permission) for row in page.lacking):
        return page
    from jmstui.services._members import filled

    return cast("Page[T]", await filled(client, cast("Page[Permission]", page), org))


def whole(rows: Iterable[T | BadRow]) -> list[T]:
    """The rows that could be read. Raises `Lacking` where the server left out what the answer stands on."""
    found: list[T] = []
    for row in rows:
        if not isinstance(row, BadRow):
            found.append(row)
        elif row.lacks:
            raise Lacking(row.noun, row.lacks)
    return found


def chunks(ids: Iterable[str], size: int = IDS_STEP) -> list[str]:
    """Ids as comma lists that fit a request line each."""
    unique = list(dict.fromkeys(ids))
    return [",".join(unique[at : at + size]) for at in range(0, len(unique), size)]


async def allowed(coroutine: Coroutine[Any, Any, T]) -> T | None:
    """What it gives, or None where this user may not ask that or the object is not in sight."""
    try:
        return await coroutine
    except (NotPermitted, NotFound):
        return None


class Tasks:
    """Requests side by side; leaving the block cancels those that nobody waits for any more."""

    def __init__(self) -> None:
        self._tasks: list[asyncio.Task[Any]] = []

    def start(self, coroutine: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        """Begin now; await the task for its value."""
        task = asyncio.ensure_future(coroutine)
        self._tasks.append(task)
        return task

    async def __aenter__(self) -> Tasks:
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
