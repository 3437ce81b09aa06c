"""Logins, operations and sessions: a few of each, from the world's seed, when first asked for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from jmstui.demo.gen.seeded import Seeded
from jmstui.demo.records import Asset, User

if TYPE_CHECKING:
    from jmstui.demo.world import World


@dataclass(slots=True)
class Login:
    """A line of the login log."""

    id: str
    user: User
    ip: str
    success: bool
    at: datetime


@dataclass(slots=True)
class Operation:
    """A line of the operate log."""

    id: str
    user: User
    action: str
    resource_type: str
    resource: str
    org_id: str
    at: datetime


@dataclass(slots=True)
class Visit:
    """A session on an asset."""

    id: str
    user: User
    asset: Asset
    account: str
    protocol: str
    begun: datetime
    ended: datetime | None
    commands: int


def logins(world: World) -> list[Login]:
    """The newest first."""
    rng = Seeded(world.seed + 1, world.now)
    users = [user for user in world.users.values() if user.is_active]
    made = [
        Login(
            rng.uuid(),
            rng.pick(users),
            f"198.51.100.{rng.randrange(1, 250)}",
            rng.random() > 0.1,
            rng.before(0, 30),
        )
        for _ in range(180)
    ]
    return sorted(made, key=lambda login: login.at, reverse=True)


def operations(world: World) -> list[Operation]:
    """The newest first."""
    rng = Seeded(world.seed + 2, world.now)
    admins = [world.people["admin"], world.people["orgadmin"]]
    rules, assets = list(world.rules.values()), list(world.assets.values())
    made = []
    for _ in range(120):
        kind, thing = (
            ("Asset permission", rng.pick(rules)) if rng.random() < 0.5 else ("Host", rng.pick(assets))
        )
        action = rng.pick(["create", "update", "update", "update", "delete"])
        made.append(
            Operation(rng.uuid(), rng.pick(admins), action, kind, thing.name, thing.org_id, rng.before(0, 60))
        )
    return sorted(made, key=lambda operation: operation.at, reverse=True)


def visits(world: World) -> list[Visit]:
    """The newest first; a few are still open."""
    rng = Seeded(world.seed + 3, world.now)
    users, assets = list(world.users.values()), [a for a in world.assets.values() if a.is_active]
    made = []
    for number in range(90):
        asset, begun = rng.pick(assets), rng.before(0, 14)
        ended = begun + timedelta(minutes=rng.randint(1, 240))
        if number % 15 == 0:
            begun, ended = rng.before(0, 0.2), world.now + timedelta(days=1)
        accounts = world.accounts_of(asset)
        account = accounts[0].username if accounts else "@INPUT"
        made.append(
            Visit(
                rng.uuid(),
                rng.pick(users),
                asset,
                account,
                asset.protocols[0][0],
                begun,
                ended if ended <= world.now else None,
                rng.randrange(60),
            )
        )
    return sorted(made, key=lambda visit: visit.begun, reverse=True)
