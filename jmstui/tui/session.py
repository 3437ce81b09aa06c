"""Who is signed in where: the client, the identity, and the ways to get them. Screens ask it; it knows no
screen."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import datetime

    from jmstui.api.client import Client
    from jmstui.api.login import LoginConversation, Signed, Step
    from jmstui.api.transport import Transport
    from jmstui.models.credential import Credential
    from jmstui.services.identity import Identity
    from jmstui.settings import Settings
    from jmstui.tokens import StoredToken


class Session:
    """One signed-in user. `generation` grows with every change of user or organization: what was shown is
    old then."""

    def __init__(self, settings: Settings, demo: bool = False) -> None:
        self.settings = settings
        self.demo = demo
        self.client: Client | None = None
        self.identity: Identity | None = None
        self.generation = 0
        self.doing = "loading…"
        """What is under way before there is a client."""
        self.until = ""
        """When the sign-in ends, in words; "" when nobody says."""
        self.waiting_until: float | None = None
        """Until when the request budget holds questions back (s since the epoch)."""
        self.keep = "memory"
        """Where the next token is kept: "memory", "file" or "keyring"."""
        self.clock_notice = ""
        """How far this machine's clock is from the server's, in words, until the next key."""
        self._kind = "none"
        self.on_event: Callable[[Any], None] = lambda event: None
        self._asgi: Any = None
        self._transport: Transport | None = None
        self._conversation: LoginConversation | None = None

    @property
    def ready(self) -> bool:
        """Whether there is somebody to ask as."""
        return self.client is not None and self.identity is not None

    @property
    def org(self) -> str:
        """The id of the current organization; "" before sign-in."""
        return self.identity.current.id if self.identity is not None else ""

    @property
    def conversing(self) -> bool:
        """Whether a sign-in waits for its next step."""
        return self._conversation is not None

    @property
    def credential_kind(self) -> Any:
        """How requests are signed, in the words of `api.log.as_curl`."""
        return self._kind

    @property
    def can_begin(self) -> bool:
        """Whether settings give or promise a credential, so that no login screen is needed at first."""
        if self.demo or (self.settings.credential is not None and self.settings.url):
            return True
        if not self.settings.url:
            return False
        from jmstui.tokens import promised

        return promised(self.settings)

    async def begin(self) -> Step | None:
        """Sign in with what settings or demo give: None when that was all, else the next step of the
        conversation.

        Raises `ApiError` or `SettingsError`.
        """
        await asyncio.to_thread(_import_what_comes_next, self.demo)
        if self.demo:
            from jmstui.services.connect import demo_parts

            parts, admin, self._asgi = await asyncio.to_thread(demo_parts)
            self.settings = replace(self.settings, url=parts.url, rate=parts.rate, credential=admin)
            return await self.sign_in(self.settings, admin)
        from jmstui.api.errors import SessionExpired
        from jmstui.secrets import aside
        from jmstui.tokens import first_credential

        credential, kept = await aside(first_credential, self.settings)
        try:
            if credential is not None:
                return await self.sign_in(self.settings, credential)
        except SessionExpired:
            if kept is None:
                raise
        return await self._without(kept)

    async def _without(self, kept: StoredToken | None) -> Step | None:
        """Sign in when there is no kept token, or the server no longer takes it."""
        from jmstui.api.errors import BadCredential
        from jmstui.secrets import aside, obtain
        from jmstui.tokens import forget_token

        if kept is not None:
            await aside(forget_token, kept)
        credential = await aside(obtain, self.settings)
        if credential is None:
            raise BadCredential("Sign in: what `jmstui login` kept has ended.")
        return await self.sign_in(self.settings, credential)

    async def sign_in(self, settings: Settings, credential: Credential, insist: bool = False) -> Step | None:
        """Sign in; on an old client that only needs a new credential, that one goes on. `insist`: a password
        that the server refused a moment ago is sent all the same."""
        from jmstui.models.credential import Password
        from jmstui.services.attempt import attempt
        from jmstui.services.connect import open_client, open_transport

        await self.give_up()
        if isinstance(credential, Password):
            from jmstui.api.login import LoginConversation

            self._transport = await open_transport(settings, None, self._asgi)
            self._conversation = LoginConversation(self._transport)
            self.settings = settings
            step = await attempt(self._conversation, settings, credential, insist=insist)
            return await self._after(step)
        client = await open_client(settings, credential, self._asgi)
        self.settings = settings
        await self._enter(client, credential)
        return None

    async def send_code(self, kind: str) -> None:
        """Have a code sent by sms or e-mail."""
        assert self._conversation is not None
        await self._conversation.send_code(kind)

    async def answer(self, kind: str, code: str) -> Step | None:
        """Give the second factor."""
        assert self._conversation is not None
        return await self._after(await self._conversation.answer(kind, code))

    async def poll(self) -> Step | None:
        """Ask whether the review of the sign-in is through."""
        assert self._conversation is not None
        return await self._after(await self._conversation.poll())

    async def give_up(self) -> None:
        """End a half-done conversation, and the review that waits for it."""
        conversation, self._conversation = self._conversation, None
        transport, self._transport = self._transport, None
        if conversation is not None:
            await conversation.cancel()
        if transport is not None:
            await transport.aclose()

    async def _after(self, step: Step) -> Step | None:
        """Finish when the server gave a token."""
        from jmstui.api.login import Signed
        from jmstui.services.connect import client_of

        if not isinstance(step, Signed):
            return step
        assert self._transport is not None
        client = client_of(step, self.settings, self._transport)
        for sent in self._conversation.log if self._conversation is not None else ():
            client.log.add(sent)
        self._transport = self._conversation = None
        await self._enter(client, step.token)
        self.until = f"token until {clock_or_day(step.until)}" if step.until else ""
        if self.keep != "memory":
            await self._keep(step)
        return None

    async def _keep(self, step: Signed) -> None:
        """Keep the token where somebody asked for it; the notice says it when that went wrong."""
        from jmstui import tokens
        from jmstui.config import SettingsError
        from jmstui.secrets import aside

        assert self.identity is not None
        assert self.settings.url is not None
        keep = tokens.keep_in_keyring if self.keep == "keyring" else tokens.keep_in_runtime_file
        who = self.settings.username or self.identity.profile.username
        try:
            await aside(keep, self.settings.url, who, step.token, step.until)
        except SettingsError as error:
            notice = f"The token was not kept: {error.sentence}"
            self.identity = replace(
                self.identity, notice=" ".join(filter(None, (self.identity.notice, notice)))
            )

    async def _enter(self, client: Client, credential: Credential) -> None:
        """Who is there, and in which organization; the same user on the same server goes on with the old
        cache."""
        from jmstui.api.auth import auth_for

        old, before = self.client, self.identity
        kind = auth_for(credential).kind or "none"
        try:
            here, identity = await _enter(client, self.org or self.settings.org)
        except BaseException:
            await client.aclose()
            raise
        self.until, self._kind = "", kind
        if old is not None and before is not None:
            if old.server == here.server and before.profile.id == identity.profile.id:
                await client.aclose()
                for sent in client.log:
                    old.log.add(sent)
                old.replace_credential(auth_for(credential), identity.profile.id)
                self.identity = identity
                return
            await old.aclose()
        here.identify(identity.profile.id)
        here.on_event(self._hear)
        self.client, self.identity = here, identity
        self.generation += 1

    async def choose_org(self, org_id: str) -> str:
        """Work in another organization; returns the sentence when the server put another one in its place,
        else "".

        Raises `ApiError`, and then everything stays as it was.
        """
        from jmstui.services.identity import who_am_i

        assert self.client is not None
        client = self.client.for_org(org_id)
        identity = await who_am_i(client)
        if identity.current.id != org_id:
            client = self.client.for_org(identity.current.id)
        self.client, self.identity = client, identity
        self.generation += 1
        return identity.notice or ""

    def _hear(self, event: Any) -> None:
        """Events of the client, on the event loop."""
        from jmstui.api.events import ClocksDiffer, Resumed, Waiting

        if isinstance(event, Waiting):
            self.waiting_until = event.until
        elif isinstance(event, Resumed):
            self.waiting_until = None
        elif isinstance(event, ClocksDiffer):
            self.clock_notice = event.by
        self.on_event(event)

    def header(self) -> dict[str, Any]:
        """What the header shows."""
        who = self.identity
        server = (
            "demo" if self.demo else (self.settings.url or "").partition("://")[2].rstrip("/") or "jmstui"
        )
        warnings = []
        if self.settings.insecure:
            warnings.append("TLS NOT VERIFIED")
        if (self.settings.url or "").startswith("http://") and not self.demo and not _is_local(server):
            warnings.append("NOT ENCRYPTED")
        return {
            "server": server,
            "user": who.profile.username or who.profile.name if who else "",
            "role": who.role if who else "",
            "organization": who.current.name if who else "",
            "warnings": tuple(warnings),
            "until": self.until,
        }

    async def close(self) -> None:
        """Close the connections."""
        await self.give_up()
        if self.client is not None:
            await self.client.aclose()


async def _enter(client: Client, org: str | None) -> tuple[Client, Identity]:
    """Enter the organization that was asked for; where there is none of that name, say so and begin as
    without a wish: the switcher is one key away."""
    from jmstui.api.errors import NotFound
    from jmstui.services.identity import community, enter, is_community
    from jmstui.services.names import Ambiguous

    try:
        return await enter(client, org)
    except (NotFound, Ambiguous) as error:
        if org is None:
            raise
        here, identity = await enter(client)
        name = identity.current.name
        notice = f"{error.sentence} This is {name}."
        if await is_community(client):
            notice = f"{community(name)}, not in {org}."
        return here, replace(identity, notice=notice)


def _is_local(netloc: str) -> bool:
    host = netloc.partition("/")[0]
    return host.startswith(("127.", "[::1]", "localhost"))


def _import_what_comes_next(demo: bool) -> None:
    """In a thread, while the first frame is on screen: what the first requests need; and what was noted of
    refused passwords comes to its end."""
    import jmstui.api.auth
    import jmstui.api.client
    import jmstui.api.transport
    import jmstui.services.identity
    from jmstui.services.refused import sweep

    if demo:
        import jmstui.demo.server  # noqa: F401
    else:
        sweep()


def clock_or_day(when: datetime, now: datetime | None = None) -> str:
    """A moment in this machine's zone, or that of `now`: the time alone today, the day with it otherwise."""
    from datetime import datetime

    now = now or datetime.now().astimezone()
    local = when.astimezone(now.tzinfo)
    return f"{local:%H:%M}" if local.date() == now.date() else f"{local:%d %b %H:%M}"


def seconds_until(moment: float) -> int:
    """Whole seconds from now to a moment, never less than none."""
    return max(0, round(moment - time.time()))
