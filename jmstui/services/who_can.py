"""Who can really reach an asset, or anything below a node (API reference §6.4, §6.5, §13)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from jmstui.access.evaluate import Granted, Person, Place, as_named, covers_any, grant, lineage, offers
from jmstui.access.paths import NodeNames
from jmstui.access.status import live
from jmstui.api.endpoints import assets as assets_of
from jmstui.api.endpoints import nodes as nodes_of
from jmstui.api.errors import NotFound
from jmstui.models.asset import Asset, AssetAccount
from jmstui.models.node import Node
from jmstui.models.organization import DEFAULT
from jmstui.models.permission import PermedAsset, Permission
from jmstui.models.user import User
from jmstui.services import _asks as ask
from jmstui.services._reach import Accounts, GroupReach, Reacher, Target, groups_of, reachers
from jmstui.services._rows import Rows, read_all, with_strangers
from jmstui.services.answers import AssetName, OrgName, RuleStand, node_names

if TYPE_CHECKING:
    from jmstui.api.client import Client
    from jmstui.models.base import BadRow
    from jmstui.models.node import TreeItem
    from jmstui.services.identity import Identity

__all__ = ["GroupReach", "NodeName", "Reacher", "WhoCan", "who_can", "who_can_node"]


@dataclass(frozen=True, slots=True)
class NodeName:
    """The node that is asked about."""

    id: str
    key: str = ""
    name: str = ""
    path: str = ""
    org_id: str = ""

    def to_json(self) -> dict[str, str]:
        return {"id": self.id, "name": self.name, "key": self.key, "path": self.path}


@dataclass(frozen=True, slots=True)
class WhoCan:
    """The answer, as far as it is known. `done` tells the last one."""

    target: AssetName | NodeName
    organization: OrgName = field(default_factory=OrgName)
    users: tuple[Reacher, ...] = ()
    """Those who can, and those of whom it is not known (their verdict is None)."""
    groups: tuple[GroupReach, ...] = ()
    rules: tuple[RuleStand, ...] = ()
    """Every rule that covers the target, dead ones too, live ones first."""
    blocked: tuple[Reacher, ...] = ()
    """Granted, and yet they cannot use it now; `reasons` say why."""
    lapsed: tuple[Reacher, ...] = ()
    """Named by dead rules alone."""
    read: int = 0
    """Rows that were read so far, for a progress line."""
    inactive: bool = False
    """The asset is switched off: a grant does not look at that, a connection does (§6.4.7)."""
    complete: bool = True
    done: bool = False
    now: datetime = field(kw_only=True)

    def to_json(self) -> dict[str, Any]:
        """The shape that `who-can --json` promises."""
        key = "asset" if isinstance(self.target, AssetName) else "node"
        return {
            key: self.target.to_json(),
            "users": [row.to_json() for row in self.users],
            "groups": [row.to_json() for row in self.groups],
            "rules": [row.to_json() for row in self.rules],
            "blocked": [row.to_json() for row in self.blocked],
            "named": [row.to_json() for row in self.lapsed],
            "counts": self.counts(),
            "complete": self.complete,
        }

    def counts(self) -> dict[str, int]:
        """How many can, are granted but blocked, are only named, and of how many it is not known."""
        unknown = sum(row.verdict is None for row in self.users)
        return {
            "can": len(self.users) - unknown,
            "blocked": len(self.blocked),
            "named": len(self.lapsed),
            "unknown": unknown,
        }


async def who_can(
    client: Client,
    identity: Identity,
    asset: Asset | PermedAsset | AssetName,
    now: datetime | None = None,
) -> AsyncIterator[WhoCan]:
    """Who reaches the asset: its organization's members first, then those whom rules name besides.

    Three requests: users, rules with members, the asset; one more for an asset that joined a directory
    service, one for users who are no members, and pages beyond 1,000. Raises `NotPermitted` without the right
    to read rules, and other `ApiError`s.
    """
    when = now or client.server_now()
    home = _home(identity, getattr(asset, "org_id", None))
    answer = WhoCan(AssetName(asset.id, asset.name, asset.address or ""), now=when)
    async with ask.Tasks() as tasks:
        detail = tasks.start(client.get(assets_of.one(asset.id, home), stale_ok=False))
        in_a_node = getattr(asset, "nodes", None) or getattr(asset, "nodes_display", None)
        if not in_a_node:  # `asset_id` fails for an asset without a node (§6.2)
            home = _home(identity, (await detail).value.org_id)
            nodeless = not (await detail).value.nodes
        else:
            nodeless = False
        org = home or identity.current.id
        users = tasks.start(_users_of(client, asset.id, org, nodeless))
        rules = tasks.start(_rules_of(client, asset.id, org, nodeless))
        covering, people = await rules, await users
        full = (await detail).value
        place, seen = await _place(client, full, home)

        def accounts(person: Person, alive: Sequence[Permission]) -> tuple[Granted, ...] | None:
            given = grant(alive, person, place, when, old=identity.api == "3.10").accounts
            return given if given or seen else None

        def protocols(alive: Sequence[Permission]) -> bool | None:
            return None if full.protocols is None else offers(alive, full.protocols)

        category = str(full.category.value) if full.category else None
        target = Target(full.is_active, category, protocols)

        answer = replace(
            answer,
            target=AssetName(full.id, full.name, full.address or ""),
            organization=OrgName(full.org_id or "", full.org_name or ""),
            inactive=full.is_active is False,
            complete=covering.whole and people.whole and seen,
        )
        yield _put_together(answer, people, covering, accounts, target)
        everybody = await with_strangers(client, identity, people, covering)
        answer = replace(answer, complete=answer.complete and everybody.whole, done=True)
        yield _put_together(answer, everybody, covering, accounts, target)


async def who_can_node(
    client: Client, identity: Identity, node: Node | NodeName, now: datetime | None = None
) -> AsyncIterator[WhoCan]:
    """Who reaches anything below the node, descendants included.

    All rules of the organization are read, and all its users, then the assets below the node with all their
    nodes: an asset may stand in another place too and be reached from there. For the root the counts of the
    tree stand for the assets. The accounts are as the rules name them. Raises `NotFound` for a node that is
    not in the tree, and other `ApiError`s.
    """
    when = now or client.server_now()
    home = _home(identity, getattr(node, "org_id", None))
    async with ask.Tasks() as tasks:
        tree = tasks.start(client.get(nodes_of.tree_all(home), stale_ok=False))
        rules = tasks.start(read_all(client, lambda offset: ask.rules(offset, home)))
        users = tasks.start(read_all(client, lambda offset: ask.all_users(offset, home)))
        items = (await tree).value
        nodes = node_names(items)
        key = nodes.keys.get(node.id) or node.key
        step = nodes.steps.get(key)
        if step is None:
            raise NotFound(
                sentence=f"There is no node {node.name or node.id} in the tree of this organization."
            )
        answer = WhoCan(NodeName(node.id, key, step.name, nodes.full(key), home or ""), now=when)
        every = await rules
        people = await with_strangers(client, identity, await users, every)
        answer = replace(answer, complete=every.whole and people.whole)
        reach = _reach_of_counts(items, key)
        root = ":" not in key
        below = Target(active=True, one=False)
        answer = replace(answer, read=len(every) + len(people))
        first = [rule for rule in every if covers_any(rule, None if root else frozenset(), reach, nodes.keys)]
        yield _put_together(replace(answer, done=root), people, first, _named, below)
        if root:
            return
        assets: list[Asset] = []
        async for page in ask.every(client, lambda offset: ask.assets_below(node.id, offset, home)):
            assets += ask.whole(page.rows)
            sure = answer.complete and not page.bad
            answer = replace(answer, read=answer.read + len(page.rows), complete=sure)
            yield _put_together(answer, people, _covering(every, assets, nodes), _named, below)
        covering = _covering(every, assets, nodes)
        yield _put_together(replace(answer, done=True), people, covering, _named, below)


def _home(identity: Identity, org_id: str | None) -> str | None:
    return org_id if org_id and org_id != identity.current.id else None


async def _users_of(client: Client, asset_id: str, org: str, nodeless: bool) -> Rows[User]:
    """Everybody whom rules lead to the asset; one without a node counts as DEFAULT's root (`_rules_of`)."""
    users = await read_all(client, lambda offset: ask.perm_users(asset_id, offset, org))
    if not nodeless or org == DEFAULT:
        return users
    more = await ask.allowed(read_all(client, lambda offset: ask.all_users(offset, DEFAULT)))
    both = Rows({user.id: user for user in [*users, *(more or ())]}.values())
    both.whole = users.whole and more is not None and more.whole
    return both


async def _rules_of(client: Client, asset_id: str, org: str, nodeless: bool) -> Rows[Permission]:
    """Every rule that covers the asset, with members.

    One without a node counts as the root's (§6.4.2): the server evaluates over all organizations, and there
    the root is that of DEFAULT, wherever the asset is.
    """
    if not nodeless:
        return await read_all(client, lambda offset: ask.rules(offset, org, asset_id=asset_id))
    direct = await read_all(client, lambda offset: ask.rules(offset, org, asset_id=asset_id, all="false"))
    found = await ask.allowed(_rules_of_default_root(client))
    if found is None:
        direct.whole = False
        return direct
    both = Rows({rule.id: rule for rule in [*direct, *found]}.values())
    both.whole = direct.whole and found.whole
    return both


async def _rules_of_default_root(client: Client) -> Rows[Permission]:
    nodes = node_names((await client.get(nodes_of.tree_all(DEFAULT), stale_ok=False)).value)
    root = nodes.steps.get(nodes.root)
    if root is None:
        return Rows()
    return await read_all(client, lambda offset: ask.rules(offset, DEFAULT, node_id=root.id))


async def _place(client: Client, asset: Asset, home: str | None) -> tuple[Place, bool]:
    """The asset with all accounts that count as its own, and whether all of them are visible."""
    if not asset.directory_services:
        own = tuple(asset.accounts or ())
        return Place(
            asset.id, accounts=own, protocols=tuple(asset.protocols or ())
        ), asset.accounts is not None
    found = await ask.allowed(read_all(client, lambda offset: ask.accounts(asset.id, offset, home)))
    rows = found or ()
    accounts = tuple(
        AssetAccount(id=row.id, name=row.name, username=row.username, is_active=row.is_active) for row in rows
    )
    domains = {row.id: row.domain for row in rows if row.domain}
    return Place(
        asset.id, accounts=accounts or tuple(asset.accounts or ()), domains=domains
    ), found is not None and found.whole


def _put_together(
    answer: WhoCan, users: Rows[User], rules: Sequence[Permission], accounts: Accounts, target: Target
) -> WhoCan:
    found = reachers(users, rules, accounts, answer.now, replace(target, strangers=users.strangers))
    ordered = sorted(rules, key=lambda rule: (not live(rule, answer.now), rule.name))
    return replace(
        answer,
        users=found.can,
        blocked=found.blocked,
        lapsed=found.named,
        complete=answer.complete and not (answer.done and any(row.verdict is None for row in found.can)),
        groups=groups_of(rules, answer.now),
        rules=tuple(RuleStand.of(rule, answer.now) for rule in ordered),
    )


def _named(person: Person, alive: Sequence[Permission]) -> tuple[Granted, ...]:
    return as_named(alive)


def _covering(rules: Sequence[Permission], assets: Sequence[Asset], nodes: NodeNames) -> list[Permission]:
    """The rules that reach at least one of the assets."""
    ids = frozenset(asset.id for asset in assets)
    own = {str(ref.id) for asset in assets for ref in asset.nodes or ()}
    reach = frozenset(key for id in own if id in nodes.keys for key in lineage(nodes.keys[id]))
    return [rule for rule in rules if covers_any(rule, ids, reach, nodes.keys)]


def _reach_of_counts(items: Sequence[TreeItem | BadRow], top: str) -> frozenset[str]:
    """The keys of nodes through which an asset below `top` is reached, by the counts of the tree (§3.2)."""
    counts = {str(item.id): nodes_of.split_count(item)[1] for item in ask.whole(items)}
    if counts.get(top) == 0:
        return frozenset()
    below = {key for key, count in counts.items() if key.startswith(f"{top}:") and count != 0}
    return frozenset(below | set(lineage(top)))
