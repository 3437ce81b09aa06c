"""The login screen says where each secret goes and comes from, and keeps a token only when asked."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Any

import pytest

from jmstui import secrets
from jmstui.models.credential import BearerToken, Password, Secret
from jmstui.settings import Settings, load
from jmstui.tokens import find_token
from tests.homes import empty_home
from tests.tui.drive import Driver, explorer


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    secrets.keyring_state.cache_clear()
    return empty_home(tmp_path, monkeypatch)


def nobody(demo: Any) -> Settings:
    return Settings(url=demo.url, rate=100_000)


async def sign_in(drive: Driver, demo: Any) -> None:
    known = demo.credentials["token"]
    await drive.fill("username", known["username"])
    await drive.fill("password", known["password"])
    await drive.press("enter")
    await drive.until(lambda: drive.app.session.ready, "the sign-in")


async def test_memory_is_the_default_and_leaves_no_file(demo: Any, home: Path) -> None:
    async with explorer(nobody(demo)) as drive:
        await drive.shows("kept in memory only, until jmstui ends", "(•) in memory", "in a private file")
        await sign_in(drive, demo)
    assert not [path for path in (home / "run").rglob("*") if not path.is_dir()]


async def test_a_private_file_when_asked(demo: Any, home: Path) -> None:
    async with explorer(nobody(demo)) as drive:
        await drive.shows("Keep token")
        drive.screen.query_one("#keep").choose("file")
        await drive.shows("that only you may read", "The password goes to this server alone and is not kept")
        await sign_in(drive, demo)
        await drive.until(lambda: list((home / "run" / "jmstui").glob("token-*.json")), "the file")
    path = next((home / "run" / "jmstui").iterdir())
    assert path.stat().st_mode & 0o777 == 0o600
    assert demo.credentials["token"]["password"] not in path.read_text()
    assert find_token(nobody(demo)) is not None


async def test_a_real_keyring_is_offered_and_named(
    demo: Any, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "tests.keyrings_for_tests.FileKeyring")
    monkeypatch.setenv("JMS_TEST_KEYRING", str(home / "ring.json"))
    async with explorer(nobody(demo)) as drive:
        await drive.shows("in the keyring")
        drive.screen.query_one("#keep").choose("keyring")
        await drive.shows("FileKeyring")
        await sign_in(drive, demo)
        await drive.until(secrets.kept_secrets, "the keyring")
    assert demo.credentials["token"]["password"] not in (home / "ring.json").read_text()
    assert [kept.kind for kept in secrets.kept_secrets()] == ["bearer"]


async def test_a_keyring_that_answers_late_leaves_what_is_asked_for(
    start_demo: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    answered = asyncio.Event()
    aside = secrets.aside

    async def late(work: Any, *args: Any) -> Any:
        if work is not secrets.keyring_state:
            return await aside(work, *args)
        await answered.wait()
        return secrets.KeyringState(True, "a keyring")

    monkeypatch.setattr(secrets, "aside", late)
    demo = start_demo()
    mfa = demo.credentials["mfa"]
    known = Settings(url=demo.url, credential=Password(mfa["username"], Secret(mfa["password"])), rate=1000)
    async with explorer(known) as drive:
        await drive.shows("Type the code that your authenticator shows")
        answered.set()
        await drive.shows("in the keyring")
        await drive.shows("Type the code that your authenticator shows")


@pytest.mark.parametrize("backend", ["keyring.backends.fail.Keyring", "keyring.backends.null.Keyring"])
async def test_without_a_keyring_nothing_nags(
    demo: Any, backend: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", backend)
    monkeypatch.delenv("XDG_RUNTIME_DIR")
    async with explorer(nobody(demo)) as drive:
        await drive.shows("kept in memory only")
        await drive.until(lambda: secrets.keyring_state.cache_info().currsize, "the look for a keyring")
        assert "keyring" not in drive.text()
        assert "Keep token" not in drive.text()
        await sign_in(drive, demo)


async def test_the_picker_takes_a_profile_with_its_command_and_keeps_the_flags(demo: Any, home: Path) -> None:
    give, config = home / "give.py", home / "jms.toml"
    give.write_text(f"print({demo.credentials['private_token']!r})")
    config.write_text(
        f'[profile.other]\nurl = "http://127.0.0.1:9"\n'
        f'[profile.p]\nurl = "{demo.url}"\nauth = "private-token"\n'
        f'secret_command = "{sys.executable} {give}"\n'
    )
    config.chmod(0o600)
    async with explorer(load({"timeout": 7.0, "insecure": True}, {}, config), size=(100, 40)) as drive:
        await drive.shows("Profile", "other")
        drive.screen.query_one("#profile").choose("p")
        await drive.until(lambda: drive.screen.field("address").value == demo.url)
        await drive.shows("Left empty, the secret comes from the profile's command")
        assert drive.screen.mode == "private-token"
        drive.screen.field("private").focus()
        await drive.press("enter")
        await drive.until(lambda: drive.app.session.ready, "the sign-in")
        assert (drive.app.session.settings.timeout, drive.app.session.settings.insecure) == (7.0, True)
        await drive.shows("TLS NOT VERIFIED")
        assert demo.credentials["private_token"] not in drive.text()


async def test_what_the_environment_gives_is_sent_in_clear_after_a_second_enter_only() -> None:
    settings = Settings(url="http://jms.invalid", credential=BearerToken(Secret("t" * 20)))
    async with explorer(settings) as drive:
        await drive.shows("is not encrypted", "Press ⏎ once more")
        await drive.press("enter")
        await drive.shows("Cannot reach jms.invalid")


async def test_a_password_that_was_refused_is_not_sent_again_by_an_empty_enter(start_demo: Any) -> None:
    from jmstui.models.credential import Password
    from tests.tui.drive import count

    demo = start_demo()
    wrong = Password(demo.credentials["token"]["username"], Secret("wrong"))
    async with explorer(Settings(url=demo.url, credential=wrong)) as drive:
        await drive.shows("6 tries are left")
        await drive.press("enter")
        await drive.shows("Enter the password.")
        assert count(demo, "authentication/auth/") == 1


async def test_a_rejected_review_is_told_and_the_form_is_there_again(
    start_demo: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jmstui.tui.screens.login.POLL", 0.05)
    demo = start_demo()
    who = demo.people["reviewed"]
    async with explorer(nobody(demo)) as drive:
        await drive.fill("username", who["username"])
        await drive.fill("password", who["password"])
        await drive.press("enter")
        await drive.shows("waits for somebody's approval")
        demo.reviews.reject()
        await drive.shows("rejected")
        await drive.gone("waits for somebody's approval")
        assert drive.screen.field("username").value == who["username"]
        assert not drive.app.session.ready


async def test_a_state_that_is_lost_before_the_code_starts_again_with_the_user_name(start_demo: Any) -> None:
    import time

    from jmstui.demo.totp import code_at

    demo = start_demo()
    who = demo.credentials["mfa"]
    async with explorer(nobody(demo)) as drive:
        await drive.fill("username", who["username"])
        await drive.fill("password", who["password"])
        await drive.press("enter")
        await drive.shows("Type the code")
        demo.demo.sessions.end_all()
        await drive.fill("code", code_at(who["otp_secret"], time.time()))
        await drive.press("enter")
        await drive.gone("Type the code")
        await drive.shows("again")
        assert drive.screen.field("username").value == who["username"]
        await drive.fill("password", who["password"])
        await drive.press("enter")
        await drive.shows("Type the code")
        await drive.fill("code", code_at(who["otp_secret"], time.time()))
        await drive.press("enter")
        await drive.until(lambda: drive.app.session.ready, "the sign-in")
