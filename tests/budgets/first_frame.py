"""Runs the explorer and writes down, when its first frame is out, which modules are there.

`python -m tests.budgets.first_frame FILE` on a terminal, with the environment of a sign-in.
"""

from __future__ import annotations

import sys


def main(path: str) -> None:
    """Hook into the one place that follows the first frame, then start as the command line does."""
    before = set(sys.modules)
    from jmstui.cli.main import run
    from jmstui.tui.app import JmsApp

    def written(app: JmsApp) -> None:
        with open(path, "w") as file:
            file.write("\n".join(sorted(set(sys.modules) - before)))
        app.exit(0)

    JmsApp._begin = written  # type: ignore[method-assign]
    sys.exit(run([]))


if __name__ == "__main__":
    main(sys.argv[1])
