"""Exit statuses, in one place."""

from __future__ import annotations

YES = 0
"""Yes, or done; an empty list too."""
NO = 1
"""No access (`why`), or a check of `doctor` failed."""
USAGE = 2
"""Wrong usage, wrong settings, or a name that fits several."""
SIGN_IN = 3
"""Sign-in failed, or nobody was there to be asked for a code."""
UNREACHABLE = 4
"""The server cannot be reached, answered 5xx, or refused for longer than the wait."""
NOT_PERMITTED = 5
"""Not permitted, or not found."""
BLOCKED = 6
"""Granted, and yet it cannot be used now (`why`)."""
INTERNAL = 70
"""An error of jmstui's own; a crash report was written (`EX_SOFTWARE`)."""
INTERRUPTED = 130
HANGUP = 129
TERMINATED = 143


def status_of(error: BaseException) -> int | None:
    """The exit status that an error of ours carries; None for one that nobody expected."""
    status = getattr(error, "exit_status", None)
    return status if isinstance(status, int) else None
