"""What each credential puts on the wire; signatures against an implementation of their own."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jmstui.api.address import parse_address
from jmstui.api.auth import AccessKeyAuth, SessionAuth, auth_for
from jmstui.api.errors import BadCredential, BadSignature, SessionExpired
from jmstui.api.http import Request
from jmstui.api.transport import Transport, target_of
from jmstui.models.credential import (
    AccessKey,
    BearerToken,
    Credential,
    Password,
    PrivateToken,
    Secret,
    SessionCookie,
)
from tests.api.fakes import Recorder
from tests.demo_server import RunningDemo

KEY = "48cf0957-02c3-5ab2-9033-ff4fb8268a08"
SECRET = "Zm9vYmFy-0123456789abcdefghijklmnop"


def signature_of(secret: str, method: str, target: str, date: str) -> str:
    """§1.8, written out: one `name: value` line for each signed header, HMAC-SHA256, base64."""
    text = f"(request-target): {method.lower()} {target}\ndate: {date}"
    return base64.b64encode(hmac.new(secret.encode(), text.encode(), hashlib.sha256).digest()).decode()


def parts_of(header: str) -> dict[str, str]:
    scheme, _, rest = header.partition(" ")
    assert scheme == "Signature"
    return dict(re.findall(r'(\w+)="([^"]*)"', rest))


async def wire(
    credential: Credential, url: str = "https://jms.example.com", **send: object
) -> dict[str, str]:
    recorder = Recorder()
    transport = Transport(url, auth_for(credential), asgi=recorder)
    await transport.send("GET", send.pop("path", "users/profile/"), **send)  # type: ignore[arg-type]
    return {
        "(target)": recorder.seen[0].path + ("?" + q if (q := recorder.seen[0].query) else ""),
        **recorder.seen[0].headers,
    }


async def test_tokens() -> None:
    assert (await wire(BearerToken(Secret(" abc\n"))))["authorization"] == "Bearer abc"
    assert (await wire(PrivateToken(Secret("abc"))))["authorization"] == "Token abc"


@pytest.mark.parametrize(
    "url", ["https://jms.example.com", "https://jms.example.com/jms/", "http://[::1]:8443/a%20b"]
)
@pytest.mark.parametrize(
    ("path", "params"),
    [
        ("users/profile/", []),
        ("assets/assets/", [("limit", "1"), ("offset", "0"), ("search", "生产")]),
        ("assets/assets/", [("search", "a b+c&d=e%20f/g?h#i"), ("fields", "id,name")]),
        ("assets/assets/", [("search", "")]),
        ("assets/assets/", [("labels", "team:*"), ("id!", "1,2"), ("search", "😀'\"<>[]{}|\\^`~")]),
    ],
)
async def test_signature_covers_the_target_that_goes_out(
    url: str, path: str, params: list[tuple[str, str]]
) -> None:
    headers = await wire(AccessKey(KEY, Secret(SECRET)), url, path=path, params=params)
    parts = parts_of(headers["authorization"])
    assert parts["keyId"] == KEY
    assert parts["algorithm"] == "hmac-sha256"
    assert parts["headers"] == "(request-target) date"
    assert parts["signature"] == signature_of(SECRET, "GET", headers["(target)"], headers["date"])
    assert headers["(target)"].isascii()


async def test_the_target_is_written_as_the_server_reads_it() -> None:
    """Recording auth-access-key-query; a space is %20, so that re-encoding gives the same text."""
    params = [("limit", "1"), ("offset", "0"), ("search", "生产"), ("fields", "id,name"), ("q", "a b+c")]
    headers = await wire(
        AccessKey(KEY, Secret(SECRET)), "https://h/jms", path="assets/assets/", params=params
    )
    assert headers["(target)"] == (
        "/jms/api/v1/assets/assets/?limit=1&offset=0&search=%E7%94%9F%E4%BA%A7&fields=id,name&q=a%20b%2Bc"
    )


async def test_no_query_no_question_mark() -> None:
    headers = await wire(AccessKey(KEY, Secret(SECRET)))
    assert headers["(target)"] == "/api/v1/users/profile/"


@given(st.lists(st.tuples(st.sampled_from(["search", "name", "node"]), st.text(max_size=30)), max_size=4))
def test_any_query_is_signed_as_it_goes_out(params: list[tuple[str, str]]) -> None:
    address = parse_address("https://jms.example.com/jms")
    target = target_of(address, "assets/assets/", params)
    request = Request("GET", f"https://jms.example.com{target}")
    assert request.url.raw_path.decode() == target
    request = next(AccessKeyAuth(AccessKey(KEY, Secret(SECRET))).auth_flow(request))
    parts = parts_of(request.headers["authorization"])
    assert parts["signature"] == signature_of(SECRET, "GET", target, request.headers["date"])


@pytest.mark.parametrize("key_id", ["abc", "", "48cf0957", KEY + "0"])
def test_a_key_id_that_is_no_uuid_is_never_sent(key_id: str) -> None:
    with pytest.raises(BadCredential, match="UUID"):
        auth_for(AccessKey(key_id, Secret(SECRET)))


@pytest.mark.parametrize("text", ["", "  ", "s3c ret", "s3c\nret", "tökén", "s3c\x1b"])
def test_what_a_header_cannot_carry_is_refused_and_not_repeated(text: str) -> None:
    for credential in (BearerToken(Secret(text)), PrivateToken(Secret(text)), AccessKey(KEY, Secret(text))):
        with pytest.raises(BadCredential) as caught:
            auth_for(credential)
        assert not text.strip() or text not in str(caught.value)


def test_a_password_is_no_credential_of_the_transport() -> None:
    with pytest.raises(TypeError):
        auth_for(Password("alice", Secret("x")))


def test_repr_hides_everything() -> None:
    for credential in (
        BearerToken(Secret("s3cret")),
        PrivateToken(Secret("s3cret")),
        AccessKey(KEY, Secret("s3cret")),
        SessionCookie(Secret("jms_sessionid=s3cret")),
    ):
        auth = auth_for(credential)
        assert "s3cret" not in repr(auth) + repr(credential) + repr(vars(auth))


@pytest.mark.parametrize(
    ("given_text", "sent"),
    [
        ("abc123", "jms_sessionid=abc123"),
        ("jms_sessionid=abc123", "jms_sessionid=abc123"),
        ("corp_sessionid=abc123", "corp_sessionid=abc123"),
        ("Cookie: jms_sessionid=abc123; jms_csrftoken=zzz", "jms_sessionid=abc123"),
        ("a=1; jms_sessionid=abc123; X-JMS-ORG=xyz; django_language=zh", "a=1; jms_sessionid=abc123"),
    ],
)
async def test_session_cookie_in_each_form(given_text: str, sent: str) -> None:
    headers = await wire(SessionCookie(Secret(given_text)))
    assert headers["cookie"] == sent
    assert "authorization" not in headers
    assert "x-csrftoken" not in headers


def test_a_header_without_a_session_is_refused() -> None:
    with pytest.raises(BadCredential, match="jms_sessionid"):
        auth_for(SessionCookie(Secret("a=1; b=2")))


async def test_a_bare_value_learns_the_servers_prefix() -> None:
    recorder = Recorder().will(
        (
            401,
            {"content-type": "application/json", "set-cookie": ["SESSION_COOKIE_NAME_PREFIX=corp_; Path=/"]},
            b'{"detail":"x","code":"not_authenticated"}',
        ),
        (200, {"content-type": "application/json"}, b"{}"),
    )
    transport = Transport("https://h", SessionAuth(Secret("abc")), asgi=recorder)
    await transport.send("GET", "users/profile/")
    assert [seen.headers["cookie"] for seen in recorder.seen] == ["jms_sessionid=abc", "corp_sessionid=abc"]


async def test_requests_side_by_side_learn_the_prefix_together() -> None:
    import asyncio

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await asyncio.sleep(0.01)
        right = (b"cookie", b"corp_sessionid=abc") in scope["headers"]
        cookie = (b"set-cookie", b"SESSION_COOKIE_NAME_PREFIX=corp_; Path=/")
        headers = [(b"content-type", b"application/json"), cookie]
        await send({"type": "http.response.start", "status": 200 if right else 401, "headers": headers})
        await send({"type": "http.response.body", "body": b"{}"})

    transport = Transport("https://h", SessionAuth(Secret("abc")), asgi=app)
    answers = await asyncio.gather(*(transport.send("GET", "users/profile/") for _ in range(3)))
    assert [answer.status for answer in answers] == [200, 200, 200]


@pytest.mark.parametrize("prefix", ["jms_", "x;y", "a b", "x" * 100])
async def test_a_prefix_that_helps_nothing_is_not_tried(prefix: str) -> None:
    reply = (
        401,
        {"content-type": "application/json", "set-cookie": [f'SESSION_COOKIE_NAME_PREFIX="{prefix}"']},
        b'{"detail":"x"}',
    )
    recorder = Recorder().will(reply)
    transport = Transport("https://h", SessionAuth(Secret("abc")), asgi=recorder)
    with pytest.raises(SessionExpired):
        await transport.send("GET", "users/profile/")
    assert len(recorder.seen) == (2 if prefix == "x;y" else 1)


async def test_all_four_read_the_profile(demo: RunningDemo) -> None:
    given_now = demo.credentials
    for credential in (
        PrivateToken(Secret(given_now["private_token"])),
        AccessKey(given_now["access_key"]["id"], Secret(given_now["access_key"]["secret"])),
        SessionCookie(Secret(given_now["session"])),
        SessionCookie(Secret(given_now["session"].partition("=")[2])),
    ):
        transport = Transport(demo.url, auth_for(credential))
        answer = await transport.send("GET", "users/profile/")
        assert b'"admin"' in answer.body
        await transport.send("GET", "assets/assets/", [("limit", "1"), ("search", "生产 a+b&c")])
        await transport.aclose()


async def test_a_wrong_secret_is_a_bad_signature(demo: RunningDemo) -> None:
    auth = auth_for(AccessKey(demo.credentials["access_key"]["id"], Secret("wrong")))
    transport = Transport(demo.url, auth)
    with pytest.raises(BadSignature):
        await transport.send("GET", "users/profile/")
    await transport.aclose()
