"""The answer to "why", as data."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from jmstui.access.evaluate import VIRTUAL, bits_of, names_of
from jmstui.access.lapses import Near
from jmstui.access.verdict import Reason, Verdict
from jmstui.models.base import moment
from jmstui.models.permission import PermedAccount, PermedProtocol
from jmstui.services.answers import AssetName, OrgName, RuleStand, UserName, Warned, moment_text


@dataclass(frozen=True, slots=True)
class WhyAccount:
    """An account of the verdict."""

    name: str
    username: str
    alias: str
    """Its id, or `@INPUT`, `@USER`, `@ANON`."""
    actions: tuple[str, ...]
    until: datetime | None
    has_secret: bool | None

    @classmethod
    def of(cls, account: PermedAccount) -> WhyAccount:
        """From the server's own words."""
        return cls(
            account.name,
            account.username or "",
            account.alias or account.id,
            names_of(bits_of(account.actions)),
            moment(account.date_expired),
            account.has_secret,
        )

    @property
    def virtual(self) -> bool:
        """Whether it stands on no asset."""
        return self.alias in VIRTUAL

    def to_json(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "username": self.username,
            "actions": list(self.actions),
            "until": moment_text(self.until),
            "has_secret": self.has_secret,
            "virtual": self.virtual,
        }


@dataclass(frozen=True, slots=True)
class Why:
    """The answer, as far as it is known. `done` tells the last one."""

    verdict: Verdict | None
    """None: not known yet, or granted and not known whether it can be used (`unknown` says why)."""
    user: UserName
    asset: AssetName
    organization: OrgName = field(default_factory=OrgName)
    until: datetime | None = None
    """The end of the live rule that lasts longest; where no rule is visible, of the account that does."""
    accounts: tuple[WhyAccount, ...] = ()
    protocols: tuple[PermedProtocol, ...] = ()
    rules: tuple[RuleStand, ...] = ()
    granted: bool = True
    """The server's own word."""
    reasons: tuple[Reason, ...] = ()
    """Why it is blocked, or not granted."""
    unknown: tuple[str, ...] = ()
    """Facts that the verdict stands on and that nobody could tell: `user`, `member`, `active`, …"""
    settled: bool = False
    """The verdict and its last day will not change any more."""
    near: tuple[Near, ...] = ()
    near_more: int = 0
    """Rules beyond those in `near`."""
    warnings: tuple[Warned, ...] = ()
    complete: bool = True
    """False where something that belongs to the answer is not visible, or was cut."""
    done: bool = False
    as_of: float = 0.0
    """When the server gave the oldest part of this answer, in seconds since the epoch."""
    stale: bool = False
    """The server cannot be reached: this is what it said at `as_of`."""
    now: datetime = field(kw_only=True)

    def to_json(self) -> dict[str, Any]:
        """The shape that `why --json` promises."""
        return {
            "verdict": self.verdict,
            "granted": self.granted,
            "reasons": list(self.reasons),
            "unknown": list(self.unknown),
            "until": moment_text(self.until),
            "user": self.user.to_json(),
            "asset": self.asset.to_json(),
            "organization": self.organization.to_json(),
            "accounts": [account.to_json() for account in self.accounts],
            "protocols": [{"name": p.name, "port": p.port} for p in self.protocols],
            "rules": [rule.to_json(whole=True) for rule in self.rules],
            "near": [
                {"rule": RuleStand.of(one.rule, self.now).to_json(), "lacks": one.lacks} for one in self.near
            ],
            "warnings": [warned.to_json() for warned in self.warnings],
            "complete": self.complete,
        }
