"""Each fault, as a client on the other side of a socket meets it."""

from __future__ import annotations

import json
import time
import zlib
from collections.abc import Callable, Iterator

import httpx
import pytest

from jmstui.demo.faults import KINDS, Fault
from tests.demo_server import RunningDemo

PATH = "/api/v1/orgs/orgs/?limit=10"


@pytest.fixture
def server(start_demo: Callable[..., RunningDemo]) -> RunningDemo:
    return start_demo(assets=50)


@pytest.fixture
def client(server: RunningDemo) -> Iterator[httpx.Client]:
    token = {"Authorization": f"Token {server.credentials['private_token']}"}
    with httpx.Client(base_url=server.url, headers=token, timeout=5) as made:
        yield made


def test_without_a_fault_the_path_answers(client: httpx.Client) -> None:
    assert client.get(PATH).json()["count"] >= 4


@pytest.mark.parametrize(
    ("kind", "status", "content"),
    [
        ("502", 502, "text/html"),
        ("503", 503, "text/html"),
        ("html", 200, "text/html"),
        ("html-500", 500, "text/html"),
        ("429=7", 429, "application/json"),
    ],
)
def test_a_whole_answer_instead(
    server: RunningDemo, client: httpx.Client, kind: str, status: int, content: str
) -> None:
    server.faults.add(Fault(kind))
    answer = client.get(PATH)
    assert answer.status_code == status
    assert answer.headers["content-type"].startswith(content)
    assert server.requests[-1] == ("GET", "/api/v1/orgs/orgs/", "limit=10", status)
    if status == 429:
        assert answer.headers["retry-after"] == "7"
        assert answer.json()["detail"] == "Request was throttled. Expected available in 7 seconds."
    server.faults.clear()
    assert client.get(PATH).status_code == 200


def test_a_reset_drops_the_connection_in_the_middle(server: RunningDemo, client: httpx.Client) -> None:
    server.faults.add(Fault("reset"))
    with client.stream("GET", PATH) as answer:
        assert int(answer.headers["content-length"]) > 1000
        with pytest.raises(httpx.RemoteProtocolError, match="without sending complete"):
            answer.read()


def test_silence_lasts_as_long_as_it_says(server: RunningDemo, client: httpx.Client) -> None:
    server.faults.add(Fault("silence=0.3"))
    began = time.monotonic()
    assert client.get(PATH).status_code == 200
    assert time.monotonic() - began >= 0.3
    server.faults.clear()
    server.faults.add(Fault("silence"))
    with pytest.raises(httpx.ReadTimeout):
        client.get(PATH, timeout=0.2)


@pytest.mark.parametrize("kind", ["truncated", "malformed"])
def test_a_body_that_is_no_json(server: RunningDemo, client: httpx.Client, kind: str) -> None:
    server.faults.add(Fault(kind))
    answer = client.get(PATH)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    assert int(answer.headers["content-length"]) == len(answer.content)
    with pytest.raises(json.JSONDecodeError):
        answer.json()


def test_deep_json(server: RunningDemo, client: httpx.Client) -> None:
    server.faults.add(Fault("deep"))
    assert client.get(PATH).content == b"[" * 100_000 + b"]" * 100_000


def test_an_endless_body_goes_on_past_ten_megabytes(server: RunningDemo, client: httpx.Client) -> None:
    server.faults.add(Fault("huge"))
    size = 0
    with client.stream("GET", PATH) as answer:
        for chunk in answer.iter_raw():
            size += len(chunk)
            if size > 10_000_000:
                break
    server.faults.clear()
    assert client.get(PATH).status_code == 200


def test_a_gzip_bomb_is_valid_gzip_and_unfolds(server: RunningDemo, client: httpx.Client) -> None:
    server.faults.add(Fault("gzip-bomb"))
    unpack, packed, size = zlib.decompressobj(31), 0, 0
    with client.stream("GET", PATH) as answer:
        assert answer.headers["content-encoding"] == "gzip"
        for chunk in answer.iter_raw():
            packed += len(chunk)
            size += len(unpack.decompress(chunk))
    assert size > 1_000_000_000
    assert packed < 5_000_000


def test_a_redirect_to_another_host(server: RunningDemo, client: httpx.Client) -> None:
    server.faults.add(Fault("redirect-elsewhere"))
    answer = client.get(PATH)
    assert answer.status_code == 302
    assert httpx.URL(answer.headers["location"]).host == "elsewhere.example.com"


def test_bad_rows(server: RunningDemo, client: httpx.Client) -> None:
    server.faults.add(Fault("bad-row"))
    answer = client.get(PATH)
    names = [row["name"] for row in json.loads(answer.content)["results"]]
    assert names[:3] == [12345, None, "broken \ud83d name"]
    assert all(isinstance(name, str) for name in names[3:])


def test_expire_ends_what_was_there_and_allows_a_new_sign_in(server: RunningDemo) -> None:
    credentials = server.credentials
    with httpx.Client(base_url=server.url) as client:
        old = client.post("/api/v1/authentication/auth/", json=credentials["token"]).json()["token"]
        client.cookies.clear()
        server.faults.add(Fault("expire"))
        for headers in (
            {"Authorization": f"Bearer {old}"},
            {"Authorization": f"Token {credentials['private_token']}"},
            {"Cookie": credentials["session"]},
        ):
            assert client.get("/api/v1/users/profile/", headers=headers).status_code == 401
        client.cookies.clear()
        new = client.post("/api/v1/authentication/auth/", json=credentials["token"]).json()["token"]
        assert new != old
        answer = client.get("/api/v1/users/profile/", headers={"Authorization": f"Bearer {new}"})
        assert answer.status_code == 200


def test_a_fault_for_one_path_and_some_times(server: RunningDemo, client: httpx.Client) -> None:
    server.faults.add(Fault("503", "orgs/orgs/", times=2))
    profile = "/api/v1/users/profile/"
    found = [client.get(path).status_code for path in (PATH, profile, PATH, PATH)]
    assert found == [503, 200, 503, 200]


def test_stopping_refuses(start_demo: Callable[..., RunningDemo]) -> None:
    server = start_demo(assets=50)
    server.stop()
    with pytest.raises(httpx.ConnectError):
        httpx.get(server.url + PATH)


def test_latency_is_waited_for(start_demo: Callable[..., RunningDemo]) -> None:
    server = start_demo(assets=50, latency_ms=150)
    began = time.monotonic()
    httpx.get(server.url + "/api/health/")
    assert time.monotonic() - began >= 0.15


@pytest.mark.parametrize(
    ("text", "kind", "prefix", "times"),
    [
        ("503", "503", "", None),
        ("reset:assets/", "reset", "assets/", None),
        ("429:/api/v1/users/:3", "429", "/api/v1/users/", 3),
        ("silence=5::1", "silence", "", 1),
    ],
)
def test_faults_as_written_on_the_command_line(text: str, kind: str, prefix: str, times: int | None) -> None:
    fault = Fault.parse(text)
    assert (fault.kind, fault.path_prefix, fault.times) == (kind, prefix, times)


def test_an_unknown_fault_names_those_that_exist() -> None:
    with pytest.raises(ValueError) as caught:
        Fault("refuse")
    assert all(kind in str(caught.value) for kind in KINDS)
