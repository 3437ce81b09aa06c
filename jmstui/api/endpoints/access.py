"""What somebody reaches, as the server itself decides it (§6.5)."""

from __future__ import annotations

from jmstui.api.decode import one as one_of
from jmstui.api.decode import page as page_of
from jmstui.api.decode import raw as raw_body
from jmstui.api.endpoints._window import window
from jmstui.api.endpoints.nodes import Tree, tree_of_user
from jmstui.api.errors import NotFound
from jmstui.api.query import Query, query
from jmstui.models.node import Node
from jmstui.models.page import Page
from jmstui.models.permission import PermedAsset

COLUMNS = (
    "id,name,address,platform,category,type,zone,domain,nodes,connectivity,is_active,comment,org_id,org_name"
)


_granted = one_of(PermedAsset)


def _verdict(body: bytes) -> PermedAsset | None:
    """The server's yes, or None for its 404."""
    return _granted(body) if body else None


def _verdict_raw(body: bytes) -> bytes:
    if not body:
        raise NotFound(sentence="The server knows no such access: its answer is 404, and there is no JSON.")
    return raw_body(body)


def verdict(user: str, asset: str, org: str | None = None) -> Query[PermedAsset | None]:
    """Does this user reach this asset, and with what? Over all organizations; None is the server's 404: no
    access, or no such user or asset (§6.5)."""
    return query(f"perms/users/{user}/assets/{asset}/", _verdict, "verdict", org=org, absent=True)


def verdict_raw(user: str, asset: str, org: str | None = None) -> Query[bytes]:
    """The same answer as `verdict`, as the JSON that came; `NotFound` for a 404."""
    return query(f"perms/users/{user}/assets/{asset}/", _verdict_raw, "verdict", org=org, absent=True)


def assets_of_user(
    user: str = "self",
    offset: int = 0,
    limit: int = 100,
    *,
    search: str | None = None,
    order: str | None = None,
    fields: str | None = COLUMNS,
    org: str | None = None,
    **filters: object,
) -> Query[Page[PermedAsset]]:
    """A window on what a user reaches in the organization; `self` for one's own. Filters: §4.3, `node_id`.

    The `count` can be wrong (§6.6, §14): a short page is the end.
    """
    params = window(offset, limit, fields, search, order, filters)
    return query(f"perms/users/{user}/assets/", page_of(PermedAsset, offset), "list", params, org)


def tree(user: str = "self", org: str | None = None) -> Tree:
    """The tree of what a user reaches."""
    return tree_of_user(user, org)


def assets_of_group(
    group: str,
    offset: int = 0,
    limit: int = 100,
    *,
    search: str | None = None,
    fields: str | None = COLUMNS,
    org: str | None = None,
) -> Query[Page[PermedAsset]]:
    """What the members of a group reach through it, by valid rules only (§6.5)."""
    params = window(offset, limit, fields, search, None, {})
    return query(f"perms/user-groups/{group}/assets/", page_of(PermedAsset, offset), "list", params, org)


def nodes_of_group(
    group: str, offset: int = 0, limit: int = 100, *, org: str | None = None
) -> Query[Page[Node]]:
    """The nodes that a group's rules name, valid or not (§6.5)."""
    params = window(offset, limit, None, None, None, {})
    return query(f"perms/user-groups/{group}/nodes/", page_of(Node, offset), "list", params, org)
