"""The `:` line: what a typed word means, and how it completes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["view", "access", "organizations", "log", "help", "quit", "unknown"]

WORDS: dict[str, Kind] = {
    "access": "access",
    "why": "access",
    "organizations": "organizations",
    "orgs": "organizations",
    "org": "organizations",
    "log": "log",
    "requests": "log",
    "help": "help",
    "keys": "help",
    "q": "quit",
    "quit": "quit",
    "exit": "quit",
}


@dataclass(frozen=True, slots=True)
class Command:
    """A parsed line. `name` is the view's name when `kind` is "view", else the word typed; `rest` what
    followed it."""

    kind: Kind
    name: str
    rest: str = ""


def parse(line: str) -> Command:
    """What a `:` line asks for: `assets`, `assets web` (with a search), `q`; the beginning of a name will
    do."""
    from jmstui.views import find_view

    word, _, rest = line.strip().lstrip(":").strip().partition(" ")
    kind = WORDS.get(word.lower())
    if kind is not None:
        return Command(kind, word.lower(), rest.strip())
    view = find_view(word) if word else None
    if view is None:
        begun = next((name for name in names() if word and name.startswith(word.lower())), "")
        return parse(f"{begun} {rest}") if begun else Command("unknown", word)
    return Command("view", view.name, rest.strip())


def names() -> list[str]:
    """Every word that the `:` line offers, views first."""
    from jmstui.views import all_views

    views = [view.name for view in all_views().values() if not view.hidden]
    return [*sorted(views), "access", "organizations", "log", "help", "quit"]


def complete(text: str) -> list[str]:
    """The words that `text` may become: names that begin with it, then aliases' views, then names that
    hold it."""
    from jmstui.views import all_views

    text = text.strip().lower()
    first = [name for name in names() if name.startswith(text)]
    if not text:
        return first
    views = [view for view in all_views().values() if not view.hidden]
    by_alias = [v.name for v in views if any(alias.startswith(text) for alias in v.aliases)]
    inside = [name for name in names() if text in name] if len(text) > 1 else []
    return list(dict.fromkeys([*first, *by_alias, *inside]))
