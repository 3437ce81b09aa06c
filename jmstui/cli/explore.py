"""Opens the explorer and leaves the terminal as it was, whatever ends it."""

from __future__ import annotations

import gc
from argparse import Namespace
from collections.abc import Callable

from jmstui.cli.flags import settings_flags
from jmstui.settings import Settings, load
from jmstui.terminal import keep_terminal


def explore(args: Namespace, start: Callable[[Settings, bool], int]) -> int:
    """Run the explorer and give its exit status. Raises `SettingsError` before anything is drawn."""
    if args.demo:
        settings = Settings(theme=args.theme or "dark", mouse=bool(args.mouse), org=args.org)
    else:
        settings = load(settings_flags(args), config_file=args.config)
    gc.disable()  # imports make 300,000 objects and no garbage; the explorer switches it on afterwards
    with keep_terminal():
        return start(settings, args.demo)
