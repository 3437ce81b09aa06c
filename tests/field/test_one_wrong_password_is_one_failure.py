"""Row 17: however many of us start at once, and however name and address are written, a wrong password is
sent to the server once; the explorer takes part, and what is noted of it ends by itself."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from jmstui import state
from jmstui.api.errors import AccountLocked, AddressLocked, WrongPassword
from jmstui.models.credential import Password, Secret
from jmstui.services import refused
from jmstui.services.attempt import attempt
from jmstui.services.turns import Busy, account_of, take, turn
from jmstui.settings import Settings, load
from tests.cli.test_login import logins
from tests.tui.drive import explorer

Jmstui = Callable[..., Any]


@pytest.fixture
def at(start_demo: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> Any:
    demo = start_demo(assets=20)
    monkeypatch.setenv("JMSTUI_URL", demo.url)
    monkeypatch.setenv("JMSTUI_USERNAME", demo.credentials["token"]["username"])
    monkeypatch.setenv("JMSTUI_PASSWORD", "guessed-wrong-1")
    return demo


def start(*argv: str, **environ: str) -> subprocess.Popen[bytes]:
    command = [str(Path(sys.executable).parent / "jmstui"), *argv]
    return subprocess.Popen(command, env={**os.environ, **environ}, stdout=-1, stderr=-1)


def notes() -> list[Path]:
    return sorted(state.passing_dir().glob("*"))


def test_nine_processes_at_once(at: Any) -> None:
    nine = [start("list", "orgs") for _ in range(9)]
    said = [each.communicate(timeout=120)[1] for each in nine]
    assert [each.returncode for each in nine] == [3] * 9
    assert logins(at) == 1
    assert sum(b"tries are left" in text for text in said) == 1
    assert sum(b"not sent again" in text for text in said) == 8
    assert [path.suffix for path in notes()] == [".json"], "no lock is left"


def test_nine_processes_with_the_right_one(at: Any) -> None:
    right = at.credentials["token"]["password"]
    nine = [start("list", "orgs", JMSTUI_PASSWORD=right) for _ in range(9)]
    assert [each.wait(120) for each in nine] == [0] * 9
    assert notes() == []


def test_however_the_name_is_written(at: Any, jmstui: Jmstui, monkeypatch: pytest.MonkeyPatch) -> None:
    name = at.credentials["token"]["username"]
    full_width = "".join(chr(ord(letter) + 0xFEE0) for letter in name)
    for each in (name, f"{name} ", f" {name}", name.upper(), name.title(), full_width):
        monkeypatch.setenv("JMSTUI_USERNAME", each)
        assert jmstui("list", "orgs").status == 3
    assert logins(at) == 1


def test_however_the_address_is_written(at: Any, jmstui: Jmstui, monkeypatch: pytest.MonkeyPatch) -> None:
    for each in ("", "/", "/ui/", "/ui/#/console/perms", "/luna/?x=1", "//"):
        monkeypatch.setenv("JMSTUI_URL", at.url + each)
        assert jmstui("list", "orgs").status == 3
    assert logins(at) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://jms.corp", "HTTPS://JMS.CORP:443/"),
        ("https://jms.corp", "http://jms.corp"),
        ("https://jms.corp/jms", "https://jms.corp./jms/ui/#/"),
        ("https://[::1]:8443", "https://[0:0:0:0:0:0:0:1]:8443"),
        ("https://bücher.corp", "https://xn--bcher-kva.corp"),
    ],
)
def test_two_ways_to_write_a_server(one: str, other: str) -> None:
    assert account_of(Settings(url=one), "a") == account_of(Settings(url=other), "A ")


@pytest.mark.parametrize("other", ["https://jms.corp:8443", "https://jms.corp/jms", "https://jms2.corp"])
def test_two_servers(other: str) -> None:
    assert account_of(Settings(url="https://jms.corp"), "a") != account_of(Settings(url=other), "a")


async def test_the_explorer_heeds_what_a_command_noted(at: Any, home: Path) -> None:
    """What the environment gives, and what is typed; a second ⏎ insists, and a command heeds the explorer."""
    assert start("list", "orgs").wait(60) == 3
    async with explorer(load({})) as drive:
        await drive.shows("not sent again")
        assert "Press ⏎ once more" not in drive.flat()
        await drive.fill("password", "guessed-wrong-1")
        await drive.press("enter")
        await drive.shows("not sent again", "Press ⏎ once more")
        assert logins(at) == 1
        await drive.press("enter")
        await drive.shows("5 tries are left")
        await drive.fill("password", "guessed-wrong-2")
        await drive.press("enter")
        await drive.shows("4 tries are left")
    assert logins(at) == 3
    assert start("list", "orgs", JMSTUI_PASSWORD="guessed-wrong-2").wait(60) == 3
    assert logins(at) == 3


async def test_the_insistence_is_of_what_was_held_back(at: Any, home: Path) -> None:
    """Another text in the field is another password."""
    for password in ("guessed-wrong-1", "guessed-wrong-2"):
        start("list", "orgs", JMSTUI_PASSWORD=password).wait(60)
    async with explorer(replace(load({}), credential=None)) as drive:
        await drive.fill("password", "guessed-wrong-1")
        await drive.press("enter")
        await drive.shows("Press ⏎ once more")
        await drive.press("backspace", "2", "enter")
        await drive.shows("not sent again")
        await drive.press("enter")
        await drive.shows("4 tries are left")
    assert logins(at) == 3


class Conversation:
    """The server's side of a sign-in: takes a while, and refuses."""

    def __init__(self, error: Exception) -> None:
        self.error, self.sent, self.at_once = error, 0, 0

    async def start(self, password: Password) -> Any:
        self.sent, self.at_once = self.sent + 1, self.at_once + 1
        assert self.at_once == 1
        await asyncio.sleep(0.05)
        self.at_once -= 1
        raise self.error


async def nine(server: Any, settings: Settings, names: list[str]) -> list[Any]:
    work = [attempt(server, settings, Password(name, Secret("wrong"))) for name in names]
    return await asyncio.gather(*work, return_exceptions=True)


@pytest.mark.parametrize(
    ("error", "heeded"),
    [
        (WrongPassword(6, 30), refused.JustRefused),
        (AccountLocked(30), refused.StillLocked),
        (AddressLocked(), refused.StillLocked),
    ],
)
async def test_nine_at_once_in_one_process(home: Path, error: Exception, heeded: type) -> None:
    server: Any = Conversation(error)
    found = await nine(server, Settings(url="https://jms.corp"), ["alice"] * 9)
    assert sorted(type(each).__name__ for each in found) == sorted(
        [type(error).__name__, *[heeded.__name__] * 8]
    )
    assert server.sent == 1


async def test_an_address_that_is_locked_is_locked_for_every_user(home: Path) -> None:
    server: Any = Conversation(AddressLocked(30))
    settings = Settings(url="https://jms.corp")
    await nine(server, settings, ["alice"])
    (found,) = await nine(server, settings, ["bob"])
    assert isinstance(found, refused.StillLocked)
    (found,) = await nine(server, Settings(url="https://other.corp"), ["bob"])
    assert isinstance(found, AddressLocked)


async def test_who_insists_may(home: Path) -> None:
    server: Any = Conversation(WrongPassword(6, 30))
    settings, password = Settings(url="https://jms.corp"), Password("alice", Secret("wrong"))
    for insist, expected in ((False, WrongPassword), (False, refused.JustRefused), (True, WrongPassword)):
        with pytest.raises(expected):
            await attempt(server, settings, password, insist=insist)
    assert server.sent == 2


async def test_a_turn_is_waited_for_and_not_for_ever(home: Path) -> None:
    account = account_of(Settings(url="https://jms.corp"), "alice")
    held = take(account)
    assert held is not None
    with held, pytest.raises(Busy, match="Nothing was sent"):
        async with turn(account, 0.2):
            pytest.fail("two at once")
    async with turn(account, 0.2):
        assert take(account) is None
    assert notes() == []


def test_a_process_that_was_killed_gives_its_turn_back(home: Path) -> None:
    code = (
        "from jmstui.settings import Settings\n"
        "from jmstui.services.turns import account_of, take\n"
        "turn = take(account_of(Settings(url='https://jms.corp'), 'alice'))\n"
        "print('held', flush=True)\n"
        "input()"
    )
    child = subprocess.Popen([sys.executable, "-c", code], stdin=-1, stdout=-1)
    assert child.stdout is not None
    assert child.stdout.readline() == b"held\n"
    account = account_of(Settings(url="https://jms.corp"), "alice")
    assert take(account) is None
    child.kill()
    child.communicate()
    refused.sweep()
    assert notes() == []
    again = take(account)
    assert again is not None
    with again:
        assert len(notes()) == 1


@pytest.mark.parametrize("runtime", [True, False])
def test_a_note_ends_with_the_next_start_whatever_that_asks(
    at: Any, jmstui: Jmstui, monkeypatch: pytest.MonkeyPatch, runtime: bool
) -> None:
    """Also one of another server, also where the next start has no password at all."""
    if not runtime:
        monkeypatch.delenv("XDG_RUNTIME_DIR")
    jmstui("list", "orgs")
    (path,) = notes()
    found = json.loads(path.read_text())
    ((mark, _, _),) = found["passwords"]
    assert len(bytes.fromhex(mark)) == 2, "it tells two passwords apart, and not which it was"
    jmstui("config", "show")
    assert path.exists()
    path.write_text(json.dumps(found | {"passwords": [[mark, 0, 600]]}))
    monkeypatch.delenv("JMSTUI_PASSWORD")
    jmstui("logout", "--url", "https://other.corp")
    assert notes() == []


def test_whole_hashes_of_the_first_version_are_deleted(home: Path, jmstui: Jmstui) -> None:
    for folder in (home / "run" / "jmstui", home / "state" / "jmstui"):
        folder.mkdir()
        (folder / "refused.json").write_text('[{"salt": "00", "mark": "00", "at": 0, "until": 1}]')
    jmstui("logout", "--url", "https://jms.corp")
    assert not list(home.rglob("refused.json"))


def test_who_has_no_runtime_directory_in_the_environment_meets_who_has(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A job of cron and a session of the same user."""
    monkeypatch.setattr(state, "USERS_RUNTIME", home / "users")
    mine = home / "users" / str(os.getuid())
    mine.mkdir(parents=True, mode=0o700)
    monkeypatch.delenv("XDG_RUNTIME_DIR")
    assert state.passing_dir() == mine / "jmstui"
    mine.chmod(0o755)
    assert state.passing_dir() == state.state_dir()


async def test_where_nothing_can_be_kept_the_server_is_asked(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jmstui.services.turns.passing_dir", lambda: Path("/dev/null/jmstui"))
    server: Any = Conversation(WrongPassword(6, 30))
    for _ in range(2):
        (found,) = await nine(server, Settings(url="https://jms.corp"), ["alice"])
        assert isinstance(found, WrongPassword)
    refused.sweep()
