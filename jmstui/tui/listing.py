"""What a list screen shows: a place, the question that it stands for, and the rows that answer it. Knows
no widget."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from jmstui.tui.history import Place
from jmstui.views.spec import Ask, Column, Side, View

if TYPE_CHECKING:
    from jmstui.api.client import Client
    from jmstui.services.identity import Identity

PAGE = 100
"""Rows a request."""
WHOLE = 1000
"""Rows a request for the lists that come whole: the server's own largest."""


def ask_of(place: Place, view: View[Any], side: Side | None) -> Ask:
    """The question of a place: its search and order, and the filters of branch, quick filter and
    direct-only together."""
    filters = [*place.ask.filters, *place.branch_filters]
    if place.direct and side is not None and place.branch:
        filters += side.direct
    filters += next((quick.filters for quick in view.filters if quick.key == place.quick), ())
    return Ask(place.ask.search, place.ask.order, tuple(filters))


def sortable(view: View[Any]) -> list[Column[Any]]:
    """The columns that a list can be sorted by."""
    return [column for column in view.columns if column.order]


def next_order(view: View[Any], order: str) -> str:
    """The sort key after `order`: the view's own order, then each other sortable column, round."""
    keys = ["", *(column.order or "" for column in sortable(view) if column.order != view.own_order)]
    order = "" if order.lstrip("-") == view.own_order else order
    plain = order.lstrip("-")
    return keys[(keys.index(plain) + 1) % len(keys)] if plain in keys else ""


def reversed_order(view: View[Any], order: str) -> str:
    """The same order turned round; an own order that is not known becomes the first sortable column,
    descending."""
    order = order or view.own_order
    if order:
        return order[1:] if order.startswith("-") else f"-{order}"
    columns = sortable(view)
    return f"-{columns[0].order}" if columns else ""


def order_text(view: View[Any], order: str) -> str:
    """An order in words: `name ↑`; "" for the view's own."""
    plain = order.lstrip("-")
    title = next((column.title for column in view.columns if column.order == plain), plain)
    return f"{title.lower()} {'↓' if order.startswith('-') else '↑'}" if plain else ""


def next_quick(view: View[Any], quick: str) -> str:
    """The quick filter after this one; "" (none) stands between the last and the first."""
    keys = ["", *(each.key for each in view.filters)]
    return keys[(keys.index(quick) + 1) % len(keys)] if quick in keys else ""


def narrowing(place: Place, view: View[Any]) -> str:
    """What the list is narrowed to besides the branch, in words."""
    quick = next((each.title for each in view.filters if each.key == place.quick), "")
    words = [
        quick,
        f"search “{place.ask.search}”" if place.ask.search else "",
        order_text(view, place.ask.order),
    ]
    return "   ".join(word for word in words if word)


class Listing:
    """The rows of one place at a time. The former rows stay until the first answer of the new ones is there.

    `on_rows(kind, change)` is called on the event loop: "swap" when `rows` is another list than before
    (whoever shows the former one closes it), "error" when a list that comes whole did not, else "change"
    with the list's own change.
    """

    def __init__(self, view: View[Any], on_rows: Callable[[str, Any], None]) -> None:
        self.view = view
        self.place = Place(view.name)
        self.side: Side | None = None
        self.rows: Any = None
        """The `RemoteList` or `LocalList` on screen; None before the first."""
        self.error: Any = None
        """Why a list that comes whole did not come."""
        self._next: Any = None
        self._on_rows = on_rows
        self._turn = 0
        self._task: asyncio.Task[None] | None = None

    @property
    def loading(self) -> bool:
        """Whether the rows of `place` are still on the way."""
        return self._next is not None or (self._task is not None and not self._task.done())

    def close(self) -> None:
        """Give everything back; requests that nobody waits for any more are cancelled."""
        self._turn += 1
        if self._task is not None:
            self._task.cancel()
            self._task = None
        for rows in (self._next, self.rows):
            if rows is not None:
                rows.close()
        self._next = self.rows = None
        self.error = None

    def show(self, client: Client, identity: Identity, place: Place, fresh: bool = False) -> None:
        """Ask for the rows of `place`. An answer to an older question can no longer come on screen."""
        self.place = place
        self._turn += 1
        turn = self._turn
        if self._next is not None:
            self._next.close()
            self._next = None
        if self._task is not None:
            self._task.cancel()
            self._task = None
        ask = ask_of(place, self.view, self.side)
        if self.view.all_rows:
            self._task = asyncio.get_running_loop().create_task(
                self._whole(client, identity, ask, turn, fresh)
            )
            return
        from jmstui.api.pages import RemoteList

        page_of = self.view.page(identity, ask)

        def changed(change: Any) -> None:
            if rows is self._next:
                if rows.total is not None or rows.error is not None:
                    self._swap(rows)
            elif rows is self.rows:
                self._on_rows("change", change)

        rows: Any = RemoteList(client, page_of, page_size=PAGE, on_change=changed)
        self._next = rows
        rows.want(place.at[1], place.at[0] if any(place.at) else PAGE // 2)
        if self._next is rows and rows.total is not None:  # from the cache
            self._swap(rows)

    def _swap(self, rows: Any) -> None:
        self.rows, self._next, self.error = rows, None, rows.error
        self._on_rows("swap", None)

    async def _whole(self, client: Client, identity: Identity, ask: Ask, turn: int, fresh: bool) -> None:
        """A short list: every row, searched and sorted here."""
        from jmstui.api.errors import ApiError
        from jmstui.api.pages import LocalList

        page_of = self.view.page(identity, Ask(filters=ask.filters))
        try:
            rows: list[Any] = []
            oldest, stale = float("inf"), False
            while True:
                answer = await client.get(page_of(len(rows), WHOLE), fresh=fresh)
                rows += answer.value.rows
                oldest, stale = min(oldest, answer.as_of), stale or answer.stale
                if len(answer.value.rows) < WHOLE:
                    break
        except ApiError as error:
            if turn == self._turn:
                self.error = error
                self._on_rows("error", None)
            return
        if turn == self._turn:
            self.error = None
            self._swap(LocalList(arranged(self.view, rows, ask), as_of=oldest, stale=stale))


def arranged(view: View[Any], rows: list[Any], ask: Ask) -> list[Any]:
    """The rows that hold the searched text in any cell, in the order asked for."""
    from jmstui.models.base import BadRow

    bad = [row for row in rows if isinstance(row, BadRow)]
    good = [row for row in rows if not isinstance(row, BadRow)]
    words = ask.search.casefold().split()
    if words:
        good = [row for row in good if _holds(view, row, words)]
    column = next((each for each in view.columns if each.order and each.order == ask.order.lstrip("-")), None)
    if column is not None:
        value = column.data or column.cell
        good.sort(key=lambda row: _rank(value(row)), reverse=ask.order.startswith("-"))
    return [*good, *bad]


def _holds(view: View[Any], row: Any, words: list[str]) -> bool:
    text = "\n".join(column.cell(row) for column in view.columns).casefold()
    return all(word in text for word in words)


def _rank(value: Any) -> tuple[int, float, str]:
    """Numbers before words, nothing last."""
    if value is None:
        return (2, 0.0, "")
    if isinstance(value, (int, float)):
        return (0, float(value), "")
    return (1, 0.0, str(value).casefold())


def anew(place: Place, **changes: Any) -> Place:
    """The place with these changes, from the first row on."""
    return replace(place, row="", at=(0, 0), **changes)


def with_search(place: Place, text: str) -> Place:
    """The place with another search, no row remembered."""
    return anew(place, ask=replace(place.ask, search=text))


def with_order(place: Place, order: str) -> Place:
    """The place in another order; the row stays if it is among the first ones there."""
    return replace(place, ask=replace(place.ask, order=order), at=(0, 0))
