"""jmstui: a terminal explorer for JumpServer."""

__version__ = "0.1.0"
