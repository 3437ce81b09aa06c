"""What a person should know beside a verdict: each with a code for programs (API reference §6.4)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from jmstui.models.permission import PermedProtocol, Permission
from jmstui.services.answers import Warned

if TYPE_CHECKING:
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


def elsewhere(org: str) -> Warned:
    """For an asset of another organization than the current one."""
    return Warned("other-organization", f"the asset belongs to {org}: rules and names are from there")


def unreadable(amount: int) -> Warned:
    """For rules whose rows could not be decoded: they may matter."""
    return Warned("rules-unreadable", f"{amount} of the rules could not be read")


def of_accounts(accounts: Sequence[WhyAccount]) -> list[Warned]:
    """Secrets that are not stored, accounts that stand on no asset."""
    found = []
    bare = [account.username for account in accounts if account.has_secret is False and not account.virtual]
    if bare:
        found.append(Warned("no-secret", f"no secret is stored for {', '.join(bare)}: it has to be typed in"))
    virtual = [f"{a.alias} ({_VIRTUAL_WORDS[a.alias]})" for a in accounts if a.virtual]
    if virtual:
        found.append(Warned("virtual-account", f"not an account of the asset: {', '.join(virtual)}"))
    return found


def of_protocols(offered: Sequence[PermedProtocol], live: Sequence[Permission]) -> list[Warned]:
    """Protocols that the live rules allow and the asset does not have."""
    names = {name for rule in live for name in rule.protocols or ()}
    missing = sorted(names - {protocol.name for protocol in offered}) if "all" not in names else []
    if missing:
        return [
            Warned("protocol-not-offered", f"allowed, but the asset does not offer: {', '.join(missing)}")
        ]
    return []


_UNKNOWN_WORDS = {
    "user": "whether the user is disabled, expired or locked",
    "member": "whether the user is a member of the asset's organization",
    "active": "whether the asset is active",
    "account": "whether there is an account to log in with",
    "protocol": "whether there is a protocol to connect over",
}


def not_known(facts: Sequence[str]) -> Warned:
    """For a verdict that stands on facts which could not be read."""
    words = "; ".join(_UNKNOWN_WORDS[fact] for fact in facts)
    return Warned("not-known", f"could not be read: {words}")
