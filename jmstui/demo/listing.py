"""What every list of the server has in common: pages, search, order, filters, fields (§7.1 to §7.3)."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from operator import attrgetter
from typing import Any, TypeVar
from urllib.parse import parse_qsl, urlencode

from jmstui.demo.errors import Crash
from jmstui.demo.http import Ctx, Problem

T = TypeVar("T")
Row = dict[str, Any]
Test = Callable[[Any], bool]

_UUID = re.compile(r"[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}", re.I)


def old(ctx: Ctx) -> bool:
    """Is this a v3.10?"""
    return ctx.api.startswith("3")


def newest(ctx: Ctx) -> bool:
    """Is the request answered as v4.10.19 does it (§15)?"""
    return ctx.api == "4.10.19"


def whole_rows(ctx: Ctx) -> bool:
    """Are rows asked for as details have them? `format=json` does it; `action` up to v4.10.18 (§15)."""
    asked = ctx.query.get("action") == "retrieve" and not newest(ctx)
    return asked or ctx.query.get("format") == "json"


def is_uuid(text: str) -> bool:
    """Does the text look like a UUID?"""
    return _UUID.fullmatch(text) is not None


def number(text: str | None) -> int | None:
    """A whole number above -1; None for junk, as the paginator reads it."""
    try:
        value = int(text or "")
    except ValueError:
        return None
    return value if value >= 0 else None


def boolean(text: str | None) -> bool | None:
    """`true/false/1/0`, in any case; None for other text, which counts as not given (§7.2)."""
    return {"true": True, "1": True, "false": False, "0": False}.get((text or "").lower())


# -- errors -----------------------------------------------------------------------------------------------


def missing(what: str) -> Problem:
    """404 of the framework (recording assets-detail-404)."""
    return Problem(404, {"detail": f"{what} object does not exist.", "code": "object_does_not_exist"})


# -- pages ------------------------------------------------------------------------------------------------


def page(
    ctx: Ctx,
    rows: Sequence[T],
    to_row: Callable[[T], Any],
    *,
    default: int | None = 200,
    most: int | None = 1000,
    count: int | None = None,
) -> Any:
    """A page with `limit`, else a bare array cut at `default` rows. v3.10 cuts nothing and allows 10,000.

    `count` replaces the true number where the server counts wrong; then `next` ends too early as well (§14).
    """
    if old(ctx):
        default, most = None, most and 10_000
    limit, offset = number(ctx.query.get("limit")), number(ctx.query.get("offset")) or 0
    finish = finisher(ctx, to_row)
    if not limit:
        return [finish(row) for row in rows[:default]]
    limit = min(limit, most) if most else limit
    total = len(rows) if count is None else count
    ahead = _link(ctx, limit, offset + limit) if offset + limit < total else None
    back = _link(ctx, limit, max(offset - limit, 0)) if offset > 0 else None
    return {
        "count": total,
        "next": ahead,
        "previous": back,
        "results": [finish(row) for row in rows[offset : offset + limit]],
    }


def _link(ctx: Ctx, limit: int, offset: int) -> str:
    """The same address with other `limit` and `offset`, parameters sorted, as recorded."""
    pairs = [
        (k, v) for k, v in parse_qsl(ctx.raw_query, keep_blank_values=True) if k not in ("limit", "offset")
    ]
    pairs.append(("limit", str(limit)))
    if offset:
        pairs.append(("offset", str(offset)))
    return f"{ctx.base_url.removesuffix('/')}/{ctx.path.lstrip('/')}?{urlencode(sorted(pairs))}"


def finisher(ctx: Ctx, to_row: Callable[[T], Any]) -> Callable[[T], Any]:
    """`to_row`, then only the fields that were asked for: `fields`, `fields!` (§7.3)."""
    wanted = [name for name in ctx.query.get("fields", "").split(",") if name]
    unwanted = {name for name in ctx.query.get("fields!", "").split(",") if name}
    if not wanted and not unwanted:
        return to_row

    def finish(item: T) -> Any:
        row = to_row(item)
        names = [name for name in wanted if name in row] if wanted else list(row)
        return {name: row[name] for name in names if name not in unwanted}

    return finish


def sized(
    ctx: Ctx, to_row: Callable[[T], Row], mini: Sequence[str], small: Sequence[str]
) -> Callable[[T], Row]:
    """`to_row` cut to the names that `fields_size=mini|small` stands for."""
    names = {"mini": mini, "small": small}.get(ctx.query.get("fields_size", ""))
    if names is None:
        return to_row

    def cut(item: T) -> Row:
        row = to_row(item)
        return {name: row[name] for name in names if name in row}

    return cut


# -- search, order, filters -------------------------------------------------------------------------------


def search_words(ctx: Ctx) -> list[str]:
    """The words of `search` (or `q`, unknown to v3.10), in lower case; all must match (§4.3)."""
    text = ("" if old(ctx) else ctx.query.get("q", "")) or ctx.query.get("search", "")
    return text.lower().replace("\0", "").replace(",", " ").split()


def searched(ctx: Ctx, texts: Callable[[Any], Iterable[str]]) -> list[Test]:
    """The test for the search words over a row's texts; none without a search."""
    words = search_words(ctx)
    if not words:
        return []

    def found(row: Any) -> bool:
        joined = "\0".join(texts(row)).lower()
        return all(word in joined for word in words)

    return [found]


def chosen_ids(ctx: Ctx) -> list[Test]:
    """The tests for `id`, `ids` and `id!`; a bad UUID in `id` is a 400."""
    tests: list[Test] = []
    if one := uuid_of(ctx, "id"):
        tests.append(lambda row: row.id == one)
    if some := ctx.query.get("ids"):
        wanted = {text.strip() for text in some.split(",")}
        tests.append(lambda row: str(row.id) in wanted)
    if out := ctx.query.get("id!"):
        unwanted = {text.strip() for text in out.split(",")}
        tests.append(lambda row: str(row.id) not in unwanted)
    return tests


def uuid_of(ctx: Ctx, name: str) -> str:
    """A declared filter that takes a UUID, as the world writes it; "" when absent; junk is a 400 (§7.2)."""
    text = ctx.query.get(name, "").strip()
    if text and not is_uuid(text):
        raise Problem(400, {name: ["Enter a valid UUID."]})
    return str(uuid.UUID(text)) if text else ""


def exact(ctx: Ctx, *names: str, **of: Callable[[Any], Any]) -> list[Test]:
    """Tests for equality with a parameter: of the attribute of that name, or of what a function says."""
    plain: dict[str, Callable[[Any], Any]] = {name: attrgetter(name) for name in names}
    return [_equal(get, text) for name, get in (plain | of).items() if (text := ctx.query.get(name))]


def _equal(get: Callable[[Any], Any], text: str) -> Test:
    return lambda row: str(get(row)) == text


def flags(ctx: Ctx, **of: Test) -> list[Test]:
    """Tests for boolean parameters; each is held against what its function says of a row."""
    tests = []
    for name, test in of.items():
        wanted = boolean(ctx.query.get(name))
        if wanted is not None:
            tests.append(test if wanted else _not(test))
    return tests


def _not(test: Test) -> Test:
    return lambda row: not test(row)


def recent(ctx: Ctx) -> list[Test]:
    """Tests for `days` (created within) and `days__lt` (created before)."""
    tests: list[Test] = []
    for name, within in (("days", True), ("days__lt", False)):
        if text := ctx.query.get(name):
            days = number(text)
            if days is None:
                raise Problem(400, {name: ["Enter a number."]})
            edge = ctx.now - timedelta(days=min(days, 100_000))
            tests.append(since("date_created", edge, within))
    return tests


def since(name: str, edge: datetime, after: bool) -> Test:
    """A test whether a row's date is at or after the edge, or before it; a row without a date fails both."""
    return lambda row: getattr(row, name) is not None and (getattr(row, name) >= edge) is after


def labelled(ctx: Ctx) -> list[Test]:
    """The test for `labels=name:value,…`: names are ANDed, values of one ORed; an id is a crash (§4.4).

    A name that no label has is left out, as on the server, unless it is the only one.
    """
    text = ctx.query.get("labels")
    if not text:
        return []
    wanted: dict[str, set[str]] = {}
    for part in text.split(","):
        name, colon, value = part.partition(":")
        if not colon:
            raise Crash
        wanted.setdefault(name.strip(), set()).add(value.strip())
    known = ctx.world.labels.values()
    sets = [
        found
        for name, some in wanted.items()
        if (found := {x.id for x in known if x.name == name and ("*" in some or x.value in some)})
    ]
    if not sets:
        return [lambda row: False]
    return [lambda row: all(not ids.isdisjoint(getattr(row, "label_ids", ())) for ids in sets)]


def kept(ctx: Ctx, rows: Iterable[T], tests: list[Test]) -> list[T]:
    """The rows that pass: every test, or as `_rel=or|not` says (§7.2)."""
    if not tests:
        return list(rows)
    if len(tests) == 1 and ctx.query.get("_rel") != "not":
        return list(filter(tests[0], rows))
    match ctx.query.get("_rel"):
        case "or":
            return [row for row in rows if any(test(row) for test in tests)]
        case "not":
            return [row for row in rows if not all(test(row) for test in tests)]
    return [row for row in rows if all(test(row) for test in tests)]


def ordering(ctx: Ctx, names: Iterable[str]) -> list[tuple[str, bool]]:
    """`order` as (name, descending) pairs, those of `names` only: unknown ones are ignored."""
    allowed = set(names)
    asked = [
        (part.strip().lstrip("-"), part.strip().startswith("-"))
        for part in ctx.query.get("order", "").split(",")
    ]
    return [(name, down) for name, down in asked if name in allowed]


def ordered(ctx: Ctx, rows: Iterable[T], keys: dict[str, Callable[[T], Any]], default: str) -> list[T]:
    """The rows by `order`, else by `default`; `keys` says what may be sorted by."""
    asked = ordering(ctx, keys) or [(default.lstrip("-"), default.startswith("-"))]
    out = list(rows)
    for name, down in reversed(asked):
        out.sort(key=keys[name], reverse=down)
    return out
