"""What everything is measured against: a Textual app that shows one line (`python -m tests.budgets.bare`)."""

from textual.app import App, ComposeResult
from textual.widgets import Static


class Bare(App[None]):
    """One line of text."""

    def compose(self) -> ComposeResult:
        yield Static("bare and ready")


if __name__ == "__main__":
    Bare().run(mouse=False)
