"""MFA and login review, over a socket."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator

import httpx
import pytest

from jmstui.demo.totp import code_at
from tests.demo.test_auth import login, login_as
from tests.demo_server import RunningDemo

CHALLENGE = "/api/v1/authentication/mfa/challenge/"
SEND = "/api/v1/authentication/mfa/send-code/"
STATUS = "/api/v1/authentication/login-confirm-ticket/status/"
PROFILE = "/api/v1/users/profile/"


@pytest.fixture
def server(start_demo: Callable[..., RunningDemo]) -> RunningDemo:
    return start_demo(assets=50)


@pytest.fixture
def client(server: RunningDemo) -> Iterator[httpx.Client]:
    headers = {"Accept": "application/json", "Content-Type": "application/json"}
    with httpx.Client(base_url=server.url, headers=headers, timeout=5) as made:
        yield made


def test_the_otp_conversation(server: RunningDemo, client: httpx.Client) -> None:
    asked = login_as(client, server, "mfauser")
    assert (asked.status_code, asked.json()["error"]) == (200, "mfa_required")
    assert asked.json()["data"] == {"choices": ["otp"], "url": CHALLENGE}
    wrong = client.post(CHALLENGE, json={"type": "otp", "code": "abc"})
    assert (wrong.status_code, wrong.json()["error"]) == (401, "mfa_failed")
    assert "You can also try 6 times" in wrong.json()["msg"]
    secret = server.people["mfauser"]["otp_secret"]
    code = code_at(secret, server.clock.time())
    assert client.post(CHALLENGE, json={"type": "otp", "code": code}).json() == {"msg": "ok"}
    done = login(client, "mfauser", "the password is not looked at again")
    assert done.status_code == 201
    again = login_as(client, server, "mfauser")
    assert again.status_code == 201, "the MFA mark stays in the session"


@pytest.mark.parametrize(("steps", "status"), [(-1, 200), (1, 200), (-2, 401), (2, 401)])
def test_a_code_may_be_one_step_off(
    server: RunningDemo, client: httpx.Client, steps: int, status: int
) -> None:
    login_as(client, server, "mfauser")
    now = server.clock.time()
    server.clock.advance(15 - now % 30)
    code = code_at(server.people["mfauser"]["otp_secret"], server.clock.time() + 30 * steps)
    assert client.post(CHALLENGE, json={"type": "otp", "code": code}).status_code == status


def test_codes_are_those_of_the_rfc() -> None:
    secret = base64.b32encode(b"12345678901234567890").decode()
    assert [code_at(secret, at) for at in (59, 1_111_111_109, 20_000_000_000)] == [
        "287082",
        "081804",
        "353130",
    ]


def test_seven_wrong_codes_lock(server: RunningDemo, client: httpx.Client) -> None:
    login_as(client, server, "mfauser")
    errors = [client.post(CHALLENGE, json={"type": "otp", "code": "x"}).json()["error"] for _ in range(8)]
    assert errors == ["mfa_failed"] * 7 + ["block_mfa"]


@pytest.mark.parametrize(("name", "kind"), [("smsuser", "sms"), ("mailuser", "email")])
def test_a_code_that_is_sent(server: RunningDemo, client: httpx.Client, name: str, kind: str) -> None:
    assert login_as(client, server, name).json()["data"]["choices"] == [kind]
    assert client.post(CHALLENGE, json={"type": kind, "code": ""}).status_code == 401
    assert client.post(SEND, json={"type": kind}).status_code == 201
    username, sent_by, code = server.outbox[-1]
    assert (username, sent_by) == (name, kind)
    assert client.post(CHALLENGE, json={"type": kind, "code": code}).status_code == 200
    assert login_as(client, server, name).status_code == 201


def test_a_kind_that_one_has_not(server: RunningDemo, client: httpx.Client) -> None:
    login_as(client, server, "smsuser")
    assert client.post(SEND, json={"type": "email"}).status_code == 400
    answer = client.post(CHALLENGE, json={"type": "otp", "code": "123456"})
    assert (answer.status_code, answer.json()["error"]) == (401, "mfa_failed")


def test_nothing_enrolled_gives_no_choices(server: RunningDemo, client: httpx.Client) -> None:
    assert login_as(client, server, "notenrolled").json()["data"]["choices"] == []


def test_the_state_is_lost_after_ten_minutes_and_without_the_cookie(
    server: RunningDemo, client: httpx.Client
) -> None:
    login_as(client, server, "mfauser")
    server.clock.advance(601)
    lost = client.post(CHALLENGE, json={"type": "otp", "code": "123456"})
    assert (lost.status_code, lost.json()["code"]) == (401, "not_authenticated")
    login_as(client, server, "mfauser")
    client.cookies.clear()
    assert client.post(CHALLENGE, json={"type": "otp", "code": "123456"}).status_code == 401


def test_a_review_is_waited_for_and_approved(server: RunningDemo, client: httpx.Client) -> None:
    waiting = login_as(client, server, "reviewed")
    assert (waiting.status_code, waiting.json()["error"]) == (200, "login_confirm_wait")
    ticket = waiting.json()["data"]["ticket_id"]
    assert client.get(STATUS).json()["error"] == "login_confirm_wait"
    assert [each.id for each in server.reviews.pending] == [ticket]
    server.reviews.approve(ticket)
    assert client.get(STATUS).json() == {"msg": "ok"}
    assert login_as(client, server, "reviewed").status_code == 201


@pytest.mark.parametrize("how", ["reject", "cancel"])
def test_a_review_that_ends_badly(server: RunningDemo, client: httpx.Client, how: str) -> None:
    login_as(client, server, "reviewed")
    if how == "reject":
        server.reviews.reject()
    else:
        assert client.delete(STATUS).status_code == 200
    for answer in (client.get(STATUS), login_as(client, server, "reviewed")):
        assert (answer.status_code, answer.json()["error"]) == (200, "login_confirm_error")
        assert answer.json()["data"]["username"] == "reviewed"
