"""`jmstui logout`: forget the token that `jmstui login` kept."""

from __future__ import annotations

import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which user's, when there are several."""
    parser.add_argument("--username", metavar="NAME", help="this user's token only")


def run(args: argparse.Namespace) -> int:
    """Forget kept tokens of this server. The server itself has no way to end one (§1.6)."""
    from jmstui.cli.output import say
    from jmstui.cli.session import settings_of
    from jmstui.settings import SettingsError
    from jmstui.tokens import forget_all

    settings = settings_of(args, half_ok=True)
    if not settings.url:
        raise SettingsError("Sign out where? Give --url, set JMSTUI_URL, or choose a --profile.")
    count = forget_all(settings)
    if count:
        say(
            f"{count} token{'s' if count > 1 else ''} forgotten here; on the server it lives until it "
            "expires."
        )
    else:
        say("No token was kept for this server.")
    return 0
