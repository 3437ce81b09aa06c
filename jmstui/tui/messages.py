"""What workers tell the screens. A worker never touches a widget; it posts one of these, and the screen
decides."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual.message import Message

from jmstui.tui.history import Place
from jmstui.views.spec import Branch, Line, Target, View

if TYPE_CHECKING:
    from jmstui.models.organization import Organization
    from jmstui.services.identity import OrgChoice
    from jmstui.tui.asker import Age
    from jmstui.tui.questions import Thing


class RowsChanged(Message):
    """The rows on screen changed: `kind` "swap" is another list, the rest as the list itself says it."""

    def __init__(self, kind: str, first: int = 0, last: int = 0) -> None:
        super().__init__()
        self.kind, self.first, self.last = kind, first, last


class SideLoaded(Message):
    """The side tree came, or `error` is the sentence that says why not. `turn` is the load that it belongs
    to."""

    def __init__(self, turn: int, branches: list[Branch], age: Age, error: str = "") -> None:
        super().__init__()
        self.turn, self.branches, self.age, self.error = turn, branches, age, error


class DetailLoaded(Message):
    """The lines of a tab for a row; it comes again each time that more is known."""

    def __init__(self, turn: int, lines: list[Line], age: Age | None = None, failed: bool = False) -> None:
        super().__init__()
        self.turn, self.lines, self.age, self.failed = turn, lines, age, failed


class ClientSaid(Message):
    """An event of the client: offline, online, waiting, sign-in needed, refreshed."""

    def __init__(self, event: Any) -> None:
        super().__init__()
        self.event = event


class SignedIn(Message):
    """A sign-in went through; the session holds client and identity."""


HELD = "held"
"""The code word of a password that was not sent, for what the server said a moment ago."""


class SignInFailed(Message):
    """A sign-in did not go through. `field` is the id of the field that it concerns, "" for the whole
    form."""

    def __init__(self, sentence: str, field: str = "", code: str = "") -> None:
        super().__init__()
        self.sentence, self.field, self.code = sentence, field, code


class StepWanted(Message):
    """The server wants more: a code by one of `choices`, or a review (`ticket`)."""

    def __init__(self, choices: tuple[str, ...] = (), ticket: str = "") -> None:
        super().__init__()
        self.choices, self.ticket = choices, ticket


class TargetFound(Message):
    """The record that a line leads to, or `error` says why it did not come."""

    def __init__(
        self, view: View[Any], target: Target, record: Any = None, client: Any = None, error: str = ""
    ) -> None:
        super().__init__()
        self.view, self.target, self.record, self.client, self.error = view, target, record, client, error


class OrgChanged(Message):
    """The organization is another one; `notice` says it when the server put another in its place, `error`
    why it is not. `then` is where to go now; None for where we are."""

    def __init__(self, notice: str = "", error: str = "", then: Place | None = None) -> None:
        super().__init__()
        self.notice, self.error, self.then = notice, error, then


class CodeSent(Message):
    """The server sent a code of this kind."""

    def __init__(self, kind: str) -> None:
        super().__init__()
        self.kind = kind


class OrgRows(Message):
    """The organizations with their numbers, or `error` says why not."""

    def __init__(self, rows: list[Organization], error: str = "") -> None:
        super().__init__()
        self.rows, self.error = rows, error


class OrgChoices(Message):
    """The organizations that the signed-in user may choose now."""

    def __init__(self, orgs: tuple[OrgChoice, ...]) -> None:
        super().__init__()
        self.orgs = orgs


class OneOrgOnly(Message):
    """The server is a community edition."""


class Candidates(Message):
    """Who or what a text may mean, or `error` says why nobody knows. `submitted`: ⏎ was pressed already."""

    def __init__(
        self, turn: int, side: str, text: str, things: list[Thing], submitted: bool = False, error: str = ""
    ) -> None:
        super().__init__()
        self.turn, self.side, self.text, self.things = turn, side, text, things
        self.submitted, self.error = submitted, error


class AnswerLines(Message):
    """The answer so far."""

    def __init__(self, turn: int, lines: list[Line], age: Age, failed: bool = False) -> None:
        super().__init__()
        self.turn, self.lines, self.age, self.failed = turn, lines, age, failed
