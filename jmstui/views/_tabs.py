"""Detail tabs that several nouns share. Each yields the whole content again whenever more is known."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

from jmstui.views.spec import Line, Tab, Target, Tone

if TYPE_CHECKING:
    from jmstui.api.client import Client
    from jmstui.api.query import Query
    from jmstui.models.base import Ref
    from jmstui.models.page import Page
    from jmstui.models.permission import Permission
    from jmstui.services.identity import Identity

R = TypeVar("R")

RULES = "perms.view_assetpermission"
MEMBERS = 200
"""Members shown of a rule or a group; more are said to be there."""


def field(
    title: str, value: str, tone: Tone = "plain", target: Target | None = None, width: int = 13
) -> Line:
    """A line `title  value` of an overview."""
    return Line(f"{title:<{width}} {value}", tone=tone, target=target, key=title)


def json_tab(query_of: Callable[[R], Query[bytes]]) -> Tab[R]:
    """The answer of the server itself, indented, a line each."""

    async def lines(client: Client, identity: Identity, row: R) -> AsyncIterator[list[Line]]:
        async for answer in client.watch(query_of(row)):
            yield _indented(answer.value)

    return Tab("json", "JSON", lines)


def _indented(body: bytes) -> list[Line]:
    """A JSON body as lines."""
    from msgspec import json

    text = json.format(body, indent=1).decode("utf-8", "replace")
    out = []
    for number, line in enumerate(text.split("\n")):
        bare = line.lstrip(" ")
        out.append(Line(bare, level=len(line) - len(bare), key=str(number)))
    return out


def rules_tab(query_of: Callable[[R], Query[Page[Permission]]], title: str = "Rules") -> Tab[R]:
    """The rules that a list query gives, each with its status; a cut list says so."""

    async def lines(client: Client, identity: Identity, row: R) -> AsyncIterator[list[Line]]:
        async for answer in client.watch(query_of(row)):
            yield rule_lines(answer.value)

    return Tab("rules", title, lines, needs=(RULES,))


def rule_lines(page: Page[Permission]) -> list[Line]:
    """A line a rule, the valid ones first."""
    from jmstui.access.status import DEAD, status, status_text
    from jmstui.models.base import BadRow

    now = datetime.now().astimezone()
    rules: list[Permission] = [row for row in page.rows if not isinstance(row, BadRow)]
    rules.sort(key=lambda rule: (status(rule, now) in DEAD, rule.name.casefold()))
    out = [
        Line(
            f"{status_text(rule, now):<22} {rule.name}",
            tone="dim" if status(rule, now) in DEAD else "plain",
            target=Target("permissions", rule.id, rule.name, rule.org_id),
            key=rule.id,
        )
        for rule in rules
    ]
    out += [
        Line(f"! a rule that cannot be read: {row.reason}", tone="bad")
        for row in page.rows
        if isinstance(row, BadRow)
    ]
    if not out:
        return [Line("no rule", tone="dim")]
    more = (page.count or 0) - len(page.rows)
    return [*out, Line(f"… and {more:,} more", tone="dim")] if more > 0 else out


def member_lines(
    title: str, refs: Iterable[Ref] | None, view: str, org: str | None, amount: int | None
) -> list[Line]:
    """A heading and a line a member; a long list says how many more there are."""
    listed = list(refs or ())
    total = amount if amount is not None else len(listed)
    out = [Line(f"{title} {total:,}", tone="head", key=title)]
    for ref in listed[:MEMBERS]:
        target = Target(view, str(ref.id), ref.name, org)
        out.append(Line(ref.name, level=1, target=target, key=f"{view}:{ref.id}"))
    if total > min(len(listed), MEMBERS):
        out.append(Line(f"… and {total - min(len(listed), MEMBERS):,} more", level=1, tone="dim"))
    return out


async def shown(lines: list[Line]) -> AsyncIterator[list[Line]]:
    """Content that is already here."""
    yield lines


def not_said(what: Any) -> str:
    """A value in words, "-" for none."""
    return "-" if what in (None, "") else str(what)
