"""The signed-in user (§2.1), and the settings that every signed-in user may read (§7.8)."""

from __future__ import annotations

from jmstui.api.decode import one as one_of
from jmstui.api.decode import raw as raw_body
from jmstui.api.query import Query, query
from jmstui.models.profile import Profile, ProfilePermissions
from jmstui.models.server import PublicSettings


def me(org: str | None = None) -> Query[Profile]:
    """One's own user object; v3.10 has organizations and `perms` in it."""
    return query("users/profile/", one_of(Profile), "profile", org=org)


def raw(org: str | None = None) -> Query[bytes]:
    """The same answer as `me`, as the JSON that came."""
    return query("users/profile/", raw_body, "profile", org=org)


def permissions(org: str | None = None) -> Query[ProfilePermissions]:
    """Organizations by role and `perms` of the current one; `NotFound` before v4.10."""
    return query("users/profile/permissions/", one_of(ProfilePermissions), "profile", org=org)


def public_settings() -> Query[PublicSettings]:
    """The settings that tell the edition."""
    return query("settings/public/open/", one_of(PublicSettings), "settings")
