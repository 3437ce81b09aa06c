"""Accounts on assets (§4.6); never their secrets."""

from __future__ import annotations

from jmstui.api.decode import one as one_of
from jmstui.api.decode import page as page_of
from jmstui.api.decode import raw as raw_body
from jmstui.api.endpoints._window import window
from jmstui.api.query import Query, query
from jmstui.models.asset import Account
from jmstui.models.page import Page

COLUMNS = (
    "id,name,username,secret_type,privileged,is_active,asset,connectivity,"
    "date_last_login,date_verified,comment"
)


def page(
    offset: int = 0,
    limit: int = 100,
    *,
    search: str | None = None,
    order: str | None = None,
    fields: str | None = COLUMNS,
    org: str | None = None,
    **filters: object,
) -> Query[Page[Account]]:
    """A window on the accounts. Filters as in §4.6: `asset`, `username`, `secret_type`, `privileged`, …"""
    params = window(offset, limit, fields, search, order, filters)
    return query("accounts/accounts/", page_of(Account, offset), "list", params, org)


def one(id: str, org: str | None = None) -> Query[Account]:
    """One account."""
    return query(f"accounts/accounts/{id}/", one_of(Account), "detail", org=org)


def raw(id: str, org: str | None = None) -> Query[bytes]:
    """The same answer as `one`, as the JSON that came."""
    return query(f"accounts/accounts/{id}/", raw_body, "detail", org=org)
