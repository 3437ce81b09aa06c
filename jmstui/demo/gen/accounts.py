"""The accounts of an asset: worked out from its id when asked for, so that 100,000 assets cost nothing."""

from __future__ import annotations

from jmstui.demo.records import Account, Asset, Platform

Row = tuple[str, str, bool, bool, bool]
"""User name (`{user}`: some login user's), secret type, privileged, active, has a secret."""

_ROOT: Row = ("root", "password", True, True, True)
_KITS: dict[str, list[list[Row]]] = {
    "unix": [
        [_ROOT],
        [_ROOT, ("deploy", "ssh_key", False, True, True)],
        [_ROOT, ("admin", "password", False, True, True), ("app", "password", False, True, True)],
        [_ROOT, ("root", "ssh_key", True, True, True), ("app", "password", False, True, False)],
        [("root", "password", True, False, True), ("deploy", "ssh_key", False, True, True)],
        [_ROOT, ("{user}", "password", False, True, True), ("backup", "ssh_key", False, True, False)],
        [],
    ],
    "windows": [
        [("Administrator", "password", True, True, True)],
        [("Administrator", "password", True, True, True), ("svc-backup", "password", False, True, True)],
        [("Administrator", "password", True, True, True), ("{user}", "password", False, True, False)],
        [],
    ],
    "database": [
        [("dba", "password", True, True, True), ("readonly", "password", False, True, True)],
        [("root", "password", True, True, True), ("app", "password", False, True, True)],
        [("app", "password", False, False, True), ("readonly", "password", False, True, False)],
        [],
    ],
    "device": [
        [("admin", "password", True, True, True)],
        [("admin", "password", True, True, True), ("netops", "password", False, True, False)],
    ],
    "cloud": [[("admin", "token", True, True, True)], []],
    "other": [[("admin", "password", True, True, True)], []],
}


def kit_of(asset: Asset, platform: Platform) -> list[Row]:
    """The accounts' rows of an asset, by its kind and its id."""
    if platform.category == "host":
        kits = _KITS["windows" if platform.type == "windows" else "unix"]
    else:
        kits = _KITS.get(platform.category, _KITS["other"])
    return kits[int(asset.id[-4:], 16) % len(kits)]


def accounts_of(asset: Asset, platform: Platform, logins: list[str]) -> list[Account]:
    """The accounts, each with an id from which `asset_id_of` finds the asset again."""
    made = []
    for place, (username, secret_type, privileged, active, secret) in enumerate(kit_of(asset, platform)):
        if username == "{user}":
            username = logins[int(asset.id[-6:-2], 16) % len(logins)]
        name = f"{username}-key" if secret_type == "ssh_key" and username == "root" else username
        made.append(
            Account(
                account_id(asset.id, place), name, username, asset.id, secret_type, privileged, active, secret
            )
        )
    return made


def account_id(asset_id: str, place: int) -> str:
    """A made-up id: the asset's with its first eight digits turned over."""
    return f"{int(asset_id[:8], 16) ^ (0x9E3779B1 * (place + 1) & 0xFFFFFFFF):08x}{asset_id[8:]}"


def asset_ids_of(identifier: str) -> list[str]:
    """The assets that an account id may belong to, by its place among the asset's accounts."""
    return [account_id(identifier, place) for place in range(4)]
