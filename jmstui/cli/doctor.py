"""`jmstui doctor`: one line a check, pass, fail or unknown, each failing one with the next step."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

from jmstui.cli import exit as status

if TYPE_CHECKING:
    from jmstui.services.doctor import Check, SignIn
    from jmstui.settings import Settings

EXAMPLE = """\
examples:
  jmstui doctor --profile prod
  jmstui doctor --demo --json

exit status: 0 when nothing failed (unknown is no failure), 1 when a check failed
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`--json`."""
    parser.epilog = EXAMPLE
    parser.add_argument("--json", action="store_true", help='[{"name", "state", "text", "next"}, …]')


def run(args: argparse.Namespace) -> int:
    """Print the checks; 1 when one failed."""
    return asyncio.run(_run(args))


async def _run(args: argparse.Namespace) -> int:
    from jmstui.cli.output import write_json
    from jmstui.services.doctor import Check, examine
    from jmstui.settings import Settings, SettingsError

    checks: list[Check] = []

    def show(check: Check) -> None:
        checks.append(check)
        if not args.json:
            _print(check)

    try:
        settings = Settings() if args.demo else _settings(args)
    except SettingsError as error:
        show(Check("settings", "fail", error.sentence, "Change the flag, variable or line that it names."))
    else:
        if args.demo:
            from jmstui.services.connect import demo_parts

            settings, credential, app = demo_parts()
        if not settings.url:
            show(
                Check(
                    "address",
                    "fail",
                    "no JumpServer was named",
                    "Give --url, set JMSTUI_URL, or choose a --profile.",
                )
            )
        else:
            given = credential if args.demo else None
            async for check in examine(
                settings, lambda: _sign_in(settings, given), app if args.demo else None
            ):
                show(check)
    for check in here():
        show(check)
    if args.json:
        write_json(
            [{"name": c.name, "state": c.state, "text": c.text, "next": c.next_step or None} for c in checks]
        )
    return status.NO if any(check.state == "fail" for check in checks) else status.YES


def _settings(args: argparse.Namespace) -> Settings:
    from jmstui.cli.session import settings_of

    return settings_of(args)


async def _sign_in(settings: Settings, given: object) -> SignIn:
    """The credential as a command would use it; a password is exchanged for a token."""
    from jmstui.cli.session import find_credential, sign_in, stored_token
    from jmstui.models.credential import (
        AccessKey,
        BearerToken,
        Credential,
        Password,
        PrivateToken,
        SessionCookie,
    )
    from jmstui.services.doctor import SignIn

    names: dict[type[Credential], str] = {
        AccessKey: "access key",
        BearerToken: "bearer token",
        PrivateToken: "private token",
        SessionCookie: "browser session",
    }
    if given is not None:
        return SignIn(given, names[type(given)])  # type: ignore[arg-type, index]
    kept = await stored_token(settings)
    if kept is not None:
        return SignIn(kept.credential, "token of `jmstui login`", kept.until)
    credential, typed = await find_credential(settings)
    if isinstance(credential, Password):
        signed = await sign_in(settings, credential, typed)
        return SignIn(signed.token, "password, exchanged for a token", signed.until)
    return SignIn(credential, names[type(credential)])


def here() -> Iterator[Check]:
    """What this machine offers: a keyring, a terminal."""
    from jmstui.secrets import keyring_state
    from jmstui.services.doctor import Check

    state = keyring_state()
    if state.usable:
        yield Check("keyring", "pass", state.name)
    else:
        # not a failure: a headless host has none, and everything works without
        yield Check(
            "keyring", "pass", f"none is used, so secrets stay in memory only: {state.why or state.name}"
        )
    yield _terminal()


def _terminal() -> Check:
    import shutil

    from jmstui.services.doctor import Check

    term = os.environ.get("TERM", "")
    encoding = (sys.stdout.encoding or "").lower().replace("-", "")
    if not sys.stdout.isatty():
        return Check("terminal", "unknown", "the output is no terminal")
    size = shutil.get_terminal_size()
    colours = _colours(term)
    text = f"{term or 'TERM is not set'}, {size.columns}×{size.lines}, {colours}, {encoding}"
    if os.environ.get("TMUX") or term.startswith(("screen", "tmux")):
        text += ", inside a multiplexer"
    if term in ("", "dumb"):
        return Check(
            "terminal",
            "fail",
            text,
            "Set TERM to what your terminal is; commands such as `why` work without.",
        )
    if encoding != "utf8":
        return Check("terminal", "fail", text, "Set a UTF-8 locale, such as LANG=C.UTF-8.")
    if size.columns < 60 or size.lines < 16:
        return Check("terminal", "fail", text, "The explorer wants 60×16 cells or more.")
    return Check("terminal", "pass", text)


def _colours(term: str) -> str:
    if os.environ.get("NO_COLOR"):
        return "no colour (NO_COLOR)"
    if os.environ.get("COLORTERM") in ("truecolor", "24bit"):
        return "true colour"
    return "256 colours" if "256" in term else "16 colours or fewer"


def _print(check: Check) -> None:
    from jmstui.text import clean

    mark = {"pass": "pass   ", "fail": "FAIL   ", "unknown": "unknown"}[check.state]
    lines = _beside(clean(check.text))
    if check.next_step and check.state != "pass":
        lines += _beside(f"→ {clean(check.next_step)}")
    print(f"{mark}  {check.name:<12}  " + f"\n{'':23}".join(lines), flush=True)


def _beside(text: str) -> list[str]:
    """The text in lines that fit beside mark and name."""
    from jmstui.cli.output import wrapped

    return [line[23:] for line in wrapped(text, sys.stdout, " " * 23)]
