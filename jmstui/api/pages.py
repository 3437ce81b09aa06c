"""A window on a remote list: rows come by pages of 100, as the cursor comes near them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Generic, Literal, TypeVar

from jmstui.api.errors import ApiError
from jmstui.api.events import Event, Online, Refreshed, SignedIn
from jmstui.api.query import Answer, Priority, Query
from jmstui.models.base import BadRow
from jmstui.models.page import Page

if TYPE_CHECKING:
    from jmstui.api.client import Client

R = TypeVar("R")

PAGE: Final = 100
REST: Final = 0.12
"""Seconds that the cursor has to rest after a jump before the page under it is asked for."""
IN_FLIGHT: Final = 2


@dataclass(frozen=True, slots=True)
class Change:
    """What changed: `total` (total, exact, age or `shifted`: no row), `rows` first to last, `error`, `reset`
    (all)."""

    kind: Literal["total", "rows", "error", "reset"]
    first: int = 0
    last: int = -1


@dataclass(slots=True)
class _Seen(Generic[R]):
    """A page as it was when it was last here."""

    query: Query[Page[R]]
    generation: int


@dataclass(slots=True)
class _Ask:
    task: asyncio.Task[None]
    priority: Priority


def row_id(row: Any) -> str:
    """The id of a row, as text; platforms have numbers."""
    return str(row.id)


class RemoteList(Generic[R]):
    """Rows of `page_of(offset, limit)`; `get` never asks, `want` says what is on screen and asks for what is
    missing.

    Pages live in the client's cache; only those on screen are held here, so memory does not grow with
    scrolling.
    """

    def __init__(
        self,
        client: Client,
        page_of: Callable[[int, int], Query[Page[R]]],
        page_size: int = PAGE,
        on_change: Callable[[Change], None] | None = None,
    ) -> None:
        if not 1 <= page_size <= 1000:
            raise ValueError("a page has 1 to 1000 rows: the server cuts there (§7.1)")
        self.total: int | None = None
        """Rows in all; None until the first answer."""
        self.exact = False
        """Whether `total` is sure: a short page was seen, or the server's count is one that can be
        trusted."""
        self.error: ApiError | None = None
        """Why the rows on screen could not be had or refreshed."""
        self.shifted = False
        """Rows were added or deleted while the list was read: what is on screen is being read again, and
        beyond it a row may show twice or be missing until `refresh`."""
        self._client, self._page_of, self._size = client, page_of, page_size
        self._tell = on_change or (lambda change: None)
        self._seen: dict[int, _Seen[R]] = {}
        self._near: dict[int, Answer[Page[R]]] = {}
        self._asks: dict[int, _Ask] = {}
        self._failed: set[int] = set()
        self._again: set[int] = set()
        self._view = (0, 0)
        self._started = False
        self._ahead: int | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._jumped = -1e9
        self._generation = 0
        self._closed = False
        self._off = client.on_event(self._hear)

    # --- what is here ---

    @property
    def as_of(self) -> float | None:
        """When the oldest page on screen was given (s since the epoch); None when there is none."""
        return min((a.as_of for a in self._on_screen()), default=None)

    @property
    def stale(self) -> bool:
        """A page on screen is past its time to live."""
        return any(answer.stale for answer in self._on_screen())

    @property
    def loading(self) -> bool:
        """Something that is on screen is being asked for."""
        return any(page in self._asks for page in self._visible())

    def get(self, index: int) -> R | BadRow | None:
        """The row, or None when it is not here; never asks."""
        if index < 0:
            return None
        page, within = divmod(index, self._size)
        answer = self._page(page)
        if answer is None or within >= len(answer.value.rows):
            return None
        return answer.value.rows[within]

    def index_of(self, row: str) -> int | None:
        """Where the row with this id is, among the pages that are here."""
        for page in [*self._near, *self._seen]:
            answer = self._page(page)
            for within, each in enumerate(answer.value.rows if answer else ()):
                if row_id(each) == row:
                    return page * self._size + within
        return None

    # --- what is asked ---

    def want(self, first: int, last: int, direction: int = 0) -> None:
        """Rows `first` to `last` are on screen; `direction` is the way of travel (-1, 0, 1).

        A step of less than a screen asks at once and prefetches one page that way; a jump that follows
        another one within `REST`, or a jump of about a screen (PgDn held), waits until the cursor rests.
        """
        if self._closed:
            return
        moved, screen = first - self._view[0], max(1, last - first + 1)
        same = self._started and (first, last) == self._view
        self._view = (max(0, first), max(0, last))
        if same:
            if self._timer is None:
                self._settle()
            return
        now = asyncio.get_running_loop().time()
        jump = self._started and abs(moved) >= screen
        waits = jump and (now - self._jumped < REST or abs(moved) <= 2 * screen)
        far = jump and abs(moved) > 2 * screen
        self._started = True
        self._ahead = None if far or not direction else (1 if direction > 0 else -1)
        if jump:
            self._jumped = now
        self._failed.clear()
        self._hold_near()
        self._drop_unwanted()
        if waits:
            self._later()
        elif self._timer is None or not jump:
            self._settle_now()

    async def refresh(self) -> None:
        """Ask again for the pages on screen, and for nothing else. A failure is told as `error`."""
        self._generation += 1
        self.shifted = False
        for page in [p for p in self._seen if p not in self._visible()]:
            del self._seen[page]
        self._again.update(self._visible())
        self._failed.clear()
        self._settle_now()
        while not self._closed and (tasks := [a.task for a in self._asks.values() if a.priority == 0]):
            await asyncio.wait(tasks)

    def close(self) -> None:
        """Cancel what is asked for; the list tells nothing more."""
        self._closed = True
        self._off()
        if self._timer:
            self._timer.cancel()
        for ask in self._asks.values():
            ask.task.cancel()
        self._asks.clear()

    # --- inside ---

    def _visible(self) -> range:
        """Pages on screen."""
        first, last = self._view
        if self.total is not None:
            last = min(last, max(0, self.total - 1))
            first = min(first, last)
        return range(first // self._size, last // self._size + 1)

    def _on_screen(self) -> Iterator[Answer[Page[R]]]:
        return (answer for page in self._visible() if (answer := self._page(page)) is not None)

    def _page(self, page: int) -> Answer[Page[R]] | None:
        near = self._near.get(page)
        if near is not None:
            return near
        seen = self._seen.get(page)
        return self._client.peek(seen.query) if seen else None

    def _query(self, page: int) -> Query[Page[R]]:
        seen = self._seen.get(page)
        return seen.query if seen else self._page_of(page * self._size, self._size)

    def _hold_near(self) -> None:
        """Hold the pages on screen and their neighbours' edges; the cache has the others as long as it
        can."""
        keep = set(self._visible())
        for page in [p for p in self._near if p not in keep]:
            del self._near[page]

    def _drop_unwanted(self) -> None:
        wanted = {*self._visible(), self._prefetch_page()}
        for page in [p for p in self._asks if p not in wanted]:
            self._asks.pop(page).task.cancel()

    def _later(self) -> None:
        if self._timer:
            self._timer.cancel()
        self._timer = asyncio.get_running_loop().call_later(REST, self._settle_now)

    def _settle_now(self) -> None:
        if self._timer:
            self._timer.cancel()
            self._timer = None
        self._settle()

    def _settle(self) -> None:
        """Ask for what is missing or old on screen; when nothing is, for one page ahead."""
        if self._closed:
            return
        for page in self._visible():
            if self._needs(page):
                self._ask(page, Priority.INTERACTIVE)
        ahead = self._prefetch_page()
        if ahead is not None and ahead not in self._asks and self._adopt(ahead, near=False) is None:
            self._ask(ahead, Priority.PREFETCH)

    def _needs(self, page: int) -> bool:
        if page in self._again:
            return True
        if page in self._failed:
            return False
        answer = self._adopt(page)
        return answer is None or answer.stale or self._seen[page].generation < self._generation

    def _adopt(self, page: int, near: bool = True) -> Answer[Page[R]] | None:
        """A page that the cache has from before is taken as it is."""
        answer = self._page(page)
        if answer is None:
            query = self._query(page)
            answer = self._client.peek(query)
            if answer is not None:
                self._take(page, query, answer)
        elif near and page not in self._near:
            self._near[page] = answer
        return answer

    def _prefetch_page(self) -> int | None:
        """The next page that way, when the screen is past the middle of its last page."""
        if self._ahead is None or self.total is None:
            return None
        visible, half = self._visible(), self._size // 2
        if self._ahead > 0:
            page = visible[-1] + 1
            near = self._view[1] % self._size >= half and page * self._size < self.total
        else:
            page = visible[0] - 1
            near = self._view[0] % self._size < half and page >= 0
        return page if near else None

    def _ask(self, page: int, priority: Priority) -> None:
        under_way = self._asks.get(page)
        if under_way is not None:
            if priority >= under_way.priority:
                return
        elif len(self._asks) >= IN_FLIGHT:
            prefetch = [p for p, a in self._asks.items() if a.priority is Priority.PREFETCH]
            if priority is Priority.PREFETCH or not prefetch:
                return  # it is looked at again when one of them is through
            self._asks.pop(prefetch[0]).task.cancel()
        self._again.discard(page)
        task = asyncio.get_running_loop().create_task(self._fetch(page, priority))
        self._asks[page] = _Ask(task, priority)
        if under_way is not None:  # the new asker joins the same request before the old one leaves it
            asyncio.get_running_loop().call_soon(under_way.task.cancel)

    async def _fetch(self, page: int, priority: Priority) -> None:
        query = self._query(page)
        me = asyncio.current_task()
        try:
            answer = await self._client.get(query, fresh=True, priority=priority)
        except ApiError as error:
            if not self._mine(page, me):
                return
            self._failed.add(page)
            if priority is Priority.INTERACTIVE:
                self.error = error
                self._say("error", page * self._size, (page + 1) * self._size - 1)
        else:
            if not self._mine(page, me):
                return
            if page in self._visible():
                self.error = None
            self._take(page, query, answer)
        self._settle_unless_resting()

    def _mine(self, page: int, task: asyncio.Task[Any] | None) -> bool:
        """Whether this task is still the one that is wanted for the page; it is over then."""
        ask = self._asks.get(page)
        if self._closed or ask is None or ask.task is not task:
            return False
        del self._asks[page]
        return True

    def _settle_unless_resting(self) -> None:
        if self._timer is None:
            self._settle()

    def _take(self, page: int, query: Query[Page[R]], answer: Answer[Page[R]]) -> None:
        """A page came: note it, learn the total, tell which rows changed."""
        former = self._page(page)
        self._seen[page] = _Seen(query, self._generation)
        if page in self._visible():
            self._near[page] = answer
        total = answer.value.count
        offset, rows = page * self._size, len(answer.value.rows)
        if rows < self._size and (rows or page == 0):
            total, self.exact = offset + rows, True
        elif total is None:
            total = offset + rows
        else:
            self.exact = True
        if total != self.total:
            self.total = total
            self._say("total")
        for first, last in runs(former.value.rows if former else [], answer.value.rows):
            self._say("rows", offset + first, offset + last)

    def _say(self, kind: Literal["total", "rows", "error", "reset"], first: int = 0, last: int = -1) -> None:
        if not self._closed:
            self._tell(Change(kind, first, last))

    def _hear(self, event: Event) -> None:
        if isinstance(event, Online | SignedIn):
            self._failed.clear()
            self._settle_unless_resting()
        elif isinstance(event, Refreshed):
            for page in self._visible():
                if page not in self._asks and page in self._seen and self._seen[page].query == event.query:
                    answer = self._client.peek(event.query)
                    if answer is not None:
                        self._take(page, self._seen[page].query, answer)


class LocalList(Generic[R]):
    """The same face over rows that are already here; sorting and searching are the caller's."""

    exact = True
    shifted = False
    loading = False

    def __init__(
        self,
        rows: list[R | BadRow],
        as_of: float | None = None,
        stale: bool = False,
        on_change: Callable[[Change], None] | None = None,
    ) -> None:
        self._rows = list(rows)
        self.as_of = as_of
        self.stale = stale
        self.error: ApiError | None = None
        self._tell = on_change or (lambda change: None)

    @property
    def total(self) -> int:
        """Rows in all."""
        return len(self._rows)

    def get(self, index: int) -> R | BadRow | None:
        """The row, or None outside the list."""
        return self._rows[index] if 0 <= index < len(self._rows) else None

    def index_of(self, row: str) -> int | None:
        """Where the row with this id is."""
        return next((i for i, each in enumerate(self._rows) if row_id(each) == row), None)

    def replace(self, rows: list[R | BadRow], as_of: float | None = None, stale: bool = False) -> None:
        """Other rows: `total` is told when their number changes, `rows` for each run that differs."""
        old, self._rows = self._rows, list(rows)
        self.as_of, self.stale = as_of, stale
        if len(old) != len(self._rows):
            self._tell(Change("total"))
        for first, last in runs(old, self._rows):
            self._tell(Change("rows", first, last))

    def want(self, first: int, last: int, direction: int = 0) -> None:
        """Nothing to ask for."""

    async def refresh(self) -> None:
        """Nothing to ask for: whoever made the list asks again and calls `replace`."""

    def close(self) -> None:
        """Nothing to end."""


def runs(old: list[Any], new: list[Any]) -> Iterator[tuple[int, int]]:
    """First and last index of each run of rows that differ, rows that came or went included."""
    start: int | None = None
    longest, shortest = max(len(old), len(new)), min(len(old), len(new))
    for at in range(longest + 1):
        same = at >= longest or (at < shortest and (old[at] is new[at] or old[at] == new[at]))
        if not same and start is None:
            start = at
        elif same and start is not None:
            yield start, at - 1
            start = None
