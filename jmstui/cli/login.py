"""`jmstui login`: sign in once, keep the bearer token until it expires, so that a loop of commands is no
loop of logins."""

from __future__ import annotations

import argparse
import asyncio

EXAMPLE = """\
examples:
  jmstui login --profile prod                    in the keyring, or told why not
  jmstui login --url https://jms.example.com --runtime-file
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Where the token goes."""
    parser.set_defaults(auth="token")
    parser.epilog = EXAMPLE
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--keyring", action="store_true", help="keep the token in the keyring (the default)")
    where.add_argument(
        "--runtime-file", action="store_true", help="keep it in a 0600 file under $XDG_RUNTIME_DIR instead"
    )
    parser.add_argument("--username", metavar="NAME", help="user name; the password is asked for")
    parser.add_argument(
        "--remember-password", action="store_true", help="keep the password too, in the keyring only"
    )


def run(args: argparse.Namespace) -> int:
    """Sign in and keep the token; 2 where there is no place for it, before any password is asked for."""
    return asyncio.run(_run(args))


async def _run(args: argparse.Namespace) -> int:
    from jmstui import tokens
    from jmstui.cli.output import say
    from jmstui.cli.session import find_credential, settings_of, sign_in
    from jmstui.models.credential import Password
    from jmstui.secrets import Kept, address_key, remember
    from jmstui.settings import SettingsError

    settings = settings_of(args, half_ok=True)
    if args.demo or not settings.url:
        raise SettingsError("Sign in where? Give --url, set JMSTUI_URL, or choose a --profile.")
    if settings.auth not in (None, "token") or not isinstance(settings.credential, Password | None):
        raise SettingsError(
            "`jmstui login` is for a user name and a password; the other credentials need no login."
        )
    _check_place(args)
    credential, typed = await find_credential(settings)
    assert isinstance(credential, Password)  # the mode is "token"
    signed = await sign_in(settings, credential, typed)
    if args.runtime_file:
        place = str(
            tokens.keep_in_runtime_file(settings.url, credential.username, signed.token, signed.until)
        )
    else:
        await asyncio.to_thread(
            tokens.keep_in_keyring, settings.url, credential.username, signed.token, signed.until
        )
        place = "the keyring"
    until = f" until {signed.until.astimezone():%Y-%m-%d %H:%M}" if signed.until else ""
    say(f"Signed in as {credential.username}. The token is in {place}{until}; `jmstui logout` forgets it.")
    if args.remember_password:
        kept = Kept("token", address_key(settings.url), credential.username)
        await asyncio.to_thread(remember, kept, credential.password)
        say("The password is in the keyring too; `jmstui secrets forget` deletes it.")
    return 0


def _check_place(args: argparse.Namespace) -> None:
    """Refuse before anything is asked when there is nowhere to keep the result."""
    from jmstui.secrets import KeyringError, keyring_state
    from jmstui.state import runtime_dir

    if args.runtime_file:
        runtime_dir()
    if not args.runtime_file or args.remember_password:
        state = keyring_state()
        if not state.usable:
            raise KeyringError(f"No keyring to keep it in: {state.why or state.name}. {_remains(args)}")


def _remains(args: argparse.Namespace) -> str:
    """What one can do without a keyring: a token file where there is a place for it, else the environment."""
    from jmstui.settings import SettingsError
    from jmstui.state import runtime_dir

    if args.remember_password:
        return "Without --remember-password nothing but the token has to be kept."
    try:
        runtime_dir()
    except SettingsError:
        return (
            "There is no private $XDG_RUNTIME_DIR for a token file either: what remains is the environment "
            "of each command, with JMSTUI_PRIVATE_TOKEN, or JMSTUI_ACCESS_KEY_ID and "
            "JMSTUI_ACCESS_KEY_SECRET, or JMSTUI_TOKEN, or JMSTUI_USERNAME and JMSTUI_PASSWORD."
        )
    return "`--runtime-file` keeps the token in a private file under $XDG_RUNTIME_DIR instead."
