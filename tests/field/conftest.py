"""Commands are run as in `tests/cli`."""

from tests.cli.asking import ask
from tests.cli.conftest import home, jmstui

__all__ = ["ask", "home", "jmstui"]
