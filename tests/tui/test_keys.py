"""One registry of keys: it takes nothing that multiplexers and line editors need, and all of it is bound."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from textual.binding import Binding

from jmstui.tui import clipboard, commands
from jmstui.tui.app import JmsApp
from jmstui.tui.history import History, Place
from jmstui.tui.keys import GROUPS, KEYS, as_markdown, bindings, hints, keys_of
from jmstui.tui.screens.access import AccessScreen
from jmstui.tui.screens.browse import BrowseScreen
from jmstui.tui.screens.detail import DetailScreen
from jmstui.tui.screens.help import HelpScreen
from jmstui.tui.screens.log import LogScreen
from jmstui.tui.screens.login import LoginScreen
from jmstui.tui.screens.orgs import OrgsScreen
from jmstui.views.spec import Ask

TAKEN = {f"ctrl+{letter}" for letter in "absqzdk"}
SCREENS: list[Any] = [
    AccessScreen,
    BrowseScreen,
    DetailScreen,
    HelpScreen,
    LogScreen,
    LoginScreen,
    OrgsScreen,
    JmsApp,
]


@pytest.mark.parametrize("screen", SCREENS)
def test_no_binding_takes_what_tmux_screen_and_readline_need(screen: Any) -> None:
    keys = set(screen._merge_bindings().key_to_bindings)
    assert not keys & TAKEN
    assert not any(key.startswith("alt+") for key in keys)
    assert "ctrl+q" not in keys


@pytest.mark.parametrize("screen", [each for each in SCREENS if each is not JmsApp])
def test_every_binding_of_the_registry_has_its_action(screen: Any) -> None:
    for binding in bindings(screen.where):
        assert isinstance(binding, Binding)
        name = binding.action.partition("(")[0]
        if not name.startswith("app."):
            assert hasattr(screen, f"action_{name}"), f"{screen.__name__} has no action for {binding.key}"


def test_help_docs_and_hints_come_from_the_registry() -> None:
    table = as_markdown()
    for key in KEYS:
        assert key.group in GROUPS
        assert f"`{key.shown}`" in table
    assert (":", "go") in hints("browse")
    assert "d" not in {key.shown for key in keys_of("browse", frozenset())}, "a key for what the view lacks"


@pytest.mark.parametrize(
    ("line", "kind", "name"),
    [
        ("assets", "view", "assets"),
        ("HOSTS web", "view", "assets"),
        ("plat", "view", "platforms"),
        ("q", "quit", "q"),
        ("quit", "quit", "quit"),
        ("access", "access", "access"),
        ("orgs", "organizations", "orgs"),
        ("nonsense", "unknown", "nonsense"),
    ],
)
def test_the_command_line_knows_views_aliases_and_words(line: str, kind: str, name: str) -> None:
    command = commands.parse(line)
    assert (command.kind, command.name) == (kind, name)


def test_completion_offers_names_that_begin_with_the_text_first() -> None:
    assert commands.complete("pe")[0] == "permissions"
    assert "assets" in commands.complete("host")
    assert commands.complete("zzz") == []


def test_osc_52_is_wrapped_for_tmux_and_screen() -> None:
    plain = clipboard.osc52("täxt", {"TERM": "xterm"})
    assert plain == f"\x1b]52;c;{base64.b64encode('täxt'.encode()).decode()}\x07"
    tmux = clipboard.osc52("x", {"TMUX": "/tmp/s,1,0"})
    assert tmux.startswith("\x1bPtmux;\x1b\x1b]52;c;")
    assert tmux.endswith("\x1b\\")
    screen = clipboard.osc52("x" * 3000, {"STY": "1.pts"})
    assert all(len(part) <= 764 for part in screen.split("\x1b\\"))
    assert screen.replace("\x1b\\", "").replace("\x1bP", "").startswith("\x1b]52;c;")


def test_what_is_too_long_for_the_clipboard_is_not_sent_and_says_so() -> None:
    sent: list[str] = []
    said = clipboard.copy("x" * 80_000, sent.append, {})
    assert sent == []
    assert said.startswith("Not copied")


def test_history_goes_back_and_forward_and_forgets_what_lay_ahead() -> None:
    history = History()
    first, second = Place("assets"), Place("assets", ask=Ask("web"))
    history.visit(first)
    history.visit(second)
    history.leave("row-7")
    assert history.go(1) is None
    assert history.go(-1) == first
    back = history.go(1)
    assert back is not None
    assert (back.ask.search, back.row) == ("web", "row-7")
    history.go(-1)
    history.visit(Place("users"))
    assert history.go(1) is None
    assert [place.view for place in history.places] == ["assets", "users"]
