"""Before the first frame: these modules and no others, and no question to the server."""

from __future__ import annotations

import socket
import sys
from pathlib import Path

import pytest

from tests.budgets.explorer import AS_INSTALLED, JMSTUI
from tests.budgets.tty import Terminal

OURS = """
    jmstui jmstui.cli jmstui.cli.exit jmstui.cli.explore jmstui.cli.flags jmstui.cli.main jmstui.config
    jmstui.models jmstui.models.credential jmstui.settings jmstui.terminal jmstui.text jmstui.themes
    jmstui.tui jmstui.tui.app jmstui.tui.commands jmstui.tui.details jmstui.tui.history jmstui.tui.keys
    jmstui.tui.listing jmstui.tui.messages jmstui.tui.navigation jmstui.tui.screens jmstui.tui.screens.base
    jmstui.tui.screens.browse jmstui.tui.screens.list_screen jmstui.tui.session jmstui.tui.theme
    jmstui.tui.widgets jmstui.tui.widgets.caret jmstui.tui.widgets.columns jmstui.tui.widgets.detail
    jmstui.tui.widgets.editing jmstui.tui.widgets.header jmstui.tui.widgets.line_tree
    jmstui.tui.widgets.lines jmstui.tui.widgets.prompt jmstui.tui.widgets.remote_table jmstui.tui.widgets.tree
    jmstui.views jmstui.views._cells jmstui.views._tabs jmstui.views._trees jmstui.views.assets
    jmstui.views.spec jmstui.tui.typeahead jmstui.tui.terminal jmstui.tui.terminal.driver
    jmstui.tui.terminal.encoding jmstui.tui.terminal.events jmstui.tui.terminal.output
    jmstui.tui.terminal.size jmstui.tui.terminal.units jmstui.tui.textual_private
    """
"""A line that is added here is paid for by everybody, at every start."""
OTHERS = {"textual", "rich", "platformdirs", "typing_extensions", "textual_speedups"}
"""Textual, and what a bare Textual app imports itself."""
BARE_WIDGETS = """
    _button _directory_tree _input _loading_indicator _option_list _placeholder
    _select _static _toast _tooltip _tree option_list
    """
"""What `textual.app` imports of `textual.widgets`; every other one would be ours."""
COSTLY = {"email", "http", "httpcore", "httpx", "keyring", "msgspec", "sqlite3", "tomllib"}

pytestmark = pytest.mark.xdist_group("terminal")


@pytest.fixture
def nobody(tmp_path: Path) -> dict[str, str]:
    """Somebody with a token for a server that is not there."""
    home = str(tmp_path)
    return {
        **AS_INSTALLED,
        **dict.fromkeys(("HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME"), home),
        "JMSTUI_URL": "http://127.0.0.1:9",
        "JMSTUI_PRIVATE_TOKEN": "not-a-real-one",
    }


def test_modules_before_the_first_frame(tmp_path: Path, nobody: dict[str, str]) -> None:
    found = tmp_path / "modules"
    with Terminal(
        [sys.executable, "-m", "tests.budgets.first_frame", str(found)], environ=nobody
    ) as terminal:
        while not terminal.ended:
            terminal.read(0.5)
        assert "? help" in terminal.raw.decode()
    modules = set(found.read_text().split())
    assert {name for name in modules if name.split(".")[0] == "jmstui"} == set(OURS.split())
    strangers = {name.split(".")[0] for name in modules} - set(sys.stdlib_module_names) - {"jmstui"}
    assert strangers <= OTHERS
    widgets = {name.split(".")[2] for name in modules if name.startswith("textual.widgets.")}
    assert widgets <= set(BARE_WIDGETS.split())
    assert not modules & COSTLY


def test_the_first_frame_waits_for_no_answer(nobody: dict[str, str]) -> None:
    """The server accepts the connection and says nothing: the frame is there, and keys are answered."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        with Terminal(JMSTUI, environ={**nobody, "JMSTUI_URL": url}) as terminal:
            terminal.wait(r"\? help")
            terminal.write("?")
            terminal.wait("Move")
            silent.settimeout(10)
            connection, _ = silent.accept()
            with connection:
                connection.settimeout(10)
                assert connection.recv(4096).startswith(b"GET /api/v1/users/profile/ ")
