"""Three verdicts and their reasons, decided in one place for every answer (API reference §6.4.7).

The server's own word is `granted`: live rules join the two. It looks at neither the user's state nor the
asset's; a connection does (`ConnectionToken.is_valid`). So a grant that cannot be used now is `blocked`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """The answer to "can this user reach that asset?"; the values stand in JSON."""

    YES = "yes"
    """Granted, and nothing known stands in the way."""
    BLOCKED = "blocked"
    """Granted, and yet it cannot be used now; the reasons say why."""
    NO = "no"
    """Not granted."""


class Reason(StrEnum):
    """Why a verdict is `blocked` or `no`: a closed list; the values stand in JSON and CSV."""

    USER_DISABLED = "user-disabled"
    USER_EXPIRED = "user-expired"
    USER_LOCKED = "user-locked"
    NOT_A_MEMBER = "not-a-member"
    ASSET_INACTIVE = "asset-inactive"
    NO_ACCOUNT = "no-account"
    NO_PROTOCOL = "no-protocol"
    RULE_NOT_STARTED = "rule-not-started"
    RULE_DISABLED = "rule-disabled"
    RULE_EXPIRED = "rule-expired"
    NO_RULE = "no-rule"


SENTENCES = {
    Reason.USER_DISABLED: "the user is disabled",
    Reason.USER_EXPIRED: "the user has expired",
    Reason.USER_LOCKED: "the user is locked after failed sign-ins",
    Reason.NOT_A_MEMBER: "the user is not a member of the asset's organization",
    Reason.ASSET_INACTIVE: "the asset is inactive",
    Reason.NO_ACCOUNT: "there is no account to log in with",
    Reason.NO_PROTOCOL: "there is no protocol to connect over",
    Reason.RULE_NOT_STARTED: "only rules that have not started join the two",
    Reason.RULE_DISABLED: "only disabled rules join the two",
    Reason.RULE_EXPIRED: "only expired rules join the two",
    Reason.NO_RULE: "no rule joins the two",
}
"""What each reason means, as the end of a sentence."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What stands beside a grant. None is "not known", and is never taken for yes or no."""

    user: tuple[Reason, ...] | None = None
    """Why the user cannot sign in: () for one who can."""
    member: bool | None = None
    """Whether the asset's organization lists the user."""
    active: bool | None = None
    """Whether the asset is active."""
    account: bool | None = None
    """Whether the grant gives an account that can be used on this asset."""
    protocol: bool | None = None
    """Whether the rules allow a protocol that the asset offers."""

    def reasons(self) -> tuple[Reason, ...]:
        """Everything that is known to stand in the way."""
        checks = (
            (self.member, Reason.NOT_A_MEMBER),
            (self.active, Reason.ASSET_INACTIVE),
            (self.account, Reason.NO_ACCOUNT),
            (self.protocol, Reason.NO_PROTOCOL),
        )
        return (*(self.user or ()), *(reason for holds, reason in checks if holds is False))

    def unknown(self) -> tuple[str, ...]:
        """The names of the facts that nobody could tell."""
        names = ("user", "member", "active", "account", "protocol")
        return tuple(name for name in names if getattr(self, name) is None)


@dataclass(frozen=True, slots=True)
class Judgement:
    """A verdict with its reasons. `verdict` is None for a grant of which it is not known whether it can be
    used: the facts in `unknown` are missing and nothing that is known blocks it."""

    verdict: Verdict | None
    reasons: tuple[Reason, ...] = ()
    unknown: tuple[str, ...] = ()


def judge(granted: bool, facts: Facts, lacking: Iterable[Reason] = ()) -> Judgement:
    """The verdict on a pair. `granted`: the server's own word; `lacking`: why there is no grant."""
    reasons = facts.reasons()
    if not granted:
        about_pair = {Reason.NO_ACCOUNT, Reason.NO_PROTOCOL}
        return Judgement(Verdict.NO, (*lacking, *(one for one in reasons if one not in about_pair)))
    if reasons:
        return Judgement(Verdict.BLOCKED, reasons)
    unknown = facts.unknown()
    return Judgement(None if unknown else Verdict.YES, (), unknown)


def usable(aliases: Iterable[str], category: str | None) -> bool | None:
    """Whether one of the granted accounts can log in. `@ANON` works on web and custom assets alone, the
    server refuses it elsewhere (`_validate` of connection tokens); None where the category is not known."""
    found = set(aliases)
    if found - {"@ANON"}:
        return True
    if not found:
        return False
    return None if category is None else category in ("web", "custom")


def sentence(reasons: Iterable[Reason]) -> str:
    """The reasons as one clause: "the user is disabled, and the asset is inactive"."""
    words = [SENTENCES[reason] for reason in reasons]
    return ", and ".join([", ".join(words[:-1]), words[-1]] if words[:-1] else words)
