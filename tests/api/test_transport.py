"""The way to the server and back: headers, limits, redirects, and every way to fail."""

from __future__ import annotations

import asyncio
import gzip
import json
import tracemalloc
from collections.abc import Callable

import pytest

from jmstui.api import errors
from jmstui.api.auth import auth_for
from jmstui.api.errors import ApiError
from jmstui.api.transport import LoginState, Transport
from jmstui.models.credential import BearerToken, Secret, SessionCookie
from tests.api.fakes import Recorder, answers, response, tcp_server
from tests.demo_server import RunningDemo

JSON = {"content-type": "application/json"}


def transport_to(port: int, **options: object) -> Transport:
    options = {"timeout": 2, "proxy_from_env": False, **options}
    return Transport(f"http://127.0.0.1:{port}", **options)  # type: ignore[arg-type]


async def failing(transport: Transport, path: str = "users/profile/") -> ApiError:
    with pytest.raises(ApiError) as caught:
        await transport.send("GET", path)
    await transport.aclose()
    return caught.value


# --- what goes out ---


async def test_headers_of_every_request(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Europe/Berlin")
    recorder = Recorder()
    transport = Transport("https://jms.example.com", asgi=recorder, language="zh-hans")
    await transport.send("GET", "users/profile/", org="00000000-0000-0000-0000-000000000002")
    headers = recorder.seen[0].headers
    assert headers["accept"] == headers["content-type"] == "application/json"
    assert headers["accept-language"] == "zh-hans"
    assert headers["x-tz"] == "Europe/Berlin"
    assert headers["x-jms-org"] == "00000000-0000-0000-0000-000000000002"
    assert headers["user-agent"].startswith("jmstui/")
    assert "cookie" not in headers


async def test_no_zone_name_no_header(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "CET-1CEST")
    recorder = Recorder()
    await Transport("https://h", asgi=recorder).send("GET", "users/profile/")
    assert "x-tz" not in recorder.seen[0].headers


async def test_an_open_question_carries_no_credential() -> None:
    recorder = Recorder()
    transport = Transport("https://h", auth_for(BearerToken(Secret("t"))), asgi=recorder)
    await transport.send("GET", "health/", auth=False)
    await transport.send("GET", "health/")
    assert [seen.headers.get("authorization") for seen in recorder.seen] == [None, "Bearer t"]
    assert recorder.seen[0].path == "/api/health/"


async def test_cookies_are_kept_in_a_login_state_alone() -> None:
    reply = (200, {**JSON, "set-cookie": ["jms_sessionid=abc; Path=/; HttpOnly", "b=2"]}, b"{}")
    recorder = Recorder().will(reply)
    transport = Transport("https://h", asgi=recorder)
    answer = await transport.send("GET", "users/profile/")
    await transport.send("GET", "users/profile/")
    assert "set-cookie" not in answer.headers
    state = LoginState()
    for _ in range(2):
        await transport.send("POST", "authentication/auth/", json={"username": "a"}, state=state)
    await transport.send("GET", "users/profile/")
    assert [seen.headers.get("cookie") for seen in recorder.seen] == [
        None,
        None,
        None,
        "jms_sessionid=abc; b=2",
        None,
    ]
    assert "abc" not in repr(state)
    state.take(['jms_sessionid=""; Max-Age=0; Path=/'])
    assert state.header() == "b=2"


async def test_no_log_level_brings_a_secret_out(demo: RunningDemo, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    transport = Transport(demo.url, auth_for(SessionCookie(Secret(demo.credentials["session"]))))
    await transport.send("GET", "users/profile/")
    await transport.aclose()
    assert demo.credentials["session"].partition("=")[2] not in caplog.text


async def test_the_login_calls_never_carry_a_credential() -> None:
    recorder = Recorder()
    transport = Transport("https://h", auth_for(BearerToken(Secret("t"))), asgi=recorder)
    await transport.send("POST", "authentication/auth/", json={"username": "a"})
    assert "authorization" not in recorder.seen[0].headers
    assert json.loads(recorder.seen[0].body) == {"username": "a"}


async def test_an_organization_is_an_id() -> None:
    transport = Transport("https://h", asgi=Recorder())
    for org in ("研发中心", "a\r\nX-Evil: 1"):
        with pytest.raises(errors.BadRequest):
            await transport.send("GET", "users/profile/", org=org)


async def test_what_an_answer_tells() -> None:
    head = {**JSON, "date": "Sun, 22 Nov 2026 02:00:00 GMT"}
    answer = await Transport("https://h", asgi=Recorder().will((200, head, b'{"a": 1}'))).send(
        "GET", "users/profile/"
    )
    assert (answer.status, answer.body, answer.bytes_in) == (200, b'{"a": 1}', 8)
    assert answer.server_date == 1795312800
    assert answer.ms > 0
    odd = await Transport("https://h", asgi=Recorder().will((200, {**JSON, "date": "soon"}, b"{}"))).send(
        "GET", "search/"
    )
    assert odd.server_date is None


# --- failures ---


async def test_nobody_listens() -> None:
    async with tcp_server(answers(b"")) as port:
        pass
    error = await failing(transport_to(port))
    assert isinstance(error, errors.CannotReach)
    assert f"127.0.0.1:{port}" in error.sentence
    assert "refused" in error.sentence
    assert error.exit_status == 4


async def test_no_such_host() -> None:
    error = await failing(Transport("https://no-such-host.invalid", proxy_from_env=False, timeout=5))
    assert isinstance(error, errors.CannotReach)
    assert "no such host" in error.sentence


async def test_a_silent_server_times_out(start_demo: Callable[..., RunningDemo]) -> None:
    from jmstui.demo.faults import Fault

    demo = start_demo(assets=10)
    demo.faults.add(Fault("silence=20"))
    error = await failing(Transport(demo.url, timeout=0.2))
    assert isinstance(error, errors.CannotReach)
    assert "no answer within" in error.sentence


async def test_a_dripping_server_times_out() -> None:
    async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n[")
        while True:
            writer.write(b" ")
            await writer.drain()
            await asyncio.sleep(0.05)

    async with tcp_server(drip) as port:
        error = await failing(transport_to(port, timeout=0.1))
    assert isinstance(error, errors.CannotReach)
    assert "no complete answer" in error.sentence


@pytest.mark.parametrize(
    "raw", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{", b"\x16\x03\x01 nonsense\r\n\r\n"]
)
async def test_broken_answers(raw: bytes) -> None:
    async with tcp_server(answers(raw)) as port:
        error = await failing(transport_to(port))
    assert type(error) in (errors.CannotReach, errors.NotJumpServer)


async def test_cancelling_is_no_error() -> None:
    async def wait(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(5)

    async with tcp_server(wait) as port:
        task = asyncio.create_task(transport_to(port).send("GET", "users/profile/"))
        await asyncio.sleep(0.05)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        ("reset", errors.CannotReach),
        ("429", errors.Throttled),
        ("502", errors.ServerError),
        ("503", errors.ServerError),
        ("html", errors.NotJumpServer),
        ("html-500", errors.ServerError),
        ("redirect-elsewhere", errors.RedirectRefused),
        ("huge", errors.TooLarge),
        ("gzip-bomb", errors.TooLarge),
        ("expire", errors.SessionExpired),
    ],
)
async def test_faults_of_the_demo_server(
    start_demo: Callable[..., RunningDemo], fault: str, expected: type[ApiError]
) -> None:
    from jmstui.demo.faults import Fault

    demo = start_demo(assets=10)
    demo.faults.add(Fault(fault))
    transport = Transport(demo.url, auth_for(BearerToken(Secret("gone"))), max_body=2_000_000)
    assert type(await failing(transport)) is expected


async def test_a_bomb_stops_within_bounded_memory() -> None:
    bomb = gzip.compress(b"[" + b" " * 100_000_000 + b"]", 9)
    raw = response(bomb, extra="Content-Encoding: gzip\r\n")
    async with tcp_server(answers(raw)) as port:
        tracemalloc.start()
        error = await failing(transport_to(port, max_body=1_000_000, timeout=10))
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert isinstance(error, errors.TooLarge)
    assert peak < 10_000_000


async def test_compressed_answers_are_read_whole() -> None:
    body = json.dumps(list(range(50_000))).encode()
    packed = gzip.compress(body)
    async with tcp_server(answers(response(packed, extra="Content-Encoding: gzip\r\n"))) as port:
        transport = transport_to(port)
        answer = await transport.send("GET", "users/profile/")
        await transport.aclose()
    assert answer.body == body
    assert answer.bytes_in == len(packed)


@pytest.mark.parametrize("encoding", ["gzip", "br", "deflate, gzip"])
async def test_compression_that_is_none(encoding: str) -> None:
    async with tcp_server(answers(response(b"{}", extra=f"Content-Encoding: {encoding}\r\n"))) as port:
        assert isinstance(await failing(transport_to(port)), errors.NotJumpServer)


async def test_a_web_page() -> None:
    async with tcp_server(answers(response(b"<html>hello</html>", kind="text/html"))) as port:
        error = await failing(transport_to(port))
    assert isinstance(error, errors.NotJumpServer)
    assert error.status == 200
    assert error.bytes_in == 18


# --- redirects ---


@pytest.mark.parametrize(
    ("url", "location", "suggested"),
    [
        ("http://jms.corp", "https://jms.corp/api/v1/users/profile/", "https://jms.corp"),
        ("http://jms.corp:80", "https://jms.corp:443/api/v1/users/profile/", "https://jms.corp"),
        ("http://jms.corp:8080", "https://jms.corp:8443/", "https://jms.corp:8443"),
        ("http://jms.corp/jms", "https://jms.corp/jms/api/v1/users/profile/", "https://jms.corp/jms"),
        ("https://jms.corp", "/jms/api/v1/users/profile/", "https://jms.corp/jms"),
    ],
)
async def test_a_redirect_on_the_same_host_names_the_right_address(
    url: str, location: str, suggested: str
) -> None:
    recorder = Recorder().will((301, {"location": location, "content-type": "text/html"}, b""))
    error = await failing(Transport(url, auth_for(BearerToken(Secret("t"))), asgi=recorder))
    assert isinstance(error, errors.RedirectRefused)
    assert error.target == suggested
    assert f"Enter {suggested} as the address" in error.sentence
    assert len(recorder.seen) == 1


async def test_a_redirect_to_another_host_is_refused_with_both_addresses() -> None:
    location = "https://evil.example.com/api/v1/users/profile/"
    recorder = Recorder().will((302, {"location": location}, b""))
    error = await failing(
        Transport("https://jms.corp/jms", auth_for(BearerToken(Secret("t"))), asgi=recorder)
    )
    assert isinstance(error, errors.RedirectRefused)
    assert "https://jms.corp/jms" in error.sentence
    assert "https://evil.example.com" in error.sentence
    assert len(recorder.seen) == 1


async def test_a_downgrade_is_not_recommended() -> None:
    recorder = Recorder().will((301, {"location": "http://jms.corp/api/v1/users/profile/"}, b""))
    error = await failing(Transport("https://jms.corp", asgi=recorder))
    assert isinstance(error, errors.RedirectRefused)
    assert "Enter" not in error.sentence
    assert "in clear" in error.sentence


@pytest.mark.parametrize(
    ("location", "expected"),
    [
        ("/core/auth/login/mfa/", errors.SessionExpired),
        ("/welcome", errors.NotJumpServer),
        ("", errors.NotJumpServer),
        ("http://[", errors.NotJumpServer),
        ("javascript:alert(1)", errors.NotJumpServer),
    ],
)
async def test_redirects_that_are_no_address(location: str, expected: type[ApiError]) -> None:
    recorder = Recorder().will((302, {"location": location}, b""))
    assert type(await failing(Transport("https://jms.corp", asgi=recorder))) is expected


# --- only reads ---

FORBIDDEN = [
    ("GET", "users/users/e6b6a4b3-0dad-53a6-b9e4-ba9597ae906c/mfa/reset/"),
    ("GET", "accounts/account-secrets/e6b6a4b3-0dad-53a6-b9e4-ba9597ae906c/"),
    ("GET", "accounts/account-secrets/"),
    ("GET", "../../core/auth/logout/"),
    ("GET", "core/auth/logout/"),
    ("GET", "/core/auth/logout/"),
    ("GET", "users/users/../users/x/mfa/reset/"),
    ("GET", "users/users/..%2f..%2fcore/"),
    ("GET", "users/users/a%2Fmfa%2Freset/"),
    ("GET", "users//users/"),
    ("GET", "users/users/x/mfa/reset/?y="),
    ("GET", "users/users/?rebuild_tree=1"),
    ("GET", "users/users/#"),
    ("GET", "users/users/\n"),
    ("GET", "users/users"),
    ("GET", "users/users/．．/"),
    ("GET", ""),
    ("GET", "https://evil.example.com/"),
    ("GET", "authentication/auth/"),
    ("get", "users/users/"),
    ("HEAD", "users/users/"),
    ("POST", "users/users/"),
    ("PUT", "users/users/e6b6a4b3-0dad-53a6-b9e4-ba9597ae906c/"),
    ("DELETE", "assets/assets/"),
    ("DELETE", "authentication/auth/"),
    ("POST", "authentication/login-confirm-ticket/status/"),
    ("POST", "authentication/access-keys/"),
]


@pytest.mark.parametrize(("method", "path"), FORBIDDEN)
async def test_everything_else_is_refused_before_it_leaves(method: str, path: str) -> None:
    recorder = Recorder()
    with pytest.raises(errors.Refused):
        await Transport("https://h", asgi=recorder).send(method, path)
    assert recorder.seen == []


@pytest.mark.parametrize(
    "name", ["rebuild_tree", "format", "oid", "token", "spm", "", "a b", "a&oid", "a=b", "x\n"]
)
async def test_parameters_that_do_more_than_ask(name: str) -> None:
    recorder = Recorder()
    with pytest.raises(errors.Refused):
        await Transport("https://h", asgi=recorder).send("GET", "users/users/", [("limit", "1"), (name, "1")])
    assert recorder.seen == []


async def test_a_login_call_takes_no_parameters() -> None:
    with pytest.raises(errors.Refused):
        await Transport("https://h", asgi=Recorder()).send("POST", "authentication/auth/", [("a", "b")])
