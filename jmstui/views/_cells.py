"""How values read in a cell. Text comes out as the server gave it; whoever draws it cleans it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jmstui.models.base import Choice, Ref

NONE = "-"
"""An empty value."""


def yes(value: bool | None) -> str:
    """A yes or no; "-" when the server did not say."""
    return NONE if value is None else "yes" if value else "no"


def day(text: str | None) -> str:
    """A server date as a day in the local zone (`2026-03-04`)."""
    from jmstui.models.base import moment

    at = moment(text)
    return f"{at.astimezone():%Y-%m-%d}" if at else (text or NONE)


def minute(text: str | None) -> str:
    """A server date to the minute in the local zone (`2026-03-04 05:06`)."""
    from jmstui.models.base import moment

    at = moment(text)
    return f"{at.astimezone():%Y-%m-%d %H:%M}" if at else (text or NONE)


def names(refs: Iterable[Ref] | None) -> str:
    """The names of records, or "-"."""
    return ", ".join(ref.name for ref in refs or ()) or NONE


def label(choice: Choice | None) -> str:
    """A choice as the server words it."""
    return (choice.label or str(choice.value)) if choice else NONE


def first_and_more(texts: list[str] | None) -> str:
    """The first of several, and how many more there are."""
    if not texts:
        return NONE
    return texts[0] if len(texts) == 1 else f"{texts[0]} +{len(texts) - 1}"


def words(texts: Iterable[str] | None) -> str:
    """Several words in a row."""
    return " ".join(texts or ()) or NONE


def number(value: int | None) -> str:
    """A number with thousands marked, or "-"."""
    return NONE if value is None else f"{value:,}"


def counted(value: int | None, noun: str) -> str:
    """ "1 user", "1,204 users", "- users"."""
    return f"{number(value)} {noun}{'' if value == 1 else 's'}"
