"""Every way that a rule leads from a user to an asset (API reference §6.4.1, §6.4.2)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from jmstui.access.evaluate import Person, Place, lineage
from jmstui.models.base import Ref
from jmstui.models.permission import Permission


@dataclass(frozen=True, slots=True)
class Step:
    """One stop of a path; `type` is user, group, node or asset."""

    type: str
    id: str
    name: str

    def to_json(self) -> dict[str, str]:
        """`{"type", "id", "name"}`."""
        return {"type": self.type, "id": self.id, "name": self.name}


Path = tuple[Step, ...]
"""User, maybe group; then the node that the rule names and those below it, or nothing; then the asset."""


@dataclass(frozen=True, slots=True)
class NodeNames:
    """The nodes of an organization, found by id and by key."""

    keys: Mapping[str, str] = field(default_factory=dict)
    """Node id to key."""
    steps: Mapping[str, Step] = field(default_factory=dict)
    """Key to the node."""

    @classmethod
    def of(cls, nodes: Iterable[tuple[str, str, str]]) -> NodeNames:
        """From (id, key, name)."""
        keys: dict[str, str] = {}
        steps: dict[str, Step] = {}
        for id, key, name in nodes:
            keys[id] = key
            steps[key] = Step("node", id, name)
        return cls(keys, steps)

    @property
    def root(self) -> str:
        """The key of the organization's root, "" when no node is known."""
        return next((key for key in self.steps if ":" not in key), "")

    def full(self, key: str) -> str:
        """The readable path of a node, `/DEFAULT/web/db`."""
        return "/" + "/".join(self.steps[k].name for k in lineage(key) if k in self.steps)


def paths(
    rule: Permission, person: Person, place: Place, user: Step, asset: Step, nodes: NodeNames
) -> list[Path]:
    """Every path of `rule` from `user` to `asset`; none when it does not name both sides.

    Each user side (named, or by each group of theirs) goes with each asset side (named, or by each node of
    the asset below each node that the rule names).
    """
    starts: list[Path] = [(user,)] if _names(rule.users, person.id) else []
    for ref in rule.user_groups or ():
        if str(ref.id) in person.groups:
            starts.append((user, Step("group", str(ref.id), ref.name)))
    ends: list[Path] = [(asset,)] if _names(rule.assets, place.id) else []
    for ref in rule.nodes or ():
        ends += [(*chain, asset) for chain in _chains(ref, place, nodes)]
    return [start + end for start in starts for end in ends]


def _names(refs: list[Ref] | None, id: str) -> bool:
    return any(str(ref.id) == id for ref in refs or ())


def _chains(ref: Ref, place: Place, nodes: NodeNames) -> list[Path]:
    """The nodes from the one that a rule names down to each of the asset's own below it."""
    top = nodes.keys.get(str(ref.id))
    if top is None:
        return []
    chains = []
    for own in sorted(place.keys):
        line = lineage(own)
        if top in line:
            below = line[line.index(top) :]
            chains.append(tuple(nodes.steps.get(key, Step("node", "", key)) for key in below))
    return chains
