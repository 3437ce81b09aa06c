"""`python -m jmstui` and the `jmstui` command."""

import sys


def main() -> None:
    """Run the command line and exit with its status."""
    if sys.argv[1:] in (["--version"], ["-V"]):
        from jmstui import __version__

        print(f"jmstui {__version__}")
        return
    try:
        from jmstui.cli.main import run

        status = run(sys.argv[1:])
    except KeyboardInterrupt:
        status = 130
    sys.exit(status)


if __name__ == "__main__":
    main()
