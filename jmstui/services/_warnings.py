"""What a person should know beside a verdict: each with a code for programs (API reference §6.4)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from jmstui.access.status import UserState, user_state
from jmstui.models.permission import PermedProtocol, Permission
from jmstui.services.answers import Warned

if TYPE_CHECKING:
    from jmstui.models.profile import Profile
    from jmstui.models.user import User
    from jmstui.services._verdicts import WhyAccount

HIDDEN = Warned("rules-not-visible", "the rules are not visible to you")
NOT_YOURS = Warned("not-among-yours", "not among your assets, or no such asset")
MAY_REFUSE = Warned(
    "acl-may-refuse", "login and connect-method rules (ACLs) may still refuse, or ask for review"
)
MAY_LAG = Warned("tree-may-lag", "the server's permission tree may lag behind this answer")
UNEXPLAINED = Warned(
    "verdict-unexplained",
    "the rules seen do not explain the server's verdict: they changed meanwhile, or the clocks differ",
)


_VIRTUAL_WORDS = {
    "@INPUT": "user name and secret are typed in",
    "@USER": "named like the user",
    "@ANON": "no credentials; for web and custom assets only",
}
_USER_WORDS = {
    UserState.DISABLED: "the user is disabled and cannot sign in",
    UserState.EXPIRED: "the user has expired and cannot sign in",
    UserState.LOCKED: "the user is locked after failed sign-ins",
}


def inactive(yes: bool) -> Warned:
    """For an asset that is switched off; a grant does not look at that."""
    text = "the asset is inactive"
    return Warned(
        "asset-inactive", f"{text}: a connection will be refused although the grant is valid" if yes else text
    )


def elsewhere(org: str) -> Warned:
    """For an asset of another organization than the current one."""
    return Warned("other-organization", f"the asset belongs to {org}: rules and names are from there")


def stranger(org: str) -> Warned:
    """For a user whom the asset's organization does not list."""
    return Warned("user-not-a-member", f"the user is not a member of {org}")


def unreadable(amount: int) -> Warned:
    """For rules whose rows could not be decoded: they may matter."""
    return Warned("rules-unreadable", f"{amount} of the rules could not be read")


def of_accounts(accounts: Sequence[WhyAccount]) -> list[Warned]:
    """Nothing to log in with, secrets that are not stored, accounts that stand on no asset."""
    if not accounts:
        return [
            Warned("nothing-to-log-in-with", "no account: the asset is visible, with nothing to log in with")
        ]
    found = []
    bare = [account.username for account in accounts if account.has_secret is False and not account.virtual]
    if bare:
        found.append(Warned("no-secret", f"no secret is stored for {', '.join(bare)}: it has to be typed in"))
    virtual = [f"{a.alias} ({_VIRTUAL_WORDS[a.alias]})" for a in accounts if a.virtual]
    if virtual:
        found.append(Warned("virtual-account", f"not an account of the asset: {', '.join(virtual)}"))
    return found


def of_protocols(offered: Sequence[PermedProtocol], live: Sequence[Permission]) -> list[Warned]:
    """Protocols that the live rules allow and the asset does not have; none at all."""
    names = {name for rule in live for name in rule.protocols or ()}
    missing = sorted(names - {protocol.name for protocol in offered}) if "all" not in names else []
    if missing:
        return [
            Warned("protocol-not-offered", f"allowed, but the asset does not offer: {', '.join(missing)}")
        ]
    return [] if offered else [Warned("protocol-not-offered", "no protocol to connect over")]


def of_user(user: User | None, now: datetime) -> list[Warned]:
    """Disabled, expired or locked."""
    state = UserState.ACTIVE if user is None else user_state(user, now)
    return [Warned(state.value, _USER_WORDS[state])] if state in _USER_WORDS else []


def of_self(profile: Profile) -> list[Warned]:
    """As `of_user`, for the signed-in user."""
    holds = [(UserState.DISABLED, profile.is_active is False), (UserState.EXPIRED, bool(profile.is_expired))]
    return [Warned(state.value, _USER_WORDS[state]) for state, so in holds if so]
