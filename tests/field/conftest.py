"""Every test has a home of its own, and a way to run a command."""

from tests.cli.asking import ask
from tests.cli.conftest import home, jmstui

__all__ = ["ask", "home", "jmstui"]
