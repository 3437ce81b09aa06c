"""Rules, people and places made by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from jmstui.access.evaluate import ACTIONS, Person, Place
from jmstui.models.asset import AssetAccount, Protocol
from jmstui.models.base import Choice, Ref
from jmstui.models.permission import Permission

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def server_date(when: datetime) -> str:
    return when.strftime("%Y/%m/%d %H:%M:%S %z")


def refs(*ids: str) -> list[Ref]:
    return [Ref(id=id, name=id.upper()) for id in ids]


def actions(*names: str) -> list[Choice]:
    return [Choice(value=name) for name in names or ACTIONS]


def rule(id: str = "r", days: float = 400, since: float = -10, **more: Any) -> Permission:
    """A rule that joins user `u` and asset `a`, unless told otherwise; dates in days from `NOW`."""
    fields: dict[str, Any] = {
        "users": refs("u"),
        "user_groups": [],
        "assets": refs("a"),
        "nodes": [],
        "accounts": ["@ALL"],
        "protocols": ["all"],
        "actions": actions(),
        "date_start": server_date(NOW + timedelta(days=since)),
        "date_expired": server_date(NOW + timedelta(days=days)),
        **more,
    }
    return Permission(id=id, name=f"rule {id}", **fields)


def account(username: str, id: str = "", active: bool = True) -> AssetAccount:
    return AssetAccount(id=id or f"id-{username}", name=username, username=username, is_active=active)


def place(*usernames: str, keys: tuple[str, ...] = ("1:2:3",)) -> Place:
    accounts = tuple(account(username) for username in usernames)
    protocols = (Protocol(name="ssh", port=22), Protocol(name="sftp", port=22))
    return Place("a", frozenset(keys), accounts, protocols)


PERSON = Person("u", "alice", frozenset({"g1", "g2"}))
