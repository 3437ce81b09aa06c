"""Doctor's checks: each can pass, and each can fail with a next step."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from jmstui.api.errors import CannotReach, SessionExpired, UntrustedCertificate
from jmstui.api.transport import RawAnswer
from jmstui.demo import Fault, build_demo
from jmstui.models.credential import BearerToken, PrivateToken, Secret
from jmstui.services import doctor
from jmstui.services.connect import DEMO_URL
from jmstui.services.doctor import Check, SignIn, examine
from jmstui.settings import Settings

ALL = [
    *("address", "proxy", "reach", "tls", "jumpserver", "clock", "edition"),
    *("credential", "expiry", "organization", "roles", "version", "throttle"),
]


async def checks(settings: Settings | None = None, token: str = "", **options: Any) -> dict[str, Check]:
    demo = build_demo(**{"assets": 20, "rate": 0, "anon_rate": 0, **options})
    token = token or demo.ready(DEMO_URL)["credentials"]["private_token"]

    async def sign_in() -> SignIn:
        return SignIn(PrivateToken(Secret(token)), "private token")

    found = [check async for check in examine(settings or Settings(url=DEMO_URL), sign_in, demo.app)]
    return {check.name: check for check in found}


async def test_a_healthy_server_passes_everything() -> None:
    found = await checks()
    assert list(found) == ALL
    assert {check.state for check in found.values()} == {"pass"}, found
    assert "enterprise" in found["edition"].text
    assert "admin" in found["credential"].text
    assert "v4.10" in found["version"].text
    assert "System admin" in found["roles"].text


async def test_an_older_community_server_is_recognized() -> None:
    found = await checks(api="3.10", edition="community")
    assert "v3.10" in found["version"].text
    assert "community" in found["edition"].text


async def test_a_bad_credential_fails_with_its_advice_and_the_rest_is_unknown() -> None:
    found = await checks(token="wrong" * 8)
    assert list(found) == ALL
    assert found["credential"].state == "fail"
    assert "private token" in found["credential"].next_step
    assert "jmstui login" not in found["credential"].next_step
    assert {found[name].state for name in ALL[ALL.index("expiry") :]} == {"unknown"}
    assert found["reach"].state == "pass"


async def test_a_server_that_is_not_reached() -> None:
    async def sign_in() -> SignIn:
        raise AssertionError("nobody is asked for a password when the server is away")

    settings = Settings(url="http://127.0.0.1:9")
    found = {check.name: check async for check in examine(settings, sign_in)}
    assert list(found) == ALL
    assert found["reach"].state == "fail"
    assert found["reach"].next_step
    assert found["credential"].state == found["version"].state == "unknown"


async def test_a_web_page_is_no_jumpserver() -> None:
    found = await checks(faults=[Fault("html")])
    assert found["jumpserver"].state == "fail"
    assert "address" in found["jumpserver"].next_step


async def test_a_silent_fallback_fails() -> None:
    settings = Settings(url=DEMO_URL, org="12345678-1111-2222-3333-444444444444")
    found = await checks(settings)
    assert found["organization"].state == "fail"
    assert "Production" in found["organization"].next_step


async def test_a_throttled_user_is_told_to_wait() -> None:
    found = await checks(faults=[Fault("429", "users/")])
    assert found["throttle"].state == "fail"
    assert "Wait" in found["throttle"].next_step


async def test_http_elsewhere_and_no_address() -> None:
    async def sign_in() -> SignIn:
        raise SessionExpired("gone")

    found = [check async for check in examine(Settings(url="http://jms.invalid"), sign_in)]
    assert [(check.name, check.state) for check in found] == [("address", "fail")]
    assert "--allow-http" in found[0].text


def health(**values: Any) -> RawAnswer:
    import json

    return RawAnswer(200, {}, json.dumps(values).encode(), 1.0, 10, values.pop("date", None))


def test_clocks_apart() -> None:
    now = datetime.now(UTC).timestamp()
    assert doctor._clock(health(time=now)).state == "pass"
    found = doctor._clock(health(time=now + 300))
    assert found.state == "fail"
    assert "300 s ahead of" in found.text
    assert "NTP" in found.next_step
    assert doctor._clock(health(date=now - 90)).state in ("fail", "unknown")
    assert doctor._clock(None).state == "unknown"


def test_a_sick_database_is_named() -> None:
    found = doctor._jumpserver(health(db_status=False, redis_status=True), None, True)
    assert found.state == "fail"
    assert "db" in found.text


class Fake:
    """A transport whose certificate and address are chosen."""

    def __init__(self, ends: datetime) -> None:
        self.address = SimpleNamespace(scheme="https", in_clear=False)
        self.ends = ends

    async def certificate(self) -> Any:
        return SimpleNamespace(not_after=self.ends, describe=lambda: "It is CN=jms, SHA-256 AA:BB.")


async def test_tls() -> None:
    settings = Settings(url="https://jms")
    good, soon = datetime.now(UTC) + timedelta(days=90), datetime.now(UTC) + timedelta(days=3)
    assert (await doctor._tls(Fake(good), None, settings)).state == "pass"  # type: ignore[arg-type]
    assert (await doctor._tls(Fake(soon), None, settings)).state == "fail"  # type: ignore[arg-type]
    careless = await doctor._tls(Fake(good), None, replace(settings, insecure=True))  # type: ignore[arg-type]
    assert careless.state == "fail"
    assert "not checked" in careless.text
    untrusted = await doctor._tls(Fake(good), UntrustedCertificate("jms", "self-signed"), settings)  # type: ignore[arg-type]
    assert untrusted.state == "fail"
    assert "--ca-file" in untrusted.next_step
    away = await doctor._tls(Fake(good), CannotReach("jms", "refused"), settings)  # type: ignore[arg-type]
    assert away.state == "unknown"


def test_proxies_are_shown() -> None:
    transport: Any = SimpleNamespace(proxy="http://p:3128")
    assert "through http://p:3128" in doctor._proxy(transport).text


def test_an_ended_token_fails() -> None:
    identity: Any = SimpleNamespace(
        profile=SimpleNamespace(date_expired=None, username="a", is_active=True, is_expired=False)
    )
    token = BearerToken(Secret("t"))
    assert doctor._expiry(SignIn(token, "token"), identity).state == "unknown"
    past = SignIn(token, "token", datetime.now(UTC) - timedelta(hours=1))
    assert doctor._expiry(past, identity).state == "fail"
    identity.profile.is_active = False
    assert doctor._credential(past, identity).state == "fail"


@pytest.mark.parametrize(("rate", "state"), [(150, "pass"), (500, "fail")])
def test_a_rate_above_the_servers_own(rate: int, state: str) -> None:
    client: Any = SimpleNamespace(budget=SimpleNamespace(left=10))
    assert doctor._throttle(client, Settings(rate=rate), None).state == state
