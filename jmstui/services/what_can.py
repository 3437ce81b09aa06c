"""What a user reaches: a window on the server's list, its nodes, and the rules (API reference §6.5, §6.6)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from jmstui.access.status import as_user, live, user_reasons
from jmstui.access.verdict import Facts, Judgement, Reason, judge
from jmstui.api.endpoints import access, permissions
from jmstui.api.endpoints import nodes as nodes_of
from jmstui.models.organization import ROOT
from jmstui.models.permission import PermedAsset
from jmstui.models.user import User
from jmstui.services import _asks as ask
from jmstui.services.answers import RuleStand, UserName
from jmstui.services.names import is_id

if TYPE_CHECKING:
    from jmstui.api.client import Client
    from jmstui.api.query import Query
    from jmstui.models.page import Page
    from jmstui.models.permission import Permission
    from jmstui.services.identity import Identity

__all__ = [
    "NodeCount",
    "Standing",
    "WhatCan",
    "asset_json",
    "assets_page",
    "nodes_of_user",
    "rules_of",
    "standing",
    "subject",
    "what_can",
]

COLUMNS = "id,name,address,platform,category,type,nodes,is_active,org_id,org_name"


@dataclass(frozen=True, slots=True)
class NodeCount:
    """A node of the user's tree and how many assets they reach below it; None where nobody said."""

    key: str
    id: str
    name: str
    count: int | None
    parent: str

    def to_json(self) -> dict[str, Any]:
        return {"id": self.id, "key": self.key, "name": self.name, "assets": self.count}


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known of the user, for all that they reach. A list of assets tells neither accounts nor
    protocols: a grant that nothing here blocks may still be blocked, and `why` looks at those."""

    user: tuple[Reason, ...] | None = None
    """Why the user cannot sign in; None: not known."""
    member: bool | None = None

    def of(self, asset: PermedAsset) -> Judgement:
        """The verdict on one of their assets: blocked, or None for "granted, and more is not looked at"."""
        return judge(True, Facts(self.user, self.member, asset.is_active))

    @property
    def blocked(self) -> tuple[Reason, ...]:
        """What blocks every one of them."""
        return Facts(self.user, self.member).reasons()


@dataclass(frozen=True, slots=True)
class WhatCan:
    """What stands beside the list of assets, as far as it is known."""

    user: UserName
    total: int | None = None
    """The server's count of assets; v3.10 may count too few (§14)."""
    rules: tuple[RuleStand, ...] = ()
    """Rules that name the user or a group of theirs, dead ones too, live ones first."""
    nodes: tuple[NodeCount, ...] = ()
    standing: Standing | None = None
    """None until it is known."""
    hidden: bool = False
    """The rules are not visible to who asks."""
    complete: bool = True
    """False where the rules, or the state of the user, are not visible."""
    done: bool = False


def subject(identity: Identity, user_id: str) -> str:
    """How the user is asked about: `self` for oneself without the right to ask about others (§6.5)."""
    own = user_id == identity.profile.id and not identity.may("perms.view_userassets")
    return "self" if own else user_id


def assets_page(
    identity: Identity,
    user_id: str,
    search: str = "",
    order: str = "",
    filters: tuple[tuple[str, str], ...] = (),
    org: str | None = None,
) -> Callable[[int, int], Query[Page[PermedAsset]]]:
    """The window: (offset, limit) to the query for those rows, for a `RemoteList`.

    By name where nothing else is asked for: the server gives these in no order of its own, and pages would
    overlap.
    """
    who = subject(identity, user_id)

    def page_of(offset: int, limit: int) -> Query[Page[PermedAsset]]:
        more: dict[str, Any] = dict(filters)
        return access.assets_of_user(
            who, offset, limit, search=search, order=order or "name", fields=COLUMNS, org=org, **more
        )

    return page_of


async def what_can(
    client: Client, identity: Identity, user: User | UserName, now: datetime | None = None
) -> AsyncIterator[WhatCan]:
    """Rules and nodes of what the user reaches in the current organization, growing. Raises `ApiError`s."""
    when = now or client.server_now()
    answer = WhatCan(UserName(user.id, user.username, user.name))
    async with ask.Tasks() as tasks:
        first = tasks.start(client.get(assets_page(identity, user.id)(0, 1), stale_ok=False))
        tree = tasks.start(nodes_of_user(client, identity, user.id))
        rules = tasks.start(rules_of(client, user.id, when))
        state = tasks.start(standing(client, identity, user.id, when))
        answer = replace(answer, total=(await first).value.count)
        yield answer
        stands = await state
        answer = replace(answer, standing=stands)
        found = await rules
        answer = replace(
            answer,
            rules=found or (),
            hidden=found is None,
            complete=found is not None and stands.user is not None and answer.total is not None,
        )
        yield answer
        yield replace(answer, nodes=await tree, done=True)


async def standing(client: Client, identity: Identity, user_id: str, now: datetime | None = None) -> Standing:
    """Whether the user can sign in, and is a member of the current organization: one request, none for
    oneself. What this user may not look up is not known."""
    when = now or client.server_now()
    if user_id == identity.profile.id and not identity.may("users.view_user"):
        return Standing(user_reasons(as_user(identity.profile), when), True)
    answer = await ask.allowed(client.get(ask.users_by_id(user_id), stale_ok=False))
    if answer is None:
        return Standing()
    rows = [user for user in ask.whole(answer.value.rows) if user.id == user_id]
    if rows:
        return Standing(user_reasons(rows[0], when), True)
    other = await ask.allowed(client.get(ask.users_by_id(user_id, ROOT), stale_ok=False))
    rows = [user for user in ask.whole(other.value.rows) if user.id == user_id] if other else []
    if not rows:
        return Standing(None, False)
    return Standing(user_reasons(rows[0], when), bool(rows[0].is_superuser))


async def nodes_of_user(client: Client, identity: Identity, user_id: str) -> tuple[NodeCount, ...]:
    """The tree of what the user reaches, from the top down; nothing where it is not visible.

    The server builds it for members alone, and it may lag (§6.6).
    """
    answer = await ask.allowed(client.get(access.tree(subject(identity, user_id))))
    return _nodes(answer.value) if answer else ()


async def rules_of(client: Client, user_id: str, now: datetime | None = None) -> tuple[RuleStand, ...] | None:
    """The rules that name the user or a group of theirs, live ones first; None where they are not visible."""
    when = now or client.server_now()
    found = await ask.allowed(_rules(client, user_id))
    if found is None:
        return None
    ordered = sorted(found, key=lambda rule: (not live(rule, when), rule.name))
    return tuple(RuleStand.of(rule, when) for rule in ordered)


async def _rules(client: Client, user_id: str) -> list[Permission]:
    found: dict[str, Permission] = {}
    query = lambda offset: permissions.dated(offset, ask.STEP, user_id=user_id)  # noqa: E731
    async for page in ask.every(client, query):
        found.update((rule.id, rule) for rule in ask.whole(page.rows))
    return list(found.values())


def _nodes(items: Any) -> tuple[NodeCount, ...]:
    """The nodes from the top down, each followed by what stands below it; the server gives them level by
    level, with pseudo nodes (favourites) that are no nodes of the organization."""
    found: dict[str, NodeCount] = {}
    for item in ask.whole(items):
        data = (item.meta.data if item.meta else None) or {}
        if is_id(str(data.get("id", ""))):
            name, count = nodes_of.split_count(item)
            key = str(item.id)
            found[key] = NodeCount(key, str(data["id"]), name, count, str(item.pId or ""))
    below: dict[str, list[NodeCount]] = {}
    for node in sorted(found.values(), key=lambda node: node.name.casefold(), reverse=True):
        below.setdefault(node.parent if node.parent in found else "", []).append(node)
    ordered: list[NodeCount] = []
    waiting = below.pop("", [])
    while waiting:
        node = waiting.pop()
        ordered.append(node)
        waiting += below.pop(node.key, [])
    return tuple(ordered)


def asset_json(asset: PermedAsset, stands: Standing) -> dict[str, Any]:
    """An item of `what-can --json`."""
    judged = stands.of(asset)
    return {
        "verdict": judged.verdict,
        "granted": True,
        "reasons": list(judged.reasons),
        "id": asset.id,
        "name": asset.name,
        "address": asset.address or "",
        "platform": asset.platform.name if asset.platform else None,
        "category": asset.category.value if asset.category else None,
        "type": asset.type.value if asset.type else None,
        "nodes": [node.name for node in asset.nodes or ()],
        "is_active": asset.is_active,
        "organization": {"id": asset.org_id or "", "name": asset.org_name or ""},
    }
