"""From bytes to records: an envelope first, then row by row, so that one bad row never costs a page.

A question whose answer stands on certain fields names a record type that has no defaults for them (`held`, a
subclass of what a list shows): a server that leaves one out, or gives null where nothing can be null, is told
apart from one that says "none".
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeVar, cast

from jmstui.api.errors import Lacking, NotJumpServer, Undecodable, words

if TYPE_CHECKING:
    import msgspec

    from jmstui.models.base import BadRow
    from jmstui.models.page import Page

T = TypeVar("T")

MAX_DEPTH = 100
"""JumpServer's own answers are some ten levels deep."""
_RAW_OF_A_BAD_ROW = 64 * 1024


def one(kind: type[T], held: type[T] | None = None) -> Callable[[bytes], T]:
    """A decoder for an answer that is one record; it raises `Undecodable` or `NotJumpServer` only, and
    `Lacking` for a record that lacks what `held` needs."""

    def decode(body: bytes) -> T:
        try:
            return cast(T, _decode(_decoder(cast(Any, held or kind)), body))
        except Undecodable:
            if held is not None and (lacks := _lacks(kind, held, body)[0]):
                raise Lacking(_noun(held), lacks) from None
            raise

    return decode


def page(kind: type[T], first: int = 0, held: type[T] | None = None) -> Callable[[bytes], Page[T]]:
    """A decoder for a list, enveloped or bare (`count` None); `first`: its offset, for bad rows' ids.

    A row that lacks what `held` needs is a `BadRow` that says so (`Page.lacking`).
    """

    def decode(body: bytes) -> Page[T]:
        from jmstui.models.base import BadRow
        from jmstui.models.page import Page

        count, raws = _envelope(body)
        decoder = _decoder(cast(Any, held or kind))
        rows = [_row(decoder, raw, first + index) for index, raw in enumerate(raws)]
        if held is not None:
            rows = [_told(kind, held, row) if isinstance(row, BadRow) else row for row in rows]
        return Page(cast("list[T | BadRow]", rows), count, sum(isinstance(row, BadRow) for row in rows))

    return decode


def many(kind: type[T], held: type[T] | None = None) -> Callable[[bytes], list[T | BadRow]]:
    """A decoder for a bare array (trees, suggestions, search)."""
    whole = page(kind, held=held)
    return lambda body: whole(body).rows


def raw(body: bytes) -> bytes:
    """The body as it came, once it is known to be JSON of a depth that can be shown."""
    import json

    try:
        value = json.loads(body)
    except RecursionError:
        raise Undecodable("it is nested too deeply") from None
    except ValueError:
        raise _not_json(body) from None
    _check_depth(value)
    return body


def _check_depth(value: Any) -> None:
    """Raise `Undecodable` for nesting that would overrun whoever walks it."""
    level = [value]
    for _ in range(MAX_DEPTH):
        level = [
            child
            for item in level
            if isinstance(item, dict | list)
            for child in (item.values() if isinstance(item, dict) else item)
        ]
        if not level:
            return
    raise Undecodable("it is nested too deeply")


@lru_cache(maxsize=128)
def _decoder(kind: Any) -> msgspec.json.Decoder[Any]:
    import msgspec

    return msgspec.json.Decoder(kind)


def _not_json(body: bytes) -> Undecodable | NotJumpServer:
    return (
        NotJumpServer()
        if body.lstrip()[:1] == b"<"
        else Undecodable("it is not JSON, or only half of it arrived")
    )


def _decode(decoder: msgspec.json.Decoder[Any], body: bytes) -> Any:
    """Decode, with every way to fail turned into `Undecodable` or `NotJumpServer`."""
    import msgspec

    try:
        return decoder.decode(body)
    except msgspec.ValidationError as error:
        raise Undecodable(_reason(error)) from None
    except RecursionError:
        raise Undecodable("it is nested too deeply") from None
    except (msgspec.MsgspecError, ValueError):
        raise _not_json(body) from None


def _reason(error: Exception) -> str:
    return words(str(error).splitlines()[0] if str(error) else type(error).__name__)


def _envelope(body: bytes) -> tuple[int | None, list[Any]]:
    """(`count`, rows as JSON bytes) of a page or a bare array."""
    import msgspec

    if body.lstrip()[:1] == b"[":
        kind: Any = list[msgspec.Raw]
    else:
        kind = dict[str, msgspec.Raw]
    try:
        value = _decode(_decoder(cast(Any, kind)), body)
        if isinstance(value, list):
            return None, value
        count = value.get("count")
        results = value.get("results")
        if results is None:
            raise Undecodable("it is no list")
        return _whole(bytes(count) if count is not None else b""), _decode(
            _decoder(list[msgspec.Raw]), bytes(results)
        )
    except Undecodable:
        # NaN and lone surrogates stop msgspec at the envelope; the standard library reads them
        return _lenient_envelope(body)


def _whole(text: bytes) -> int | None:
    """A count: a whole number that is not negative, else None."""
    return int(text) if text.isdigit() and len(text) < 16 else None


def _lenient_envelope(body: bytes) -> tuple[int | None, list[bytes]]:
    """As `_envelope`, for bodies with something in a row that only a lenient reader gets past."""
    import json

    try:
        value = json.loads(body.decode("utf-8", "replace"))
    except RecursionError:
        raise Undecodable("it is nested too deeply") from None
    except ValueError:
        raise _not_json(body) from None
    rows = value.get("results") if isinstance(value, dict) else value
    if not isinstance(rows, list):
        raise Undecodable("it is no list")
    count = value.get("count") if isinstance(value, dict) else None
    try:
        packed = [json.dumps(row, ensure_ascii=False).encode("utf-8", "surrogatepass") for row in rows]
    except RecursionError:
        raise Undecodable("it is nested too deeply") from None
    return _whole(str(count).encode()) if isinstance(count, int) else None, packed


def _row(decoder: msgspec.json.Decoder[Any], raw: Any, index: int) -> Any:
    """The record, or a `BadRow` in its place."""
    import msgspec

    from jmstui.models.base import BadRow

    try:
        return decoder.decode(raw)
    except UnicodeError:
        reason = "it holds text that is not Unicode"
    except RecursionError:
        reason = "it is nested too deeply"
    except (msgspec.MsgspecError, ValueError) as error:
        reason = _reason(error)
    return BadRow(id=_row_id(bytes(raw), index), reason=reason, raw=bytes(raw)[:_RAW_OF_A_BAD_ROW])


def _lacks(kind: Any, held: Any, body: bytes) -> tuple[tuple[str, ...], Any]:
    """(fields that `held` needs and `body` does not give, the record as `kind`); neither where that is not
    what is wrong."""
    import msgspec

    try:
        loose = _decoder(kind).decode(body)
        keys = _decoder(dict[str, msgspec.Raw]).decode(body)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return (), None
    nullable = {field.name for field in msgspec.structs.fields(held) if _may_be_null(field.type)}
    needed = [field.encode_name for field in msgspec.structs.fields(held) if field.required]
    lacks = [
        name for name in needed if name not in keys or (bytes(keys[name]) == b"null" and name not in nullable)
    ]
    return tuple(lacks), loose if lacks else None


def _may_be_null(kind: Any) -> bool:
    from typing import get_args

    return type(None) in get_args(kind)


def _noun(held: Any) -> str:
    return str(getattr(held, "noun", "") or held.__name__.lower())


def _told(kind: Any, held: Any, row: BadRow) -> BadRow:
    """The row with what it lacks, if that is what is wrong with it."""
    import msgspec

    lacks, loose = _lacks(kind, held, row.raw)
    if not lacks:
        return row
    reason = f"the server left out {', '.join(lacks)}"
    return msgspec.structs.replace(row, reason=reason, lacks=lacks, noun=_noun(held), loose=loose)


def _row_id(raw: bytes, index: int) -> str:
    """The id of a row that would not decode, when that much can be read; else `bad-<n>`."""
    import json

    try:
        value = json.loads(raw.decode("utf-8", "replace"))
    except (ValueError, RecursionError):
        value = None
    found = value.get("id") if isinstance(value, dict) else None
    text = str(found) if isinstance(found, str | int) and not isinstance(found, bool) else ""
    return text if 0 < len(text) <= 100 and text.isprintable() else f"bad-{index}"
