"""A window on a remote list: rows come by pages of 100, as the cursor comes near them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar

from jmstui.api.errors import ApiError
from jmstui.api.events import Event, Online, Refreshed, SignedIn
from jmstui.api.listing import Change, Extent, Kind, LocalList, row_id, runs
from jmstui.api.query import Answer, Priority, Query
from jmstui.models.base import BadRow
from jmstui.models.page import Page

if TYPE_CHECKING:
    from jmstui.api.client import Client

__all__ = ["Change", "LocalList", "RemoteList", "row_id"]

R = TypeVar("R")

PAGE: Final = 100
REST: Final = 0.12
"""Seconds that the cursor has to rest after a jump before the page under it is asked for."""
IN_FLIGHT: Final = 2
UNSURE: Final = "perms/users/"
"""Lists whose `count` is only a guess (§6.6, §14)."""
MOVED: Final = "This row moved to another place while the list was being read; refresh reads it again."


@dataclass(slots=True)
class _Seen(Generic[R]):
    """A page that was here; its rows are in the cache as long as that has room."""

    query: Query[Page[R]]
    suspect: bool = False
    """The list changed since: rows may have moved in or out."""
    moved: frozenset[int] = frozenset()
    """Places of rows that a neighbouring page has too."""


@dataclass(slots=True)
class _Ask:
    task: asyncio.Task[None]
    priority: Priority


class RemoteList(Generic[R]):
    """Rows of `page_of(offset, limit)`: `get` never asks, `want` says what is on screen and asks for what is
    missing.

    Pages live in the client's cache; only those on screen are held here, so memory does not grow with
    scrolling. `on_change` is called on the event loop. `trust_count` False: the server's count is a guess;
    None: by the path.
    """

    def __init__(
        self,
        client: Client,
        page_of: Callable[[int, int], Query[Page[R]]],
        page_size: int = PAGE,
        on_change: Callable[[Change], None] | None = None,
        trust_count: bool | None = None,
    ) -> None:
        if not 1 <= page_size <= 1000:
            raise ValueError("a page has 1 to 1000 rows: the server cuts there (§7.1)")
        self.error: ApiError | None = None
        """Why rows on screen could not be had or refreshed; None again after the next answer."""
        self._client, self._page_of, self._size = client, page_of, page_size
        if trust_count is None:
            trust_count = not page_of(0, page_size).path.startswith(UNSURE)
        self._extent = Extent(page_size, trust_count)
        self._tell = on_change or (lambda change: None)
        self._seen: dict[int, _Seen[R]] = {}
        self._near: dict[int, Answer[Page[R]]] = {}
        self._asks: dict[int, _Ask] = {}
        self._again: set[int] = set()
        self._failed: set[int] = set()
        self._reread: set[int] = set()
        self._view: tuple[int, int] | None = None
        self._ahead = 0
        self._timer: asyncio.TimerHandle | None = None
        self._jumped = float("-inf")
        self._head: object = None
        self._closed = False
        self._off = client.on_event(self._hear)

    # --- what is here ---

    @property
    def total(self) -> int | None:
        """Rows in all; None until the first answer."""
        return self._extent.total

    @property
    def exact(self) -> bool:
        """Whether `total` is sure: a short page was seen, or the server's count can be trusted."""
        return self._extent.exact

    @property
    def shifted(self) -> bool:
        """Rows were added or deleted while the list was read. What is on screen is read again by itself;
        beyond it, until `refresh`, a row may be missing, and one that is here twice shows as a `BadRow`
        once."""
        return any(seen.suspect or seen.moved for seen in self._seen.values())

    @property
    def as_of(self) -> float | None:
        """When the oldest page on screen was given (s since the epoch); None when there is none."""
        return min((answer.as_of for answer in self._on_screen()), default=None)

    @property
    def stale(self) -> bool:
        """A page on screen is past its time to live."""
        return any(
            self._client.is_stale(self._seen[page].query, answer)
            for page in self._visible()
            if (answer := self._page(page)) is not None
        )

    @property
    def loading(self) -> bool:
        """Something that is on screen is being asked for."""
        return any(page in self._asks for page in self._visible())

    def get(self, index: int) -> R | BadRow | None:
        """The row, or None when it is not here; never asks."""
        total = self._extent.total
        if index < 0 or (total is not None and index >= total):
            return None
        page, within = divmod(index, self._size)
        answer = self._page(page)
        if answer is None or within >= len(answer.value.rows):
            return None
        if within in self._seen[page].moved:
            return BadRow(id=f"moved-{index}", reason=MOVED)
        return answer.value.rows[within]

    def index_of(self, row: str) -> int | None:
        """Where the row with this id is, among the pages that are here."""
        for page in [*self._near, *(p for p in self._seen if p not in self._near)]:
            answer = self._page(page)
            for within, each in enumerate(answer.value.rows if answer else ()):
                if row_id(each) == row and within not in self._seen[page].moved:
                    return page * self._size + within
        return None

    # --- what is asked ---

    def want(self, first: int, last: int, direction: int = 0) -> None:
        """Rows `first` to `last` are on screen; `direction` is the way of travel (-1, 0, 1).

        A step of less than a screen asks at once, and prefetches one page that way from the middle of the
        last page on. A step of one or two screens (PgDn), or any jump within `REST` of another one, asks when
        the cursor rests. A longer jump (End, Home) asks at once and prefetches nothing.
        """
        if self._closed:
            return
        former, self._view = self._view, (max(0, first), max(0, first, last))
        if former == self._view:
            self._settle_unless_resting()
            return
        self._turn(former, direction)
        visible = set(self._visible())
        self._failed &= visible
        self._reread &= visible
        self._near = {page: answer for page, answer in self._near.items() if page in visible}
        for page in visible:
            self._adopt(page)
        for page in self._asks.keys() - self._wanted():
            self._asks.pop(page).task.cancel()
        if self._timer is None:
            self._settle()

    def _turn(self, former: tuple[int, int] | None, direction: int) -> None:
        """Decide from the size of the step whether to ask at once and whether to look ahead."""
        assert self._view is not None
        now = asyncio.get_running_loop().time()
        screen = self._view[1] - self._view[0] + 1
        step = abs(self._view[0] - former[0]) if former else 0
        far = step > 2 * screen
        self._ahead = 0 if far or not former else (direction > 0) - (direction < 0)
        if step >= screen:
            if not far or now - self._jumped < REST:
                self._rest()
            self._jumped = now

    async def refresh(self) -> None:
        """Ask again for the pages on screen and for nothing else. A failure is told as `error`, not
        raised."""
        visible = self._visible()
        self._seen = {page: seen for page, seen in self._seen.items() if page in visible}
        self._again.update(visible)
        self._failed.clear()
        self._reread.clear()
        self._stop_resting()
        self._settle()
        while tasks := [ask.task for ask in self._asks.values() if ask.priority is Priority.INTERACTIVE]:
            await asyncio.wait(tasks)

    def close(self) -> None:
        """Cancel what is asked for; nothing more is told."""
        self._closed = True
        self._off()
        self._stop_resting()
        for ask in self._asks.values():
            ask.task.cancel()
        self._asks.clear()

    # --- pages ---

    def _visible(self) -> range:
        """Pages on screen, as far as the list goes."""
        if self._view is None:
            return range(0)
        first, last = self._view
        if (total := self._extent.total) is not None:
            last = min(last, max(0, total - 1))
        return range(min(first, last) // self._size, last // self._size + 1)

    def _wanted(self) -> list[int]:
        """Pages worth a request, the most urgent first: on screen, behind an unsure end, ahead."""
        wanted = list(self._visible())
        if wanted and self._extent.may_go_on(wanted[-1]):
            wanted.append(wanted[-1] + 1)
        ahead = self._page_ahead()
        return wanted if ahead is None or ahead in wanted else [*wanted, ahead]

    def _page_ahead(self) -> int | None:
        """The next page in the way of travel, once the screen is past the middle of its last page."""
        total = self._extent.total
        if not self._ahead or total is None or self._view is None:
            return None
        visible, half = self._visible(), self._size // 2
        if self._ahead > 0:
            page = visible[-1] + 1
            return page if page * self._size < total and self._view[1] % self._size >= half else None
        return visible[0] - 1 if visible[0] and self._view[0] % self._size < half else None

    def _on_screen(self) -> Iterator[Answer[Page[R]]]:
        return (answer for page in self._visible() if (answer := self._page(page)) is not None)

    def _page(self, page: int) -> Answer[Page[R]] | None:
        """What is here of a page that was seen before."""
        if page in self._near:
            return self._near[page]
        seen = self._seen.get(page)
        return self._client.peek(seen.query) if seen else None

    def _query(self, page: int) -> Query[Page[R]]:
        seen = self._seen.get(page)
        return seen.query if seen else self._page_of(page * self._size, self._size)

    def _adopt(self, page: int) -> Answer[Page[R]] | None:
        """The page, taken from the cache when another list had it, or this one before."""
        answer = self._page(page)
        if answer is None:
            query = self._query(page)
            answer = self._client.peek(query)
            if answer is not None:
                self._client.note_cached(query)
                self._take(page, query, answer)
        elif page in self._visible():
            self._near[page] = answer
        return answer

    # --- asking ---

    def _rest(self) -> None:
        """Ask only when no other jump follows."""
        self._stop_resting()
        self._timer = asyncio.get_running_loop().call_later(REST, self._rested)

    def _rested(self) -> None:
        self._timer = None
        self._settle()

    def _stop_resting(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _settle_unless_resting(self) -> None:
        if self._timer is None:
            self._settle()

    def _settle(self) -> None:
        """Ask for what is missing or old, the rows on screen first."""
        if self._closed:
            return
        ahead = self._page_ahead()
        visible = self._visible()
        for page in self._wanted():
            if page not in self._failed and self._needs(page, page in visible):
                self._ask(page, Priority.PREFETCH if page == ahead else Priority.INTERACTIVE)
        self._say_head()

    def _needs(self, page: int, visible: bool) -> bool:
        if page in self._again:
            return True
        answer = self._adopt(page)
        if answer is None:
            return True
        if not visible or self._client.offline_since is not None or self._client.signed_out:
            return False
        seen = self._seen[page]
        if page not in self._reread and (seen.suspect or seen.moved):
            return True
        return self._client.is_stale(seen.query, answer)

    def _ask(self, page: int, priority: Priority) -> None:
        under_way = self._asks.get(page)
        if under_way is not None and priority >= under_way.priority:
            return
        if under_way is None and len(self._asks) >= IN_FLIGHT and not self._make_room(priority):
            return  # looked at again when one of them is through
        self._again.discard(page)
        seen = self._seen.get(page)
        if seen and (seen.suspect or seen.moved):
            self._reread.add(page)
        loop = asyncio.get_running_loop()
        # not `create_task`: an eager one would be through before it is known as the one that is wanted
        self._asks[page] = _Ask(asyncio.Task(self._fetch(page, priority), loop=loop), priority)
        if under_way is not None:  # the new asker joins the same request before the old one leaves it
            loop.call_soon(under_way.task.cancel)

    def _make_room(self, priority: Priority) -> bool:
        """A prefetch gives way to what a person waits for."""
        ahead = next((p for p, ask in self._asks.items() if ask.priority is Priority.PREFETCH), None)
        if priority is Priority.PREFETCH or ahead is None:
            return False
        self._asks.pop(ahead).task.cancel()
        return True

    async def _fetch(self, page: int, priority: Priority) -> None:
        query = self._query(page)
        me = asyncio.current_task()
        try:
            answer = await self._client.get(query, fresh=self._page(page) is not None, priority=priority)
        except ApiError as error:
            if self._is_over(page, me):
                self._failed.add(page)
                if page in self._visible():
                    self.error = error
                    self._say("error", page * self._size, (page + 1) * self._size - 1)
                self._settle_unless_resting()
            return
        if self._is_over(page, me):
            if page in self._visible() and not answer.stale:  # a stale one: the network is gone
                self.error = None
            self._take(page, query, answer)
            self._settle_unless_resting()

    def _is_over(self, page: int, task: asyncio.Task[Any] | None) -> bool:
        """Whether this task was still the one that is wanted for the page."""
        ask = self._asks.get(page)
        if self._closed or ask is None or ask.task is not task:
            return False
        del self._asks[page]
        return True

    # --- answers ---

    def _take(self, page: int, query: Query[Page[R]], answer: Answer[Page[R]]) -> None:
        """A page came: learn how long the list is, notice what moved, tell which rows changed."""
        former = self._page(page)
        rows = answer.value.rows
        if not page and len(rows) > self._size:  # a list that knows no `limit` came whole
            self._become_whole(len(rows))
        changed, older = self._extent.learn(page, len(rows), answer.value.count, answer.as_of)
        if changed and not older:
            for seen in self._seen.values():
                seen.suspect = True
        self._seen[page] = _Seen(query, suspect=changed and older)
        if page in self._visible():
            self._near[page] = answer
        offset = page * self._size
        for first, last in runs(former.value.rows if former else (), rows):
            self._say("rows", offset + first, offset + last)
        for other in (page - 1, page + 1):
            self._mark_moved(page, other)
        self._say_head()

    def _become_whole(self, rows: int) -> None:
        self._size = rows
        self._extent = Extent(rows + 1)  # so that this page is a short one, the end
        self._seen.clear()
        self._near.clear()

    def _mark_moved(self, page: int, other: int) -> None:
        """A row that two neighbouring pages have moved between two requests: the older page is out of
        date."""
        mine, theirs = self._page(page), self._page(other) if other in self._seen else None
        if mine is None or theirs is None:
            return
        if mine.as_of < theirs.as_of or (mine.as_of == theirs.as_of and page > other):
            page, other, mine, theirs = other, page, theirs, mine
        newer = {row_id(row) for row in mine.value.rows}
        twice = frozenset(at for at, row in enumerate(theirs.value.rows) if row_id(row) in newer)
        if twice - self._seen[other].moved:
            self._seen[other].moved |= twice
            self._say("rows", other * self._size + min(twice), other * self._size + max(twice))

    def _say(self, kind: Kind, first: int = 0, last: int = -1) -> None:
        if not self._closed:
            self._tell(Change(kind, first, last))

    def _say_head(self) -> None:
        """`total`, when something that the head of the list shows is another than it was told last."""
        head = (self.total, self.exact, self.as_of, self.stale, self.shifted, self.loading)
        if head != self._head:
            self._head = head
            self._say("total")

    def _hear(self, event: Event) -> None:
        if isinstance(event, Online | SignedIn):
            self._again |= self._failed
            self._failed.clear()
            self._settle_unless_resting()
        elif isinstance(event, Refreshed):
            for page in self._visible():
                if page not in self._asks and page in self._seen and self._seen[page].query == event.query:
                    answer = self._client.peek(event.query)
                    if answer is not None:
                        self._take(page, self._seen[page].query, answer)
