"""Can this user reach that asset, as whom, until when, and why (API reference §6, §13)."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, TypeVar

from jmstui.access.evaluate import Person, Place, covers_person, covers_place, grant
from jmstui.access.lapses import NEAR_MOST, near
from jmstui.access.paths import NodeNames, Step, paths
from jmstui.access.status import live
from jmstui.api.endpoints import access, assets, users
from jmstui.api.endpoints import nodes as nodes_of
from jmstui.api.errors import NotFound, NotPermitted
from jmstui.models.organization import ROOT
from jmstui.models.permission import PermedAsset, Permission
from jmstui.models.user import User
from jmstui.services import _asks as ask
from jmstui.services import _refusals as refusals
from jmstui.services import _warnings as warn
from jmstui.services._verdicts import Why, WhyAccount
from jmstui.services.answers import (
    AssetName,
    OrgName,
    RuleStand,
    UserName,
    Warned,
    node_names,
)

if TYPE_CHECKING:
    from asyncio import Task

    from jmstui.api.client import Client
    from jmstui.api.query import Answer, Query
    from jmstui.models.asset import Asset
    from jmstui.models.page import Page
    from jmstui.services.identity import Identity

T = TypeVar("T")

__all__ = ["Why", "WhyAccount", "why"]


async def why(
    client: Client,
    identity: Identity,
    user: User | UserName,
    asset: Asset | PermedAsset | AssetName,
    now: datetime | None = None,
    fresh: bool = False,
) -> AsyncIterator[Why]:
    """The answer, growing: the verdict first, the rules, names, paths and warnings, then what is near.

    The verdict is the server's own, over all organizations; rules and names come from the asset's. Raises
    `NotFound` when either does not exist, `NotPermitted` for a question about others without the right, and
    whatever else the server or the way to it does.
    """
    question = _Question(client, identity, user, asset, now or client.server_now(), fresh)
    async with ask.Tasks() as tasks:
        steps = question.about_self() if question.own else question.about(tasks)
        async for answer in steps:
            yield answer


class _Question:
    """One question on its way to its answer."""

    def __init__(
        self,
        client: Client,
        identity: Identity,
        user: User | UserName,
        asset: Asset | PermedAsset | AssetName,
        now: datetime,
        fresh: bool,
    ) -> None:
        self.client, self.identity, self.now = client, identity, now
        self.given = user
        self.fresh = fresh or getattr(client, "fresh", False)
        self.user = UserName(user.id, user.username, user.name)
        self.asset = AssetName(asset.id, asset.name, asset.address or "")
        self.org = OrgName(getattr(asset, "org_id", None) or "", getattr(asset, "org_name", None) or "")
        self.me = user.id == identity.profile.id
        self.own = self.me and not identity.may("perms.view_userassets")
        self.current = identity.current.id
        self.nodeless = False
        self.member = True
        """Whether the asset's organization lists the user."""
        self.details: tuple[Task[User | None], Task[Asset | None]] | None = None

    @property
    def home(self) -> str | None:
        """The organization to ask in: the asset's own where it is not the current one."""
        return self.org.id if self.org.id and self.org.id != self.current else None

    # -- about oneself, without the right to read rules ---------------------------------------------------

    async def about_self(self) -> AsyncIterator[Why]:
        found = await self._verdict("self", None)
        if found is None:
            answer = Why("no", self.user, self.asset, self.org, now=self.now, done=True, complete=False)
            yield replace(answer, warnings=(warn.NOT_YOURS, warn.HIDDEN))
            return
        answer = replace(self._granted(found), complete=False, done=True)
        state = warn.of_self(self.identity.profile)
        yield replace(answer, warnings=(*self._warnings(answer, found.value, None), *state, warn.HIDDEN))

    # -- with the server's rules --------------------------------------------------------------------------

    async def about(self, tasks: ask.Tasks) -> AsyncIterator[Why]:
        asked_in = self.home
        rules = tasks.start(self._pair_rules(asked_in))
        found = await self._verdict(self.user.id, asked_in)
        granted = found.value if found else None
        if found is None:
            await self._both_exist(tasks)
            answer = Why("no", self.user, self.asset, self.org, now=self.now, as_of=time.time())
        else:
            answer = self._granted(found)
        yield answer
        user, asset = self._details(tasks)
        tree = tasks.start(ask.allowed(self._get(nodes_of.tree_all(self.home))))
        if self.home != asked_in and self.current != ROOT:  # asked in root: every organization's rules came
            rules = tasks.start(self._pair_rules(self.home))
        page = await rules
        joined = ask.whole(page.rows) if page else []
        sure = page is not None and not page.bad and not _cut(page)
        known = replace(answer, rules=self._stand(joined), complete=sure)
        if answer.verdict == "yes":
            known = replace(known, until=_until(joined, self.now) or answer.until)
        if joined:
            yield known
        who, what = await user, await asset
        items = await tree
        nodes = node_names(items.value) if items else NodeNames()
        person, place = self._sides(who, what, granted, nodes)
        known = replace(known, accounts=self._with_ends(known.accounts, joined, person, what))
        warnings = [
            *self._warnings(known, granted or what, joined if page else None),
            *warn.of_user(who, self.now),
        ]
        if who is not None and not self.member:
            warnings.append(warn.stranger(self.org.name or "this organization"))
        if page is None:
            warnings.append(warn.HIDDEN)
        elif _cut(page):
            warnings.append(Warned("cut", f"the server has {page.count} such rules; {len(joined)} are shown"))
        if page is not None and page.bad:
            warnings.append(warn.unreadable(page.bad))
        complete = known.complete and who is not None and bool(nodes.keys)
        known = replace(
            known,
            user=self.user,
            asset=self.asset,
            organization=self.org,
            rules=self._stand(joined, person, place, nodes),
            warnings=tuple(warnings),
            complete=complete,
        )
        if answer.verdict == "no" and page is not None:
            yield known
            known = await self._near(known, joined, person, place, nodes, tasks)
        yield replace(known, done=True)

    async def _get(self, query: Query[T]) -> Answer[T]:
        """Within the time to live what is here; else the server's, and what was here while it is away."""
        return await self.client.get(query, fresh=self.fresh, stale_ok=False)

    async def _verdict(self, user_id: str, org: str | None) -> Answer[PermedAsset] | None:
        """The server's verdict; None for its 404, which is kept as long as a yes would be."""
        query = access.verdict(user_id, self.asset.id, org)
        if not self.fresh and refusals.holds(self.client, query):
            return None
        try:
            answer = await self._get(query)
            refusals.forget(self.client, query)
            return answer
        except NotFound as error:
            if error.unknown_path:
                raise
            refusals.keep(self.client, query)
            return None

    async def _pair_rules(self, org: str | None) -> Page[Permission] | None:
        answer = await ask.allowed(self._get(ask.pair_rules(self.user.id, self.asset.id, org)))
        return answer.value if answer else None

    def _details(self, tasks: ask.Tasks) -> tuple[Task[User | None], Task[Asset | None]]:
        """User and asset, asked for once."""
        if self.details is None:
            self.details = tasks.start(self._user()), tasks.start(self._asset())
        return self.details

    async def _user(self) -> User | None:
        """The user as the asset's organization knows them, else as the current or the root one does.

        Who may not look into the root one may still ask about somebody of another organization: then the
        user stays as given.
        """
        for org in (self.home, *([None] if self.home else [])):
            answer = await ask.allowed(self._get(users.one(self.user.id, org)))
            if answer:
                return self._seen(answer.value, member=org == self.home)
        try:
            return self._seen((await self._get(users.one(self.user.id, ROOT))).value, member=False)
        except NotFound:
            return None
        except NotPermitted:
            self.member = False
            return self.given if isinstance(self.given, User) else None

    def _seen(self, user: User, member: bool) -> User:
        self.user, self.member = UserName(user.id, user.username, user.name), member
        return user

    async def _asset(self) -> Asset | None:
        answer = await ask.allowed(self._get(assets.one(self.asset.id, self.home)))
        if answer:
            self._learn(answer.value)
        return answer.value if answer else None

    async def _both_exist(self, tasks: ask.Tasks) -> None:
        """A bare 404 may also mean that there is no such user or asset (§6.5)."""
        user, asset = self._details(tasks)
        for what, found in (("user", await user), ("asset", await asset)):
            if found is None:
                name = (self.user.username if what == "user" else self.asset.name) or "with this id"
                raise NotFound(
                    sentence=f"There is no {what} {name} that you can see: it may have been deleted."
                )

    def _learn(self, asset: Asset | PermedAsset) -> None:
        self.asset = AssetName(asset.id, asset.name, asset.address or "")
        self.org = OrgName(asset.org_id or self.org.id, asset.org_name or self.org.name)

    def _granted(self, answer: Answer[PermedAsset]) -> Why:
        """The server's yes. One's own assets may bear a private name (§6.5): the given one stays."""
        found = answer.value
        name = self.asset.name or found.name
        self._learn(found)
        self.asset = replace(self.asset, name=name)
        accounts = tuple(WhyAccount.of(account) for account in found.permed_accounts or ())
        ends = [account.until for account in accounts if account.until]
        return Why(
            "yes",
            self.user,
            self.asset,
            self.org,
            max(ends, default=None),
            accounts,
            tuple(found.permed_protocols or ()),
            as_of=answer.as_of,
            stale=answer.stale,
            now=self.now,
        )

    def _sides(
        self, user: User | None, asset: Asset | None, granted: PermedAsset | None, nodes: NodeNames
    ) -> tuple[Person, Place]:
        groups = frozenset(str(group.id) for group in (user.groups or ()) if user) if user else frozenset()
        own = (asset.nodes if asset else granted.nodes if granted else None) or ()
        keys = frozenset(nodes.keys[str(node.id)] for node in own if str(node.id) in nodes.keys)
        self.nodeless = not own
        if self.nodeless and nodes.root:
            keys = frozenset({nodes.root})
        return Person(self.user.id, self.user.username, groups), Place(self.asset.id, keys)

    def _with_ends(
        self,
        accounts: tuple[WhyAccount, ...],
        rules: Sequence[Permission],
        person: Person,
        asset: Asset | None,
    ) -> tuple[WhyAccount, ...]:
        """The accounts with their last days: before v4.10.4 the server gives none, the rules do (§6.4.5e)."""
        if asset is None or all(account.until for account in accounts):
            return accounts
        place = Place(asset.id, accounts=tuple(asset.accounts or ()))
        found = grant(rules, person, place, self.now, old=self.identity.api == "3.10").accounts
        ends = {one.alias if one.virtual else one.username: one.until for one in found}
        return tuple(
            replace(one, until=one.until or ends.get(one.alias if one.virtual else one.username))
            for one in accounts
        )

    def _stand(
        self,
        rules: Sequence[Permission],
        person: Person | None = None,
        place: Place | None = None,
        nodes: NodeNames | None = None,
    ) -> tuple[RuleStand, ...]:
        """The rules, live ones first, the longest first; with paths once the sides are known."""
        ordered = sorted(rules, key=lambda rule: rule.end or self.now, reverse=True)
        ordered.sort(key=lambda rule: not live(rule, self.now))
        if person is None or place is None or nodes is None:
            return tuple(RuleStand.of(rule, self.now) for rule in ordered)
        user = Step("user", self.user.id, self.user.username)
        asset = Step("asset", self.asset.id, self.asset.name)
        return tuple(
            RuleStand.of(rule, self.now, paths(rule, person, place, user, asset, nodes)) for rule in ordered
        )

    async def _near(
        self,
        answer: Why,
        joined: Sequence[Permission],
        person: Person,
        place: Place,
        nodes: NodeNames,
        tasks: ask.Tasks,
    ) -> Why:
        """What would have granted it: two more requests."""
        queries = [ask.rules(org=self.home, user_id=self.user.id), *self._rules_of_asset(nodes)]
        pages = [(await task).value for task in [tasks.start(self._get(query)) for query in queries]]
        theirs, *its = [{rule.id: rule for rule in ask.whole(page.rows)} for page in pages]
        both = {rule.id: rule for rule in joined}
        covering = both.keys() | {id for rules in its for id in rules}
        every = both | theirs | {id: rule for rules in its for id, rule in rules.items()}
        found = near(
            every.values(),
            lambda rule: rule.id in theirs or rule.id in both or covers_person(rule, person),
            lambda rule: rule.id in covering or covers_place(rule, place, nodes.keys),
            self.now,
        )
        more = max(0, len(found) - NEAR_MOST)
        cut = any(_cut(page) for page in pages)
        warnings = answer.warnings
        if more or cut:
            text = f"{more} more rules cover one side" if more else "more rules cover one side than were read"
            warnings += (Warned("cut", text),)
        return replace(
            answer,
            near=tuple(found[:NEAR_MOST]),
            near_more=more,
            warnings=warnings,
            complete=answer.complete and not cut,
        )

    def _rules_of_asset(self, nodes: NodeNames) -> list[Query[Page[Permission]]]:
        """The rules that cover the asset. `asset_id` alone fails for an asset without a node (§6.2), which
        counts as the root's."""
        if not self.nodeless:
            return [ask.rules(org=self.home, asset_id=self.asset.id)]
        root = nodes.steps.get(nodes.root)
        direct = ask.rules(org=self.home, asset_id=self.asset.id, all="false")
        return [direct, ask.rules(org=self.home, node_id=root.id)] if root else [direct]

    def _warnings(
        self, answer: Why, asset: PermedAsset | Asset | None, rules: Sequence[Permission] | None
    ) -> list[Warned]:
        yes = answer.verdict == "yes"
        found = []
        if self.home:
            found.append(warn.elsewhere(self.org.name or self.org.id))
        if asset is not None and asset.is_active is False:
            found.append(warn.inactive(yes))
        alive = [rule for rule in rules or () if live(rule, self.now)]
        if yes:
            found += warn.of_accounts(answer.accounts)
            found += warn.of_protocols(answer.protocols, alive)
            found += [warn.MAY_REFUSE, warn.MAY_LAG]
        if rules is not None and yes != bool(alive):
            found.append(warn.UNEXPLAINED)
        return found


def _until(rules: Sequence[Permission], now: datetime) -> datetime | None:
    return max((rule.end for rule in rules if live(rule, now) and rule.end), default=None)


def _cut(page: Page[Permission]) -> bool:
    return page.count is not None and page.count > len(page.rows)


def not_among_yours(identity: Identity, text: str, now: datetime) -> Why:
    """The answer for somebody who asks about themselves and an asset that is not in sight: that is a no."""
    profile = identity.profile
    user = UserName(profile.id, profile.username, profile.name)
    warnings = (warn.NOT_YOURS, warn.HIDDEN)
    return Why("no", user, AssetName("", text), warnings=warnings, complete=False, done=True, now=now)
