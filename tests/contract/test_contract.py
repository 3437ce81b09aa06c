"""Every recorded exchange, asked of the demo server: same status, keys, types, codes and headers."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import httpx
import pytest

from tests.contract.accepted import ACCEPTED
from tests.contract.replay import FOLDERS, Replay, recordings
from tests.contract.shapes import Pool, differences, template
from tests.demo_server import RunningDemo, run_demo

EXCHANGES = [(api, name) for api in FOLDERS for name in recordings(api)]
EQUAL_HEADERS = ("content-type", "www-authenticate", "vary", "allow")
EQUAL_VALUES = ("code", "error", "keyword")


@cache
def pool(api: str) -> Pool:
    """What all successful recordings of a version say about shapes."""
    return Pool([each for each in recordings(api).values() if each["response"]["status"] < 400])


@pytest.fixture(scope="module")
def servers() -> Iterator[dict[str, RunningDemo]]:
    """One demo for each version, a community one, and one that throttles."""
    made = {
        "4.10": run_demo(),
        "3.10": run_demo(api="3.10"),
        "4.10.19": run_demo(api="4.10.19"),
        "community": run_demo(assets=50, edition="community"),
        "throttled": run_demo(assets=50, rate=180),
        "full": run_demo(assets=20_000),
        "full 4.10.19": run_demo(assets=20_000, api="4.10.19"),
    }
    yield made
    for each in made.values():
        each.close()


def server_for(servers: dict[str, RunningDemo], api: str, recording: dict[str, Any]) -> RunningDemo:
    if recording["edition"] == "community":
        return servers["community"]
    if recording["name"] == "hosts-create-over-the-limit" and api == "4.10":
        return servers["full"]
    if recording["name"].startswith("hosts-create") and api == "4.10.19":
        return servers["full 4.10.19"]  # the limit is looked at first, over all organizations
    return servers["throttled" if recording["name"] == "throttled" else api]


@pytest.mark.parametrize(("api", "name"), EXCHANGES, ids=[f"v{api}-{name}" for api, name in EXCHANGES])
def test_exchange(servers: dict[str, RunningDemo], api: str, name: str) -> None:
    recording = recordings(api)[name]
    answer = Replay(server_for(servers, api, recording), recording).answer()
    found = compare(api, recording, answer)
    if reason := ACCEPTED.get((api, name)):
        assert found, f"no difference any more, take it out of the table: {reason}"
    else:
        assert not found, "\n".join(found)


def compare(api: str, recording: dict[str, Any], answer: httpx.Response) -> list[str]:
    """In words, every way in which the answer differs from the recording."""
    recorded = recording["response"]
    found = []
    if answer.status_code != recorded["status"]:
        return [f"status {answer.status_code} instead of {recorded['status']}: {answer.text[:300]}"]
    for header in EQUAL_HEADERS:
        if answer.headers.get(header) != recorded["headers"].get(header):
            found.append(f"{header}: {answer.headers.get(header)!r}, not {recorded['headers'].get(header)!r}")
    for header in ("location", "retry-after"):
        if (header in answer.headers) != (header in recorded["headers"]):
            found.append(f"{header}: {answer.headers.get(header)!r}")
    cookies = {each.split("=")[0] for each in answer.headers.get_list("set-cookie")}
    wanted = recorded["headers"].get("set-cookie", "").split("=")[0]
    if (wanted and wanted not in cookies) or (cookies and not wanted):
        found.append(f"set-cookie: {sorted(cookies)}, not {wanted!r}")
    if "json" not in recorded:
        if recorded["text"] != answer.text:
            found.append(f"text {answer.text[:200]!r}")
        return found
    served = answer.json()
    seen = pool(api) if recorded["status"] < 400 else Pool([recording])
    found += differences(seen, template(recording["request"]["path"]), recorded["json"], served)
    if isinstance(served, dict) and isinstance(recorded["json"], dict):
        for key in EQUAL_VALUES:
            if key in recorded["json"] and served.get(key) != recorded["json"][key]:
                found.append(f"{key}: {served.get(key)!r}, not {recorded['json'][key]!r}")
    return found


def test_the_recordings_are_many_and_the_accepted_differences_few() -> None:
    compared = [each for each in EXCHANGES if each not in ACCEPTED]
    assert sum(api == "4.10" for api, _ in compared) >= 80
    assert sum(api == "3.10" for api, _ in compared) >= 80
    assert sum(api == "4.10.19" for api, _ in compared) >= 150
    assert len(ACCEPTED) <= 10
    assert set(ACCEPTED) <= set(EXCHANGES)
    assert all(len(reason) > 20 for reason in ACCEPTED.values())


def test_the_redirect_keeps_the_query(servers: dict[str, RunningDemo]) -> None:
    recording = recordings("4.10")["assets-list-no-slash"]
    answer = Replay(servers["4.10"], recording).answer()
    assert answer.headers["location"] == recording["response"]["headers"]["location"]


def test_the_demo_neither_holds_nor_serves_what_was_recorded(servers: dict[str, RunningDemo]) -> None:
    """No recorded id (but the built-in ones) is in the package or in an answer."""
    ids: set[str] = set()
    texts: list[str] = []
    for api in FOLDERS:
        for recording in recordings(api).values():
            ids |= set(re.findall(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22}", json.dumps(recording)))
    ids = {each for each in ids if not re.match(r"0{8}-|1{8}-|12345678-", each)}
    assert len(ids) > 500
    package = FOLDERS["4.10"].parents[2] / "jmstui" / "demo"
    texts += [path.read_text("utf-8") for path in package.rglob("*.py")]
    token = servers["4.10"].world.people["admin"].private_token
    headers = {"Authorization": f"Token {token}"}
    for path in ("assets/assets/?limit=1000", "users/users/?limit=1000", "assets/platforms/", "orgs/orgs/"):
        texts.append(httpx.get(f"{servers['4.10'].url}/api/v1/{path}", headers=headers, timeout=30).text)
    everything = "\n".join(texts)
    assert not [each for each in ids if each in everything]
