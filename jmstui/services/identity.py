"""Who is signed in, in which organizations, and what they may do in the current one (API reference §1.9,
§2)."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal

from jmstui.api.endpoints import orgs, profile
from jmstui.api.errors import ApiError, NotFound
from jmstui.models.organization import DEFAULT, ROOT, SYSTEM, Organization
from jmstui.services.names import Ambiguous, Candidate

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from jmstui.api.client import Client
    from jmstui.api.query import Answer, Query
    from jmstui.models.profile import Profile, ProfilePermissions

Source = Literal["console", "audit", "workbench"]
Api = Literal["4.10", "3.10"]

_KEYWORDS = {"root": ROOT, "global": ROOT, "default": DEFAULT}
_UUID = re.compile(r"[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)
_older: set[str] = set()
"""Servers that answered 404 to `/users/profile/permissions/`: v3.10, not asked again in this process
(§14)."""

_SYSTEM_ROLES = {1: "System admin", 2: "System auditor"}
_ORG_ROLES = {5: "Org admin", 6: "Org auditor"}


@dataclass(frozen=True, slots=True)
class OrgChoice:
    """An organization that this user may choose, and which lists named it: that decides which views work
    (§2.2)."""

    org: Organization
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class Identity:
    """The signed-in user in one organization."""

    profile: Profile
    perms: frozenset[str]
    orgs: tuple[OrgChoice, ...]
    current: Organization
    api: Api = "4.10"
    notice: str | None = None
    """A sentence when the server works in another organization than the one that was asked for."""
    _words: str = field(default="", repr=False)

    def may(self, *codes: str) -> bool:
        """Whether any of these permission codes is held here; a superuser may all, and no code asks for
        nothing."""
        return not codes or bool(self.profile.is_superuser) or any(code in self.perms for code in codes)

    @property
    def sources(self) -> tuple[Source, ...]:
        """Which lists named the current organization."""
        return next((choice.sources for choice in self.orgs if choice.org.id == self.current.id), ())

    @property
    def role(self) -> str:
        """The role in the current organization, in words."""
        return self._words


async def who_am_i(client: Client) -> Identity:
    """Profile, permissions and current organization, asked side by side; v3.10 has the middle one in the
    profile.

    Raises `ApiError`; `SessionExpired` and the like when the credential is not taken.
    """
    older = client.server in _older
    mine = asyncio.ensure_future(client.get(profile.me()))
    here = asyncio.ensure_future(client.get(orgs.current()))
    permissions = None if older else asyncio.ensure_future(client.get(profile.permissions()))
    try:
        me = (await mine).value
        client.identify(me.id)
        current = (await here).value
        if permissions is None and me.perms is None:  # it was upgraded meanwhile
            _older.discard(client.server)
            permissions = asyncio.ensure_future(client.get(profile.permissions()))
        rights = None if permissions is None else await _rights(permissions, client)
    finally:
        tasks: list[asyncio.Future[Any]] = [mine, here, *([permissions] if permissions else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    return _identity(me, current, rights, await _notice(client, current))


async def _rights(
    task: asyncio.Future[Answer[ProfilePermissions]], client: Client
) -> ProfilePermissions | None:
    try:
        return (await task).value
    except NotFound:
        _older.add(client.server)
        return None


def _identity(
    me: Profile, current: Organization, rights: ProfilePermissions | None, notice: str | None
) -> Identity:
    lists: list[tuple[Source, Iterable[Organization]]]
    if rights is None:
        lists = [
            ("console", me.console_orgs or ()),
            ("audit", me.audit_orgs or ()),
            ("workbench", me.workbench_orgs or ()),
        ]
        perms = frozenset(me.perms or ())
    else:
        lists = [
            ("console", rights.console_orgs),
            ("audit", rights.audit_orgs),
            ("workbench", rights.workbench_orgs),
        ]
        perms = frozenset(rights.perms)
    found = Identity(me, perms, union(lists), current, "3.10" if rights is None else "4.10", notice)
    return replace(found, _words=_role(found))


def union(lists: Iterable[tuple[Source, Iterable[Organization]]]) -> tuple[OrgChoice, ...]:
    """The lists as one, each organization once, in the order of the lists; SYSTEM is hidden (§2.2)."""
    found: dict[str, OrgChoice] = {}
    for source, organizations in lists:
        for org in organizations:
            if org.is_system or org.id == SYSTEM:
                continue
            before = found.get(org.id)
            if before is None:
                found[org.id] = OrgChoice(org, (source,))
            elif source not in before.sources:
                found[org.id] = replace(before, sources=(*before.sources, source))
    return tuple(found.values())


def _role(identity: Identity) -> str:
    """The strongest built-in role (§5.3), a custom role's own name, else what the lists say."""
    profile_ = identity.profile
    system = {_number(role.id) for role in profile_.system_roles or ()}
    here = {_number(role.id) for role in profile_.org_roles or ()}
    for number, words in _SYSTEM_ROLES.items():
        if number in system:
            return words
    if profile_.is_superuser:
        return "System admin"
    for number, words in _ORG_ROLES.items():
        if number in here:
            return words
    if "console" in identity.sources:
        return "Org admin"
    if "audit" in identity.sources:
        return "Org auditor"
    custom = [
        role.display_name
        for role in (*(profile_.system_roles or ()), *(profile_.org_roles or ()))
        if _number(role.id) == 0
    ]
    return custom[0] if custom and custom[0] else "User"


def _number(role_id: str) -> int:
    """1 to 7 for a built-in role, else 0."""
    head, tail = role_id[:-1], role_id[-1:]
    return int(tail) if head == ROOT[:-1] and tail.isdigit() else 0


async def _notice(client: Client, current: Organization) -> str | None:
    """The sentence for a silent fallback (§1.9): the only sign of it is the id of the current
    organization."""
    asked = client.org
    if not asked or asked == current.id or not _UUID.fullmatch(asked):
        return None
    if await is_community(client):
        return f"{community(current.name)}, not in the organization you asked for ({asked})."
    return f"The server knows no organization {asked}; it works in {current.name} instead."


def community(name: str) -> str:
    """What a community edition does, without its full stop; `name` is Default's."""
    return f"This is a community edition: it works in {name} alone"


async def is_community(client: Client) -> bool:
    """Whether the server says of itself that it is the community edition; False where it does not say."""
    try:
        return not (await client.get(profile.public_settings())).value.XPACK_ENABLED
    except ApiError:
        return False


async def enter(
    client: Client, org: str | None = None, ahead: Sequence[Query[Any]] = ()
) -> tuple[Client, Identity]:
    """Sign-in's second half: the client in the organization that was asked for, by id or name, and who is
    there. `ahead`: what will be wanted next, asked for at the same time where the organization needs no
    look-up.

    Without one: Default where the user has it, else the first of theirs. Raises `NotFound` or `Ambiguous`
    for a name.
    """
    known = _id_of(org)
    here = client.for_org(known or DEFAULT)
    asking = asyncio.ensure_future(who_am_i(here))
    if known or not org:
        await asyncio.sleep(0)  # who one is goes first
        here.ahead(ahead)
    identity = await asking
    if known:
        return here, identity
    wanted = find_org(identity, org) if org else _home(identity)
    if wanted == identity.current.id:
        return here, identity
    here = client.for_org(wanted)
    return here, await who_am_i(here)


async def in_org(client: Client, identity: Identity, org: Organization) -> tuple[Client, Identity]:
    """The same user in another of their organizations, for work over all of them: two requests.

    Raises `NotFound` when the server silently works in another organization than this one.
    """
    there = client.for_org(org.id)
    if org.id == identity.current.id:
        return there, identity
    if identity.api == "3.10":
        found = await who_am_i(there)
    else:
        current, rights = await asyncio.gather(there.get(orgs.current()), there.get(profile.permissions()))
        found = _identity(identity.profile, current.value, rights.value, None)
    if found.current.id != org.id:
        raise NotFound(sentence=f"The server no longer knows the organization {org.name!r}.")
    return there, found


def _id_of(org: str | None) -> str | None:
    """An id that needs no look-up: a UUID, or one of the server's words."""
    if not org:
        return None
    return org.lower() if _UUID.fullmatch(org) else _KEYWORDS.get(org.lower())


def find_org(identity: Identity, name: str) -> str:
    """The id of the organization with exactly this name among the user's own; another case will do when it
    is unique."""
    exact = [choice.org for choice in identity.orgs if choice.org.name == name]
    found = exact or [choice.org for choice in identity.orgs if choice.org.name.casefold() == name.casefold()]
    if not found:
        theirs = ", ".join(choice.org.name for choice in identity.orgs) or "none"
        raise NotFound(sentence=f"There is no organization {name!r} among yours: {theirs}.")
    if len(found) > 1:
        raise Ambiguous("organization", name, [Candidate(org.id, org.name) for org in found])
    return found[0].id


def _home(identity: Identity) -> str:
    """Where to begin: Default when it is theirs, else the first real organization, else where the server
    put us."""
    ids = [choice.org.id for choice in identity.orgs]
    if identity.current.id in ids or not ids:
        return identity.current.id
    return next((org_id for org_id in ids if org_id != ROOT), ids[0])
