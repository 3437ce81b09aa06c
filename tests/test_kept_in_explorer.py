"""The explorer opens at once with what `jmstui login` kept or a profile's command gives."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from jmstui import tokens
from jmstui.models.credential import BearerToken, Password, Secret
from jmstui.settings import Settings
from jmstui.tokens import promised
from jmstui.tui.session import Session
from tests.homes import empty_home

SOON = datetime.now(UTC) + timedelta(hours=5)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return empty_home(tmp_path, monkeypatch)


async def begin(settings: Settings) -> Session:
    session = Session(settings)
    assert session.can_begin
    assert await session.begin() is None
    await session.close()
    return session


async def test_a_kept_token_opens_it(start_demo: Callable[..., Any]) -> None:
    demo = start_demo(assets=20)
    from jmstui.cli.session import sign_in

    account = demo.credentials["token"]
    settings = Settings(url=demo.url)
    assert not Session(settings).can_begin
    signed = await sign_in(settings, Password(account["username"], Secret(account["password"])))
    tokens.keep_in_runtime_file(demo.url, account["username"], signed.token, signed.until)
    assert (await begin(settings)).identity is not None


async def test_a_kept_token_that_ended_is_forgotten_and_the_login_screen_comes(
    start_demo: Callable[..., Any],
) -> None:
    from jmstui.api.errors import BadCredential

    demo = start_demo(assets=20)
    path = tokens.keep_in_runtime_file(demo.url, "alice", BearerToken(Secret("x" * 36)), SOON)
    session = Session(Settings(url=demo.url))
    assert session.can_begin
    with pytest.raises(BadCredential, match="jmstui login"):
        await session.begin()
    assert not path.exists()


async def test_a_profiles_command_opens_it(start_demo: Callable[..., Any], home: Path) -> None:
    demo = start_demo(assets=20)
    give = home / "give.py"
    give.write_text(f"print({demo.credentials['private_token']!r})")
    command = f"{sys.executable} {give}"
    session = await begin(Settings(url=demo.url, auth="private-token", secret_command=command))
    assert session.identity is not None


def test_what_is_promised(home: Path) -> None:
    url = "https://jms.example.com"
    assert not promised(Settings(url=url))
    assert not promised(Settings())
    assert promised(Settings(url=url, credential=BearerToken(Secret("t"))))
    assert promised(Settings(url=url, secret_command="pass show jms"))
    tokens.keep_in_runtime_file(url, "alice", BearerToken(Secret("t")), SOON)
    assert promised(Settings(url=url + "/"))
    assert not promised(Settings(url=url, auth="session"))
