"""`python -m jmstui` and the `jmstui` command."""

import sys


def main() -> None:
    """Run the command line and exit with its status."""
    from jmstui.cli.main import run

    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
