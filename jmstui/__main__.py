"""`python -m jmstui` and the `jmstui` command."""

import sys

from jmstui.isolation import CHILD, isolate


def main() -> None:
    """Run the command line and exit with its status; or be the keyring's child, where there is no other
    Python to be it."""
    ignored = isolate()
    if tuple(sys.argv[1 : 1 + len(CHILD)]) == CHILD:
        from jmstui.keyring_child import main as answer

        answer()
        return
    if sys.argv[1:] in (["--version"], ["-V"]):
        from jmstui import __version__

        print(f"jmstui {__version__}")
        return
    try:
        if ignored:
            from jmstui.cli.output import say

            for sentence in ignored:
                say(f"jmstui: {sentence}")
        from jmstui.cli.main import run

        status = run(sys.argv[1:])
    except KeyboardInterrupt:
        status = 130
    sys.exit(status)


if __name__ == "__main__":
    main()
