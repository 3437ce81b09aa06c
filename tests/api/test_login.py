"""The login conversation, against the demo server over a socket, and step by step against told answers."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
import pytest_asyncio

from jmstui.api import errors
from jmstui.api import login as login_module
from jmstui.api.auth import auth_for
from jmstui.api.login import CodeNeeded, LoginConversation, ReviewNeeded, Signed
from jmstui.api.transport import Transport
from jmstui.demo.totp import code_at
from jmstui.models.credential import BearerToken, Password, Secret
from tests.api.fakes import Recorder
from tests.demo_server import RunningDemo

JSON = {"content-type": "application/json"}
LOST = (
    401,
    JSON,
    b'{"detail": "Authentication credentials were not provided.", "code": "not_authenticated"}',
)


@pytest.fixture
def server(start_demo: Callable[..., RunningDemo]) -> RunningDemo:
    return start_demo(assets=10)


@pytest_asyncio.fixture
async def transport(server: RunningDemo) -> AsyncIterator[Transport]:
    transport = Transport(server.url)
    yield transport
    await transport.aclose()


def password_of(server: RunningDemo, name: str) -> Password:
    person = server.people[name]
    return Password(person["username"], Secret(person["password"]))


async def read_profile(transport: Transport, signed: Signed) -> bytes:
    transport.replace_auth(auth_for(signed.token))
    return (await transport.send("GET", "users/profile/")).body


async def test_password_alone(server: RunningDemo, transport: Transport) -> None:
    step = await LoginConversation(transport).start(password_of(server, "viewer"))
    assert isinstance(step, Signed)
    assert step.user.username == "viewer"
    assert step.until is not None
    assert step.until.tzinfo is not None
    assert json.loads(await read_profile(transport, step))["username"] == "viewer"


async def test_otp(server: RunningDemo, transport: Transport) -> None:
    conversation = LoginConversation(transport)
    assert await conversation.start(password_of(server, "mfauser")) == CodeNeeded(("otp",))
    with pytest.raises(errors.WrongCode) as caught:
        await conversation.answer("otp", "000000")
    assert caught.value.tries_left == 6
    code = code_at(server.people["mfauser"]["otp_secret"], server.clock.time())
    step = await conversation.answer("otp", f" {code[:3]} {code[3:]} ")
    assert isinstance(step, Signed)
    assert json.loads(await read_profile(transport, step))["username"] == "mfauser"


@pytest.mark.parametrize(("name", "kind"), [("smsuser", "sms"), ("mailuser", "email")])
async def test_codes_that_are_sent(server: RunningDemo, transport: Transport, name: str, kind: str) -> None:
    conversation = LoginConversation(transport)
    step = await conversation.start(password_of(server, name))
    assert isinstance(step, CodeNeeded)
    assert kind in step.choices
    await conversation.send_code(kind)
    username, sent_kind, code = server.outbox[-1]
    assert (username, sent_kind) == (name, kind)
    assert isinstance(await conversation.answer(kind, code), Signed)


async def test_review_approved(server: RunningDemo, transport: Transport) -> None:
    conversation = LoginConversation(transport)
    step = await conversation.start(password_of(server, "reviewed"))
    assert isinstance(step, ReviewNeeded)
    assert step.ticket == server.reviews.pending[0].id
    assert await conversation.poll() == step
    server.reviews.approve()
    assert isinstance(await conversation.poll(), Signed)


async def test_review_rejected(server: RunningDemo, transport: Transport) -> None:
    conversation = LoginConversation(transport)
    await conversation.start(password_of(server, "reviewed"))
    server.reviews.reject()
    with pytest.raises(errors.LoginRejected):
        await conversation.poll()
    with pytest.raises(errors.LoginStateLost):
        await conversation.poll()


async def test_review_cancelled_closes_the_ticket(server: RunningDemo, transport: Transport) -> None:
    conversation = LoginConversation(transport)
    step = await conversation.start(password_of(server, "reviewed"))
    assert isinstance(step, ReviewNeeded)
    await conversation.cancel()
    assert server.reviews.tickets[step.ticket].state == "closed"


async def test_state_lost_on_the_way(server: RunningDemo, transport: Transport) -> None:
    conversation = LoginConversation(transport)
    await conversation.start(password_of(server, "mfauser"))
    server.clock.advance(700)
    with pytest.raises(errors.LoginStateLost):
        await conversation.answer("otp", "123456")
    assert conversation.username == "mfauser"
    await conversation.start(password_of(server, "mfauser"))
    code = code_at(server.people["mfauser"]["otp_secret"], server.clock.time())
    assert isinstance(await conversation.answer("otp", code), Signed)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("mustchange", errors.MustChangePassword),
        ("notenrolled", errors.MfaNotEnrolled),
        ("inactive", errors.AccountUnusable),
        ("expired", errors.AccountUnusable),
    ],
)
async def test_accounts_that_cannot_sign_in(
    server: RunningDemo, transport: Transport, name: str, expected: type[errors.ApiError]
) -> None:
    with pytest.raises(expected):
        await LoginConversation(transport).start(password_of(server, name))


async def test_seven_failures_lock_and_the_count_is_right(server: RunningDemo, transport: Transport) -> None:
    conversation = LoginConversation(transport)
    left = []
    for _ in range(7):
        with pytest.raises(errors.WrongPassword) as caught:
            await conversation.start(Password("viewer", Secret("nope")))
        left.append(caught.value.tries_left)
    assert left == [6, 5, 4, 3, 2, 1, 0]
    with pytest.raises(errors.AccountLocked) as locked:
        await conversation.start(password_of(server, "viewer"))
    assert locked.value.minutes == 30


# --- against told answers ---


def told(*replies: tuple[int, dict[str, Any], bytes]) -> tuple[LoginConversation, Recorder]:
    recorder = Recorder().will(*replies)
    return LoginConversation(Transport("https://h", asgi=recorder)), recorder


def reply(status: int, body: Any, cookie: str = "") -> tuple[int, dict[str, Any], bytes]:
    return status, {**JSON, **({"set-cookie": [cookie]} if cookie else {})}, json.dumps(body).encode()


MFA = {"error": "mfa_required", "msg": "MFA required", "data": {"choices": ["otp"], "url": "/x/"}}
TOKEN = {
    "token": "t0ken",
    "keyword": "Bearer",
    "date_expired": "2026/11/23 08:56:08 +0800",
    "user": {"id": "1"},
}


async def test_the_password_is_sent_once_and_the_cookies_are_kept() -> None:
    conversation, recorder = told(
        reply(200, MFA, "jms_sessionid=abc; Path=/"), reply(200, {"msg": "ok"}), reply(201, TOKEN)
    )
    await conversation.start(Password("mfauser", Secret("s3cret")))
    step = await conversation.answer("otp", "522960")
    assert isinstance(step, Signed)
    assert step.token == BearerToken(Secret("t0ken"))
    assert [json.loads(seen.body) for seen in recorder.seen] == [
        {"username": "mfauser", "password": "s3cret"},
        {"type": "otp", "code": "522960"},
        {"username": "mfauser"},
    ]
    assert [seen.headers.get("cookie") for seen in recorder.seen] == [
        None,
        "jms_sessionid=abc",
        "jms_sessionid=abc",
    ]
    assert "s3cret" not in repr(vars(conversation))
    assert "t0ken" not in repr(step)


async def test_a_lost_mark_at_the_last_step_is_no_wrong_password() -> None:
    failed = {"error": "password_failed", "msg": "try 7 times (30 minutes)"}
    conversation, recorder = told(reply(200, MFA), reply(200, {"msg": "ok"}), reply(400, failed))
    await conversation.start(Password("mfauser", Secret("s3cret")))
    with pytest.raises(errors.LoginStateLost):
        await conversation.answer("otp", "522960")
    assert len(recorder.seen) == 3


async def test_mfa_then_review() -> None:
    wait = {"error": "login_confirm_wait", "msg": "wait", "data": {"ticket_id": "T1"}}
    conversation, recorder = told(
        reply(200, MFA),
        reply(200, {"msg": "ok"}),
        reply(200, wait),
        reply(200, wait),
        reply(200, {"msg": "ok"}),
        reply(201, TOKEN),
    )
    await conversation.start(Password("a", Secret("s3cret")))
    assert await conversation.answer("otp", "1") == ReviewNeeded("T1")
    assert await conversation.poll() == ReviewNeeded("T1")
    assert isinstance(await conversation.poll(), Signed)
    assert [seen.method for seen in recorder.seen] == ["POST", "POST", "POST", "GET", "GET", "POST"]


@pytest.mark.parametrize(
    ("choices", "expected"),
    [
        (["sms", "otp", "face"], ("otp", "sms")),
        (["otp_radius"], ("otp_radius",)),
        (["email", 5, None], ("email",)),
    ],
)
async def test_choices_that_work_here(choices: list[Any], expected: tuple[str, ...]) -> None:
    conversation, _ = told(reply(200, {**MFA, "data": {"choices": choices}}))
    assert await conversation.start(Password("a", Secret("b"))) == CodeNeeded(expected)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ({"choices": ["face", "passkey"]}, errors.MfaOnlyInBrowser),
        ({"choices": []}, errors.MfaNotEnrolled),
        ({"choices": "otp"}, errors.MfaNotEnrolled),
        (None, errors.MfaNotEnrolled),
    ],
)
async def test_choices_that_do_not(data: Any, expected: type[errors.ApiError]) -> None:
    conversation, _ = told(reply(200, {**MFA, "data": data}))
    with pytest.raises(expected):
        await conversation.start(Password("a", Secret("b")))


@pytest.mark.parametrize("body", [b"[]", b"null", b"{", b"[" * 9999, b""])
async def test_answers_that_cannot_be_read(body: bytes) -> None:
    conversation, _ = told((200, JSON, body))
    with pytest.raises((errors.Undecodable, errors.NotJumpServer)):
        await conversation.start(Password("a", Secret("b")))


@pytest.mark.parametrize(
    "body", [{}, {"error": "news"}, {"token": ""}, {"token": 5}, {"error": {}}, {"error": None}]
)
async def test_answers_of_something_else(body: Any) -> None:
    conversation, _ = told(reply(200, body))
    with pytest.raises(errors.NotJumpServer):
        await conversation.start(Password("a", Secret("b")))


async def test_a_review_that_the_server_forgot() -> None:
    wait = {"error": "login_confirm_wait", "data": {"ticket_id": "T1"}}
    gone = {"error": "login_confirm_error", "msg": "Not found", "data": {"ticket_id": "", "username": ""}}
    conversation, _ = told(reply(200, wait), reply(200, gone))
    await conversation.start(Password("a", Secret("b")))
    with pytest.raises(errors.LoginStateLost):
        await conversation.poll()


async def test_a_token_with_a_user_that_cannot_be_read() -> None:
    conversation, _ = told(reply(201, {"token": "t", "date_expired": 5, "user": []}))
    step = await conversation.start(Password("alice", Secret("b")))
    assert isinstance(step, Signed)
    assert (step.user.username, step.until) == ("alice", None)


async def test_empty_fields_are_not_sent() -> None:
    conversation, recorder = told(reply(200, MFA))
    for password in (Password(" ", Secret("x")), Password("a", Secret(""))):
        with pytest.raises(errors.BadCredential):
            await conversation.start(password)
    assert recorder.seen == []
    await conversation.start(Password("a", Secret("b")))
    with pytest.raises(errors.BadCredential):
        await conversation.answer("otp", " ")
    assert len(recorder.seen) == 1


async def test_nothing_goes_out_before_the_first_step() -> None:
    conversation, recorder = told(LOST)
    for call in (conversation.poll(), conversation.answer("otp", "1"), conversation.send_code("sms")):
        with pytest.raises(errors.LoginStateLost):
            await call
    await conversation.cancel()
    assert recorder.seen == []


async def test_cancelling_while_the_server_is_away_raises_nothing() -> None:
    wait = {"error": "login_confirm_wait", "data": {"ticket_id": "T1"}}
    conversation, recorder = told(reply(200, wait), reply(503, {}))
    await conversation.start(Password("a", Secret("b")))
    await conversation.cancel()
    assert recorder.seen[-1].method == "DELETE"


async def test_an_answer_that_never_comes_is_not_asked_for_again() -> None:
    conversation, recorder = told(reply(503, {"error": "x"}))
    with pytest.raises(errors.ServerError):
        await conversation.start(Password("a", Secret("b")))
    assert len(recorder.seen) == 1


async def test_sign_ins_count_against_the_sixty_a_minute_without_a_credential(
    server: RunningDemo, transport: Transport
) -> None:
    conversation = LoginConversation(transport)
    await conversation.start(password_of(server, "mfauser"))
    with pytest.raises(errors.WrongCode):
        await conversation.answer("otp", "000000")
    budget = login_module._budget(transport)
    assert (budget.size, budget.left) == (60, 58)
