"""Where a person has been: views with their node, search, order and row, for `[` and `]`."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from jmstui.views.spec import Ask

DEEPEST = 100
"""Places remembered; the oldest goes first."""


@dataclass(frozen=True, slots=True)
class Place:
    """What is needed to come back to a list just as it was left."""

    view: str
    org: str = ""
    ask: Ask = field(default_factory=Ask)
    branch: str = ""
    """The id of the chosen branch of the side tree; "" for none."""
    branch_name: str = ""
    branch_filters: tuple[tuple[str, str], ...] = ()
    direct: bool = False
    quick: str = ""
    """The key of the quick filter; "" for none."""
    row: str = ""
    """The id of the row under the cursor."""
    at: tuple[int, int] = (0, 0)
    """Where that row stood: its index, and the index of the first row in sight."""

    @property
    def key(self) -> tuple[object, ...]:
        """Two places with the same key differ by the row alone."""
        return (self.view, self.org, self.ask, self.branch, self.direct, self.quick)


@dataclass(slots=True)
class History:
    """A list of places and where we are in it."""

    places: list[Place] = field(default_factory=list)
    at: int = -1

    @property
    def here(self) -> Place | None:
        """The present place; None before the first."""
        return self.places[self.at] if self.places else None

    def visit(self, place: Place) -> None:
        """Go to a new place; what lay ahead is forgotten. The same list again only moves the row."""
        if self.here is not None and self.here.key == place.key:
            self.places[self.at] = place
            return
        del self.places[self.at + 1 :]
        self.places.append(place)
        del self.places[:-DEEPEST]
        self.at = len(self.places) - 1

    def leave(self, row: str, at: tuple[int, int] = (0, 0)) -> None:
        """Remember the row on which the present place is left, and where it stood."""
        if self.here is not None and row:
            self.places[self.at] = replace(self.here, row=row, at=at)

    def go(self, step: int) -> Place | None:
        """One place back (-1) or forward (1); None when there is none, and then nothing changes."""
        target = self.at + step
        if not 0 <= target < len(self.places):
            return None
        self.at = target
        return self.places[target]
