"""The headless twin: one module a sub-command."""
