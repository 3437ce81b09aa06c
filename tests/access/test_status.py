from __future__ import annotations

from datetime import timedelta, timezone

import pytest

from jmstui.access.status import Status, live, status, status_text, user_reasons
from jmstui.access.verdict import Reason
from jmstui.models.permission import Permission
from jmstui.models.user import User
from tests.access.rules import NOW, refs, rule, server_date


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (rule(), Status.VALID),
        (rule(days=29.9), Status.SOON),
        (rule(days=30), Status.VALID),
        (rule(days=-1), Status.EXPIRED),
        (rule(days=0), Status.EXPIRED),
        (rule(since=1), Status.NOT_STARTED),
        (rule(since=0), Status.NOT_STARTED),
        (rule(is_active=False), Status.DISABLED),
        (rule(users=[], user_groups=[]), Status.EMPTY),
        (rule(assets=[], nodes=[]), Status.EMPTY),
        (rule(actions=[]), Status.EMPTY),
        # the first that holds
        (rule(is_active=False, days=-1), Status.DISABLED),
        (rule(since=1, days=-1), Status.NOT_STARTED),
        (rule(days=-1, users=[]), Status.EXPIRED),
        (rule(days=3, actions=[]), Status.EMPTY),
        # no accounts is not empty: the asset shows (§6.4.6)
        (rule(accounts=[]), Status.VALID),
    ],
)
def test_status(made: Permission, expected: Status) -> None:
    assert status(made, NOW) is expected
    assert live(made, NOW) is (expected in {Status.VALID, Status.SOON, Status.EMPTY})


def test_an_amount_that_was_not_asked_for_is_not_zero() -> None:
    bare = rule(users=None, user_groups=None, assets=None, nodes=None, actions=None)
    assert status(bare, NOW) is Status.VALID


def test_amounts_without_members_are_enough() -> None:
    counted = rule(users=None, user_groups=None, users_amount=0, user_groups_amount=0)
    assert status(counted, NOW) is Status.EMPTY


def test_the_offset_of_a_date_counts() -> None:
    there = NOW.astimezone(timezone(timedelta(hours=8)))
    late = rule(date_expired=server_date(there + timedelta(minutes=1)))
    assert live(late, NOW)
    assert not live(late, NOW + timedelta(minutes=1))


@pytest.mark.parametrize(
    ("made", "text"),
    [
        (rule(days=-20), "expired 2026-11-02"),
        (rule(since=3), "starts 2026-11-25"),
        (rule(days=3), "until 2026-11-25"),
        (rule(users=[], actions=[]), "empty: no users, no actions"),
        (rule(users=refs(), assets=[]), "empty: no users, no targets"),
        (rule(is_active=False), "disabled"),
        (rule(), "valid"),
    ],
)
def test_text(made: Permission, text: str) -> None:
    assert status_text(made, NOW) == text


@pytest.mark.parametrize(
    ("fields", "reasons"),
    [
        ({}, ()),
        ({"is_active": False, "is_expired": True}, (Reason.USER_DISABLED, Reason.USER_EXPIRED)),
        ({"is_expired": True, "login_blocked": True}, (Reason.USER_EXPIRED, Reason.USER_LOCKED)),
        ({"is_expired": None, "date_expired": "2026/11/22 19:00:00 +0800"}, (Reason.USER_EXPIRED,)),
        ({"date_expired": "2026/11/22 19:00:00 +0800"}, ()),
        ({"login_blocked": True}, (Reason.USER_LOCKED,)),
        ({"is_active": None}, None),
        ({"is_expired": None}, None),
        ({"login_blocked": None}, None),
        ({"login_blocked": None, "is_active": False}, (Reason.USER_DISABLED,)),
    ],
)
def test_every_reason_why_a_user_cannot_sign_in(
    fields: dict[str, object], reasons: tuple[Reason, ...] | None
) -> None:
    """A field that decides and is absent makes it unknown, unless another one decides already."""
    known = {"is_active": True, "is_expired": False, "login_blocked": False, **fields}
    user = User(id="u", name="U", username="u", **known)  # type: ignore[arg-type]
    assert user_reasons(user, NOW) == reasons
