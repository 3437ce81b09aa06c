"""Rows 37 and 41: a user name or a key id alone is enough where the rest is kept, given or asked for."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from jmstui import tokens
from jmstui.models.credential import BearerToken, Secret
from jmstui.secrets import Kept, keyring_state, remember
from jmstui.settings import load
from tests.cli.test_login import logins, on_terminal
from tests.tui.drive import explorer

Jmstui = Callable[..., Any]
ID = "48cf0957-02c3-5ab2-9033-ff4fb8268a08"


@pytest.fixture
def at(start_demo: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> Any:
    demo = start_demo(assets=20)
    monkeypatch.setenv("JMSTUI_URL", demo.url)
    return demo


@pytest.fixture
def signed_in(at: Any, jmstui: Jmstui, monkeypatch: pytest.MonkeyPatch) -> Any:
    """`jmstui login --runtime-file` was run as the administrator."""
    account = at.credentials["token"]
    monkeypatch.setenv("JMSTUI_USERNAME", account["username"])
    monkeypatch.setenv("JMSTUI_PASSWORD", account["password"])
    assert jmstui("login", "--runtime-file").status == 0
    monkeypatch.delenv("JMSTUI_PASSWORD")
    return at


def pipe(text: str) -> str:
    """The number of a file descriptor that gives the text."""
    reader, writer = os.pipe()
    os.write(writer, text.encode())
    os.close(writer)
    return str(reader)


@pytest.mark.parametrize("write", [str, str.upper, " {} ".format])
def test_the_token_that_is_kept_for_this_user(
    signed_in: Any, jmstui: Jmstui, monkeypatch: pytest.MonkeyPatch, write: Callable[[str], str]
) -> None:
    monkeypatch.setenv("JMSTUI_USERNAME", write(signed_in.credentials["token"]["username"]))
    for argv in (["list", "orgs"], ["doctor"], ["why", "self", "web-01"]):
        assert "is missing" not in jmstui(*argv).err
    assert jmstui("list", "orgs").status == 0
    assert logins(signed_in) == 1
    assert "1 token forgotten" in jmstui("logout").err


def test_a_token_of_another_user_is_not_this_ones(
    signed_in: Any, jmstui: Jmstui, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JMSTUI_USERNAME", "somebody-else")
    ran = jmstui("list", "orgs")
    assert ran.status == 2
    assert "JMSTUI_USERNAME is set but JMSTUI_PASSWORD is missing. Nothing is kept" in ran.err


async def test_the_explorer_takes_it_too(signed_in: Any) -> None:
    async with explorer(load({})) as drive:
        await drive.until(lambda: drive.app.session.ready, "signed in")
    assert logins(signed_in) == 1


async def test_the_explorer_asks_for_the_rest(at: Any, monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    monkeypatch.setenv("JMSTUI_USERNAME", at.credentials["token"]["username"])
    async with explorer(load({})) as drive:
        await drive.shows("Password")
        await drive.fill("password", at.credentials["token"]["password"])
        await drive.press("enter")
        await drive.until(lambda: drive.app.session.ready, "signed in")


def test_a_password_that_the_keyring_keeps(
    at: Any, jmstui: Jmstui, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keyring(home, monkeypatch)
    account = at.credentials["token"]
    remember(Kept("token", at.url, account["username"]), Secret(account["password"]))
    monkeypatch.setenv("JMSTUI_USERNAME", account["username"])
    assert jmstui("list", "orgs").status == 0


def test_the_secret_of_an_access_key_that_the_keyring_keeps(
    at: Any, jmstui: Jmstui, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keyring(home, monkeypatch)
    key = at.credentials["access_key"]
    monkeypatch.setenv("JMSTUI_ACCESS_KEY_ID", key["id"])
    ran = jmstui("list", "orgs")
    assert ran.status == 2
    assert "JMSTUI_ACCESS_KEY_SECRET is missing" in ran.err
    remember(Kept("access-key", at.url, key["id"]), Secret(key["secret"]))
    assert jmstui("list", "orgs").status == 0


def keyring(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "tests.keyrings_for_tests.FileKeyring")
    monkeypatch.setenv("JMS_TEST_KEYRING", str(home / "ring.json"))
    keyring_state.cache_clear()


def test_a_kept_token_is_none_of_a_key_id(
    home: Path, at: Any, jmstui: Jmstui, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The credential that was named is the one that is used."""
    end = datetime.now(UTC) + timedelta(hours=1)
    tokens.keep_in_runtime_file(at.url, "admin", BearerToken(Secret("t0ken")), end)
    monkeypatch.setenv("JMSTUI_ACCESS_KEY_ID", ID)
    assert "JMSTUI_ACCESS_KEY_SECRET is missing" in jmstui("list", "orgs").err


def test_on_a_terminal_the_rest_is_asked_for(at: Any, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    account = at.credentials["token"]
    monkeypatch.setenv("JMSTUI_USERNAME", account["username"])
    with on_terminal("list", "orgs") as terminal:
        terminal.wait(f"Password of {account['username']}")
        terminal.write(account["password"] + "\n")
        terminal.wait("status=0")


# --- row 41 ---


@pytest.mark.parametrize(
    ("argv", "variables"),
    [
        (["--username", "{user}", "--secret-fd", "{fd}"], {}),
        (["--secret-fd", "{fd}"], {"JMSTUI_USERNAME": "{user}"}),
        (["--username", "{user}"], {"JMSTUI_PASSWORD_FD": "{fd}"}),
        (["--username", "{user}"], {"JMSTUI_PASSWORD": "{password}"}),
        (["--username", "{user}"], {"JMSTUI_PASSWORD": "{password}", "JMSTUI_USERNAME": "somebody-else"}),
    ],
)
def test_a_secret_given_to_login_is_a_password(
    at: Any, jmstui: Jmstui, monkeypatch: pytest.MonkeyPatch, argv: list[str], variables: dict[str, str]
) -> None:
    """`login` is for a user name and a password, so there is nothing to ask; the flag's name holds."""
    account = at.credentials["token"]
    values = {"user": account["username"], "password": account["password"], "fd": pipe(account["password"])}
    for name, value in variables.items():
        monkeypatch.setenv(name, value.format(**values))
    ran = jmstui("login", "--runtime-file", *(word.format(**values) for word in argv))
    assert ran.status == 0, ran.err
    assert f"Signed in as {account['username']}" in ran.err


def test_login_without_a_name_says_what_is_missing(at: Any, jmstui: Jmstui) -> None:
    ran = jmstui("login", "--runtime-file", "--secret-fd", pipe("secret"))
    assert ran.status == 2
    assert "the user name is missing" in ran.err
    assert "which credential" not in ran.err


def test_other_commands_still_want_to_know(at: Any, jmstui: Jmstui) -> None:
    assert "which credential is it?" in jmstui("list", "orgs", "--secret-fd", pipe("secret")).err
