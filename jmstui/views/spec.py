"""What a view is made of. Pure data: no Textual, no httpx, and models only for the type checker.

Named tuples where there is no need to `replace`: making one of these classes takes a fifth of the time that a
dataclass takes, and the first frame waits for them.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, Literal, NamedTuple, TypeVar

if TYPE_CHECKING:
    from jmstui.api.client import Client
    from jmstui.api.query import Query
    from jmstui.models.page import Page
    from jmstui.services.identity import Identity

R = TypeVar("R")

Tone = Literal["plain", "head", "dim", "good", "warn", "bad"]
"""How a line is meant; a tone is never the only carrier of what it says."""


class Column(NamedTuple, Generic[R]):
    """One column of a table, of a CSV and of a headless table."""

    key: str
    title: str
    cell: Callable[[R], str]
    """The text of the cell, as the server gave it: whoever draws it cleans it (`jmstui.text.clean`)."""
    width: int = 10
    """Cells at least; the title is never cut."""
    grow: int = 0
    """Share of the room that is left over; 0: stays at `width`."""
    priority: int = 0
    """0 is always there; the highest number goes first when the room is short."""
    order: str | None = None
    """The server's sort key; None: cannot be sorted by."""
    align: Literal["left", "right"] = "left"
    tone: Callable[[R], Tone] | None = None
    """For the one accent cell of a row."""
    data: Callable[[R], Any] | None = None
    """The value for JSON and CSV where the text of the cell will not do."""
    tail: bool = False
    """A text that is too long loses its beginning, not its end: paths."""


class Target(NamedTuple):
    """Where a line leads: a record of a view."""

    view: str
    id: str
    name: str = ""
    org: str | None = None


class Line(NamedTuple):
    """One line of a detail or of an answer. `text` comes uncleaned; whoever draws it cleans it."""

    text: str
    level: int = 0
    """Depth in the tree that the lines draw."""
    tone: Tone = "plain"
    target: Target | None = None
    key: str = ""
    """Stable identity, so that the cursor stays where it was when the lines come again."""
    folded: bool = False
    """What stands below it is hidden until somebody unfolds it."""


@dataclass(frozen=True, slots=True)
class Ask:
    """What a person has narrowed a list to. `filters` are the server's own parameters."""

    search: str = ""
    order: str = ""
    """The server's sort key, `-` in front for descending; "" for the view's own."""
    filters: tuple[tuple[str, str], ...] = ()


PageOf = Callable[[int, int], "Query[Page[R]]"]
"""(offset, limit) -> the query for those rows."""


class Tab(NamedTuple, Generic[R]):
    """A tab of the detail pane. `lines` yields the whole content again each time more is known."""

    key: str
    title: str
    lines: Callable[[Client, Identity, R], AsyncIterator[list[Line]]]
    needs: tuple[str, ...] = ()
    """Any of these permission codes; () for everybody who sees the view."""


@dataclass(frozen=True, slots=True)
class Branch:
    """An item of a side tree; `filters` is what choosing it narrows the list to."""

    id: str
    parent: str
    """"" at the top."""
    name: str
    count: int | None = None
    filters: tuple[tuple[str, str], ...] = ()
    record: str = ""
    """The record's own id (a node's UUID), for `w` and the like."""


class Side(NamedTuple):
    """A tree beside the table."""

    title: str
    load: Callable[[Client, Identity], AsyncIterator[list[Branch]]]
    """Yields the whole tree: at once from the cache, and again when a refresh differs."""
    view: str = ""
    """The view whose records the branches are ("nodes", "groups")."""
    direct: tuple[tuple[str, str], ...] = ()
    """Parameters that narrow to what stands directly in the branch (key `d`); () where that means nothing."""


class QuickFilter(NamedTuple):
    """A named narrowing, chosen with `f`."""

    key: str
    title: str
    filters: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class View(Generic[R]):
    """A noun: everything that table, detail, `:` line, help, CSV and JSON need to know."""

    name: str
    title: str
    noun: str
    """One of them, for sentences: "asset"."""
    columns: tuple[Column[R], ...]
    page: Callable[[Identity, Ask], PageOf[R]]
    aliases: tuple[str, ...] = ()
    key: str = ""
    """The number key of a main view, "" for the others."""
    tabs: tuple[Tab[R], ...] = ()
    side: Callable[[Identity], Side | None] | None = None
    filters: tuple[QuickFilter, ...] = ()
    unfiltered: str = ""
    """What is left out while no quick filter is on, in words; "" where nothing is."""
    needs: tuple[str, ...] = ()
    """Any of these permission codes opens the view; () for everybody."""
    why_not: str = ""
    """The sentence for those who may not see it."""
    own_order: str = ""
    """The order in which the list comes unasked, as a column's `order`; "" where the server promises none."""
    all_rows: bool = False
    """The list is short and comes whole: sorting and searching happen here."""
    find: Callable[[Client, str], Awaitable[R]] | None = None
    """One record by its id, for a `Target`."""
    row_id: Callable[[R], str] = field(default=lambda row: str(row.id))
    row_name: Callable[[R], str] = field(default=lambda row: str(row.name))
    who_can: bool = False
    """`w` and `x` take this row as what is reached."""
    what_can: bool = False
    """`w` and `x` take this row as who reaches."""
    hidden: bool = False
    """Not offered in the `:` line."""
