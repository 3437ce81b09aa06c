"""The nouns on screen as data, one module each with a `VIEW`: a new noun is one new file."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import Any

from jmstui.views.spec import View


@cache
def all_views() -> dict[str, View[Any]]:
    """Every view by its name: each module of this package that has a `VIEW`."""
    from pkgutil import iter_modules

    found: dict[str, View[Any]] = {}
    for module in sorted(iter_modules(__path__), key=lambda each: each.name):
        view = getattr(import_module(f"{__name__}.{module.name}"), "VIEW", None)
        if isinstance(view, View):
            found[view.name] = view
    return found


def load_view(name: str) -> View[Any]:
    """The view with this name, importing its module alone. Raises `KeyError` when there is none."""
    try:
        view = getattr(import_module(f"{__name__}.{name.replace('-', '_')}"), "VIEW", None)
    except ModuleNotFoundError:
        raise KeyError(name) from None
    if not isinstance(view, View):
        raise KeyError(name)
    return view


def find_view(word: str) -> View[Any] | None:
    """The view with this name or alias, whatever the case; None when there is none."""
    word = word.strip().lower()
    if word.replace("-", "").isalpha():  # the first view comes up without the others
        try:
            return load_view(word)
        except KeyError:
            pass
    return next((v for v in all_views().values() if word == v.name or word in v.aliases), None)
