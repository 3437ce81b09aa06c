"""Copying to the clipboard of the terminal that a person sits at: OSC 52, wrapped for tmux and screen."""

from __future__ import annotations

import base64
import os
from collections.abc import Callable, Mapping

LARGEST = 74_994
"""Bytes of text at most: xterm's limit for one OSC 52 sequence is 100,000 bytes of base64."""
SCREEN_CHUNK = 700
"""GNU screen passes at most 768 bytes in one device control string."""


def osc52(text: str, environ: Mapping[str, str] | None = None) -> str:
    """The sequence that puts `text` on the clipboard, wrapped as the terminal of `environ` needs it.

    Raises ValueError when the text is longer than `LARGEST` bytes.
    """
    environ = os.environ if environ is None else environ
    data = text.encode("utf-8", "replace")
    if len(data) > LARGEST:
        raise ValueError(
            f"{len(data):,} bytes are too many for the terminal's clipboard ({LARGEST:,} at most)"
        )
    plain = f"\x1b]52;c;{base64.b64encode(data).decode()}\x07"
    if environ.get("TMUX"):
        return "\x1bPtmux;" + plain.replace("\x1b", "\x1b\x1b") + "\x1b\\"
    if environ.get("STY") or environ.get("TERM", "").startswith("screen"):
        parts = [plain[start : start + SCREEN_CHUNK] for start in range(0, len(plain), SCREEN_CHUNK)]
        return "".join(f"\x1bP{part}\x1b\\" for part in parts)
    return plain


def copy(text: str, write: Callable[[str], object], environ: Mapping[str, str] | None = None) -> str:
    """Send `text` to the clipboard through `write` (the terminal) and return a sentence that says what was
    done."""
    environ = os.environ if environ is None else environ
    try:
        sequence = osc52(text, environ)
    except ValueError as error:
        return f"Not copied: {error}. Select it on screen instead."
    write(sequence)
    through = "through tmux " if environ.get("TMUX") else "through screen " if environ.get("STY") else ""
    return f"Sent {len(text):,} characters {through}to the terminal's clipboard (OSC 52)."
