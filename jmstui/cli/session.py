"""Signing in for a command: settings, credential, organization; asks on the terminal only where there is
one."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from argparse import Namespace
from collections.abc import AsyncIterator, Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from jmstui.api.errors import ApiError, SessionExpired, SignInError
from jmstui.cli.flags import settings_flags
from jmstui.cli.output import Progress, say
from jmstui.models.credential import BearerToken, Credential, Password, Secret
from jmstui.settings import Settings, SettingsError, load

if TYPE_CHECKING:
    from jmstui.api.client import Client
    from jmstui.api.login import LoginConversation, Signed, Step
    from jmstui.api.query import Query
    from jmstui.services.identity import Identity
    from jmstui.tokens import StoredToken

MAX_WAIT = 90.0
"""Seconds that one question may wait for the request budget or a throttling server; then exit status 4."""
REVIEW_SECONDS = 600.0
"""How long a sign-in waits for its reviewer."""
REVIEW_POLL = 5.0
_CODE_TRIES = 3


class NobodyToAsk(SignInError):
    """Something has to be typed, and there is no terminal to type it on."""

    code = "nobody-to-ask"


class Found(NamedTuple):
    """A credential, and whether a person typed it just now."""

    credential: Credential
    typed: bool


class Session(NamedTuple):
    """What a command works with."""

    client: Client
    identity: Identity


def settings_of(args: Namespace, *, half_ok: bool = False) -> Settings:
    """The settings of a command line; and what was noted of refused passwords comes to its end. Raises
    `SettingsError`."""
    from jmstui.services.refused import sweep

    sweep()
    return load(settings_flags(args), config_file=args.config, half_ok=half_ok)


@contextlib.asynccontextmanager
async def open_session(args: Namespace, ahead: Sequence[Query[Any]] = ()) -> AsyncIterator[Session]:
    """Sign in, find the organization, and close everything at the end. `ahead`: questions that the command
    will ask, asked for while it becomes known who asks.

    Raises `SettingsError` (status 2), `SignInError` (3), other `ApiError`s (4, 5), `Ambiguous` (2).
    """
    if args.demo:
        opening = _open_demo(args, ahead)
    else:
        settings = settings_of(args)
        if not settings.url:
            raise SettingsError("Which JumpServer? Give --url, set JMSTUI_URL, or choose a --profile.")
        if settings.insecure:
            say("jmstui: warning: certificates are not checked (--insecure).")
        opening = _open(args, settings, ahead)
    progress = Progress()
    progress.show("signing in …")
    try:
        client, identity = await opening
    finally:
        progress.clear()
    try:
        if identity.notice:
            say(f"jmstui: {identity.notice}")
        _say_clock(client)
        yield Session(client, identity)
    finally:
        _say_clock(client)
        await client.aclose()
        if args.verbose:
            _say_requests(client)


def _say_clock(client: Client) -> None:
    """That this machine's clock is wrong, once."""
    if by := client.clock_news():
        say(f"jmstui: this machine's clock is {by}; the server's time counts.")


def _say_requests(client: Client) -> None:
    """`--verbose`: what was asked, and how it was answered; the log holds no secret."""
    for entry in client.log:
        where = f"{entry.method} {entry.path}{'?' if entry.params else ''}{entry.query}"
        said = entry.status if entry.status is not None else entry.error or "-"
        say(f"{where}  {said}  {entry.ms:.0f} ms  {entry.size} B  {entry.outcome}  org {entry.org or '-'}")


async def _open_demo(args: Namespace, ahead: Sequence[Query[Any]]) -> tuple[Client, Identity]:
    """The embedded demo JumpServer in this process, as its administrator."""
    from jmstui.services.connect import open_demo

    client = await open_demo()
    return await _entered(client, args.org, ahead, args.verbose)


async def _entered(
    client: Client, org: str | None, ahead: Sequence[Query[Any]], verbose: bool
) -> tuple[Client, Identity]:
    """`enter`; when that fails, the client is closed, and with `verbose` its requests are said."""
    from jmstui.services.identity import enter

    try:
        here, identity = await enter(client, org, ahead)
    except BaseException:
        await client.aclose()
        if verbose:
            _say_requests(client)
        raise
    return here, identity


async def _open(args: Namespace, settings: Settings, ahead: Sequence[Query[Any]]) -> tuple[Client, Identity]:
    """With the token that `jmstui login` kept, when there is a good one; else with the credential."""
    from jmstui.services.connect import open_client

    stored = await stored_token(settings)
    if stored is not None:
        client = await open_client(settings, stored.credential, max_wait=MAX_WAIT)
        try:
            return await _entered(client, settings.org, ahead, args.verbose)
        except SessionExpired:
            from jmstui.secrets import aside
            from jmstui.tokens import forget_token

            await aside(forget_token, stored)
            say("jmstui: the token kept by `jmstui login` is no longer taken; it was forgotten.")
    credential, typed = await find_credential(settings)
    if isinstance(credential, Password):
        signed = await sign_in(settings, credential, typed)
        credential = signed.token
    client = await open_client(settings, credential, max_wait=MAX_WAIT)
    return await _entered(client, settings.org, ahead, args.verbose)


async def stored_token(settings: Settings) -> StoredToken | None:
    """A kept token, where a password would be needed otherwise."""
    if settings.credential is not None and not isinstance(settings.credential, Password):
        return None
    from jmstui.secrets import aside
    from jmstui.tokens import find_token

    return await aside(find_token, settings)


async def find_credential(settings: Settings) -> Found:
    """The credential of environment, command or keyring, else asked for on the terminal. Raises
    `NobodyToAsk`."""
    from jmstui.crash import no_core_dumps
    from jmstui.secrets import aside, obtain
    from jmstui.settings import build_credential

    credential = await aside(obtain, settings)
    no_core_dumps()
    if credential is not None:
        return Found(credential, False)
    if settings.half and not _terminal():
        raise SettingsError(
            f"{settings.half} Nothing is kept for it either; `jmstui login` on a terminal keeps a token."
        )
    mode = settings.auth or "token"
    identity = {"username": settings.username, "key_id": settings.key_id}
    if mode == "token" and not settings.username:
        identity["username"] = ask("User name: ")
    if mode == "access-key" and not settings.key_id:
        identity["key_id"] = ask("Access key id: ")
    what = {
        "token": "Password",
        "private-token": "Private token",
        "access-key": "Access key secret",
        "session": "Cookie",
    }
    who = f" of {identity['username']}" if mode == "token" else ""
    secret = Secret(ask(f"{what[mode]}{who}: ", secret=True))
    return Found(build_credential(mode, identity, secret, "what was typed"), True)


def ask(prompt: str, *, secret: bool = False) -> str:
    """One line from the terminal itself, not from stdin. Raises `NobodyToAsk` where there is none."""
    if not sys.stdin.isatty() or not sys.stderr.isatty():
        raise NobodyToAsk(
            f"{prompt.rstrip(': ')} is needed, and there is no terminal to ask on. "
            "Set a credential in the environment, or run `jmstui login` first."
        )
    with _interruptible():
        answer = _typed(prompt, secret)
    answer = answer.strip("\r\n") if secret else answer.strip()
    if not answer:
        raise NobodyToAsk(f"{prompt.rstrip(': ')} is needed; nothing was entered.")
    return answer


def _typed(prompt: str, secret: bool) -> str:
    if secret:
        import getpass

        try:
            return getpass.getpass(prompt, stream=sys.stderr)
        except EOFError:
            raise NobodyToAsk("Nothing was entered.") from None
    print(prompt, end="", file=sys.stderr, flush=True)
    answer = sys.stdin.readline()
    if not answer:
        raise NobodyToAsk("The terminal was closed before the answer.")
    return answer


@contextlib.contextmanager
def _interruptible() -> Iterator[None]:
    """Ctrl-C ends the question at once: asyncio's own handler would wait until a line is typed."""
    import signal

    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


async def sign_in(settings: Settings, password: Password, typed: bool = False) -> Signed:
    """The login conversation on the terminal. The password goes out once, and one that failed a moment ago
    only if who typed it insists; raises `SignInError` and other `ApiError`s."""
    from jmstui.api.login import LoginConversation, Signed
    from jmstui.services.attempt import attempt
    from jmstui.services.connect import open_transport
    from jmstui.services.refused import Held

    transport = await open_transport(settings)
    try:
        conversation = LoginConversation(transport)
        try:
            step: Step = await attempt(conversation, settings, password)
        except Held as error:
            if not typed or not _insists(error.why):
                raise
            step = await attempt(conversation, settings, password, insist=True)
        while not isinstance(step, Signed):
            step = await _next(conversation, step)
        return step
    finally:
        await transport.aclose()


def _insists(why: str) -> bool:
    """Whether the person who typed a password wants it sent in spite of what is known."""
    say(f"jmstui: {why}")
    try:
        return ask("Send it all the same? [y/N] ").lower() in ("y", "yes")
    except NobodyToAsk:
        return False


async def _next(conversation: LoginConversation, step: Step) -> Step:
    from jmstui.api.login import CodeNeeded

    if isinstance(step, CodeNeeded):
        return await _second_factor(conversation, step.choices)
    return await _review(conversation)


async def _second_factor(conversation: LoginConversation, choices: Any) -> Step:
    """Ask for the code; a wrong one may be typed again by the person, never sent again by itself."""
    from jmstui.api.errors import WrongCode

    usable = [kind for kind in choices if kind not in ("face", "passkey")]
    kind = usable[0]
    if len(usable) > 1:
        answer = ask(f"Second factor ({', '.join(usable)}) [{kind}]: ") if _terminal() else kind
        kind = answer if answer in usable else kind
    if not _terminal():
        raise NobodyToAsk(
            "The server asks for a second factor, and there is no terminal to enter it on. "
            "Run `jmstui login` on a terminal first, or use an access key."
        )
    if kind in ("sms", "email"):
        await conversation.send_code(kind)
        say(f"A code was sent by {'e-mail' if kind == 'email' else kind}.")
    for left in range(_CODE_TRIES - 1, -1, -1):
        code = ask(f"Code ({kind}): ", secret=True)
        try:
            return await conversation.answer(kind, code)
        except WrongCode as error:
            if not left or (error.tries_left is not None and error.tries_left <= 0):
                raise
            say(f"jmstui: {error.sentence}")
    raise AssertionError("unreachable")


async def _review(conversation: LoginConversation) -> Step:
    """Wait for the reviewer; giving up, or Ctrl-C, withdraws the request."""
    from jmstui.api.login import ReviewNeeded

    say("The sign-in waits for a reviewer's approval. Ctrl-C withdraws it.")
    loop = asyncio.get_running_loop()
    end = loop.time() + REVIEW_SECONDS
    try:
        while loop.time() < end:
            await asyncio.sleep(REVIEW_POLL)
            step = await conversation.poll()
            if not isinstance(step, ReviewNeeded):
                return step
    except asyncio.CancelledError:
        await _withdraw(conversation)
        raise
    await _withdraw(conversation)
    raise NobodyToAsk(
        f"Nobody reviewed the sign-in within {REVIEW_SECONDS / 60:.0f} minutes; it was withdrawn."
    )


async def _withdraw(conversation: LoginConversation) -> None:
    with contextlib.suppress(ApiError):
        await conversation.cancel()


def _terminal() -> bool:
    return sys.stdin.isatty() and sys.stderr.isatty()


__all__ = [
    "BearerToken",
    "NobodyToAsk",
    "Session",
    "ask",
    "find_credential",
    "open_session",
    "settings_of",
    "sign_in",
]
