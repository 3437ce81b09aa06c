"""What is not in the table of reads never leaves, whoever asks for it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from jmstui.api.decode import page
from jmstui.api.errors import Refused
from jmstui.api.query import query
from jmstui.models.credential import PrivateToken, Secret
from jmstui.models.user import User
from jmstui.services.connect import open_client
from jmstui.settings import Settings
from jmstui.views import all_views, users
from tests.demo_server import RunningDemo
from tests.tui.drive import signed_in

ID = "e6b6a4b3-0dad-53a6-b9e4-ba9597ae906c"
HARMFUL = (
    f"users/users/{ID}/mfa/reset/",
    "../../core/auth/logout/",
    f"accounts/account-secrets/{ID}/",
    "users/users/?rebuild_tree=1",
)


@pytest.mark.parametrize("path", HARMFUL)
async def test_a_service_that_asks(target: RunningDemo, path: str) -> None:
    token = PrivateToken(Secret(target.credentials["private_token"]))
    client = await open_client(Settings(url=target.url), token)
    before = len(target.requests)
    with pytest.raises(Refused, match="only reads"):
        await client.get(query(path, page(User), "list"))
    with pytest.raises(Refused):
        await client.get(query("users/users/", page(User), "list", [("rebuild_tree", 1)]))
    await client.aclose()
    assert len(target.requests) == before


async def test_a_view_that_asks(target: RunningDemo, monkeypatch: pytest.MonkeyPatch) -> None:
    """The view says so in its table; the server hears nothing of it."""

    def harmful(identity: Any, ask: Any) -> Any:
        return lambda offset, limit: query(HARMFUL[0], page(User), "list")

    monkeypatch.setattr(users, "VIEW", replace(users.VIEW, page=harmful))
    all_views.cache_clear()  # a test before may have had the views looked up
    try:
        async with signed_in(target) as drive:
            await drive.shows("1–")
            await drive.press("2")
            await drive.shows("jmstui only reads")
    finally:
        all_views.cache_clear()
    assert not [path for _, path, _, _ in target.requests if "mfa/reset" in path]
