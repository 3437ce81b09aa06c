"""The window on a remote list: what it asks, and what it shows while the list changes."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jmstui.api.errors import CannotReach, NotPermitted
from jmstui.api.listing import Change, Extent, LocalList, runs
from jmstui.api.pages import RemoteList
from jmstui.api.query import Answer
from jmstui.models.base import BadRow, Ref
from jmstui.models.page import Page
from tests.api.virtual import FakeServer, failing, new_client, rows, run, virtual

SCREEN = 40


class Window:
    """A list with a cursor's screen on it."""

    def __init__(self, server: FakeServer, page_of: Any = rows, **options: Any) -> None:
        client_options = {key: options.pop(key) for key in ("cache_bytes", "requests") if key in options}
        self.server = server
        self.client = new_client(server, **{"requests": 100_000, **client_options})
        self.changes: list[Change] = []
        self.list: RemoteList[Ref] = RemoteList(
            self.client, page_of, on_change=self.changes.append, **options
        )
        self.first = 0

    async def show(self, first: int, direction: int = 0, wait: float = 1.0) -> None:
        self.first = first
        self.list.want(first, first + SCREEN - 1, direction)
        await asyncio.sleep(wait)

    def on_screen(self) -> list[str | None]:
        return [row and row.id for row in map(self.list.get, range(self.first, self.first + SCREEN))]

    async def close(self) -> None:
        self.list.close()
        await self.client.aclose()
        assert self.server.under_way == 0


@virtual
async def test_the_first_page_is_asked_at_once_and_nothing_else() -> None:
    server = FakeServer(100_000)
    window = Window(server)
    await window.show(0, wait=0.0)
    assert window.list.loading
    assert window.list.total is None
    await asyncio.sleep(1)
    assert server.pages == [0]
    assert (window.list.total, window.list.exact, window.list.loading) == (100_000, True, False)
    assert window.on_screen() == [f"r{n}" for n in range(40)]
    assert window.list.get(99) == Ref(id="r99")
    assert window.list.get(100) is None
    assert window.list.get(-1) is None
    assert Change("rows", 0, 99) in window.changes
    await window.close()


@pytest.mark.skipif(not hasattr(asyncio, "eager_task_factory"), reason="Python 3.11 has no eager tasks")
async def test_an_answer_that_is_there_at_once_counts_where_tasks_start_eagerly() -> None:
    class Ready:
        """A client whose answers need no waiting."""

        offline_since = signed_out = None

        def __getattr__(self, name: str) -> Any:
            return getattr(client, name)

        async def get(self, query: Any, **options: Any) -> Any:
            self.peek = lambda query: answer
            return answer

    client = new_client(FakeServer(1))
    answer: Any = Answer(Page([Ref(id="r0")], 1), client._core.clock.wall(), "server", False)
    asyncio.get_running_loop().set_task_factory(getattr(asyncio, "eager_task_factory", None))
    try:
        listed: RemoteList[Ref] = RemoteList(Ready(), rows)  # type: ignore[arg-type]
        listed.want(0, 10)
        await asyncio.sleep(0.01)
        assert (listed.total, listed.loading) == (1, False)
        listed.close()
    finally:
        asyncio.get_running_loop().set_task_factory(None)
        await client.aclose()


@virtual
async def test_walking_over_300_rows_costs_3_pages_and_1_prefetch() -> None:
    server = FakeServer(100_000)
    window = Window(server)
    await window.show(0)
    for cursor in range(300):
        await window.show(max(0, cursor - SCREEN + 1), 1, wait=0.03)
    await asyncio.sleep(1)
    assert server.pages == [0, 100, 200, 300]
    await window.close()


@virtual
async def test_walking_never_meets_a_placeholder_when_the_server_is_quick_enough() -> None:
    server = FakeServer(1000, latency=0.2)
    window = Window(server)
    await window.show(0)
    for first in range(600):
        await window.show(first, 1, wait=0.03)
        assert None not in window.on_screen()
    await window.close()


@virtual
async def test_walking_up_prefetches_upwards() -> None:
    server = FakeServer(1000)
    window = Window(server)
    await window.show(550)
    for first in range(549, 520, -1):
        await window.show(first, -1, wait=0.03)
    assert server.pages == [500, 400]
    await window.close()


@virtual
async def test_end_home_and_a_jump_cost_one_request_each() -> None:
    server = FakeServer(100_000)
    window = Window(server)
    await window.show(0)
    await window.show(99_960, 1)
    assert server.pages[1:] == [99_900]
    await window.show(0, -1)
    assert server.pages[2:] == [], "Home is still here"
    await window.show(80_010, 1)
    assert server.pages[2:] == [80_000]
    await window.show(50_080, 1)
    assert server.pages[3:] == [50_000, 50_100], "two at a page border"
    await window.show(70_055, 1)
    assert server.pages[5:] == [70_000], "nobody travels on from a jump yet"
    await window.close()


@virtual
async def test_end_on_a_page_border_costs_two() -> None:
    server = FakeServer(99_920)
    window = Window(server)
    await window.show(0)
    await window.show(99_880, 1)
    assert server.pages[1:] == [99_800, 99_900]
    await window.close()


@virtual
async def test_holding_pgdn_asks_only_where_the_cursor_stops() -> None:
    server = FakeServer(100_000)
    window = Window(server)
    await window.show(0)
    for press in range(1, 200):
        await window.show(press * SCREEN, 1, wait=0.033)
        if press * SCREEN >= 100:
            assert set(window.on_screen()) == {None}, "placeholders meanwhile"
    assert server.pages == [0]
    await asyncio.sleep(1)
    assert server.pages == [0, 7900, 8000], "7960 to 7999, and one page ahead"
    assert window.on_screen() == [f"r{n}" for n in range(7960, 8000)]
    await window.close()


@virtual
async def test_jumps_in_a_row_ask_for_the_last_only() -> None:
    server = FakeServer(100_000)
    window = Window(server)
    await window.show(0)
    await window.show(99_960, 1, wait=0.05)
    await window.show(50_000, 0, wait=0.05)
    await window.show(20_000, 0, wait=0.05)
    await asyncio.sleep(1)
    assert server.pages == [0, 99_900, 20_000]
    assert server.cancelled == 1, "the request for the end was no longer wanted"
    await window.close()


@virtual
async def test_at_most_two_pages_are_under_way() -> None:
    server = FakeServer(100_000, latency=1)
    client = new_client(server)
    remote: RemoteList[Ref] = RemoteList(client, rows)
    remote.want(0, 399)
    await asyncio.sleep(5)
    assert server.pages == [0, 100, 200, 300]
    assert server.most_under_way == 2
    remote.close()
    await client.aclose()


@virtual
async def test_a_prefetch_gives_way_to_what_is_on_screen() -> None:
    server = FakeServer(100_000)
    client = new_client(server)
    remote: RemoteList[Ref] = RemoteList(client, rows)
    remote.want(60, 149)
    await asyncio.sleep(1)
    server.latency = 10
    remote.want(70, 159, 1)
    await asyncio.sleep(0.1)
    assert server.pages == [0, 100, 200]
    task = asyncio.create_task(remote.refresh())
    await asyncio.sleep(0.1)
    assert server.pages == [0, 100, 200, 0, 100], "both pages on screen at once"
    assert (server.most_under_way, server.cancelled) == (2, 1)
    await task
    await asyncio.sleep(20)
    assert server.pages[5:] == [200], "and the page ahead afterwards"
    remote.close()
    await client.aclose()


@virtual
async def test_a_prefetch_that_comes_on_screen_is_not_asked_twice() -> None:
    server = FakeServer(100_000)
    window = Window(server)
    await window.show(0)
    server.latency = 5
    await window.show(20, 1, wait=0.1)
    for first in range(30, 80, 10):
        await window.show(first, 1, wait=0.1)
    await asyncio.sleep(10)
    assert server.pages == [0, 100]
    assert None not in window.on_screen()
    await window.close()


@virtual
async def test_an_urgent_page_does_not_wait_in_the_prefetch_queue() -> None:
    server = FakeServer(100_000)
    window = Window(server, requests=3)
    await window.show(0)
    await window.show(500, 0)
    await window.show(530, 1)
    assert server.pages == [0, 500], "no room for a prefetch in the last third"
    await window.show(565, 1)
    assert server.pages == [0, 500, 600]
    await window.close()


@virtual
async def test_refresh_asks_for_what_is_in_view_only_and_tells_the_rows_that_changed() -> None:
    server = FakeServer(1000)
    window = Window(server)
    for first in (0, 300, 480):
        await window.show(first)
    asked = len(server.asked)
    server.rows[485], server.rows[502], server.rows[503] = "x", "y", "z"
    window.changes.clear()
    before = [window.list.get(n) for n in range(480, 485)]
    await window.list.refresh()
    assert server.pages[asked:] == [400, 500]
    assert [c for c in window.changes if c.kind == "rows"] == [
        Change("rows", 485, 485),
        Change("rows", 502, 503),
    ]
    assert all(a is b for a, b in zip(before, map(window.list.get, range(480, 485)), strict=True)) or before
    await window.close()


@virtual
async def test_past_its_time_the_old_rows_stand_until_the_new_ones_come() -> None:
    server = FakeServer(300)
    window = Window(server)
    await window.show(0)
    as_of = window.list.as_of
    server.rows[3] = "changed"
    await asyncio.sleep(61)
    assert window.list.stale
    assert server.pages == [0], "nothing is asked while nobody moves"
    window.changes.clear()
    await window.show(1, wait=0.05)
    assert window.list.get(3) == Ref(id="r3")
    await asyncio.sleep(1)
    assert [c for c in window.changes if c.kind == "rows"] == [Change("rows", 3, 3)]
    assert window.list.get(3) == Ref(id="changed")
    assert not window.list.stale
    assert window.list.as_of is not None
    assert as_of is not None
    assert window.list.as_of > as_of
    await window.close()


@virtual
async def test_another_list_of_the_same_rows_has_them_at_once() -> None:
    server = FakeServer(1000)
    window = Window(server)
    await window.show(480)
    again: RemoteList[Ref] = RemoteList(window.client, rows)
    again.want(480, 519)
    assert again.get(519) == Ref(id="r519")
    await asyncio.sleep(1)
    assert server.pages == [400, 500]
    again.close()
    await window.close()


@virtual
async def test_a_refresh_by_somebody_else_reaches_the_list() -> None:
    server = FakeServer(300)
    window = Window(server)
    await window.show(0)
    server.rows[7] = "changed"
    await window.client.get(rows(0, 100), fresh=True)
    assert window.list.get(7) == Ref(id="changed")
    assert Change("rows", 7, 7) in window.changes
    await window.close()


@virtual
async def test_a_row_added_between_two_pages_neither_repeats_nor_stays_unmarked() -> None:
    server = FakeServer(1000)
    window = Window(server)
    await window.show(0)
    server.rows.insert(0, "new")
    await window.show(75, 1, wait=0.25)
    shown = [row for row in window.on_screen() if row]
    assert len(shown) == len(set(shown)), "no row twice"
    assert window.list.shifted
    await asyncio.sleep(1)
    assert window.on_screen() == server.rows[75:115]
    assert window.list.total == 1001
    assert not window.list.shifted, "everything that was seen was read again"
    assert server.pages == [0, 100, 0]
    await window.close()


@virtual
async def test_a_row_deleted_between_two_pages_is_marked_and_read_again_once() -> None:
    server = FakeServer(1000)
    window = Window(server)
    await window.show(0)
    await window.show(500)
    del server.rows[10]
    await window.show(570)
    assert window.on_screen() == server.rows[570:610]
    assert server.pages == [0, 500, 600, 500]
    assert window.list.shifted, "the first page, out of view, is still as it was"
    assert window.list.total == 999
    await window.show(0)
    assert window.on_screen() == server.rows[:40]
    assert not window.list.shifted
    await window.close()


@virtual
async def test_an_older_page_from_the_cache_does_not_turn_the_total_back() -> None:
    server = FakeServer(1000)
    window = Window(server)
    await window.show(500)
    del server.rows[10]
    again = RemoteList(window.client, rows, on_change=window.changes.append)
    again.want(0, 39)
    await asyncio.sleep(1)
    window.changes.clear()
    again.want(500, 539)
    assert (again.total, again.get(500)) == (999, Ref(id="r500")), "what is here, until it is read again"
    assert again.shifted
    await asyncio.sleep(1)
    assert (again.total, again.get(500)) == (999, Ref(id="r501"))
    assert server.pages == [500, 0, 500]
    again.close()
    await window.close()


@virtual
async def test_one_out_one_in_is_found_by_the_repeated_row() -> None:
    """The number of rows is the same, so only the row that two pages have tells."""
    server = FakeServer(1000)
    window = Window(server)
    await window.show(0)
    server.rows.insert(0, "new")
    server.rows.pop()
    await window.show(75, 0, wait=0.25)
    twice = window.list.get(99)
    assert isinstance(twice, BadRow), "the row that is now on the next page is not shown twice"
    assert "moved" in twice.reason
    assert window.list.index_of("r99") == 100
    await asyncio.sleep(1)
    assert window.on_screen() == server.rows[75:115]
    await window.close()


@virtual
async def test_a_list_that_changes_all_the_time_is_not_chased() -> None:
    server = FakeServer(1000)
    window = Window(server)
    await window.show(75)
    for n in range(5):
        server.rows.insert(0, f"new{n}")
        server.faults.append(None)
    window.client.on_event(lambda event: server.rows.insert(0, f"late{len(server.asked)}"))
    await window.list.refresh()
    await asyncio.sleep(5)
    assert len(server.asked) <= 2 + 2 + 2
    await window.close()


@virtual
async def test_refresh_takes_the_mark_away() -> None:
    server = FakeServer(1000)
    window = Window(server)
    await window.show(0)
    await window.show(500)
    del server.rows[10]
    await window.list.refresh()
    assert server.pages == [0, 500, 500]
    assert not window.list.shifted
    assert window.on_screen() == server.rows[500:540]
    await window.close()


@virtual
async def test_the_end_goes_away_under_the_cursor() -> None:
    server = FakeServer(1000)
    window = Window(server)
    await window.show(0)
    await window.show(960)
    del server.rows[250:]
    await window.list.refresh()
    await asyncio.sleep(1)
    assert window.list.total == 250
    assert window.list.get(960) is None
    await window.show(210)
    assert window.on_screen() == [f"r{n}" for n in range(210, 250)]
    del server.rows[:]
    await window.list.refresh()
    await asyncio.sleep(1)
    assert (window.list.total, window.list.exact) == (0, True)
    await window.close()


@virtual
async def test_a_count_that_is_too_small_does_not_hide_rows() -> None:
    """v3.10 says 426 for 454 rows (recordings, §14): the short page is the end."""
    server = FakeServer(454)
    server.count = 426
    window = Window(server, lambda o, n: rows(o, n, "perms/users/self/assets/"))
    await window.show(0)
    assert (window.list.total, window.list.exact) == (426, False)
    await window.show(386)
    assert (window.list.total, window.list.exact) == (454, True)
    await window.show(0)
    await window.list.refresh()
    assert window.list.total == 454, "the server's 426 does not come back"
    await window.close()


@virtual
async def test_a_full_last_page_of_an_unsure_count_asks_on() -> None:
    server = FakeServer(454)
    server.count = 400
    window = Window(server, lambda o, n: rows(o, n, "perms/users/self/assets/"))
    await window.show(360)
    assert server.pages == [300, 400]
    assert (window.list.total, window.list.exact) == (454, True)
    await window.close()
    server = FakeServer(400)
    window = Window(server, lambda o, n: rows(o, n, "perms/users/self/assets/"))
    await window.show(360)
    assert server.pages == [300, 400]
    assert (window.list.total, window.list.exact) == (400, True)
    await window.close()


@virtual
async def test_a_sure_count_is_not_asked_behind() -> None:
    server = FakeServer(400)
    window = Window(server)
    await window.show(360)
    assert server.pages == [300]
    assert (window.list.total, window.list.exact) == (400, True)
    await window.close()


@virtual
async def test_a_count_that_is_too_large_ends_at_the_short_page() -> None:
    server = FakeServer(254)
    server.count = 700
    window = Window(server)
    await window.show(660)
    for _ in range(8):
        await window.show(max(0, (window.list.total or 0) - SCREEN))
    assert (window.list.total, window.list.exact) == (254, True)
    assert window.on_screen() == [f"r{n}" for n in range(214, 254)]
    await window.close()


@virtual
async def test_a_list_that_knows_no_limit_comes_whole() -> None:
    server = FakeServer(350)

    def whole(offset: int, limit: int) -> Any:
        question = rows(0, 1000)
        return type(question)(
            "rows/", question.params, "list", lambda body: Page(question.decode(body).rows, None)
        )

    window = Window(server, whole)
    await window.show(0)
    await window.show(300)
    assert (window.list.total, window.list.exact) == (350, True)
    assert window.list.get(349) == Ref(id="r349")
    assert len(server.asked) == 1
    await window.close()


@virtual
async def test_an_error_is_told_and_not_repeated_until_something_changes() -> None:
    server = FakeServer(1000)
    window = Window(server)
    await window.show(0)
    server.down = lambda: failing(NotPermitted, 403)
    await window.show(300)
    assert isinstance(window.list.error, NotPermitted)
    assert Change("error", 300, 399) in window.changes
    for first in (301, 302, 303):
        await window.show(first)
    assert server.pages == [0, 300]
    server.down = None
    await window.list.refresh()
    assert window.list.error is None
    assert window.on_screen()[0] == "r303"
    await window.close()


@virtual
async def test_offline_it_stays_browsable_and_comes_back_by_itself() -> None:
    server = FakeServer(1000)
    window = Window(server)
    for first in (0, 100, 200):
        await window.show(first)
    server.down = lambda: CannotReach("jms.test", "it refused the connection")
    await window.show(500, wait=5)
    assert isinstance(window.list.error, CannotReach)
    await window.show(200)
    await window.list.refresh()
    assert isinstance(window.list.error, CannotReach), "an old answer is no sign of life"
    await asyncio.sleep(70)
    for first in (0, 100, 200):
        await window.show(first)
        assert window.on_screen() == [f"r{n}" for n in range(first, first + SCREEN)]
        assert window.list.stale
    pages = list(server.pages)
    server.down = None
    await asyncio.sleep(40)
    assert window.client.offline_since is None
    assert server.pages[len(pages) :] == [200], "what is on screen is read again"
    assert not window.list.stale
    assert window.list.error is None
    await window.close()


@virtual
async def test_pages_pushed_out_of_the_cache_are_asked_for_again() -> None:
    server = FakeServer(2000)
    window = Window(server, cache_bytes=30_000)
    await window.show(0)
    for first in range(100, 1000, 100):
        await window.show(first)
    assert window.on_screen() == [f"r{n}" for n in range(900, 940)]
    assert window.list.get(5) is None
    await window.show(0)
    assert window.on_screen() == [f"r{n}" for n in range(40)]
    await window.close()


@virtual
async def test_a_cache_too_small_for_a_single_page_still_shows_the_screen() -> None:
    server = FakeServer(2000)
    window = Window(server, cache_bytes=100)
    await window.show(80)
    await window.show(81)
    assert window.on_screen() == [f"r{n}" for n in range(81, 121)]
    assert server.pages == [0, 100]
    await window.close()


@virtual
async def test_a_closed_list_is_silent_and_frees_its_requests() -> None:
    server = FakeServer(1000, latency=5)
    window = Window(server)
    await window.show(0, wait=0.1)
    window.list.close()
    await asyncio.sleep(0.01)
    assert server.cancelled == 1
    window.changes.clear()
    window.list.want(500, 540)
    await asyncio.sleep(10)
    assert window.changes == []
    assert len(server.asked) == 1
    await window.close()


def test_a_local_list_has_the_same_face() -> None:
    changes: list[Change] = []
    local: LocalList[Ref] = LocalList([Ref(id=str(n)) for n in range(5)], 1.0, on_change=changes.append)
    assert (local.total, local.get(4), local.get(5), local.get(-1)) == (5, Ref(id="4"), None, None)
    assert (local.index_of("3"), local.index_of("x")) == (3, None)
    local.replace([Ref(id=n) for n in ("0", "x", "2", "3", "4", "5")], 2.0)
    assert changes == [Change("total"), Change("rows", 1, 1), Change("rows", 5, 5)]
    assert {name for name in dir(RemoteList) if not name.startswith("_")} <= set(dir(local))
    local.want(0, 3)
    asyncio.run(local.refresh())
    local.close()


@given(old=st.text("ab", max_size=8), new=st.text("ab", max_size=8))
def test_runs_are_the_rows_that_differ(old: str, new: str) -> None:
    told = [n for first, last in runs(old, new) for n in range(first, last + 1)]
    assert told == [n for n in range(max(len(old), len(new))) if old[n : n + 1] != new[n : n + 1]]
    assert all(
        b - a > 1 for (_, a), (b, _) in zip(list(runs(old, new)), list(runs(old, new))[1:], strict=False)
    )


@given(
    size=st.integers(1, 7),
    real=st.integers(0, 30),
    count=st.one_of(st.none(), st.integers(0, 40)),
    pages=st.lists(st.integers(0, 8), max_size=12),
)
def test_a_total_that_is_called_sure_is_right(
    size: int, real: int, count: int | None, pages: list[int]
) -> None:
    """Whatever an untrusted count says, in whatever order pages come."""
    extent = Extent(size, trust=False)
    for at, page in enumerate(pages):
        extent.learn(page, max(0, min(size, real - page * size)), count, float(at))
        assert not extent.exact or extent.total == real
        total = extent.total
        assert total is None or all(
            total >= min(real, (p + 1) * size) for p in pages[: at + 1] if p * size < real
        ), "no row that was seen is hidden"


MOVES = st.one_of(
    st.tuples(st.just("step"), st.integers(-30, 30)),
    st.tuples(st.just("page"), st.sampled_from([-40, 40])),
    st.tuples(st.just("jump"), st.integers(0, 900)),
    st.tuples(st.just("add"), st.integers(0, 900)),
    st.tuples(st.just("delete"), st.integers(0, 900)),
    st.tuples(st.just("fail"), st.integers(1, 3)),
    st.tuples(st.just("refresh"), st.just(0)),
    st.tuples(st.just("wait"), st.sampled_from([0, 1, 10, 100])),
)


@settings(max_examples=120, deadline=None)
@given(
    total=st.integers(0, 600),
    moves=st.lists(st.tuples(MOVES, st.sampled_from([0.0, 0.03, 0.15, 1.0])), max_size=25),
)
def test_any_way_through_a_list_that_changes(total: int, moves: list[tuple[Any, float]]) -> None:
    """Nothing crashes, no row shows twice on a screen, never three requests at once; and at rest after a
    refresh the screen is what the server has."""

    async def go() -> None:
        server = FakeServer(total)
        window = Window(server, cache_bytes=100_000)
        names = iter(range(10_000))
        await window.show(0, wait=0)
        for (move, amount), pause in moves:
            if move == "add":
                server.rows.insert(min(amount, len(server.rows)), f"new{next(names)}")
            elif move == "delete":
                del server.rows[amount : amount + 1]
            elif move == "fail":
                server.faults.extend(failing(NotPermitted, 403) for _ in range(amount))
            elif move == "refresh":
                await window.list.refresh()
            elif move == "wait":
                await asyncio.sleep(amount)
            else:
                target = amount if move == "jump" else window.first + amount
                last = max(0, (window.list.total or 0) - SCREEN)
                direction = (target > window.first) - (target < window.first)
                await window.show(min(max(0, target), last), direction, wait=pause)
            shown = [row for row in window.on_screen() if row]
            assert len(shown) == len(set(shown))
            assert server.most_under_way <= 2
            assert len(window.list._near) <= 2
        server.faults.clear()
        await asyncio.sleep(2)
        await window.list.refresh()
        await asyncio.sleep(2)
        assert window.list.error is None
        assert window.list.total == len(server.rows)
        await window.show(min(window.first, max(0, len(server.rows) - SCREEN)))
        expected: list[str | None] = [*server.rows[window.first : window.first + SCREEN]]
        assert window.on_screen() == expected + [None] * (SCREEN - len(expected))
        await window.close()

    run(go())


def test_page_sizes_that_the_server_would_cut_are_refused() -> None:
    with pytest.raises(ValueError, match="1 to 1000"):
        RemoteList(new_client_without_loop(), rows, page_size=1001)


def new_client_without_loop() -> Any:
    from jmstui.api.client import Client

    return Client(FakeServer())
