"""The command line: finds the sub-command, imports only its module, turns errors into sentences and
statuses."""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from types import ModuleType
from typing import TYPE_CHECKING, NoReturn

from jmstui import __version__
from jmstui.cli import exit as status
from jmstui.cli.flags import COMMANDS, VALUE_FLAGS, Command, add_global_flags

if TYPE_CHECKING:
    from jmstui.settings import Settings

DESCRIPTION = "A terminal explorer for JumpServer: who can reach what, as whom, until when, and why."
EPILOG = """\
Without a command the explorer opens.

examples:
  jmstui --demo                      the explorer on a made-up JumpServer
  jmstui --url https://jms.example.com
  jmstui why alice web-01            yes or no, and every rule that decides it
  jmstui list assets --search web --json

Credentials come from the environment (JMSTUI_USERNAME + JMSTUI_PASSWORD, JMSTUI_TOKEN, JMSTUI_PRIVATE_TOKEN,
JMSTUI_ACCESS_KEY_ID + JMSTUI_ACCESS_KEY_SECRET, JMSTUI_SESSION), a profile, or `jmstui login`.
exit status: 0 yes or done, 1 no access, 2 usage, 3 sign-in failed, 4 server not reached, 5 not permitted or
not found, 130 interrupted
"""


def run(argv: Sequence[str]) -> int:
    """Run one command line and give its exit status. Never lets an exception out, but `KeyboardInterrupt`'s
    status."""
    try:
        code = _guarded(list(argv))
        sys.stdout.flush()
        return code
    except BrokenPipeError:
        _stop_writing()
        return status.YES
    except KeyboardInterrupt:
        return status.INTERRUPTED


def _guarded(argv: list[str]) -> int:
    try:
        return _dispatch(argv)
    except (KeyboardInterrupt, BrokenPipeError):
        raise
    except SystemExit as ended:
        return (
            ended.code if isinstance(ended.code, int) else status.YES if ended.code is None else status.USAGE
        )
    except Exception as error:
        return _explain(error)


def _dispatch(argv: list[str]) -> int:
    if argv in (["--version"], ["-V"]):
        print(f"jmstui {__version__}")
        return status.YES
    name = command_of(argv)
    module = _module(COMMANDS[name]) if name in COMMANDS else None
    args = build_parser({name: module} if name is not None and module is not None else {}).parse_args(argv)
    if args.command is None:
        return _explore(args)
    assert module is not None  # argparse accepts the names of COMMANDS only
    with _end_on_signals():
        return int(module.run(args))


def command_of(argv: Sequence[str]) -> str | None:
    """The first word that is neither a flag nor a flag's value."""
    skip = False
    for word in argv:
        if skip:
            skip = False
        elif word in VALUE_FLAGS:
            skip = True
        elif not word.startswith("-"):
            return word
    return None


def _module(command: Command) -> ModuleType:
    import importlib

    return importlib.import_module(f"jmstui.cli.{command.module}")


class _Parser(argparse.ArgumentParser):
    """Usage errors end with the one status for them and the way to the help."""

    def error(self, message: str) -> NoReturn:
        self.exit(status.USAGE, f"{self.prog}: {message}; see `{self.prog} --help`\n")


def build_parser(modules: Mapping[str, ModuleType]) -> argparse.ArgumentParser:
    """The parser; only the sub-commands whose modules are given have their own arguments."""
    parser = _Parser(
        prog="jmstui",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--version", "-V", action="version", version=f"jmstui {__version__}")
    add_global_flags(parser, top=True)
    commands = parser.add_subparsers(
        dest="command", metavar="COMMAND", title="commands", parser_class=_Parser
    )
    for name, command in COMMANDS.items():
        below = commands.add_parser(
            name,
            help=command.help,
            description=command.help[0].upper() + command.help[1:] + ".",
            epilog=f"example:\n  {command.example}",
            formatter_class=argparse.RawDescriptionHelpFormatter,
            allow_abbrev=False,
        )
        if name in modules:
            modules[name].add_arguments(below)
            if "example" not in (below.epilog or "").lower():
                below.epilog = f"{below.epilog or ''}\n\nexample:\n  {command.example}".strip()
            own = below.format_usage().removeprefix("usage: ").rstrip()
            below.usage = f"{own} [global flags]"
            add_global_flags(below, top=False)
    return parser


def full_parser() -> argparse.ArgumentParser:
    """The parser with the arguments of every sub-command, for completion."""
    return build_parser({name: _module(command) for name, command in COMMANDS.items()})


def _explore(args: argparse.Namespace) -> int:
    """Open the explorer; a sentence where there is no terminal for it."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()) or os.environ.get("TERM") == "dumb":
        print(
            "jmstui: the explorer needs a terminal. Without one use a command such as `jmstui why`; see "
            "`jmstui --help`.",
            file=sys.stderr,
        )
        return status.USAGE
    from jmstui.cli.explore import explore

    def start(settings: Settings, demo: bool) -> int:
        from jmstui.tui.app import run as run_app

        return run_app(settings, demo)

    return explore(args, start)


@contextlib.contextmanager
def _end_on_signals() -> Iterator[None]:
    """SIGTERM and SIGHUP unwind like an exit, so that connections close and nothing is left half-written."""
    import signal

    def end(number: int, _frame: object) -> None:
        raise SystemExit(128 + number)

    numbers = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
    ours = [number for number in numbers if signal.getsignal(number) is signal.SIG_DFL]
    for number in ours:
        signal.signal(number, end)
    try:
        yield
    finally:
        for number in ours:
            signal.signal(number, signal.SIG_DFL)


def _explain(error: Exception) -> int:
    """A sentence for an error of ours; a crash report for one that nobody expected."""
    code = status.status_of(error)
    if code is not None:
        from jmstui.cli.output import say

        say(f"jmstui: {getattr(error, 'sentence', None) or error}")
        return code
    from jmstui.crash import write_report

    where = write_report(error)
    print(f"jmstui: something went wrong inside jmstui ({type(error).__name__}). {where}", file=sys.stderr)
    return status.INTERNAL


def _stop_writing() -> None:
    """The reader of our output has gone: nothing more is written, at exit either."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):
            os.dup2(nowhere, stream.fileno())
