"""`jmstui config path|show|validate|init`."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

EXAMPLE = """\
examples:
  jmstui config init
  jmstui config show --profile prod --json
  jmstui config validate && jmstui --profile prod
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The four actions."""
    from jmstui.cli.flags import add_global_flags
    from jmstui.cli.output import add_format_arguments

    parser.epilog = EXAMPLE
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    add_global_flags(actions.add_parser("path", help="where the file is"), top=False)
    show = actions.add_parser("show", help="every setting, and where its value came from; never a secret")
    add_format_arguments(show)
    add_global_flags(show, top=False)
    add_global_flags(
        actions.add_parser("validate", help="check the file; an error names file, line and key"), top=False
    )
    add_global_flags(
        actions.add_parser("init", help="write a commented example, readable by you alone"), top=False
    )


def run(args: argparse.Namespace) -> int:
    """Do one action; a wrong file ends with 2."""
    from jmstui.config import config_path, read_config, write_example

    path = Path(args.config).expanduser() if args.config else config_path(os.environ)
    if args.action == "path":
        print(path)
    elif args.action == "init":
        from jmstui.cli.output import say

        write_example(path)
        say(f"An example is in {path}.")
    elif args.action == "validate":
        from jmstui.cli.output import say

        config = read_config(path, must_exist=True)
        say(f"{path}: good; profiles: {', '.join(config.profiles) or 'none'}.")
    else:
        _show(args)
    return 0


def _show(args: argparse.Namespace) -> None:
    from jmstui.cli.output import Field, emit
    from jmstui.cli.session import settings_of
    from jmstui.settings import DEFAULTS

    settings = settings_of(args, half_ok=True)
    keys = ("profile", "auth", "username", "key_id", *DEFAULTS)
    values: list[tuple[str, object, str]] = [
        (key, getattr(settings, key), settings.sources.get(key, "not set")) for key in keys
    ]
    if settings.secret_command:
        values.append(("secret_command", settings.secret_command, settings.sources["secret_command"]))
    kind = type(settings.credential).__name__ if settings.credential is not None else None
    values.append(("credential", kind, settings.sources.get("credential", "not set")))
    fields = (Field("setting", "SETTING"), Field("value", "VALUE"), Field("source", "FROM"))
    items = [{"setting": key, "value": value, "source": source} for key, value, source in values]
    document = {"file": str(settings.config_file), "profiles": list(settings.profiles), "items": items}
    emit(args, fields, values, document)
