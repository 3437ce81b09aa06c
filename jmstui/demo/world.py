"""The made-up world: what `gen` makes, with the indexes that the routes need.

It may change (a host is created or deleted): `version` grows, and everything cached is worked out again.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, TypeVar

from jmstui.demo.gen import accounts as account_gen
from jmstui.demo.gen.assets import make_assets
from jmstui.demo.gen.people import make_groups, make_people
from jmstui.demo.gen.places import (
    DEFAULT,
    ROOT,
    SYSTEM,
    make_labels,
    make_nodes,
    make_orgs,
    make_platforms,
    make_zones,
)
from jmstui.demo.gen.rules import make_rules
from jmstui.demo.gen.seeded import Seeded
from jmstui.demo.records import Account, Asset, Group, Label, Node, Org, Platform, Rule, User, Zone

__all__ = ["DEFAULT", "ROOT", "SYSTEM", "World", "build_world"]

T = TypeVar("T")


class World:
    """Everything by id. `people` are the named sign-ins; `examples` are names that are true of this world.

    `orgs` holds the virtual root and SYSTEM too; `real_orgs` does not.
    """

    def __init__(self, seed: int, now: datetime) -> None:
        self.seed, self.now = seed, now
        self.version = 0
        self.orgs: dict[str, Org] = {}
        self.users: dict[str, User] = {}
        self.groups: dict[str, Group] = {}
        self.nodes: dict[str, Node] = {}
        self.assets: dict[str, Asset] = {}
        self.rules: dict[str, Rule] = {}
        self.zones: dict[str, Zone] = {}
        self.labels: dict[str, Label] = {}
        self.platforms: dict[int, Platform] = {}
        self.people: dict[str, User] = {}
        self.examples: dict[str, str] = {}
        self.favorites: dict[str, list[str]] = {}
        """User id → ids of their favourite assets."""
        self._extra_accounts: dict[str, list[Account]] = {}
        self._logins: list[str] = []
        self._cache: dict[object, tuple[int, object]] = {}
        self._recent: dict[object, tuple[int, object]] = {}

    # -- what changes -------------------------------------------------------------------------------------

    def add_asset(self, asset: Asset, accounts: list[Account]) -> None:
        """Put a new asset in, with its accounts."""
        self.assets[asset.id] = asset
        self._extra_accounts[asset.id] = accounts
        self.version += 1

    def remove_asset(self, asset_id: str) -> None:
        """Take an asset out, of the rules too."""
        del self.assets[asset_id]
        self._extra_accounts.pop(asset_id, None)
        for rule in self.rules.values():
            if asset_id in rule.asset_ids:
                rule.asset_ids.remove(asset_id)
        self.version += 1

    def add_org(self, org: Org, node_id: str) -> None:
        """Put a new organization in, with its root node."""
        self.orgs[org.id] = org
        top = max((int(node.key) for node in self.nodes.values() if node.key.isdigit()), default=0) + 1
        self.nodes[node_id] = Node(node_id, str(top), org.name, org.id, f"/{org.name}")
        self.version += 1

    def remove_org(self, org_id: str) -> None:
        """Take an organization and its nodes out."""
        del self.orgs[org_id]
        self.nodes = {key: node for key, node in self.nodes.items() if node.org_id != org_id}
        self.version += 1

    # -- indexes ------------------------------------------------------------------------------------------

    def cached(self, key: object, make: Callable[[], T]) -> T:
        """`make()` once for each version of the world; the caller does not change what it gets."""
        kept = self._cache.get(key)
        if kept is None or kept[0] != self.version:
            kept = (self.version, make())
            self._cache[key] = kept
        return kept[1]  # type: ignore[return-value]

    def remembered(self, key: object, make: Callable[[], T]) -> T:
        """Like `cached`, for questions without number: the last 64 answers are kept."""
        kept = self._recent.pop(key, None)
        if kept is None or kept[0] != self.version:
            kept = (self.version, make())
        self._recent[key] = kept
        if len(self._recent) > 64:
            del self._recent[next(iter(self._recent))]
        return kept[1]  # type: ignore[return-value]

    @property
    def real_orgs(self) -> list[Org]:
        """The organizations that hold things: neither root nor SYSTEM."""
        return [org for org in self.orgs.values() if org.id not in (ROOT, SYSTEM)]

    def in_org(self, what: str, org: Org) -> list[Any]:
        """The `assets`, `nodes`, `groups`, `rules`, `zones` or `labels` of an organization; in root: all."""

        def make() -> list[Any]:
            rows = getattr(self, what).values()
            return list(rows) if org.id == ROOT else [row for row in rows if row.org_id == org.id]

        return self.cached(("in_org", what, org.id), make)

    def members(self, org: Org) -> list[User]:
        """The users of an organization, by name; everybody in root."""

        def make() -> list[User]:
            chosen = (u for u in self.users.values() if org.id == ROOT or org.id in u.roles)
            return sorted(chosen, key=lambda user: name_key(user.name))

        return self.cached(("members", org.id), make)

    def user_named(self, username: str) -> User | None:
        """The user with that user name or e-mail address."""
        index = self.cached(
            "usernames",
            lambda: {u.email: u for u in self.users.values()} | {u.username: u for u in self.users.values()},
        )
        return index.get(username)

    def groups_of(self, user_id: str) -> list[Group]:
        """The groups that a user is in, over all organizations."""

        def make() -> dict[str, list[Group]]:
            index: dict[str, list[Group]] = defaultdict(list)
            for group in self.groups.values():
                for member in group.user_ids:
                    index[member].append(group)
            return dict(index)

        return self.cached("groups_of", make).get(user_id, [])

    def node_by_key(self, key: str) -> Node | None:
        """The node at a key; keys are unique over all organizations."""
        return self.cached("node_keys", lambda: {node.key: node for node in self.nodes.values()}).get(key)

    def org_root(self, org_id: str) -> Node:
        """The root node of an organization."""
        return self.cached(
            "org_roots", lambda: {node.org_id: node for node in self.nodes.values() if node.key.isdigit()}
        )[org_id]

    def direct_assets(self, node_id: str) -> list[Asset]:
        """The assets that lie in a node itself."""

        def make() -> dict[str, list[Asset]]:
            index: dict[str, list[Asset]] = defaultdict(list)
            for asset in self.assets.values():
                for identifier in asset.node_ids:
                    index[identifier].append(asset)
            return dict(index)

        return self.cached("direct_assets", make).get(node_id, [])

    def subtree(self, node: Node) -> list[Node]:
        """A node and everything below it."""

        def make() -> list[Node]:
            below = node.key + ":"
            return [n for n in self.nodes.values() if n.key == node.key or n.key.startswith(below)]

        return self.cached(("subtree", node.id), make)

    def assets_below(self, node: Node) -> dict[str, Asset]:
        """The assets of a node and its descendants, each once, by id."""
        return self.cached(
            ("below", node.id),
            lambda: {a.id: a for n in self.subtree(node) for a in self.direct_assets(n.id)},
        )

    def node_counts(self) -> dict[str, int]:
        """Node key → number of assets in it and below, each counted once."""

        def make() -> dict[str, int]:
            keys = {node.id: node.key for node in self.nodes.values()}
            sets = Counter(tuple(asset.node_ids) for asset in self.assets.values())
            counts: Counter[str] = Counter()
            for node_ids, amount in sets.items():
                for key in {k for identifier in node_ids for k in ancestors(keys[identifier])}:
                    counts[key] += amount
            return dict(counts)

        return self.cached("node_counts", make)

    def accounts_of(self, asset: Asset) -> list[Account]:
        """The accounts of an asset."""
        made = self._extra_accounts.get(asset.id)
        if made is None:
            made = account_gen.accounts_of(asset, self.platforms[asset.platform], self._logins)
        return made

    def account_amount(self, asset: Asset) -> int:
        """How many accounts an asset has, without making them."""
        made = self._extra_accounts.get(asset.id)
        return len(account_gen.kit_of(asset, self.platforms[asset.platform]) if made is None else made)

    def account(self, identifier: str) -> Account | None:
        """One account by its id."""
        for made in self._extra_accounts.values():
            for account in made:
                if account.id == identifier:
                    return account
        for asset_id in account_gen.asset_ids_of(identifier):
            if asset := self.assets.get(asset_id):
                return next((a for a in self.accounts_of(asset) if a.id == identifier), None)
        return None


def ancestors(key: str) -> list[str]:
    """A node key and those of its ancestors: `1:4:2` gives `1`, `1:4`, `1:4:2`."""
    parts = key.split(":")
    return [":".join(parts[: n + 1]) for n in range(len(parts))]


def name_key(name: str) -> tuple[bool, str]:
    """How the server's database orders names here: letters and digits before everything else."""
    return (not name[:1].isalnum(), name)


def build_world(assets: int = 2000, seed: int = 7, now: datetime | None = None) -> World:
    """The world of a seed: the same seed, amount (at least 50) and `now` give the same one to the last id."""
    now = (now or datetime.now(UTC)).replace(microsecond=0)
    rng = Seeded(seed, now)
    world = World(seed, now)
    world.orgs = make_orgs(rng)
    orgs = world.real_orgs
    nodes, zones, labels = make_nodes(rng, orgs), make_zones(rng, orgs), make_labels(rng, orgs)
    platforms = make_platforms()
    people = make_people(rng, orgs)
    groups = make_groups(rng, orgs, people.users)
    made = make_assets(rng, max(assets, 50), orgs, nodes, zones, labels, platforms)
    rules = make_rules(rng, orgs, people.users, groups, made, nodes, people.named)
    world.nodes = {node.id: node for node in nodes}
    world.zones = {zone.id: zone for zone in zones}
    world.labels = {label.id: label for label in labels}
    world.platforms = {platform.id: platform for platform in platforms}
    world.users = {user.id: user for user in people.users}
    world.people = people.named
    world.groups = {group.id: group for group in groups}
    world.assets = {asset.id: asset for asset in made}
    world.rules = {rule.id: rule for rule in rules}
    world._logins = [user.username for user in people.users[15:60]] + ["viewer"]
    _choose_examples(world, rng)
    return world


def _choose_examples(world: World, rng: Seeded) -> None:
    """Names that are true: who reaches an asset with a stored secret, and who does not; the favourites."""
    from jmstui.demo.access import examples

    world.examples = examples(world, rng)
    for name in ("viewer", "admin"):
        chosen = rng.sample([a.id for a in world.in_org("assets", world.orgs[DEFAULT])], 5)
        world.favorites[world.people[name].id] = chosen
