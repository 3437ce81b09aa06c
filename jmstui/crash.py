"""Crash reports: scrubbed of every secret that is in memory, 0600, and never on the screen. Also: no core
dumps."""

from __future__ import annotations

import re
import sys

_PATTERNS = (
    re.compile(r"(?i)\b(bearer|token|signature|basic)\s+(?=\S*\d)[\w.~+/=-]{8,}"),
    re.compile(
        r"(?i)((?:pass(?:word|wd|phrase)?|secret|token|cookie|session_?id|csrftoken|code|signature)[\"']?\s*[=:]\s*)"
        r"[\"']?[^\s\"',;&)}]+"
    ),
    re.compile(r"(?i)(https?://)[^/\s@]+@"),
)


def scrub(text: str) -> str:
    """`text` without the secrets that are in memory, and without what looks like one."""
    from jmstui.models.credential import known_secrets

    for secret in sorted(known_secrets(), key=len, reverse=True):
        if len(secret) >= 3:
            text = text.replace(secret, "[secret]")
    for pattern in _PATTERNS:
        text = pattern.sub(lambda found: f"{found.group(1)} [secret]", text)
    return text


def write_report(error: BaseException) -> str:
    """Write the report of an error; gives a sentence with its path, or why there is none. Never raises."""
    import time
    import traceback

    from jmstui import __version__
    from jmstui.config import SettingsError
    from jmstui.state import state_dir, write_private

    lines = traceback.format_exception(type(error), error, error.__traceback__)
    head = f"jmstui {__version__}, Python {sys.version.split()[0]}, {sys.platform}\n\n"
    try:
        path = state_dir() / f"crash-{time.strftime('%Y%m%d-%H%M%S')}.txt"
        write_private(path, scrub(head + "".join(lines)))
    except (SettingsError, OSError) as problem:
        return f"No crash report could be written: {problem}"
    return f"A report without secrets is in {path}; please send it along."


def no_core_dumps() -> None:
    """From here on a crash leaves no image of our memory, where the system allows to say so."""
    try:
        import resource
    except ImportError:
        return
    _soft, hard = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (0, hard))
    if sys.platform == "linux":
        import ctypes

        # a pipe in core_pattern ignores the limit; 4 is PR_SET_DUMPABLE, which keeps other processes of
        # ours out as well
        ctypes.CDLL(None).prctl(4, 0, 0, 0, 0)
