"""The answers as lines: one drawing for the explorer and for the readable output of the commands."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from jmstui.access.status import DEAD, Status
from jmstui.access.verdict import SENTENCES, Reason, Verdict, sentence
from jmstui.text import clean, width
from jmstui.views.spec import Line, Target, Tone

if TYPE_CHECKING:
    from jmstui.access.evaluate import Granted
    from jmstui.access.paths import Path, Step
    from jmstui.services.answers import RuleStand
    from jmstui.services.expiring import Ending, Expiring
    from jmstui.services.what_can import WhatCan
    from jmstui.services.who_by_rule import RuleReach
    from jmstui.services.who_can import Reacher, WhoCan
    from jmstui.services.why import Why, WhyAccount

_VIEWS = {"user": "users", "group": "groups", "node": "nodes", "asset": "assets", "rule": "permissions"}
_SERIOUS = {
    "not-known",
    "protocol-not-offered",
    "verdict-unexplained",
    "not-among-yours",
    "rules-unreadable",
    "cut",
}


MOST_CELLS = 22
"""Cells of a column; a longer text moves what follows in its own line alone."""
MOST_ACCOUNTS = 3
"""Accounts named in the line of a user, as far as the column goes."""


NEAR = 20
"""Rules that a "no" is explained by on a screen; the others are counted."""
ACCOUNTS = 3
"""Accounts of a rule that its line names."""


def day(when: datetime | None) -> str:
    """A day in the local zone."""
    return when.astimezone().strftime("%Y-%m-%d") if when else "?"


def tone_of(status: Status) -> Tone:
    """The tone of a rule's line; its words say the same."""
    if status in DEAD:
        return "bad"
    return "warn" if status in (Status.SOON, Status.EMPTY) else "good"


def why_lines(answer: Why, steps: bool = True) -> list[Line]:
    """Verdict, accounts, protocols, warnings, every rule with its paths, and what is near.

    `steps`: below each path a line for each of its stops, to be opened.
    """
    org = answer.organization.id or None
    lines = [_verdict_line(answer)]
    names = account_names(answer.accounts)
    room = min(MOST_CELLS, max((width(clean(name)) for name in names), default=0))
    for account, name in zip(answer.accounts, names, strict=True):
        note = (
            "  (virtual)"
            if account.virtual
            else "  (no secret stored)"
            if account.has_secret is False
            else ""
        )
        ends = f"  until {day(account.until)}" if account.until else ""
        gap = " " * max(0, room - width(clean(name)))
        text = f"as {name}{gap}  {' '.join(account.actions)}{ends}{note}"
        lines.append(Line(text, 1, key=f"account:{account.alias}"))
    if answer.protocols:
        over = " · ".join(f"{p.name} {p.port}" if p.port else p.name for p in answer.protocols)
        lines.append(Line(f"over {over}", 1, key="protocols"))
    lines += _reason_lines(answer)
    for warned in answer.warnings:
        if warned.code == "cut" and answer.near_more:
            continue  # said where the list ends
        tone: Tone = "warn" if warned.code in _SERIOUS else "dim"
        lines.append(Line(f"! {warned.text}", 1, tone, key=f"warning:{warned.code}"))
    if answer.rules:
        lines.append(Line("Rules that join the two", 0, "head", key="rules"))
        for stand in answer.rules:
            lines += _rule_lines(stand, org, steps)
    if answer.near:
        lines.append(Line("Nearest rules, and what each lacks", 0, "head", key="near"))
        for one in answer.near[:NEAR]:
            target = Target("permissions", one.rule.id, one.rule.name, org)
            lines.append(Line(f"rule {one.rule.name}  {one.lacks}", 1, "dim", target, f"near:{one.rule.id}"))
        more = len(answer.near[NEAR:]) + answer.near_more
        if more:
            text = f"… and {more} more: `jmstui why USER ASSET --json` lists them"
            lines.append(Line(text, 1, "dim", key="near:more"))
    if not answer.done:
        lines.append(Line("…", 1, "dim", key="more"))
    return lines


def _verdict_line(answer: Why) -> Line:
    user, asset = (
        answer.user.username or answer.user.name or answer.user.id,
        answer.asset.name or answer.asset.id,
    )
    asked = f"Can {user} reach {asset}?"
    if answer.verdict is Verdict.NO:
        return Line(f"{asked}  NO", 0, "bad", key="verdict")
    if answer.verdict is Verdict.BLOCKED:
        until = f" until {day(answer.until)}" if answer.until else ""
        why = sentence(answer.reasons)
        return Line(f"{asked}  BLOCKED: granted{until}, but {why}", 0, "warn", key="verdict")
    if answer.verdict is Verdict.YES:
        return Line(f"{asked}  YES{_how(answer)}", 0, "good", key="verdict")
    if not answer.granted:
        return Line(f"{asked}  …", 0, "dim", key="verdict")
    more = ", but whether it can be used is not known" if answer.settled else " …"
    return Line(f"{asked}  GRANTED{_how(answer) if answer.settled else ''}{more}", 0, "warn", key="verdict")


def _reason_lines(answer: Why) -> list[Line]:
    """On a no: what stands in the way besides. On the other verdicts the first line says it."""
    if answer.verdict is not Verdict.NO:
        return []
    shown = [reason for reason in answer.reasons if reason is not Reason.NO_RULE]
    return [Line(f"! {SENTENCES[reason]}", 1, "warn", key=f"reason:{reason}") for reason in shown]


def _how(answer: Why) -> str:
    """Until when, and whether there is an account to go in with as long as that."""
    until = day(answer.until) if answer.until else ""
    if not answer.accounts:
        return f", until {until}" if until else ""
    ends = [account.until for account in answer.accounts]
    last = day(max(end for end in ends if end)) if all(ends) else until
    if not until or last >= until:
        return f", until {until}" if until else ""
    return f", until {last} with an account; visible until {until}"


def account_names(accounts: Sequence[Granted | WhyAccount]) -> list[str]:
    """The accounts by user name, with the account's own name beside where two share a user name."""
    known = [account.username or account.alias for account in accounts]
    return [
        f"{name} ({account.name})" if known.count(name) > 1 and account.name else name
        for account, name in zip(accounts, known, strict=True)
    ]


def _rule_lines(stand: RuleStand, org: str | None, steps: bool = True) -> list[Line]:
    rule = stand.rule
    target = Target("permissions", rule.id, rule.name, org)
    until = f"  until {day(rule.end)}" if stand.status is Status.VALID else ""
    text = f"rule {rule.name}  {stand.text}{until}{_gives(rule.accounts)}"
    lines = [Line(text, 1, tone_of(stand.status), target, f"rule:{rule.id}")]
    for number, path in enumerate(stand.paths):
        lines.append(Line(_chain(path), 2, "plain", key=f"path:{rule.id}:{number}", folded=steps))
        lines += [
            _step_line(step, org, f"step:{rule.id}:{number}:{place}")
            for place, step in enumerate(path if steps else ())
        ]
    return lines


def _gives(accounts: Sequence[str] | None) -> str:
    """The accounts that a rule names, the first few; a rule may join the two and still name none (§6.4.6)."""
    if accounts is None:
        return ""
    named = [account for account in accounts if account != "@SPEC"]
    more = f" +{len(named) - ACCOUNTS}" if len(named) > ACCOUNTS else ""
    return f"  as {', '.join(named[:ACCOUNTS])}{more}" if named else "  names no account"


def _chain(path: Path) -> str:
    """A path in one line, as one reads it: who ─ by which group ─ … ─ what."""
    groups = [f"group {step.name}" for step in path if step.type == "group"]
    nodes = [f"node {step.name}" for step in path if step.type == "node"]
    return " ─ ".join([path[0].name, *(groups or ["(direct)"]), *(nodes or ["(direct)"]), path[-1].name])


def _step_line(step: Step, org: str | None, key: str) -> Line:
    target = Target(_VIEWS[step.type], step.id, step.name, org) if step.id else None
    return Line(f"{step.type} {step.name}", 3, "dim", target, key)


def who_can_lines(answer: WhoCan) -> list[Line]:
    """Those who can, a line each with accounts and rules folded below it; the groups; the rules; and apart,
    those who are granted but blocked, and those who are only named, with the reasons."""
    org = answer.organization.id or getattr(answer.target, "org_id", "") or None
    lines = [Line(reach_text(answer), 0, "head", key="who")]
    if answer.inactive:
        text = "! the asset is inactive: connections will be refused although the grants are valid"
        lines.append(Line(text, 1, "warn", key="inactive"))
    if not answer.complete:
        lines.append(
            Line("! incomplete: something is not visible to you or could not be read", 1, "warn", key="cut")
        )
    rules = {stand.rule.id: stand for stand in answer.rules}
    lines += _reachers(answer.users, rules, org, answer.done)
    lines += _apart("blocked", answer.blocked, rules, org)
    if answer.groups:
        lines.append(Line(_count(answer.groups, "group"), 0, "head", key="groups"))
        for group in answer.groups:
            names = ", ".join(rules[id].rule.name for id in group.rules if id in rules)
            target = Target("groups", group.id, group.name, org)
            lines.append(Line(f"group {group.name}  by {names}", 1, "plain", target, f"group:{group.id}"))
    if answer.rules:
        lines.append(Line(_count(answer.rules, "rule"), 0, "head", key="rules"))
        for stand in answer.rules:
            lines += _rule_lines(stand, org)
    lines += _apart("lapsed", answer.lapsed, rules, org)
    if not answer.done:
        lines.append(Line("…", 1, "dim", key="more"))
    return lines


def reach_text(answer: WhoCan) -> str:
    """The headline: who can, who is granted but blocked, who is only named; each counted apart."""
    counts, name = answer.counts(), answer.target.name or answer.target.id
    if not answer.done:
        return f"{_users(len(answer.users))} granted {name} so far"
    parts = []
    if counts["can"] or not counts["unknown"]:
        parts.append(f"{_users(counts['can'])} can reach {name}")
    if counts["unknown"]:
        parts.append(f"{_users(counts['unknown'])} granted {name}, whether they can use it is not known")
    if counts["blocked"]:
        parts.append(f"{counts['blocked']:,} granted but blocked")
    if counts["named"]:
        parts.append(f"{counts['named']:,} only named")
    return "; ".join(parts)


def _users(amount: int) -> str:
    return f"{amount:,} user{'' if amount == 1 else 's'}"


def rule_reach_lines(answer: RuleReach) -> list[Line]:
    """Those whom a rule gives access, and apart those who are named but cannot."""
    stand = answer.stand
    org = stand.rule.org_id
    if stand.status in DEAD:
        lines = [Line(f"nobody by this rule: {stand.text}", 0, "warn", key="dead")]
    elif not answer.done:
        lines = []
    else:
        count = _count(answer.users, "user")
        text = f"{count} can reach its assets by this rule"
        lines = [Line(text, 0, "head", key="who")]
    if stand.status is Status.EMPTY:
        lines.append(Line(f"! the rule is {stand.text}", 1, "warn", key="empty"))
    if not answer.complete:
        lines.append(Line("! incomplete: some of its users are not visible to you", 1, "warn", key="cut"))
    lines += _reachers(answer.users, {}, org, answer.done)
    lines += _apart("blocked", answer.blocked, {}, org)
    lines += _apart("lapsed", answer.lapsed, {}, org)
    if not answer.done:
        lines.append(Line("…", 1, "dim", key="more"))
    return lines


_APART = {"blocked": "granted but blocked, and not counted", "lapsed": "only named, and not granted"}


def _apart(kind: str, rows: Sequence[Reacher], rules: dict[str, RuleStand], org: str | None) -> list[Line]:
    """Those who are not among the ones who can, under a title of their own."""
    if not rows:
        return []
    verb = "is" if len(rows) == 1 else "are"
    title = Line(f"{len(rows):,} {verb} {_APART[kind]}", 0, "head", key=kind)
    return [title, *_reachers(rows, rules, org, done=True, kind=kind)]


def _count(rows: Sequence[object], noun: str) -> str:
    return f"{len(rows):,} {noun}{'' if len(rows) == 1 else 's'}"


def _reachers(
    rows: Sequence[Reacher], rules: dict[str, RuleStand], org: str | None, done: bool, kind: str = "user"
) -> list[Line]:
    """The rows in columns below a line of titles: until when and as whom, or why not; and via what."""
    if not rows:
        return []
    cells = [_cells(row, done) for row in rows]
    heads = ("USER", "NAME", "UNTIL", "AS", "VIA") if kind == "user" else ("USER", "NAME", "WHY NOT", "VIA")
    sizes = [
        max(width(title), min(MOST_CELLS, max(width(clean(row[at])) for row in cells)))
        for at, title in enumerate(heads)
    ]
    lines = [Line(_row(heads, sizes), 1, "dim", key="titles" if kind == "user" else f"{kind}:titles")]
    for row, texts in zip(rows, cells, strict=True):
        lines += _reacher_lines(row, _row(texts, sizes), rules, org, f"{kind}:{row.user.id}")
    return lines


def _cells(row: Reacher, done: bool) -> tuple[str, ...]:
    user, via = row.user, ", ".join(row.via)
    if row.reasons:
        return user.username, user.name, why_not(row), via
    return user.username, user.name, day(row.until), _as_whom(row.accounts, done), via


def _row(cells: Sequence[str], sizes: Sequence[int]) -> str:
    """The cells in columns; the last one as long as it is."""
    pad = [text + " " * max(0, size - width(clean(text))) for text, size in zip(cells, sizes, strict=True)]
    return "  ".join([*pad[:-1], cells[-1]])


def why_not(row: Reacher) -> str:
    """The reasons in words, the first for a column."""
    return ", ".join(SENTENCES[reason] for reason in row.reasons)


def _reacher_lines(
    row: Reacher, text: str, rules: dict[str, RuleStand], org: str | None, key: str
) -> list[Line]:
    user = row.user
    target = Target("users", user.id, user.username or user.name, org)
    tone: Tone = "dim" if row.verdict is Verdict.NO else "plain" if row.verdict is Verdict.YES else "warn"
    lines = [Line(text, 1, tone, target, key, folded=True)]
    if row.verdict is None:
        words = "granted; whether it can be used is not known"
        lines.append(Line(words, 2, "warn", key=f"{key}:unknown"))
    for account, name in zip(row.accounts, account_names(row.accounts), strict=True):
        words = f"as {name}  {' '.join(account.actions)}  until {day(account.until)}"
        lines.append(Line(words, 2, "dim", key=f"{key}:{account.alias}"))
    for id in row.rules:
        if id in rules:
            rule = rules[id]
            words = f"rule {rule.rule.name}  {rule.text}"
            lines.append(Line(words, 2, "dim", Target("permissions", id, rule.rule.name, org), f"{key}:{id}"))
    return lines


def _as_whom(accounts: Sequence[Granted], done: bool) -> str:
    """The first accounts by name; all of them stand below the line."""
    if not accounts:
        return "no account" if done else ""
    names = account_names(accounts)
    for named in range(min(MOST_ACCOUNTS, len(accounts)), 0, -1):
        shown = ", ".join(names[:named])
        more = len(accounts) - named
        text = f"{shown} +{more}" if more else shown
        if width(clean(text)) <= MOST_CELLS:
            break
    return text


def what_can_lines(answer: WhatCan) -> list[Line]:
    """The count, the rules with their marks, and the nodes."""
    name = answer.user.username or answer.user.name
    known = "" if answer.total is None else f" {answer.total:,} assets"
    lines = [Line(f"{name} is granted{known}", 0, "head", key="what")]
    if answer.standing is not None and answer.standing.blocked:
        words = f"! all of them are blocked: {sentence(answer.standing.blocked)}"
        lines.append(Line(words, 1, "warn", key="blocked"))
    elif answer.standing is not None and answer.standing.user is None:
        words = "! whether the user can sign in could not be read"
        lines.append(Line(words, 1, "warn", key="unknown"))
    if answer.hidden:
        lines.append(Line("! the rules are not visible to you", 1, "dim", key="hidden"))
    if answer.rules:
        lines.append(Line(_count(answer.rules, "rule"), 0, "head", key="rules"))
        for stand in answer.rules:
            lines += _rule_lines(stand, None)
    if answer.nodes:
        lines.append(Line("Nodes", 0, "head", key="nodes"))
        keys = {node.key for node in answer.nodes}
        depths = {node.key: _depth(node.key, keys) for node in answer.nodes}
        for node in answer.nodes:
            target = Target("nodes", node.id, node.name) if node.id else None
            count = "" if node.count is None else f"  {node.count:,}"
            depth = depths[node.key]
            lines.append(
                Line(f"{node.name}{count}", 1 + depth, "plain", target, f"node:{node.key}", folded=depth > 0)
            )
    if not answer.done:
        lines.append(Line("…", 1, "dim", key="more"))
    return lines


def _depth(key: str, keys: set[str]) -> int:
    """How many ancestors of the node are in the tree too."""
    parts = key.split(":")
    return sum(":".join(parts[:n]) in keys for n in range(1, len(parts)))


def expiring_lines(answer: Expiring, unfold: bool = False) -> list[Line]:
    """The rules by last day, each with whom and what; those of tickets in one line unless `unfold`."""
    lines = [Line(f"{answer.total} rules end within {answer.within} days", 0, "head", key="expiring")]
    for item in answer.own:
        lines += ending_lines(item)
    if answer.tickets:
        text = f"{len(answer.tickets)} more were made by approval tickets"
        lines.append(Line(text, 0, "head", key="tickets"))
        if unfold:
            for item in answer.tickets:
                lines += ending_lines(item)
    if not answer.done:
        lines.append(Line("…", 1, "dim", key="more"))
    return lines


def ending_lines(item: Ending) -> list[Line]:
    """One rule: its last day, and below it what it would cut off."""
    rule = item.rule
    org = rule.org_id
    left = (
        f"in {item.days} days" if item.days > 0 else "today" if item.days == 0 else f"{-item.days} days ago"
    )
    target = Target("permissions", rule.id, rule.name, org)
    head = f"{day(rule.end)}  {rule.name}  {left}  {item.stand.text}"
    lines = [Line(head, 1, tone_of(item.stand.status), target, f"rule:{rule.id}")]
    for view, word, refs, what in (
        ("users", "user", rule.users, "users"),
        ("groups", "group", rule.user_groups, "user_groups"),
        ("assets", "asset", rule.assets, "assets"),
        ("nodes", "node", rule.nodes, "nodes"),
    ):
        if refs is None:
            count = rule.amount(what)
            if count:
                lines.append(Line(f"{count} {view}", 2, "dim", key=f"{rule.id}:{view}"))
        lines += [
            Line(
                f"{word} {ref.name}",
                2,
                "dim",
                Target(view, str(ref.id), ref.name, org),
                f"{rule.id}:{ref.id}",
            )
            for ref in refs or ()
        ]
    return lines


def plain(lines: Sequence[Line] | Iterable[Line]) -> list[str]:
    """The lines as text, two spaces a level; uncleaned."""
    return [f"{'  ' * line.level}{line.text}" for line in lines]
