"""The one table of what may leave this program: GETs on these paths, and the calls of the login conversation.

Everything else is refused by the transport, whoever asks. Left out on purpose: `users/users/{id}/mfa/reset/`
(a GET that disables a user's MFA, §5.1), `core/auth/logout/` (ends the user's own browser session, §1.6) and
`accounts/account-secrets/` (§4.6).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from jmstui.api.errors import Phase, Refused, words

READS: tuple[str, ...] = (
    # who am I, and what may I see
    "users/profile/",
    "users/profile/permissions/",
    "orgs/orgs/",
    "orgs/orgs/current/",
    # assets
    "assets/assets/",
    "assets/assets/suggestions/",
    "assets/assets/{id}/",
    "assets/assets/{id}/perm-users/",
    "assets/assets/{id}/perm-users/{id}/permissions/",
    "assets/assets/{id}/perm-user-groups/",
    "assets/assets/{id}/perm-user-groups/{id}/permissions/",
    "assets/hosts/",
    "assets/devices/",
    "assets/databases/",
    "assets/webs/",
    "assets/clouds/",
    "assets/gpts/",
    "assets/customs/",
    "assets/directories/",
    "assets/categories/",
    "assets/platforms/",
    "assets/platforms/{id}/",
    "assets/zones/",
    "assets/zones/{id}/",
    "assets/domains/",
    "assets/domains/{id}/",
    "assets/gateways/",
    "assets/favorite-assets/",
    "labels/labels/",
    # nodes
    "assets/nodes/",
    "assets/nodes/{id}/",
    "assets/nodes/children/tree/",
    "assets/nodes/category/tree/",
    # accounts, never their secrets
    "accounts/accounts/",
    "accounts/accounts/{id}/",
    # users and roles
    "users/users/",
    "users/users/{id}/",
    "users/users/suggestions/",
    "users/groups/",
    "users/groups/{id}/",
    "users/users-groups-relations/",
    "rbac/roles/",
    "rbac/system-roles/",
    "rbac/org-roles/",
    # rules
    "perms/asset-permissions/",
    "perms/asset-permissions/{id}/",
    "perms/asset-permissions/{id}/users/all/",
    "perms/asset-permissions/{id}/assets/all/",
    "perms/asset-permissions/{id}/accounts/",
    "perms/asset-permissions-users-relations/",
    "perms/asset-permissions-user-groups-relations/",
    "perms/asset-permissions-assets-relations/",
    "perms/asset-permissions-nodes-relations/",
    # what somebody reaches
    "perms/users/{id}/assets/",
    "perms/users/{id}/assets/{id}/",
    "perms/users/{id}/nodes/",
    "perms/users/{id}/nodes/tree/",
    "perms/users/{id}/nodes/children/tree/",
    "perms/user-groups/{id}/assets/",
    "perms/user-groups/{id}/nodes/",
    # sessions, audit, tickets (§10)
    "terminal/sessions/",
    "terminal/sessions/{id}/",
    "terminal/my-sessions/",
    "terminal/commands/",
    "terminal/command-storages/",
    "terminal/terminals/",
    "terminal/endpoints/",
    "audits/login-logs/",
    "audits/my-login-logs/",
    "audits/operate-logs/",
    "audits/password-change-logs/",
    "audits/ftp-logs/",
    "audits/job-logs/",
    "audits/user-sessions/",
    "audits/activities/",
    "tickets/tickets/",
    "tickets/tickets/{id}/",
    "acls/login-acls/",
    "acls/login-asset-acls/",
    "acls/command-filter-acls/",
    "acls/connect-method-acls/",
    "acls/data-masking-rules/",
    "ops/jobs/",
    "ops/job-executions/",
    # the server itself
    "health/",
    "settings/public/",
    "settings/public/open/",
    "search/",
)
"""GETs, by what stands behind `/api/v1/`. `{id}` is one path segment: a UUID, a number, or `self`."""

LOGIN: dict[tuple[str, str], Phase] = {
    ("POST", "authentication/auth/"): "login",
    ("POST", "authentication/mfa/send-code/"): "mfa",
    ("POST", "authentication/mfa/challenge/"): "mfa",
    ("GET", "authentication/login-confirm-ticket/status/"): "review",
    ("DELETE", "authentication/login-confirm-ticket/status/"): "review",
}
"""The login conversation (§1.2 to §1.4), with the phase that an error of it belongs to."""

REFUSED_PARAMETERS = frozenset({"rebuild_tree", "format", "oid", "token", "spm"})
"""`rebuild_tree` makes the server work, `format` exports; the rest change whose answer comes back."""

WHOLE_ROWS = ("format", "json")
"""The one format that is no export and leaves no line in the server's log: lists with their members (§15)."""

_ID = r"[0-9A-Za-z][0-9A-Za-z_-]{0,63}"


@lru_cache(maxsize=1)
def _pattern() -> re.Pattern[str]:
    return re.compile("|".join(re.escape(path).replace(r"\{id\}", _ID) for path in READS))


def _is_read(path: str) -> bool:
    # what has no id in it, as all the first requests, needs no pattern
    return (path in READS and "{" not in path) or bool(_pattern().fullmatch(path))


def phase_of(method: str, path: str, params: Iterable[tuple[str, str]] = ()) -> Phase:
    """What this request is part of; `Refused` when it may not leave. `path` is unquoted and relative."""
    if phase := LOGIN.get((method, path)):
        if any(True for _ in params):
            raise Refused("A call of the login conversation takes no parameters.")
        return phase
    if method != "GET" or not _is_read(path):
        raise Refused(
            f"jmstui only reads: {words(method)} {words(path)} is not among the requests it may send."
        )
    for name, value in params:
        if (name, value) == WHOLE_ROWS:
            continue
        if name in REFUSED_PARAMETERS or not re.fullmatch(r"[A-Za-z_]+!?", name):
            raise Refused(f"jmstui only reads: the parameter {words(name)} is not among those it may send.")
    return "read"
