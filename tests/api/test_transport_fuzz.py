"""Any status, any headers, any bytes: an answer or an `ApiError`, through the whole lower half."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from jmstui.api.auth import SessionAuth, auth_for
from jmstui.api.endpoints import access, assets, nodes, profile, search, users
from jmstui.api.errors import ApiError
from jmstui.api.login import CodeNeeded, LoginConversation, ReviewNeeded, Signed
from jmstui.api.transport import Transport
from jmstui.models.credential import AccessKey, BearerToken, Password, Secret
from tests.api.fakes import Recorder, answers, tcp_server

AUTHS = [
    None,
    auth_for(BearerToken(Secret("t"))),
    auth_for(AccessKey("48cf0957-02c3-5ab2-9033-ff4fb8268a08", Secret("s"))),
    SessionAuth(Secret("bare")),
]
QUESTIONS = [
    assets.page(),
    assets.one("1"),
    assets.raw("1"),
    nodes.tree_all(),
    users.page(),
    access.verdict("self", "1"),
    profile.permissions(),
    search.everywhere("x"),
]
WORDS = ["error", "msg", "data", "token", "choices", "ticket_id", "detail", "code", "user", "date_expired"]
VALUES = st.sampled_from(["mfa_required", "login_confirm_wait", "login_confirm_error", "ok", "otp", "t", ""])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=6) | VALUES,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from([*WORDS, "results", "count", "id", "name"]), inner, max_size=5)
    ),
    max_leaves=12,
)
BODIES = st.binary(max_size=60) | JSON.map(lambda value: json.dumps(value).encode())
STATUSES = st.integers(200, 599)
HEADER = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=30)
HEADERS = st.fixed_dictionaries(
    {"content-type": st.sampled_from(["application/json", "text/html", ""])},
    optional={
        "location": HEADER | st.sampled_from(["https://h/", "//evil/x", "http://[::1", "/api/v1/x/"]),
        "retry-after": HEADER,
        "date": HEADER,
        "content-encoding": st.sampled_from(["gzip", "br", "identity", "x"]),
        "set-cookie": HEADER | st.sampled_from(["SESSION_COOKIE_NAME_PREFIX=x_; Path=/", "a=b; Max-Age=0"]),
    },
)
REPLIES = st.tuples(STATUSES, HEADERS, BODIES)


@settings(max_examples=150, deadline=None)
@given(REPLIES, st.sampled_from(AUTHS), st.sampled_from(QUESTIONS))
def test_any_answer_to_any_question(reply: Any, auth: Any, question: Any) -> None:
    async def ask() -> None:
        transport = Transport("http://h", auth, asgi=Recorder().will(reply))
        try:
            question.decode((await transport.send("GET", question.path, question.params)).body)
        except ApiError as error:
            sentences.append(error.sentence)
        await transport.aclose()

    sentences: list[str] = []
    asyncio.run(ask())
    assert all(sentence.isprintable() for sentence in sentences)


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=120) | st.binary(max_size=60).map(lambda body: b"HTTP/1.1 200 OK\r\n" + body))
def test_any_bytes_on_the_wire(raw: bytes) -> None:
    async def ask() -> None:
        async with tcp_server(answers(raw)) as port:
            transport = Transport(f"http://127.0.0.1:{port}", proxy_from_env=False, timeout=2)
            try:
                assert (await transport.send("GET", "users/profile/")).status < 300
            except ApiError as error:
                sentences.append(error.sentence)
            await transport.aclose()

    sentences: list[str] = []
    asyncio.run(ask())
    assert all(sentence.isprintable() for sentence in sentences)


@settings(max_examples=150, deadline=None)
@given(st.lists(REPLIES, min_size=1, max_size=5))
def test_any_conversation(replies: Any) -> None:
    async def talk() -> None:
        conversation = LoginConversation(Transport("http://h", asgi=Recorder().will(*replies)))
        try:
            step = await conversation.start(Password("alice", Secret("s3cret")))
            for _ in range(3):
                assert isinstance(step, Signed | CodeNeeded | ReviewNeeded)
                if isinstance(step, CodeNeeded):
                    step = await conversation.answer(step.choices[0], "123456")
                elif isinstance(step, ReviewNeeded):
                    step = await conversation.poll()
        except ApiError as error:
            sentences.append(error.sentence)
        await conversation.cancel()

    sentences: list[str] = []
    asyncio.run(talk())
    assert all(sentence.isprintable() and "s3cret" not in sentence for sentence in sentences)
