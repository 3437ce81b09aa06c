"""Row 21e: what cannot be a number of minutes is none: the account is locked, for how long is unknown."""

from __future__ import annotations

import json
from typing import Any

import pytest

from jmstui.api import errors
from jmstui.api.classify import MOST_MINUTES, error_from

UNREADABLE = [
    "locked until 20261125",
    "locked until 2026-11-25 10:30",
    "locked until 25/11/2026",
    "locked until 20261125103000",
    "locked until 1795600000",
    "locked for 0 minutes",
    "locked for " + "9" * 5000 + " minutes",
    "locked for 100000 minutes",
    "locked",
    "Your address 10.0.0.8 is locked",
]


def said(word: str, text: str) -> Any:
    body = json.dumps({"error": word, "msg": text}).encode()
    return error_from(400, {}, body, "mfa" if "mfa" in word else "login")


@pytest.mark.parametrize("word", ["block_login", "block_mfa", "block_global_ip_login"])
@pytest.mark.parametrize("text", UNREADABLE)
def test_what_is_no_number_of_minutes(text: str, word: str) -> None:
    error = said(word, text)
    assert isinstance(error, errors.AccountLocked)
    assert error.minutes is None
    assert "locked after too many failures. For how long is unknown." in error.sentence


@pytest.mark.parametrize("text", ["30 minutes", "锁定 30 分钟", "٣٠ دقيقة"])
def test_what_is_one(text: str) -> None:
    assert said("block_login", text).minutes == 30
    assert said("block_login", text.replace("30", "99999").replace("٣٠", "٩٩٩٩٩")).minutes == MOST_MINUTES


@pytest.mark.parametrize(
    ("text", "tries", "minutes"),
    [
        ("7 times, locked for 30 minutes", 6, 30),
        ("7 times, locked until 20261125", 6, None),
        ("0 times, locked for 30 minutes", 0, 30),
        ("20261125 times, locked for 30 minutes", None, 30),
        ("7 times, locked until 2026-11-25", None, None),
    ],
)
def test_the_tries_and_minutes_of_a_wrong_password(text: str, tries: int | None, minutes: int | None) -> None:
    error = said("password_failed", text)
    assert isinstance(error, errors.WrongPassword)
    assert (error.tries_left, error.minutes) == (tries, minutes)
    code = said("mfa_failed", text)
    assert isinstance(code, errors.WrongCode)
    assert (code.tries_left, code.minutes) == (tries + 1 if tries else tries, minutes)
