"""The global flags, accepted before and after the sub-command, and the table of sub-commands."""

from __future__ import annotations

import argparse
import contextlib
from typing import Any, NamedTuple

from jmstui.themes import THEMES


class Command(NamedTuple):
    """A sub-command: the module with `add_arguments(parser)` and `run(args) -> int`, imported when chosen."""

    module: str
    help: str
    example: str


COMMANDS: dict[str, Command] = {
    "why": Command("why", "can this user reach that asset, and why", "jmstui why alice web-01 --json"),
    "who-can": Command("who_can", "who can really reach an asset or a node", "jmstui who-can web-01"),
    "what-can": Command("what_can", "what a user can reach", "jmstui what-can alice --csv > alice.csv"),
    "expiring": Command("expiring", "rules by their last day", "jmstui expiring --within 14d"),
    "list": Command("list", "list a noun", "jmstui list assets --node /Default/web --search prod --csv"),
    "login": Command(
        "login", "sign in and keep the token until it expires", "jmstui login --profile prod --keyring"
    ),
    "logout": Command("logout", "forget the token that login kept", "jmstui logout --profile prod"),
    "secrets": Command("secrets", "list or forget what the keyring keeps for jmstui", "jmstui secrets list"),
    "config": Command("config", "the configuration file", "jmstui config show --profile prod"),
    "doctor": Command(
        "doctor", "check connection, credential, server and terminal", "jmstui doctor --profile prod"
    ),
    "demo-server": Command(
        "demo_server", "serve the made-up JumpServer on loopback", "jmstui demo-server --port 8099"
    ),
    "completion": Command("completion", "completion for a shell", "source <(jmstui completion bash)"),
}

VALUE_FLAGS = {
    "--url",
    "--org",
    "--profile",
    "--ca-file",
    "--timeout",
    "--rate",
    "--theme",
    "--secret-fd",
    "--config",
}


def add_global_flags(parser: argparse.ArgumentParser, *, top: bool) -> None:
    """The flags that stand before or after a sub-command. Below the top, what was not given leaves no
    trace."""
    default: Any = None if top else argparse.SUPPRESS
    group = parser.add_argument_group("global flags")

    def add(*names: str, **options: Any) -> None:
        # a sub-command's own flag of the same name goes first (`demo-server --rate`)
        with contextlib.suppress(argparse.ArgumentError):
            group.add_argument(*names, default=default, **options)

    def value(
        name: str, metavar: str, text: str, kind: type = str, choices: tuple[str, ...] | None = None
    ) -> None:
        add(name, metavar=metavar, help=text, type=kind, choices=choices)

    def switch(name: str, text: str) -> None:
        add(name, action=argparse.BooleanOptionalAction, help=text)

    value("--url", "URL", "address of the JumpServer")
    value("--org", "ORG", "organization, by name or id")
    value("--profile", "NAME", "profile of the configuration file")
    value("--config", "FILE", "another configuration file")
    value("--ca-file", "FILE", "certificates to trust besides the system's")
    switch("--insecure", "do not check certificates")
    switch("--allow-http", "allow http:// to other machines, where secrets travel in clear")
    value("--timeout", "SECONDS", "how long the server may be silent (30)", float)
    value("--rate", "N", "requests a minute at most (150)", int)
    value("--secret-fd", "N", "read the secret from this file descriptor", int)
    value("--theme", "NAME", f"{', '.join(THEMES)}", choices=THEMES)
    switch("--mouse", "let the explorer take the mouse")
    default = False if top else argparse.SUPPRESS
    add("--demo", action="store_true", help="use the embedded demo JumpServer")
    add("--verbose", "-v", action="store_true", help="say each request on stderr")


def settings_flags(args: argparse.Namespace) -> dict[str, object]:
    """What `settings.load` takes, from parsed arguments."""
    names = (
        "url",
        "org",
        "profile",
        "ca_file",
        "insecure",
        "allow_http",
        "timeout",
        "rate",
        "secret_fd",
        "theme",
        "mouse",
        "username",
        "auth",
    )
    return {name: getattr(args, name, None) for name in names}
