"""Zones (before v4.10: domains): where assets stand behind gateways (API reference §4.5)."""

from __future__ import annotations

from jmstui.models.base import Label, Record, Ref


class Zone(Record, frozen=True, kw_only=True):
    """A zone; `assets` stands in the detail only, `assets_amount` in the list only."""

    id: str
    name: str
    gateways: list[Ref] | None = None
    assets: list[Ref] | None = None
    assets_amount: int | None = None
    labels: list[Label | str] | None = None
    org_id: str | None = None
    org_name: str | None = None
    date_created: str | None = None
    comment: str | None = None
