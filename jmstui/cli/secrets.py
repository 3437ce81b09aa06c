"""`jmstui secrets list|forget`: what the keyring keeps for jmstui. No secret is ever printed."""

from __future__ import annotations

import argparse

_KINDS = {"bearer": "token of `jmstui login`", "token": "password", "session": "session cookie"}
EXAMPLE = """\
examples:
  jmstui secrets list --json
  jmstui secrets forget 2
  jmstui secrets forget --all
  jmstui secrets forget --all --entry-only
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`list` and `forget N|--all`."""
    from jmstui.cli.output import add_format_arguments

    parser.epilog = EXAMPLE
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    add_format_arguments(actions.add_parser("list", help="what is kept, without the secrets"))
    forget = actions.add_parser("forget", help="delete from the keyring")
    forget.add_argument("number", nargs="*", type=int, help="numbers of `jmstui secrets list`")
    forget.add_argument("--all", action="store_true", help="everything that jmstui keeps")
    forget.add_argument(
        "--entry-only", action="store_true", help="only off the list: for a keyring that is gone for good"
    )


def run(args: argparse.Namespace) -> int:
    """List or forget; 2 for a number that is not in the list."""
    return _list(args) if args.action == "list" else _forget(args)


def _list(args: argparse.Namespace) -> int:
    from jmstui.cli.output import Field, emit, say
    from jmstui.secrets import kept_secrets

    kept = kept_secrets()
    fields = (
        Field("number", "NO.", "right"),
        Field("kind", "KIND"),
        Field("url", "SERVER"),
        Field("username", "USER"),
        Field("until", "UNTIL"),
    )
    rows = [(i, _KINDS.get(k.kind, k.kind), k.url, k.username, k.until) for i, k in enumerate(kept, 1)]
    items = [{field.key: value for field, value in zip(fields, row, strict=True)} for row in rows]
    if not kept and not args.json and not args.csv:
        say("The keyring keeps nothing for jmstui.")
        return 0
    emit(args, fields, rows, {"total": len(items), "items": items, "complete": True})
    return 0


def _forget(args: argparse.Namespace) -> int:
    from jmstui.cli.output import say
    from jmstui.secrets import KeyringError, forget, forget_entry, kept_secrets
    from jmstui.settings import SettingsError

    kept = kept_secrets()
    if args.all == bool(args.number):
        raise SettingsError("Forget which? Give numbers of `jmstui secrets list`, or --all.")
    wrong = [number for number in args.number if not 1 <= number <= len(kept)]
    if wrong:
        raise SettingsError(f"There is no number {wrong[0]} in `jmstui secrets list` ({len(kept)} kept).")
    chosen = kept if args.all else [kept[number - 1] for number in sorted(set(args.number))]
    for done, each in enumerate(chosen):
        try:
            (forget_entry if args.entry_only else forget)(each)
        except KeyringError as error:
            raise KeyringError(
                f"{done} of {len(chosen)} forgotten, the rest is still listed: {error}. Unlock or start the "
                "keyring and try again; --entry-only takes entries off the list only."
            ) from None
    left = " The keyring was not asked: what it holds is still there." if args.entry_only else ""
    say(f"{len(chosen)} forgotten.{left}")
    return 0
