"""Signing in from the login screen over a real socket: four ways, a second factor, a review, and what goes
wrong."""

from __future__ import annotations

import time
from typing import Any

import pytest
from textual import events

from jmstui.demo.totp import code_at
from jmstui.models.credential import Password, Secret
from jmstui.settings import Settings
from jmstui.tui.screens.browse import BrowseScreen
from jmstui.tui.screens.login import LoginScreen
from tests.tui.drive import Driver, count, explorer


def nobody(demo: Any) -> Settings:
    """Settings with an address and no credential."""
    return Settings(url=demo.url, rate=100_000)


async def choose(drive: Driver, mode: str) -> None:
    drive.screen.query_one("#mode").choose(mode)
    await drive.until(lambda: drive.screen.mode == mode)


async def arrive(drive: Driver) -> None:
    await drive.until(lambda: isinstance(drive.screen, BrowseScreen), "the assets")
    await drive.shows("1–", " of ")


@pytest.mark.parametrize("mode", ["session", "token", "private-token", "access-key"])
async def test_each_of_the_four_ways_leads_to_the_assets(demo: Any, mode: str) -> None:
    known = demo.credentials
    fields = {
        "session": {"cookie": known["session"]},
        "token": {"username": known["token"]["username"], "password": known["token"]["password"]},
        "private-token": {"private": known["private_token"]},
        "access-key": {"key-id": known["access_key"]["id"], "key-secret": known["access_key"]["secret"]},
    }[mode]
    async with explorer(nobody(demo)) as drive:
        await drive.shows("Sign in to a JumpServer")
        await choose(drive, mode)
        for field, value in fields.items():
            await drive.fill(field, value)
        secret = list(fields.values())[-1]
        assert secret not in drive.text(), "a secret is masked"
        await drive.press("enter")
        await arrive(drive)
        await drive.shows("admin · System admin", "DEFAULT ▾")
        assert drive.app.session.credential_kind == {"session": "session", "token": "bearer"}.get(
            mode, mode.replace("-", "_")
        )


async def test_a_mode_shows_its_own_fields_only(demo: Any) -> None:
    async with explorer(nobody(demo)) as drive:
        await drive.shows("User name", "Password")
        await choose(drive, "access-key")
        await drive.shows("Key id", "Key secret", "Profile, API Key")
        assert "Password" not in drive.text()
        await choose(drive, "session")
        await drive.shows("jms_sessionid")
        assert "Key id" not in drive.text()


async def test_a_wrong_password_says_how_many_tries_are_left_beside_it_and_empties_it_alone(
    start_demo: Any,
) -> None:
    demo = start_demo()
    async with explorer(nobody(demo)) as drive:
        await drive.fill("username", demo.credentials["token"]["username"])
        await drive.fill("password", "not this one")
        await drive.press("enter")
        await drive.shows("The user name or the password is wrong. 6 tries are left")
        assert drive.screen.field("username").value == demo.credentials["token"]["username"]
        assert drive.screen.field("password").value == "", "typing again would append to it"
        assert drive.screen.field("address").value == demo.url
        assert drive.screen.focused is drive.screen.field("password")
        assert count(demo, "authentication/auth/") == 1, "never tried again by itself"
        await drive.fill("password", demo.credentials["token"]["password"])
        await drive.press("enter")
        await arrive(drive)
        await drive.shows("token until")


async def test_a_missing_field_is_named_and_nothing_is_sent(start_demo: Any) -> None:
    demo = start_demo()
    async with explorer(nobody(demo)) as drive:
        await drive.fill("username", "someone")
        await drive.press("enter")
        await drive.shows("Enter the password.")
        assert demo.requests == []


async def test_mfa_asks_for_the_code_in_place(start_demo: Any) -> None:
    demo = start_demo()
    mfa = demo.credentials["mfa"]
    async with explorer(nobody(demo)) as drive:
        await drive.fill("username", mfa["username"])
        await drive.fill("password", mfa["password"])
        await drive.press("enter")
        await drive.shows("Type the code that your authenticator shows")
        await drive.type("000000")
        await drive.press("enter")
        await drive.shows("This code is wrong")
        assert drive.screen.field("code").value == ""
        assert drive.screen.field("username").value == mfa["username"]
        await drive.fill("code", code_at(mfa["otp_secret"], demo.clock.time()))
        await drive.press("enter")
        await drive.until(lambda: isinstance(drive.screen, BrowseScreen))
        await drive.shows("mfauser")
        assert count(demo, "authentication/mfa/challenge/") == 2


@pytest.mark.parametrize(("person", "kind"), [("smsuser", "sms"), ("mailuser", "email")])
async def test_a_code_by_sms_or_mail_is_chosen_sent_and_entered(
    start_demo: Any, person: str, kind: str
) -> None:
    demo = start_demo()
    who = demo.people[person]
    async with explorer(nobody(demo)) as drive:
        await drive.fill("username", who["username"])
        await drive.fill("password", who["password"])
        await drive.press("enter")
        await drive.until(lambda: drive.screen.query_one("#row-code").display, "the code's field")
        drive.screen.query_one("#kind").choose(kind)
        await drive.shows("has the server send a code")
        drive.screen.field("code").focus()
        await drive.press("enter")
        await drive.shows("The server sent a code")
        username, sent_by, code = demo.outbox[-1]
        assert (username, sent_by) == (who["username"], kind)
        await drive.fill("code", code)
        await drive.press("enter")
        await drive.until(lambda: isinstance(drive.screen, BrowseScreen))


async def test_a_review_is_waited_for_and_goes_on_by_itself(
    start_demo: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jmstui.tui.screens.login.POLL", 0.05)
    demo = start_demo()
    who = demo.people["reviewed"]
    async with explorer(nobody(demo)) as drive:
        await drive.fill("username", who["username"])
        await drive.fill("password", who["password"])
        await drive.press("enter")
        await drive.shows("waits for somebody's approval")
        demo.reviews.approve()
        await drive.until(lambda: isinstance(drive.screen, BrowseScreen))


async def test_a_review_can_be_given_up_and_its_ticket_is_closed(start_demo: Any) -> None:
    demo = start_demo()
    who = demo.people["reviewed"]
    async with explorer(nobody(demo)) as drive:
        await drive.fill("username", who["username"])
        await drive.fill("password", who["password"])
        await drive.press("enter")
        await drive.shows("waits for somebody's approval")
        await drive.press("escape")
        await drive.until(lambda: not demo.reviews.pending, "the ticket's end")
        assert isinstance(drive.screen, LoginScreen)
        assert drive.screen.field("username").value == who["username"]


async def test_a_password_from_the_environment_that_needs_a_code_opens_the_form_where_it_is_due(
    start_demo: Any,
) -> None:
    demo = start_demo()
    mfa = demo.credentials["mfa"]
    credential = Password(mfa["username"], Secret(mfa["password"]))
    async with explorer(Settings(url=demo.url, credential=credential, rate=100_000)) as drive:
        await drive.shows("Type the code that your authenticator shows")
        assert drive.screen.field("username").value == mfa["username"]
        assert count(demo, "authentication/auth/") == 1
        await drive.type(code_at(mfa["otp_secret"], demo.clock.time()))
        await drive.press("enter")
        await drive.until(lambda: isinstance(drive.screen, BrowseScreen))
        await drive.shows("mfauser")


async def test_plain_http_to_another_machine_asks_first() -> None:
    async with explorer(Settings()) as drive:
        await drive.fill("address", "http://192.0.2.1")
        await choose(drive, "private-token")
        await drive.fill("private", "abcd")
        await drive.press("enter")
        await drive.shows("is not encrypted", "Press ⏎ once more to send it all the same")
        assert drive.app.session.client is None


async def test_ctrl_c_twice_quits_and_once_does_not(demo: Any) -> None:
    async with explorer(nobody(demo)) as drive:
        await drive.press("ctrl+c")
        await drive.shows("Press Ctrl-C once more to quit.")
        assert drive.app.return_code is None
        await drive.press("ctrl+c")
        await drive.until(lambda: drive.app._exit, "the end")


async def test_f1_helps_on_the_form_and_printable_keys_are_text(demo: Any) -> None:
    async with explorer(nobody(demo)) as drive:
        await drive.fill("username", "q1?:@o")
        assert drive.screen.field("username").value == "q1?:@o"
        await drive.press("f1")
        await drive.shows("Keys:", "Ctrl-C twice")
        await drive.press("escape")
        await drive.until(lambda: isinstance(drive.screen, LoginScreen))
        assert drive.screen.field("username").value == "q1?:@o"


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        ("html", "does not answer like JumpServer"),
        ("malformed", "could not be read: it is not JSON, or only half of it arrived. Try again;"),
        ("html-500", "answered 500"),
        ("redirect-elsewhere", "redirect"),
    ],
)
async def test_a_server_that_is_none_gets_a_sentence_and_the_form_stays(
    start_demo: Any, fault: str, sentence: str
) -> None:
    from jmstui.demo import Fault

    demo = start_demo(assets=50)
    demo.faults.add(Fault(fault))
    async with explorer(nobody(demo)) as drive:
        await choose(drive, "private-token")
        await drive.fill("private", demo.credentials["private_token"])
        await drive.press("enter")
        await drive.shows(sentence)
        assert drive.screen.field("private").value == demo.credentials["private_token"]
        demo.faults.clear()
        await drive.press("enter")
        await arrive(drive)


async def test_an_address_where_nobody_listens() -> None:
    import socket

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    async with explorer(Settings(url=f"http://127.0.0.1:{port}")) as drive:
        await choose(drive, "private-token")
        await drive.fill("private", "abcd")
        started = time.monotonic()
        await drive.press("enter")
        await drive.shows(f"Cannot reach 127.0.0.1:{port}")
        assert time.monotonic() - started < 15
        assert drive.screen.field("private").value == "abcd"


async def test_a_bad_credential_from_the_environment_opens_the_form_with_the_reason(demo: Any) -> None:
    async with signed_in_badly(demo) as drive:
        await drive.shows("does not accept this private token")
        assert isinstance(drive.screen, LoginScreen)
        assert drive.screen.mode == "private-token"


def signed_in_badly(demo: Any) -> Any:
    from jmstui.models.credential import PrivateToken

    return explorer(Settings(url=demo.url, credential=PrivateToken(Secret("0" * 40)), rate=100_000))


@pytest.mark.parametrize("key", ["tab", "down"])
async def test_what_is_typed_ahead_ends_in_its_own_field(demo: Any, key: str) -> None:
    """A password manager types name, Tab, password, ⏎ in one go: the password must never stand in clear."""
    known = demo.credentials["token"]
    async with explorer(nobody(demo)) as drive:
        await drive.shows("User name", "Password")
        for pressed in (*known["username"], key, *known["password"], "enter"):
            drive.app.post_message(events.Key(pressed, pressed if len(pressed) == 1 else None))
        await arrive(drive)
