"""What each view shows and can sort by, as a table: a column that goes missing is seen here."""

from __future__ import annotations

import pytest

from jmstui.views import find_view

COLUMNS = {
    "assets": {"name", "address", "platform", "node", "active"},
    "users": {"username", "name", "groups", "roles", "mfa", "state", "last_login"},
    "permissions": {"name", "status", "until"},
    "platforms": {"name", "category", "type"},
    "nodes": {"path", "name", "key"},
}
SORTS = {
    "assets": {"name", "address", "platform"},
    "users": {"username", "name", "last_login", "date_expired"},
    "permissions": {"name", "date_expired"},
    "platforms": {"name", "category", "type"},
    "nodes": {"full_value", "value", "key"},
}
TABS = {
    "assets": {"overview", "accounts", "rules", "json"},
    "users": {"overview", "groups", "rules", "json"},
    "permissions": {"overview", "members", "targets", "json"},
    "platforms": {"overview", "json"},
    "my-assets": {"overview", "as-whom", "json"},
}


@pytest.mark.parametrize("name", COLUMNS)
def test_columns_and_what_can_be_sorted_by(name: str) -> None:
    view = find_view(name)
    assert view is not None
    assert {column.key for column in view.columns} >= COLUMNS[name]
    assert {column.order for column in view.columns} >= SORTS[name]


@pytest.mark.parametrize("name", TABS)
def test_tabs(name: str) -> None:
    view = find_view(name)
    assert view is not None
    assert {tab.key for tab in view.tabs} >= TABS[name]


def test_every_list_can_be_sorted() -> None:
    from jmstui.views import all_views

    assert [view.name for view in all_views().values() if not any(c.order for c in view.columns)] == []
