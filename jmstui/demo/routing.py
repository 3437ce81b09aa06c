"""From a path to its routes, and the methods that the real server's view has there (`Allow`)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from jmstui.demo.http import Route

API = "/api/v1/"
# Paths that one of the two versions does not have (§14).
_ONLY_V4 = ("users/profile/permissions/", "search/", "assets/zones/", "assets/directories/")
_ONLY_V3 = ("assets/domains/",)
# What each kind of view offers, as recorded; the demo itself answers few unsafe methods.
_READ = "GET, HEAD, OPTIONS"
_TREE = "GET, POST, HEAD, OPTIONS"
_LIST = "GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS"
_ONE = "GET, PUT, PATCH, DELETE, HEAD, OPTIONS"
_LISTS = re.compile(
    r"accounts/accounts|assets/(assets|hosts|devices|databases|webs|clouds|customs|gpts|directories|nodes|zones|domains)"
    r"|labels/labels|orgs/orgs|perms/asset-permissions|terminal/sessions|users/(users|groups)"
)
_EXACT = {
    "assets/nodes/children/tree/": _TREE,
    "assets/platforms/": _TREE,
    "tickets/tickets/": _TREE,
    "users/profile/": "GET, PUT, PATCH, HEAD, OPTIONS",
    "authentication/login-confirm-ticket/status/": "GET, DELETE, HEAD, OPTIONS",
}


@dataclass(frozen=True, slots=True)
class Match:
    """The routes of a path, by method, with the values of its placeholders."""

    pattern: str
    routes: dict[str, Route]
    params: dict[str, str]
    allow: str

    @property
    def perm(self) -> str | None:
        """What a method without a route wants: None where the whole view is open to everybody."""
        return None if all(route.perm is None for route in self.routes.values()) else ""


@cache
def all_routes() -> tuple[Route, ...]:
    """The `ROUTES` of every module of `jmstui.demo.routes`."""
    package = import_module("jmstui.demo.routes")
    found: list[Route] = []
    for module in sorted(iter_modules(package.__path__), key=lambda each: each.name):
        found += getattr(import_module(f"jmstui.demo.routes.{module.name}"), "ROUTES", ())
    return tuple(found)


def allow(pattern: str, methods: set[str], api: str) -> str:
    """The `Allow` header of a path (recordings)."""
    if pattern in _EXACT:
        return _EXACT[pattern]
    if "-relations/" in pattern:
        return _LIST if api.startswith("3.") else "GET, POST, DELETE"
    if _LISTS.fullmatch(pattern.rstrip("/")):
        return _LIST
    head, _, tail = pattern.rstrip("/").rpartition("/")
    if tail.startswith("{") and _LISTS.fullmatch(head):
        return _ONE
    if "GET" not in methods:
        return ", ".join([*sorted(methods), "OPTIONS"])
    return _READ


class Table:
    """Finds the routes of a path; the more literal pattern wins."""

    def __init__(self, api: str) -> None:
        self._literal: dict[str, tuple[str, dict[str, Route], str]] = {}
        self._patterns: dict[int, list[tuple[re.Pattern[str], str, dict[str, Route], str]]] = {}
        grouped: dict[str, dict[str, Route]] = {}
        absent = _ONLY_V4 if api.startswith("3.") else _ONLY_V3
        for route in all_routes():
            if not route.pattern.startswith(absent):
                grouped.setdefault(route.pattern, {})[route.method] = route
        for pattern, routes in sorted(grouped.items(), key=lambda item: item[0].count("{")):
            allowed = allow(pattern, set(routes), api)
            full = pattern if pattern.startswith("/") else API + pattern
            if "{" not in full:
                self._literal[full] = (pattern, routes, allowed)
                continue
            parts = re.split(r"\{(\w+)\}", full)
            text = "".join(f"(?P<{part}>[^/]+)" if n % 2 else re.escape(part) for n, part in enumerate(parts))
            entry = (re.compile(text), pattern, routes, allowed)
            self._patterns.setdefault(full.count("/"), []).append(entry)

    def find(self, path: str) -> Match | None:
        """The routes of a decoded path; None when there are none."""
        if known := self._literal.get(path):
            return Match(known[0], known[1], {}, known[2])
        for compiled, pattern, routes, allowed in self._patterns.get(path.count("/"), ()):
            if found := compiled.fullmatch(path):
                return Match(pattern, routes, found.groupdict(), allowed)
        return None
