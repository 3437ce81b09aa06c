"""Assets, their accounts and protocols (API reference §4)."""

from __future__ import annotations

from jmstui.models.base import Choice, Label, Record, Ref


class PlatformRef(Record, frozen=True, kw_only=True):
    """The platform of an asset; v3.10 leaves `type` out."""

    id: int | str
    name: str = ""
    type: str | None = None


class Protocol(Record, frozen=True, kw_only=True):
    """A protocol that an asset offers."""

    name: str
    port: int | None = None


class AssetAccount(Record, frozen=True, kw_only=True):
    """An account as it stands in an asset's detail; never a secret."""

    id: str
    name: str = ""
    username: str | None = ""
    secret_type: Choice | None = None
    privileged: bool | None = None
    is_active: bool | None = True


class Asset(Record, frozen=True, kw_only=True):
    """An asset of a list or a detail: `fields=` decides what is there."""

    id: str
    name: str
    address: str | None = ""
    platform: PlatformRef | None = None
    category: Choice | None = None
    type: Choice | None = None
    zone: Ref | None = None
    domain: Ref | None = None
    """v3.10's name for the zone."""
    nodes: list[Ref] | None = None
    nodes_display: list[str] | None = None
    labels: list[Label | str] | None = None
    protocols: list[Protocol] | None = None
    accounts: list[AssetAccount] | None = None
    accounts_amount: int | None = None
    directory_services: list[Ref] | None = None
    """Directory services that it joined: their accounts count as its own (§6.4.5a)."""
    connectivity: Choice | None = None
    is_active: bool | None = None
    comment: str | None = None
    org_id: str | None = None
    org_name: str | None = None
    created_by: str | None = None
    date_created: str | None = None
    date_updated: str | None = None
    date_verified: str | None = None


class Account(Record, frozen=True, kw_only=True):
    """A row of `/accounts/accounts/`; never a secret."""

    id: str
    name: str = ""
    username: str | None = ""
    secret_type: Choice | None = None
    privileged: bool | None = None
    is_active: bool | None = True
    has_secret: bool | None = None
    """In the detail only."""
    asset: Ref | None = None
    connectivity: Choice | None = None
    date_last_login: str | None = None
    date_verified: str | None = None
    comment: str | None = None
