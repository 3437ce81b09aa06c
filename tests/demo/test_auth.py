"""The four credentials, the login conversation and the lock-out, over a socket."""

from __future__ import annotations

import base64
import hashlib
import hmac
import string
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from tests.demo_server import RunningDemo

AUTH = "/api/v1/authentication/auth/"
PROFILE = "/api/v1/users/profile/"


@pytest.fixture
def server(start_demo: Callable[..., RunningDemo]) -> RunningDemo:
    return start_demo(assets=50)


@pytest.fixture
def client(server: RunningDemo) -> Iterator[httpx.Client]:
    headers = {"Accept": "application/json", "Content-Type": "application/json"}
    with httpx.Client(base_url=server.url, headers=headers, timeout=5) as made:
        yield made


def login(client: httpx.Client, username: str, password: str, **headers: str) -> httpx.Response:
    body = {"username": username, "password": password}
    return client.post(AUTH, json=body, headers=headers)


def login_as(client: httpx.Client, server: RunningDemo, name: str) -> httpx.Response:
    person = server.people[name]
    return login(client, person["username"], person["password"])


def signature(
    key: dict[str, str],
    target: str,
    headers: dict[str, str],
    names: str = "(request-target) date",
    algorithm: str = "hmac-sha256",
) -> str:
    """An `Authorization` value, made here from the draft alone."""
    lines = [
        f"{name}: get {target}" if name == "(request-target)" else f"{name}: {headers[name]}"
        for name in names.split()
    ]
    digest = getattr(hashlib, algorithm.split("-")[1], hashlib.sha256)
    value = hmac.new(key["secret"].encode(), "\n".join(lines).encode(), digest).digest()
    text = base64.b64encode(value).decode()
    return f'Signature keyId="{key["id"]}",algorithm="{algorithm}",headers="{names}",signature="{text}"'


def signed_get(
    client: httpx.Client, key: dict[str, str], target: str = PROFILE, **options: Any
) -> httpx.Response:
    headers = {"date": "whenever", **options.pop("sent", {})}
    headers["authorization"] = signature(key, target, headers, **options)
    return client.get(target, headers=headers)


# -- token -------------------------------------------------------------------------------------------------


def test_a_token_signs_in_and_is_shared_by_the_address(server: RunningDemo, client: httpx.Client) -> None:
    first = login_as(client, server, "viewer")
    assert first.status_code == 201
    body = first.json()
    assert set(body) == {"token", "keyword", "date_expired", "user"}
    assert len(body["token"]) == 36
    assert set(body["token"]) <= set(string.ascii_letters + string.digits)
    client.cookies.clear()
    assert login_as(client, server, "viewer").json()["token"] == body["token"]
    elsewhere = {"authorization": f"Bearer {body['token']}"}
    assert client.get(PROFILE, headers=elsewhere).json()["username"] == "viewer"


def test_a_token_ends(server: RunningDemo, client: httpx.Client) -> None:
    token = login_as(client, server, "viewer").json()["token"]
    client.cookies.clear()
    server.clock.advance(86_399)
    assert client.get(PROFILE, headers={"authorization": f"bearer {token}"}).status_code == 200
    server.clock.advance(2)
    answer = client.get(PROFILE, headers={"authorization": f"Bearer {token}"})
    assert (answer.status_code, answer.json()["code"]) == (401, "not_authenticated")
    client.cookies.clear()
    assert login_as(client, server, "viewer").json()["token"] != token


def test_an_e_mail_address_is_a_user_name_too(server: RunningDemo, client: httpx.Client) -> None:
    user = server.world.people["viewer"]
    assert login(client, user.email, user.password).status_code == 201


def test_seven_failures_lock_and_trying_locks_anew(server: RunningDemo, client: httpx.Client) -> None:
    left = [login(client, "Viewer", "nope").json()["msg"] for _ in range(7)]
    for tries, text in zip(range(7, 0, -1), left, strict=True):
        assert f"You can also try {tries} times" in text
    for username in ("viewer", "VIEWER"):
        answer = login(client, username, server.people["viewer"]["password"])
        assert (answer.status_code, answer.json()["error"]) == (400, "block_login")
        assert "after 30 minutes" in answer.json()["msg"]
    server.clock.advance(29 * 60)
    assert login_as(client, server, "viewer").json()["error"] == "block_login"
    server.clock.advance(29 * 60)
    assert login_as(client, server, "viewer").json()["error"] == "block_login"
    server.clock.advance(31 * 60)
    assert login_as(client, server, "viewer").status_code == 201


def test_a_success_forgets_the_failures(server: RunningDemo, client: httpx.Client) -> None:
    login(client, "viewer", "nope")
    login_as(client, server, "viewer")
    client.cookies.clear()
    assert "try 7 times" in login(client, "viewer", "nope").json()["msg"]


@pytest.mark.parametrize(
    ("name", "status", "error"),
    [("inactive", 400, "user_inactive"), ("expired", 400, "user_expired")],
)
def test_people_who_may_not(
    server: RunningDemo, client: httpx.Client, name: str, status: int, error: str
) -> None:
    answer = login_as(client, server, name)
    assert (answer.status_code, answer.json()["error"]) == (status, error)


def test_a_password_that_must_change_is_a_bare_500(server: RunningDemo, client: httpx.Client) -> None:
    answer = login_as(client, server, "mustchange")
    assert (answer.status_code, answer.json()) == (500, {"error": "Server internal error"})
    person = server.people["mustchange"]
    form = {"username": person["username"], "password": person["password"]}
    answer = httpx.post(server.url + AUTH, data=form)
    assert answer.status_code == 500
    assert answer.headers["content-type"] == "text/html; charset=utf-8"


def test_a_form_is_taken_as_well(server: RunningDemo) -> None:
    person = server.people["viewer"]
    form = {"username": person["username"], "password": person["password"]}
    assert httpx.post(server.url + AUTH, data=form).status_code == 201


@pytest.mark.parametrize("body", [b"[1]", b"{", b'{"username": {"a": 1}, "password": "x"}', b"[" * 100_000])
def test_a_malformed_body_is_400(client: httpx.Client, body: bytes) -> None:
    answer = client.post(AUTH, content=body)
    assert answer.status_code == 400
    assert answer.json()


@pytest.mark.parametrize(
    ("error", "keys"),
    [
        ("user_not_exist", {"error", "msg"}),
        ("acl_not_allow", {"error", "msg"}),
        ("block_global_ip_login", {"error", "msg"}),
        ("the directory does not answer", {"error"}),
    ],
)
def test_refusals_that_a_test_asks_for(
    server: RunningDemo, client: httpx.Client, error: str, keys: set[str]
) -> None:
    server.refusals["viewer"] = error
    answer = login_as(client, server, "viewer")
    assert answer.status_code == 400
    assert answer.json()["error"] == error
    assert set(answer.json()) == keys


def test_the_login_path_is_for_post_alone(client: httpx.Client) -> None:
    answer = client.get(AUTH)
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST, OPTIONS")


def test_chinese(server: RunningDemo, client: httpx.Client) -> None:
    answer = login(client, "viewer", "nope", **{"accept-language": "zh-hans"})
    assert answer.json()["msg"].startswith("您输入的用户名或密码不正确")


# -- private token, access key, session --------------------------------------------------------------------


@pytest.mark.parametrize("algorithm", ["hmac-sha1", "hmac-sha256", "hmac-sha512"])
def test_an_access_key_signs(server: RunningDemo, client: httpx.Client, algorithm: str) -> None:
    key = server.credentials["access_key"]
    answer = signed_get(client, key, algorithm=algorithm)
    assert answer.json()["username"] == server.credentials["token"]["username"]


def test_the_query_is_signed_as_sent(server: RunningDemo, client: httpx.Client) -> None:
    key = server.credentials["access_key"]
    target = "/api/v1/orgs/orgs/?search=%E7%94%9F%E4%BA%A7&x=a%20b&limit=1"
    assert signed_get(client, key, target).status_code == 200
    headers = {"date": "today"}
    headers["authorization"] = signature(key, "/api/v1/orgs/orgs/", headers)
    assert client.get(target, headers=headers).status_code == 401


def test_more_headers_may_be_signed(server: RunningDemo, client: httpx.Client) -> None:
    sent = {"accept": "application/json", "host": server.url.removeprefix("http://")}
    names = "(request-target) host accept date"
    assert signed_get(client, server.credentials["access_key"], names=names, sent=sent).status_code == 200


@pytest.mark.parametrize(
    "options",
    [
        {"names": "date"},
        {"names": "(request-target)"},
        {"algorithm": "rsa-sha256"},
        {"names": "(request-target) date content-type", "sent": {"content-type": "application/json"}},
    ],
)
def test_what_the_server_cannot_look_at_is_500(
    server: RunningDemo, client: httpx.Client, options: dict[str, Any]
) -> None:
    assert signed_get(client, server.credentials["access_key"], **options).status_code == 500


def test_keys_that_are_refused(server: RunningDemo, client: httpx.Client) -> None:
    good = server.credentials["access_key"]
    disabled, denied = server.disabled_key, server.denied_key
    refused = {
        "wrong secret": {**good, "secret": "x" * 36},
        "unknown": {**good, "id": str(uuid.uuid4())},
        "disabled": {"id": disabled.id, "secret": disabled.secret},
        "user expired": server.people["expired"]["access_key"],
        "user inactive": server.people["inactive"]["access_key"],
    }
    for why, key in refused.items():
        answer = signed_get(client, key)
        expected = {"detail": "Invalid signature.", "code": "authentication_failed"}
        assert (answer.status_code, answer.json()) == (401, expected), why
    answer = signed_get(client, {"id": denied.id, "secret": denied.secret})
    assert (answer.status_code, answer.json()["detail"]) == (401, "Ip is not in access ip list.")
    assert signed_get(client, {**good, "id": "abc"}).status_code == 500
    fits = signed_get(
        client, {"id": denied.id, "secret": denied.secret}, sent={"x-forwarded-for": "192.0.2.9, 10.0.0.1"}
    )
    assert fits.status_code == 200


def test_a_session_reads_and_needs_csrf_to_write(server: RunningDemo, client: httpx.Client) -> None:
    session = server.web_session(server.world.people["admin"])
    cookie = f"jms_sessionid={session.key}"
    path = "/api/v1/orgs/orgs/"

    def post(cookie: str, **headers: str) -> httpx.Response:
        client.cookies.clear()
        return client.post(path, json={"name": f"made {uuid.uuid4()}"}, headers={"cookie": cookie, **headers})

    assert client.get(path, headers={"cookie": cookie}).status_code == 200
    for answer, reason in (
        (post(cookie), "CSRF cookie not set."),
        (post(f"{cookie}; jms_csrftoken={session.csrf}"), "CSRF token missing."),
        (post(f"{cookie}; jms_csrftoken={session.csrf}", **{"x-csrftoken": "x"}), "incorrect"),
    ):
        assert answer.status_code == 403
        assert reason in answer.json()["detail"]
    assert post(f"{cookie}; jms_csrftoken={session.csrf}", **{"x-csrftoken": session.csrf}).status_code == 201
    client.cookies.clear()
    server.clock.advance(86_401)
    assert client.get(path, headers={"cookie": cookie}).status_code == 401


def test_a_login_in_progress_is_no_session(server: RunningDemo, client: httpx.Client) -> None:
    login_as(client, server, "mfauser")
    assert client.cookies["jms_sessionid"]
    assert client.get(PROFILE).status_code == 401


def test_an_expired_user_keeps_a_token_but_not_the_profile(server: RunningDemo, client: httpx.Client) -> None:
    token = {"authorization": f"Token {server.people['expired']['private_token']}"}
    assert client.get(PROFILE, headers=token).status_code == 403
