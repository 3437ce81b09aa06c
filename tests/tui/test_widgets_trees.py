"""The tree beside a table, and the lines of a detail."""

from __future__ import annotations

from jmstui.tui.widgets.detail import DetailPane
from jmstui.tui.widgets.line_tree import LineTree
from jmstui.tui.widgets.tree import SideTree
from jmstui.views.spec import Branch, Line, Target
from tests.tui.widget_host import staged

NODES = [
    Branch("1", "", "DEFAULT", 20000),
    Branch("1:1", "1", "L1 web", 12117),
    Branch("1:1:1", "1:1", "生产环境", 22),
    Branch("1:2", "1", "[db]", 3),
]
LINES = [
    Line("alice", key="a"),
    Line("group-41", 1, key="g"),
    Line("rule perm-446", 2, target=Target("permissions", "446"), key="r"),
    Line("expired", 1, "bad", key="e"),
]


async def test_tree_opens_closes_and_chooses() -> None:
    tree = SideTree("Nodes")
    async with staged(tree, size=(30, 13)) as (host, pilot):
        assert [line.strip() for line in host.lines()[:2]] == ["Nodes", "loading…"]
        tree.set_branches(NODES)
        assert host.lines()[1] == " ▾ DEFAULT             20,000"
        assert host.lines()[2] == "   ▸ L1 web            12,117"
        await pilot.press("down", "right")
        assert host.lines()[3] == "       生产环境            22"
        await pilot.press("right", "enter")
        assert host.last(SideTree.Chosen).branch.id == "1:1:1"
        assert host.lines()[3].startswith("•")
        await pilot.press("left")
        assert tree.current is not None
        assert tree.current.id == "1:1"
        await pilot.press("left")
        assert host.lines()[3].strip().startswith("[db]")
        await pilot.press("space")
        assert "生产环境" in host.lines()[3]


async def test_tree_keeps_cursor_openness_and_choice_by_id() -> None:
    tree = SideTree("Nodes")
    async with staged(tree, size=(30, 13)) as (host, pilot):
        tree.set_branches(NODES)
        tree.choose("1:1:1")
        assert tree.current is not None
        assert tree.current.id == "1:1:1"
        tree.set_branches([NODES[0], Branch("1:0", "1", "new first", 1), *NODES[1:]])
        assert tree.current.id == "1:1:1"
        assert host.lines()[4].startswith("•")
        await pilot.pause()
        tree.set_branches([branch for branch in NODES if branch.id != "1:1:1"])
        await pilot.pause()
        assert tree.line_count == 3


async def test_tree_survives_orphans_and_loops() -> None:
    tree = SideTree("Nodes")
    async with staged(tree, size=(30, 13)) as (host, _pilot):
        tree.set_branches(
            [Branch("a", "b", "A"), Branch("b", "a", "B"), Branch("c", "gone", "C"), Branch("d", "d", "D")]
        )
        text = "\n".join(host.lines())
        assert all(name in text for name in ("A", "C", "D"))


async def test_lines_follow_fold_and_keep_their_place() -> None:
    tree = LineTree()
    async with staged(tree, size=(30, 13)) as (host, pilot):
        tree.set_lines(LINES)
        assert host.lines()[:4] == ["▾ alice", " ▾ group-41", "     rule perm-446 →", "   expired"]
        await pilot.press("down", "down", "enter")
        assert host.last(LineTree.Followed).target.id == "446"
        tree.set_lines([Line("bob", key="b"), *LINES])
        assert tree.current is LINES[2]
        await pilot.press("left", "left")
        assert host.lines()[1:4] == ["▾ alice", " ▸ group-41", "   expired"]
        tree.set_lines(LINES)
        assert host.lines()[1] == " ▸ group-41"
        await pilot.press("right")
        assert "rule" in host.lines()[2]
        tree.set_lines(LINES, fresh=True)
        assert tree.cursor == 0


async def test_lines_may_come_folded_and_their_marks_stand_in_the_margin() -> None:
    tree = LineTree()
    lines = [
        Line("users", key="u"),
        Line("alice", 1, key="a", folded=True, target=Target("users", "1")),
        Line("as root", 2, key="r"),
        Line("bob", 1, key="b", folded=True),
    ]
    async with staged(tree, size=(30, 13)) as (host, pilot):
        tree.set_lines(lines)
        assert host.lines()[:4] == ["▾ users", " ▸ alice →", "   bob", ""]
        await pilot.press("down", "space")
        assert host.lines()[:4] == ["▾ users", " ▾ alice →", "     as root", "   bob"]
        tree.set_lines([*lines, Line("as app", 2, key="p")])
        assert host.lines()[1:5] == [" ▾ alice →", "     as root", " ▸ bob", ""]
        await pilot.press("left")
        assert host.lines()[1] == " ▸ alice →"
        await pilot.press("right", "down", "left", "left")
        assert host.lines()[:3] == ["▾ users", " ▸ alice →", " ▸ bob"]
        tree.set_lines(lines, fresh=True)
        await pilot.press("space")
        assert host.lines()[:2] == ["▸ users", ""]


async def test_the_mark_of_a_line_that_leads_somewhere_is_never_alone() -> None:
    tree = LineTree()
    async with staged(tree, size=(20, 13)) as (host, _pilot):
        tree.set_lines([Line("one two three four", target=Target("users", "1"))])
        assert host.lines()[:2] == [" one two three", "   four →"]


async def test_long_lines_wrap_and_wrap_again_when_the_room_changes() -> None:
    tree = LineTree()
    async with staged(tree, size=(20, 13)) as (host, pilot):
        tree.set_lines([Line("one two three four five six seven")])
        assert host.lines()[:2] == [" one two three four", "   five six seven"]
        await pilot.resize_terminal(60, 13)
        await pilot.pause()
        assert host.lines()[:2] == [" one two three four five six seven", ""]


async def test_tones_are_styles_and_the_text_is_data() -> None:
    tree = LineTree()
    async with staged(tree) as (host, _pilot):
        tree.set_lines([Line("x"), Line("[bold]bad\x1b[0m", tone="bad")])
        assert host.lines()[1] == " [bold]bad␛[0m"
        assert next(iter(tree.render_line(1))).style == tree.palette.bad


async def test_detail_tabs() -> None:
    pane = DetailPane([("o", "Overview"), ("a", "Accounts"), ("j", "JSON")])
    async with staged(pane, size=(60, 13)) as (host, pilot):
        pane.set_title("web\n01")
        pane.set_lines(LINES)
        assert host.lines()[0] == " web↵01  [Overview]  Accounts   JSON"
        await pilot.press("left")
        assert host.last(DetailPane.TabShown) is None
        await pilot.press("right")
        assert host.last(DetailPane.TabShown).key == "a"
        assert "[Accounts]" in host.lines()[0]
        pane.set_tabs([("a", "Accounts"), ("w", "Who can")])
        assert pane.tab == "a"
        pane.set_tabs([("w", "Who can")])
        assert pane.tab == "w"
        await pilot.press("space")
        assert host.lines()[1] == "▸ alice"


async def test_tabs_that_do_not_fit_are_announced() -> None:
    pane = DetailPane([(str(number), f"Tab number {number}") for number in range(9)])
    async with staged(pane, size=(40, 13)) as (host, pilot):
        assert host.lines()[0].endswith(">")
        await pilot.press(*["right"] * 8)
        assert "[Tab number 8]" in host.lines()[0]
        assert "<" in host.lines()[0]
        assert not host.lines()[0].endswith(">")


async def test_the_edges_of_what_is_in_sight_say_how_much_more_there_is() -> None:
    tree = LineTree()
    async with staged(tree, size=(30, 6)) as (host, pilot):
        tree.set_lines([Line(f"line {n}") for n in range(9)] + [Line("生产环境" * 3)])
        seen = host.lines()
        rows = tree.page
        assert (
            seen[rows - 1]
            == f" line {rows - 1}".ljust(30 - len(f" {10 - rows} more ↓")) + f" {10 - rows} more ↓"
        )
        assert not any("more" in line for line in seen[: rows - 1])
        await pilot.press("end")
        seen = host.lines()
        assert seen[0].endswith(f" {10 - rows} more ↑")
        assert "↓" not in "".join(seen)
        assert seen[rows - 1].startswith(" 生产环境生产环境生产环境")
        tree.set_lines([Line("x" * 28)] * 9)
        edges = [line for line in host.lines() if not line.endswith("x")]
        assert edges == [" " + "x" * 28 + "↑"], "where a line leaves no room: the arrow alone"
