"""From settings and a credential to a `Client`: the one place that puts transport, credential and budget
together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jmstui.config import SettingsError
from jmstui.models.credential import BearerToken, Credential, Password, PrivateToken, Secret

if TYPE_CHECKING:
    from jmstui.api.client import Client
    from jmstui.api.login import Signed
    from jmstui.api.transport import Transport
    from jmstui.settings import Settings

DEMO_URL = "http://demo.localhost"
"""Names the embedded server; nothing is ever sent to it over a network."""


class InClear(SettingsError):
    """The address is `http://` on another machine, and nobody has said yet that secrets may travel in
    clear."""

    def __init__(self, address: str) -> None:
        super().__init__(
            f"{address} is not encrypted: the credential would travel in clear, for everybody on the way "
            "to read. "
            "Use https://, or allow it with --allow-http (allow_http = true in the profile)."
        )
        self.address = address


async def open_transport(
    settings: Settings, credential: Credential | None = None, asgi: Any = None
) -> Transport:
    """A transport to the server of `settings`; a `Password` is none of its credentials (`login.py`
    exchanges it).

    Raises `SettingsError` without an address, `InClear`, `BadAddress`, `BadCredential`, `BadCaFile`.
    """
    from jmstui.api.transport import Transport
    from jmstui.crash import no_core_dumps

    no_core_dumps()  # for the password of a login conversation too
    if not settings.url:
        raise SettingsError("No address: which JumpServer?")
    auth = None
    if credential is not None and not isinstance(credential, Password):
        from jmstui.api.auth import auth_for

        auth = auth_for(credential)
    transport = Transport(
        settings.url,
        auth,
        ca_file=settings.ca_file,
        insecure=settings.insecure,
        timeout=settings.timeout,
        asgi=asgi,
    )
    if transport.address.in_clear and not settings.allow_http and asgi is None:
        raise InClear(transport.url)
    return transport


async def open_client(
    settings: Settings, credential: Credential, asgi: Any = None, *, max_wait: float | None = None
) -> Client:
    """A client with a credential that is not a password. `max_wait`: seconds that a question may wait for
    the budget.

    Sends nothing yet. Raises as `open_transport`.
    """
    from jmstui.api.client import Client

    if isinstance(credential, Password):
        raise TypeError("a password is exchanged for a bearer token first")
    transport = await open_transport(settings, credential, asgi)
    return Client(transport, requests=settings.rate, max_wait=max_wait)


def client_of(
    signed: Signed, settings: Settings, transport: Transport, *, max_wait: float | None = None
) -> Client:
    """A client on the transport that a login conversation has used, with the token that it gave."""
    from jmstui.api.auth import auth_for
    from jmstui.api.client import Client

    assert isinstance(signed.token, BearerToken)
    transport.auth = auth_for(signed.token)
    return Client(transport, requests=settings.rate, max_wait=max_wait)


def demo_parts(assets: int = 2000) -> tuple[Settings, Credential, Any]:
    """(settings, administrator's credential, ASGI application) of an embedded, never throttled demo
    JumpServer."""
    from jmstui.demo import build_demo
    from jmstui.settings import Settings

    demo = build_demo(assets=assets, rate=0, anon_rate=0)
    token = demo.ready(DEMO_URL)["credentials"]["private_token"]
    settings = Settings(url=DEMO_URL, rate=100_000, sources={"url": "flag --demo"})
    return settings, PrivateToken(Secret(token)), demo.app


async def open_demo(assets: int = 2000) -> Client:
    """A client of such a demo JumpServer, signed in as its administrator."""
    settings, credential, app = demo_parts(assets)
    return await open_client(settings, credential, app)
