"""The small shapes that the answers share, and how they stand in JSON."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from jmstui.access.evaluate import Granted, bits_of, names_of
from jmstui.access.paths import NodeNames, Path
from jmstui.access.status import Status, status, status_text
from jmstui.models.base import BadRow
from jmstui.models.node import TreeItem
from jmstui.models.permission import Permission


def moment_text(when: datetime | None) -> str | None:
    """ISO 8601 with offset, in the local zone."""
    return when.astimezone().isoformat(timespec="seconds") if when else None


@dataclass(frozen=True, slots=True)
class UserName:
    """Who is asked about."""

    id: str
    username: str = ""
    name: str = ""

    def to_json(self) -> dict[str, str]:
        return {"id": self.id, "username": self.username, "name": self.name}


@dataclass(frozen=True, slots=True)
class AssetName:
    """What is asked about."""

    id: str
    name: str = ""
    address: str = ""

    def to_json(self) -> dict[str, str]:
        return {"id": self.id, "name": self.name, "address": self.address}


@dataclass(frozen=True, slots=True)
class OrgName:
    """An organization."""

    id: str = ""
    name: str = ""

    def to_json(self) -> dict[str, str]:
        return {"id": self.id, "name": self.name}


@dataclass(frozen=True, slots=True)
class Warned:
    """Something beside the verdict that a person should know; `code` is for programs."""

    code: str
    text: str

    def to_json(self) -> dict[str, str]:
        return {"code": self.code, "text": self.text}


@dataclass(frozen=True, slots=True)
class RuleStand:
    """A rule and how it stands now; `paths` are the ways that it leads, where they are asked for."""

    rule: Permission
    status: Status
    text: str
    """The status with its day, for the screen."""
    paths: tuple[Path, ...] = ()

    @classmethod
    def of(cls, rule: Permission, now: datetime, paths: Iterable[Path] = ()) -> RuleStand:
        """The rule as it stands at `now` (aware)."""
        return cls(rule, status(rule, now), status_text(rule, now), tuple(paths))

    def to_json(self, whole: bool = False) -> dict[str, Any]:
        """The rule in short; `whole`: with its paths, the accounts that it names and its actions."""
        head: dict[str, Any] = {
            "id": self.rule.id,
            "name": self.rule.name,
            "status": self.status.value,
            "until": moment_text(self.rule.end),
        }
        if not whole:
            return head
        return {
            **head,
            "paths": [[step.to_json() for step in path] for path in self.paths],
            "accounts": list(self.rule.accounts or ()),
            "actions": list(names_of(bits_of(self.rule.actions))),
        }


def account_json(account: Granted) -> dict[str, Any]:
    """An account of a who-can answer."""
    return {
        "username": account.username,
        "actions": list(account.actions),
        "until": moment_text(account.until),
        "name": account.name,
    }


def node_names(items: Iterable[TreeItem | BadRow]) -> NodeNames:
    """The nodes of a tree answer: its items' ids are keys, the nodes' own stand below `meta` (§3.2)."""
    found = []
    for item in items:
        if isinstance(item, BadRow) or item.meta is None or item.meta.type != "node":
            continue
        data = item.meta.data or {}
        found.append(
            (str(data.get("id", "")), str(data.get("key") or item.id), str(data.get("value", item.name)))
        )
    return NodeNames.of(found)
