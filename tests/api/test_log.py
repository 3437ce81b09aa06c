"""The request log: what it says, what it never says, and its curl lines."""

from __future__ import annotations

import asyncio
import os
import shlex
import subprocess
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jmstui.api.errors import NotFound
from jmstui.api.log import Entry, RequestLog, as_curl, scrub
from jmstui.api.query import query
from tests.api.virtual import FakeServer, failing, new_client, outcome, thing, virtual

ENTRY = Entry(
    1.0, "GET", "assets/assets/", (("limit", "100"), ("search", "it's $HOME `x` \\")), "org-1", "sent", 200
)


@virtual
async def test_it_says_how_each_answer_came() -> None:
    server = FakeServer()
    client = new_client(server, requests=2).for_org("one")
    await asyncio.gather(client.get(thing(1)), client.get(thing(1)))
    await client.get(thing(1))
    server.faults.append(failing(NotFound, 404))
    await outcome(client.get(thing(2)))
    await client.get(thing(3))
    said = [(e.path, e.outcome, e.status, e.error) for e in client.log]
    assert said == [
        ("things/1/", "sent", 200, ""),
        ("things/1/", "joined", None, ""),
        ("things/1/", "cached", None, ""),
        ("things/2/", "sent", 404, "not-found"),
        ("things/3/", "waited 60 s", 200, ""),
    ]
    first = client.log[0]
    assert (first.method, first.org, first.ms, first.size) == ("GET", "one", 100.0, 25)
    assert client.log.total == 3
    await client.aclose()


@virtual
async def test_a_cancelled_request_stands_there_too() -> None:
    server = FakeServer()
    client = new_client(server)
    task = asyncio.create_task(client.get(thing()))
    await asyncio.sleep(0.05)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await asyncio.sleep(0)
    entry = client.log[0]
    assert (entry.error, entry.status, entry.ms) == ("cancelled", None, pytest.approx(50))
    await client.aclose()


def test_only_the_last_500() -> None:
    log = RequestLog()
    for n in range(700):
        log.add(replace(ENTRY, at=float(n)))
    assert (len(log), log[0].at, log[-1].at, log.total) == (500, 200.0, 699.0, 700)


@virtual
async def test_no_secret_gets_in() -> None:
    server = FakeServer()
    client = new_client(server)
    secrets = [
        (name, "hunter2")
        for name in ("password", "Token", "code", "client_secret", "sessionid", "x_signature")
    ]
    await client.get(query("things/0/", bytes, "detail", secrets))
    assert "hunter2" not in repr(list(client.log))
    assert "hunter2" not in as_curl(client.log[0], client.server, "bearer")
    await client.aclose()


def test_scrubbing_leaves_the_rest() -> None:
    assert scrub([("search", "web"), ("code", "123456")]) == (("search", "web"), ("code", "..."))


def test_the_curl_line_word_by_word() -> None:
    line = as_curl(ENTRY, "https://jms.test/", "bearer")
    assert shlex.split(line) == [
        "curl",
        "-sS",
        "-H",
        "Accept: application/json",
        "-H",
        "Content-Type: application/json",
        "-H",
        "X-JMS-ORG: org-1",
        "-H",
        "Authorization: Bearer $JMSTUI_TOKEN",
        "https://jms.test/api/v1/assets/assets/?limit=100&search=it%27s%20%24HOME%20%60x%60%20%5C",
    ]


@pytest.mark.parametrize(
    ("kind", "variable", "header"),
    [
        ("bearer", "JMSTUI_TOKEN", "Authorization: Bearer s3cret"),
        ("private_token", "JMSTUI_PRIVATE_TOKEN", "Authorization: Token s3cret"),
        ("access_key", "JMSTUI_SIGNATURE", "Authorization: s3cret"),
        ("session", "JMSTUI_SESSION", "Cookie: s3cret"),
    ],
)
def test_a_shell_reads_it_as_meant(kind: str, variable: str, header: str) -> None:
    said = in_shell(as_curl(ENTRY, "https://jms.test", kind), {variable: "s3cret"})  # type: ignore[arg-type]
    assert header in said
    assert (
        said[-1] == "https://jms.test/api/v1/assets/assets/?limit=100&search=it%27s%20%24HOME%20%60x%60%20%5C"
    )


def test_an_access_keys_line_says_what_is_missing() -> None:
    assert as_curl(ENTRY, "https://jms.test", "access_key").startswith("# an access key signs each request")
    assert "Authorization" not in as_curl(ENTRY, "https://jms.test", "none")


@given(
    text=st.text(st.characters(exclude_characters="\0", exclude_categories=("Cs",))),
    org=st.text("a-'\"$`\\;&|", max_size=9),
)
def test_nothing_in_a_parameter_gets_out_of_its_quotes(text: str, org: str) -> None:
    line = as_curl(replace(ENTRY, params=(("search", text),), org=org), "https://jms.test", "none")
    words = shlex.split(line, posix=True)
    assert words[-1].startswith("https://jms.test/api/v1/assets/assets/?search=")
    assert len(words) == (9 if org else 7)
    assert not org or f"X-JMS-ORG: {org}" in words


def in_shell(line: str, variables: dict[str, str]) -> list[str]:
    """The arguments that a POSIX shell hands to curl."""
    function = 'curl() { printf "%s\\n" "$@"; }\n'
    done = subprocess.run(
        ["/bin/sh", "-c", function + line],
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.splitlines()


def test_the_address_is_the_one_that_was_asked() -> None:
    """A path in front of the API stays, and `health/` stands beside the versioned one."""
    listed = replace(ENTRY, params=(("fields", "id,name"),))
    assert shlex.split(as_curl(listed, "https://jms.test/jms", "none"))[-1].endswith(
        "jms.test/jms/api/v1/assets/assets/?fields=id,name"
    )
    assert "jms.test/api/health/" in as_curl(replace(ENTRY, path="health/"), "https://jms.test", "none")
