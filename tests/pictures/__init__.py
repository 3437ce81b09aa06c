"""Pictures of the explorer: SVGs drawn from the embedded demo, the same on every machine.

`uv run python -m tests.pictures [NAME…]` makes `screenshots/`; the snapshot tests play the same scenes.
"""
