"""Every key of the program, once: bindings, the hints line, the help screen and the table in the docs come
from here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from textual.binding import BindingType

    from jmstui.views.spec import View

GROUPS = ("Move", "This list", "This row", "Go", "Program")
"""The order in which the help shows the groups."""

EVERYWHERE = ("browse", "detail", "access", "orgs", "log", "help")
LISTS = ("browse",)
MAIN = ("browse", "access")
OVERLAYS = ("detail", "orgs", "log", "help")


class Key(NamedTuple):
    """A key: `id` is the action, `keys` Textual's names of it, `shown` how it is written for people."""

    id: str
    keys: tuple[str, ...]
    shown: str
    text: str
    group: str
    where: tuple[str, ...] = LISTS
    brief: str = ""
    """The word in the hints line; "" keeps it out of there."""
    needs: str = ""
    """What a view must have for the key to mean something there (`abilities`); "" always."""
    bind: bool = True
    """False where the widget under the cursor takes the key itself: it is only explained here."""


KEYS: tuple[Key, ...] = (
    Key(
        "move",
        (),
        "↑ ↓  j k",
        "one line up or down",
        "Move",
        (*LISTS, "detail", "access", "orgs", "log", "help"),
        bind=False,
    ),
    Key(
        "page",
        (),
        "PgUp PgDn",
        "one page up or down",
        "Move",
        (*LISTS, "detail", "access", "orgs", "log", "help"),
        bind=False,
    ),
    Key(
        "ends",
        (),
        "Home End",
        "first or last line",
        "Move",
        (*LISTS, "detail", "access", "orgs", "log", "help"),
        bind=False,
    ),
    Key(
        "tabs",
        (),
        "← →",
        "tabs of the detail; close and open in the tree",
        "Move",
        ("browse", "detail"),
        bind=False,
    ),
    Key("next_pane", ("tab",), "Tab", "next pane", "Move", MAIN),
    Key("previous_pane", ("shift+tab",), "Shift-Tab", "previous pane", "Move", MAIN),
    Key("command", ("colon",), ":", "go to a view by its name; Tab completes", "Go", MAIN, brief="go"),
    Key("search", ("slash",), "/", "search in this list, on the server", "This list", brief="search"),
    Key(
        "search", ("slash",), "/", "narrow to names that hold a text", "This list", ("orgs",), brief="search"
    ),
    Key("search", ("slash",), "/", "search among these keys", "This list", ("help",), brief="search"),
    Key(
        "open",
        ("enter",),
        "⏎",
        "open the row or follow the line",
        "This row",
        ("browse", "detail", "access"),
        brief="open",
        bind=False,
    ),
    Key(
        "open",
        ("enter",),
        "⏎",
        "work in this organization",
        "This row",
        ("orgs",),
        brief="choose",
        bind=False,
    ),
    Key(
        "unfold",
        (),
        "Space",
        "unfold a line with ▸, and fold it again",
        "This row",
        ("access",),
        brief="unfold",
        bind=False,
    ),
    Key(
        "unfold",
        (),
        "Space",
        "unfold a line with ▸, and fold it again",
        "This row",
        ("browse", "detail"),
        bind=False,
    ),
    Key(
        "who",
        ("w",),
        "w",
        "who can reach it, or what this user can reach",
        "This row",
        ("browse", "detail"),
        brief="who can",
        needs="reach",
    ),
    Key(
        "why",
        ("x",),
        "x",
        "why: take this row into the Access view",
        "This row",
        ("browse", "detail"),
        brief="why",
        needs="reach",
    ),
    Key(
        "sort",
        ("s",),
        "s",
        "sort by the next column that the server can sort by",
        "This list",
        brief="sort",
        needs="sort",
    ),
    Key("reverse", ("S",), "S", "turn the order round", "This list", needs="sort"),
    Key("filter", ("f",), "f", "next quick filter", "This list", brief="filter", needs="filters"),
    Key(
        "direct",
        ("d",),
        "d",
        "only what is directly in the branch, or all below it",
        "This list",
        needs="direct",
    ),
    Key("pane", ("p",), "p", "the detail pane on or off (from 32 rows up)", "This list"),
    Key("organization", ("o",), "o", "choose the organization", "Go", MAIN, brief="organization"),
    Key(
        "refresh",
        ("r",),
        "r",
        "ask the server again for what is in view",
        "This list",
        ("browse", "detail", "access", "log", "orgs"),
        brief="refresh",
    ),
    Key("view('1')", ("1",), "1", "Assets", "Go", MAIN),
    Key("view('2')", ("2",), "2", "Users", "Go", MAIN),
    Key("view('3')", ("3",), "3", "Permissions", "Go", MAIN),
    Key("view('4')", ("4",), "4", "Access: who can reach what, and why", "Go", MAIN),
    Key("view('5')", ("5",), "5", "Expiring", "Go", MAIN),
    Key("back", ("left_square_bracket",), "[", "back to where you were", "Go", (*MAIN, "detail")),
    Key("forward", ("right_square_bracket",), "]", "forward again", "Go", MAIN),
    Key("log", ("at",), "@", "the requests that were sent", "Program", (*MAIN, "detail", "orgs")),
    Key(
        "help",
        ("question_mark", "f1"),
        "? F1",
        "these keys",
        "Program",
        (*MAIN, "detail", "orgs", "log"),
        brief="help",
    ),
    Key(
        "out",
        ("escape", "backspace"),
        "Esc Backspace",
        "out: of the search, the branch, the screen",
        "Go",
        MAIN,
    ),
    Key("out", ("escape", "backspace"), "Esc Backspace", "back", "Go", OVERLAYS, brief="back"),
    Key("leave", ("q",), "q", "out; in a main view it asks, and a second q quits", "Program", EVERYWHERE),
    Key(
        "copy",
        ("c",),
        "c ⏎",
        "copy this request as curl, the credential left as a variable",
        "This row",
        ("log",),
        brief="copy as curl",
    ),
    Key(
        "quit_twice",
        ("ctrl+c",),
        "Ctrl-C twice",
        "quit, wherever you are",
        "Program",
        (*EVERYWHERE, "login"),
        bind=False,
    ),
    Key("submit", (), "⏎", "sign in", "This row", ("login",), brief="sign in", bind=False),
    Key(
        "mode",
        (),
        "← →",
        "another way to sign in, while the cursor is on that line",
        "Move",
        ("login",),
        bind=False,
    ),
    Key("into", ("down",), "↓", "from a field into the lines below", "Move", ("access",)),
    Key("app.focus_next", ("tab", "down"), "Tab  ↓", "next field", "Move", ("login",)),
    Key("app.focus_previous", ("shift+tab", "up"), "Shift-Tab  ↑", "previous field", "Move", ("login",)),
    Key("help", ("f1",), "F1", "these keys", "Program", ("login",), brief="help"),
    Key(
        "out",
        ("escape",),
        "Esc",
        "give up a sign-in that is under way; from a second one, back",
        "Go",
        ("login",),
    ),
)


FIELD_HINTS = (("⏎", "take"), ("Tab", "other field"), ("↓", "below"))
"""The hints line of the Access view while one of its fields is typed in."""


def bindings(where: str) -> list[BindingType]:
    """Textual's bindings for a screen, each to the action with the key's id."""
    from textual.binding import Binding

    return [
        Binding(",".join(key.keys), key.id, key.text, show=False)
        for key in KEYS
        if key.bind and key.keys and where in key.where
    ]


def abilities(view: View[Any], side: Any = None) -> frozenset[str]:
    """What a view can do, in the words of `Key.needs`. `side` is the tree beside it, None without one."""
    have = {
        "reach": view.who_can or view.what_can,
        "sort": any(column.order for column in view.columns),
        "filters": bool(view.filters),
        "direct": bool(side is not None and side.direct),
    }
    return frozenset(word for word, there in have.items() if there)


def keys_of(where: str, able: frozenset[str] | None = None) -> list[Key]:
    """The keys that mean something on a screen; `able` as `abilities` gives it, None for all."""
    return [
        key for key in KEYS if where in key.where and (able is None or not key.needs or key.needs in able)
    ]


def hints(where: str, able: frozenset[str] | None = None) -> list[tuple[str, str]]:
    """(key, word) pairs for the hints line, the most important first."""
    return [(key.shown.split()[0], key.brief) for key in keys_of(where, able) if key.brief]


def as_markdown() -> str:
    """The table of all keys for the docs."""
    rows = ["| key | what it does | where |", "|---|---|---|"]
    for group in GROUPS:
        rows += [
            f"| `{key.shown}` | {key.text} | {', '.join(key.where)} |" for key in KEYS if key.group == group
        ]
    return "\n".join(rows) + "\n"
