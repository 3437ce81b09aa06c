"""Opens the explorer and leaves the terminal as it was, whatever ends it."""

from __future__ import annotations

from argparse import Namespace

from jmstui.cli.flags import settings_flags


def explore(args: Namespace) -> int:
    """Run the explorer and give its exit status."""
    from jmstui.settings import Settings, load
    from jmstui.terminal import keep_terminal

    settings = (
        Settings(theme=args.theme or "dark", mouse=bool(args.mouse))
        if args.demo
        else load(settings_flags(args), config_file=args.config, half_ok=True)
    )
    with keep_terminal():
        from jmstui.tui.app import run

        return run(settings, args.demo)
