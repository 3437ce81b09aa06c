"""Each cause of failure is told apart and says what to do. Bodies are of the recordings named."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jmstui.api import errors
from jmstui.api.classify import error_from
from jmstui.api.errors import ApiError, words


def make(
    status: int, body: Any, phase: Any = "read", kind: Any = "", path: str = "", **headers: str
) -> ApiError:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return error_from(status, headers, raw, phase, kind, path)


LOGIN = {
    "auth-token-wrong-password": (
        400,
        {
            "error": "password_failed",
            "msg": "The username or password you entered is incorrect, please enter it again. You can also "
            "try 7 times (The account will be temporarily locked for 30 minutes)",
        },
        errors.WrongPassword,
    ),
    "auth-token-locked": (
        400,
        {
            "error": "block_login",
            "msg": "The account has been locked (please contact admin to unlock it or try again "
            "after 30 minutes)",
        },
        errors.AccountLocked,
    ),
    "auth-token-expired-user": (
        400,
        {"error": "user_expired", "msg": "This account is expired"},
        errors.AccountUnusable,
    ),
    "auth-token-inactive": (
        400,
        {"error": "user_inactive", "msg": "This account is inactive."},
        errors.AccountUnusable,
    ),
    "auth-token-must-change": (500, {"error": "Server internal error"}, errors.MustChangePassword),
    "auth-token-old-password": (500, {"error": "Server internal error"}, errors.MustChangePassword),
    "user_not_exist": (400, {"error": "user_not_exist", "msg": "x"}, errors.AccountUnusable),
    "block_global_ip_login": (
        400,
        {"error": "block_global_ip_login", "msg": "after 30 minutes"},
        errors.AddressLocked,
    ),
    "acl_not_allow": (400, {"error": "acl_not_allow", "msg": "x"}, errors.LoginDenied),
    "something else": (400, {"error": "some text"}, errors.BadCredential),
    "fields": (400, {"username": ["Not a valid string."]}, errors.BadCredential),
}


@pytest.mark.parametrize("name", LOGIN)
def test_login_answers(name: str) -> None:
    status, body, expected = LOGIN[name]
    error = make(status, body, "login", path="authentication/auth/")
    assert type(error) is expected
    assert error.exit_status == 3
    assert error.status == status


def test_tries_left_is_the_servers_number_minus_one() -> None:
    status, body, _ = LOGIN["auth-token-wrong-password"]
    error = make(status, body, "login")
    assert isinstance(error, errors.WrongPassword)
    assert (error.tries_left, error.minutes) == (6, 30)
    assert "6 tries are left" in error.sentence


def test_tries_left_in_chinese() -> None:
    """Recording auth-token-wrong-password-chinese."""
    text = "您输入的用户名或密码不正确，请重新输入。 您还可以尝试 2 次 (账号将被临时 锁定 30 分钟)"
    error = make(400, {"error": "password_failed", "msg": text}, "login")
    assert isinstance(error, errors.WrongPassword)
    assert error.tries_left == 1
    assert "1 try is left" in error.sentence


def test_the_seventh_wrong_password_tells_of_the_lock() -> None:
    error = make(400, {"error": "password_failed", "msg": "try 1 times (locked for 30 minutes)"}, "login")
    assert isinstance(error, errors.WrongPassword)
    assert error.tries_left == 0
    assert "locked now for 30 minutes" in error.sentence


def test_a_wrong_password_without_numbers() -> None:
    error = make(400, {"error": "password_failed", "msg": "wrong"}, "login")
    assert isinstance(error, errors.WrongPassword)
    assert error.tries_left is None
    assert "lock the account" in error.sentence


def test_a_failure_with_the_minutes_alone_is_a_lock() -> None:
    error = make(400, {"error": "password_failed", "msg": "locked, try again after 30 minutes"}, "login")
    assert type(error) is errors.AccountLocked


def test_locked_says_how_long_and_that_trying_extends_it() -> None:
    status, body, _ = LOGIN["auth-token-locked"]
    error = make(status, body, "login")
    assert isinstance(error, errors.AccountLocked)
    assert error.minutes == 30
    assert "30 minutes" in error.sentence
    assert "extends the lock" in error.sentence


def test_must_change_names_the_browser() -> None:
    assert "in the browser" in make(500, {"error": "Server internal error"}, "login").sentence


def test_a_gateway_page_during_the_login_is_no_password_to_change() -> None:
    for status in (500, 502):
        assert type(make(status, b"<html>Bad Gateway</html>", "login")) is errors.ServerError
    assert type(make(500, b"", "login")) is errors.MustChangePassword


def test_the_number_of_code_tries_is_right_already() -> None:
    """Recording auth-token-mfa-2-wrong-code: the first wrong code of seven says 6."""
    text = "OTP code invalid, or server time error You can also try 6 times (… locked for 30 minutes)"
    error = make(401, {"error": "mfa_failed", "msg": text}, "mfa")
    assert isinstance(error, errors.WrongCode)
    assert (error.tries_left, error.minutes) == (6, 30)


def test_other_answers_to_a_code() -> None:
    assert type(make(401, {"error": "block_mfa", "msg": "after 30 minutes"}, "mfa")) is errors.CodeLocked
    lost = make(
        401, {"detail": "Authentication credentials were not provided.", "code": "not_authenticated"}, "mfa"
    )
    assert type(lost) is errors.LoginStateLost


@pytest.mark.parametrize(
    ("kind", "text", "code", "expected"),
    [
        (
            "bearer",
            "Authentication credentials were not provided.",
            "not_authenticated",
            errors.SessionExpired,
        ),
        ("bearer", "Invalid token or cache refreshed.", "authentication_failed", errors.SessionExpired),
        (
            "session",
            "Authentication credentials were not provided.",
            "not_authenticated",
            errors.SessionExpired,
        ),
        ("private_token", "Invalid token.", "authentication_failed", errors.BadCredential),
        ("private_token", "User inactive or deleted.", "authentication_failed", errors.BadCredential),
        ("access_key", "Invalid signature.", "authentication_failed", errors.BadSignature),
        ("access_key", "Ip is not in access ip list.", "authentication_failed", errors.AddressNotAllowed),
        ("", "Authentication credentials were not provided.", "not_authenticated", errors.BadCredential),
    ],
)
def test_401_by_credential(kind: str, text: str, code: str, expected: type[ApiError]) -> None:
    error = make(401, {"detail": text, "code": code}, kind=kind)
    assert type(error) is expected
    assert error.exit_status == 3


def test_bad_signature_lists_causes_in_order_and_not_the_clock() -> None:
    sentence = make(401, {"detail": "Invalid signature."}, kind="access_key").sentence
    places = [sentence.index(text) for text in ("secret", "disabled or deleted", "user is disabled", "proxy")]
    assert places == sorted(places)
    assert "clock" not in sentence
    assert "time" not in sentence


def test_refusals_and_absences() -> None:
    assert type(make(403, {"detail": "…", "code": "permission_denied"})) is errors.NotPermitted
    gone = make(404, {"detail": "Asset object does not exist.", "code": "object_does_not_exist"})
    assert isinstance(gone, errors.NotFound)
    assert not gone.unknown_path
    older = make(404, {"error": "Not found"}, path="users/profile/permissions/")
    assert isinstance(older, errors.NotFound)
    assert older.unknown_path
    assert {gone.exit_status, older.exit_status} == {5}


def test_a_path_that_every_jumpserver_has() -> None:
    assert type(make(404, {"error": "Not found"}, path="users/profile/")) is errors.NotJumpServer
    assert (
        type(make(404, {"detail": "Not Found"}, "login", path="authentication/auth/")) is errors.NotJumpServer
    )


def test_throttled() -> None:
    """Recording throttled."""
    body = {"detail": "Request was throttled. Expected available in 36 seconds.", "code": "throttled"}
    by_header = make(429, body, **{"retry-after": "36"})
    by_text = make(429, {"detail": "请求超过了限速。 预计 12 秒后可用。", "code": "throttled"})
    assert isinstance(by_header, errors.Throttled)
    assert isinstance(by_text, errors.Throttled)
    assert (by_header.seconds, by_text.seconds) == (36, 12)
    assert by_header.retry_after == 36
    assert "36 seconds" in by_header.sentence


@pytest.mark.parametrize("body", [b"<html>", b"", b"\xff\xfe", b"nonsense", b"[" * 100_000])
def test_answers_that_are_not_json(body: bytes) -> None:
    assert type(make(404, body)) is errors.NotJumpServer
    assert type(make(503, body)) is errors.ServerError
    assert type(make(429, body)) is errors.Throttled


def test_http_spoken_to_an_https_port() -> None:
    error = make(400, b"<html><h1>The plain HTTP request was sent to HTTPS port</h1></html>")
    assert "https://" in error.sentence


def test_validation_errors_are_flattened() -> None:
    error = make(400, {"zone": ["Enter a valid UUID."], "x": {"deep": 1}})
    assert type(error) is errors.BadRequest
    assert "zone: Enter a valid UUID." in error.sentence


def test_a_servers_words_cannot_fool_a_terminal() -> None:
    error = make(400, {"detail": "a\x1b[31mred\u202e\n\u200b\x9bx" + "y" * 5000})
    assert "\x1b" not in error.sentence
    assert "\u202e" not in error.sentence
    assert error.sentence.isprintable()
    assert len(error.sentence) < 400
    assert words("ok") == "ok"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["detail", "error", "msg", "code", "data"]) | st.text(max_size=5),
            inner,
            max_size=3,
        )
    ),
    max_leaves=8,
)


@given(
    st.integers(400, 599),
    st.binary(max_size=60) | JSON.map(lambda value: json.dumps(value).encode()),
    st.sampled_from(["read", "login", "mfa", "review"]),
    st.sampled_from(["", "bearer", "private_token", "access_key", "session"]),
    st.text(max_size=8),
)
def test_any_error_answer_becomes_an_api_error(
    status: int, body: bytes, phase: Any, kind: Any, after: str
) -> None:
    error = error_from(status, {"retry-after": after}, body, phase, kind)
    assert isinstance(error, ApiError)
    assert error.sentence.isprintable()
    assert error.status == status
    assert error.exit_status in (3, 4, 5)
