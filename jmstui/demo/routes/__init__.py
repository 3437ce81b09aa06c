"""The routes of the demo server, one module a noun."""
