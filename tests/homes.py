"""A home of its own for a test: no file and no variable of the machine's user is read or written."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


def empty_home(home: Path, patch: pytest.MonkeyPatch) -> Path:
    """Point every directory that jmstui uses into `home`, and take its variables away."""
    for name in [name for name in os.environ if name.startswith("JMSTUI_")]:
        patch.delenv(name)
    for name, below in (
        ("HOME", "."),
        ("XDG_CONFIG_HOME", "config"),
        ("XDG_STATE_HOME", "state"),
        ("XDG_DATA_HOME", "data"),
        ("XDG_CACHE_HOME", "cache"),
        ("XDG_RUNTIME_DIR", "run"),
    ):
        (home / below).mkdir(mode=0o700, exist_ok=True)
        patch.setenv(name, str(home / below))
    patch.setattr("jmstui.state.USERS_RUNTIME", home / "none")
    for name in (
        "HTTPS_PROXY",
        "HTTP_PROXY",
        "ALL_PROXY",
        "https_proxy",
        "http_proxy",
        "all_proxy",
        "SSL_CERT_FILE",
    ):
        patch.delenv(name, raising=False)
    return home
