"""Row 1: `r` asks again for everything that an answer stands on, the server's "no" included."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from jmstui.api.endpoints import access
from jmstui.demo.records import Rule
from jmstui.demo.world import DEFAULT
from jmstui.services.answers import AssetName, UserName
from jmstui.services.why import why
from jmstui.tui.asker import Asker
from tests.demo_server import RunningDemo
from tests.services.asking import Counted, last, signed_in


@pytest.fixture
def alone(start_demo: Any) -> RunningDemo:
    demo: RunningDemo = start_demo(assets=120)
    return demo


def strangers(demo: RunningDemo) -> tuple[UserName, AssetName]:
    """A member and an asset that nothing joins."""
    world = demo.world
    user = world.user_named(demo.examples["denied_user"])
    asset = next(a for a in world.assets.values() if a.name == demo.examples["asset"])
    assert user
    return UserName(user.id, user.username), AssetName(asset.id, asset.name)


def grant(demo: RunningDemo, user: UserName, asset: AssetName) -> Rule:
    rule = Rule("22222222-2222-4222-8222-222222222222", "granted now", DEFAULT, [user.id])
    rule.asset_ids, rule.accounts = [asset.id], ["@ALL", "@INPUT"]
    now = datetime.now(UTC)
    rule.date_start, rule.date_expired = now - timedelta(days=1), now + timedelta(days=9)
    demo.world.rules[rule.id] = rule
    demo.world.version += 1
    return rule


async def test_a_no_becomes_a_yes(alone: RunningDemo) -> None:
    user, asset = strangers(alone)
    async with signed_in(alone) as (client, identity):
        assert (await last(why(client, identity, user, asset))).granted is False
        grant(alone, user, asset)
        assert (await last(why(client, identity, user, asset))).granted is False  # within its time to live
        again: Any = Asker(client, fresh=True)
        assert (await last(why(again, identity, user, asset))).granted is True
        assert (await last(why(client, identity, user, asset))).granted is True


async def test_a_yes_becomes_a_no(alone: RunningDemo) -> None:
    user, asset = strangers(alone)
    rule = grant(alone, user, asset)
    async with signed_in(alone) as (client, identity):
        assert (await last(why(client, identity, user, asset))).granted is True
        del alone.world.rules[rule.id]
        alone.world.version += 1
        assert (await last(why(client, identity, user, asset, fresh=True))).granted is False
        assert (await last(why(client, identity, user, asset))).granted is False


async def test_a_kept_no_has_its_own_age(alone: RunningDemo) -> None:
    """An answer of which a part is older is as old as that part; a "no" is kept as a "yes" is."""
    user, asset = strangers(alone)
    async with signed_in(alone) as (client, identity):
        first = await client.get(access.verdict(user.id, asset.id))
        assert first.value is None
        counted = Counted(alone)
        second = await client.get(access.verdict(user.id, asset.id))
        assert (second.value, second.source, second.as_of) == (None, "cache", first.as_of)
        assert len(counted) == 0
        answer = await last(why(client, identity, user, asset))
        assert answer.as_of == first.as_of
        newer = await last(why(client, identity, user, asset, fresh=True))
        assert newer.as_of > first.as_of
