"""Where the demo departs from a recording on purpose: at most ten, each with its reason. None at present."""

from __future__ import annotations

ACCEPTED: dict[tuple[str, str], str] = {}
"""(version, recording) → reason."""
