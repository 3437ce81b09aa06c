"""Can this user reach that asset, as whom, until when, and why (API reference §6, §13)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, TypeVar

from jmstui.access.evaluate import Person, Place, covers_person, covers_place, grant
from jmstui.access.lapses import NEAR_MOST, lapse, near
from jmstui.access.paths import NodeNames, Step, paths
from jmstui.access.status import as_user, live, user_reasons
from jmstui.access.verdict import Facts, Reason, Verdict, judge, usable
from jmstui.api.endpoints import access, assets, users
from jmstui.api.endpoints import nodes as nodes_of
from jmstui.api.errors import NotFound, NotPermitted
from jmstui.models.organization import ROOT
from jmstui.models.permission import PermedAsset, Permission
from jmstui.models.user import User
from jmstui.services import _asks as ask
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
    """The answer, growing: the server's word, then verdict and rules, paths and warnings, and what is near.

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
        self.fresh = fresh
        self.oldest: float | None = None
        """When the oldest answer so far was given."""
        self.stale = False
        """Some part of it is what the server said before it went away."""
        self.user = UserName(user.id, user.username, user.name)
        self.asset = AssetName(asset.id, asset.name, asset.address or "")
        self.org = OrgName(getattr(asset, "org_id", None) or "", getattr(asset, "org_name", None) or "")
        self.me = user.id == identity.profile.id
        self.own = self.me and not identity.may("perms.view_userassets")
        self.current = identity.current.id
        self.nodeless = False
        self.member: bool | None = None
        """Whether the asset's organization lists the user; None where nobody could tell."""
        self.details: tuple[Task[User | None], Task[Asset | None]] | None = None

    @property
    def home(self) -> str | None:
        """The organization to ask in: the asset's own where it is not the current one."""
        return self.org.id if self.org.id and self.org.id != self.current else None

    # -- about oneself, without the right to read rules ---------------------------------------------------

    async def about_self(self) -> AsyncIterator[Why]:
        found = await self._verdict("self", None)
        if found is None:
            yield replace(
                not_among_yours(self.identity, self.asset.name, self.now), asset=self.asset, as_of=self._age()
            )
            return
        answer = self._granted(found)
        profile = self.identity.profile
        state = user_reasons(as_user(profile), self.now)
        answer = self._judged(answer, found, None, self._facts(found, state, member=True))
        warnings = (*self._warnings(answer, None), warn.HIDDEN)
        yield replace(answer, warnings=warnings, complete=False, settled=True, done=True, as_of=self._age())

    # -- with the server's rules --------------------------------------------------------------------------

    async def about(self, tasks: ask.Tasks) -> AsyncIterator[Why]:
        asked_in = self.home
        rules = tasks.start(self._pair_rules(asked_in))
        verdict = tasks.start(self._verdict(self.user.id, asked_in))
        if self.org.id:  # else the verdict tells in which organization they are to be asked for
            self._details(tasks)
        granted = await verdict
        user, asset = self._details(tasks)
        if granted is None:
            await self._both_exist(tasks)
            answer = Why(None, self.user, self.asset, self.org, now=self.now, granted=False)
        else:
            answer = self._granted(granted)
        yield replace(answer, as_of=self._age())
        tree = tasks.start(ask.allowed(self._get(nodes_of.tree_all(self.home))))
        if self.home != asked_in and self.current != ROOT:  # asked in root: every organization's rules came
            rules = tasks.start(self._pair_rules(self.home))
        page = await rules
        joined = ask.whole(page.rows) if page else []
        sure = page is not None and not page.bad and not _cut(page)
        who, what = await user, await asset
        facts = self._facts(granted or what, self._state(who), self.member)
        known = self._judged(answer, granted or what, joined if page else None, facts)
        known = replace(known, rules=self._stand(joined), complete=sure, settled=True)
        if granted is not None:
            known = replace(known, until=_until(joined, self.now) or answer.until)
        yield replace(known, user=self.user, asset=self.asset, organization=self.org, as_of=self._age())
        items = await tree
        nodes = node_names(items.value) if items else NodeNames()
        person, place = self._sides(who, what, granted, nodes)
        known = replace(known, accounts=self._with_ends(known.accounts, joined, person, what))
        known = replace(
            known,
            user=self.user,
            asset=self.asset,
            organization=self.org,
            rules=self._stand(joined, person, place, nodes),
            warnings=tuple(self._all_warnings(known, joined, page)),
            complete=sure and _grouped(who) and bool(nodes.keys) and not known.unknown,
            as_of=self._age(),
        )
        if not known.granted and page is not None:
            yield known
            known = await self._near(known, joined, person, place, nodes, tasks)
        yield replace(known, done=True, as_of=self._age())

    def _state(self, who: User | None) -> tuple[Reason, ...] | None:
        """Why the user cannot sign in; None where that is not known."""
        if who is None and self.me:
            return user_reasons(as_user(self.identity.profile), self.now)
        return None if who is None else user_reasons(who, self.now)

    def _facts(
        self, found: PermedAsset | Asset | None, state: tuple[Reason, ...] | None, member: bool | None
    ) -> Facts:
        """What is known beside the grant. `found`: the server's yes, or on a no the asset alone."""
        active = found.is_active if found is not None else None
        if not isinstance(found, PermedAsset):
            return Facts(state, member, active)
        accounts, protocols = found.permed_accounts, found.permed_protocols
        category = str(found.category.value) if found.category else None
        return Facts(
            state,
            member,
            active,
            None if accounts is None else usable((one.alias or one.id for one in accounts), category),
            None if protocols is None else bool(protocols),
        )

    def _judged(
        self,
        answer: Why,
        found: PermedAsset | Asset | None,
        rules: Sequence[Permission] | None,
        facts: Facts,
    ) -> Why:
        """The answer with its verdict. `rules`: those that join the two; None where they are not visible."""
        dead = rules is not None and not any(live(rule, self.now) for rule in rules)
        judged = judge(answer.granted, facts, (lapse(rules, self.now),) if rules is not None and dead else ())
        return replace(answer, verdict=judged.verdict, reasons=judged.reasons, unknown=judged.unknown)

    def _all_warnings(
        self, known: Why, joined: Sequence[Permission], page: Page[Permission] | None
    ) -> list[Warned]:
        warnings = self._warnings(known, joined if page else None)
        if page is None:
            warnings.append(warn.HIDDEN)
        elif _cut(page):
            warnings.append(Warned("cut", f"the server has {page.count} such rules; {len(joined)} are shown"))
        if page is not None and page.bad:
            warnings.append(warn.unreadable(page.bad))
        return warnings

    async def _get(self, query: Query[T]) -> Answer[T]:
        """Within the time to live what is here; else the server's, and what was here while it is away."""
        answer = await self.client.get(query, fresh=self.fresh, stale_ok=False)
        self.oldest = answer.as_of if self.oldest is None else min(self.oldest, answer.as_of)
        self.stale = self.stale or answer.stale
        return answer

    def _age(self) -> float:
        """When the oldest part of the answer was given."""
        return self.oldest or 0.0

    async def _verdict(self, user_id: str, org: str | None) -> PermedAsset | None:
        """The server's word; None for its 404, which has an age as a yes has."""
        return (await self._get(access.verdict(user_id, self.asset.id, org))).value

    async def _pair_rules(self, org: str | None) -> Page[Permission] | None:
        answer = await ask.allowed(self._get(ask.pair_rules(self.user.id, self.asset.id, org)))
        return await ask.known(self.client, answer.value, org) if answer else None

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
            try:
                return self._seen((await self._get(users.one(self.user.id, org))).value, org == self.home)
            except NotFound:
                self.member = False
            except NotPermitted:
                self.member = True if self.me and org == self.home else self.member
        try:
            return self._seen((await self._get(users.one(self.user.id, ROOT))).value, member=False)
        except NotFound:
            return None
        except NotPermitted:
            return self.given if isinstance(self.given, User) else None

    def _seen(self, user: User, member: bool) -> User:
        self.user = UserName(user.id, user.username, user.name)
        self.member = member or bool(user.is_superuser)  # who administers the system may enter each
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

    def _granted(self, found: PermedAsset) -> Why:
        """The server's yes. One's own assets may bear a private name (§6.5): the given one stays."""
        name = self.asset.name or found.name
        self._learn(found)
        self.asset = replace(self.asset, name=name)
        accounts = tuple(WhyAccount.of(account) for account in found.permed_accounts or ())
        ends = [account.until for account in accounts if account.until]
        return Why(
            None,
            self.user,
            self.asset,
            self.org,
            max(ends, default=None),
            accounts,
            tuple(found.permed_protocols or ()),
            stale=self.stale,
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
        asked = [tasks.start(self._get(query)) for query in queries]
        pages = [await ask.known(self.client, (await task).value, self.home) for task in asked]
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

    def _warnings(self, answer: Why, rules: Sequence[Permission] | None) -> list[Warned]:
        found = []
        if self.home:
            found.append(warn.elsewhere(self.org.name or self.org.id))
        if answer.unknown:
            found.append(warn.not_known(answer.unknown))
        alive = [rule for rule in rules or () if live(rule, self.now)]
        if answer.granted:
            found += warn.of_accounts(answer.accounts)
            found += warn.of_protocols(answer.protocols, alive)
            found += [warn.MAY_REFUSE, warn.MAY_LAG]
        if rules is not None and answer.granted != bool(alive):
            found.append(warn.UNEXPLAINED)
        return found


def _grouped(user: User | None) -> bool:
    """Whether it is known in which groups the user is: else a path may be missing."""
    return user is not None and user.groups is not None


def _until(rules: Sequence[Permission], now: datetime) -> datetime | None:
    return max((rule.end for rule in rules if live(rule, now) and rule.end), default=None)


def _cut(page: Page[Permission]) -> bool:
    return page.count is not None and page.count > len(page.rows)


def not_among_yours(identity: Identity, text: str, now: datetime) -> Why:
    """The answer for somebody who asks about themselves and an asset that is not in sight: that is a no."""
    profile = identity.profile
    user = UserName(profile.id, profile.username, profile.name)
    warnings = (warn.NOT_YOURS, warn.HIDDEN)
    return Why(
        Verdict.NO,
        user,
        AssetName("", text),
        warnings=warnings,
        granted=False,
        complete=False,
        settled=True,
        done=True,
        now=now,
    )
