"""Nothing from the working folder is code, and no variable makes a library write down what is typed or sent.

This module imports nothing that Python has not loaded by then: it runs before everything else.
"""

from __future__ import annotations

import os
import sys

CHILD = ("-I", "-c", "import sys; sys.path[:] = sys.argv[1:]; from jmstui.keyring_child import main; main()")
"""The arguments that make `sys.executable` the keyring's child, the trusted path behind them. A Python runs
them; a frozen executable is jmstui itself, and `__main__` knows them."""

_HARMLESS = {
    "TEXTUAL_COLOR_SYSTEM",
    "TEXTUAL_DIM_FACTOR",
    "TEXTUAL_DISABLE_KITTY_KEY",
    "TEXTUAL_FPS",
    "TEXTUAL_SNAPSHOT_TEMPDIR",
    "TEXTUAL_SPEEDUPS",
}
"""Of Textual's variables those that choose how it draws, and one that its tests set and it does not read."""
_RECORDERS = {"PYTHONASYNCIODEBUG", "SSLKEYLOGFILE", "TEXTUAL"}
_LOADERS = {"OPENSSL_CONF", "OPENSSL_ENGINES", "OPENSSL_MODULES"}
"""Variables that name code for OpenSSL to load."""


def isolate() -> list[str]:
    """Take the working folder off the path of imports, and variables that record or load out of the
    environment; gives a sentence for each kind of variable that was there."""
    sys.path[:] = trusted_path()
    if sys.pycache_prefix and not os.path.isabs(sys.pycache_prefix):
        sys.pycache_prefix = None  # bytecode, which is code
    said = []
    if names := forget_recorders():
        said.append(
            f"ignored: {', '.join(names)}. With it a library writes down keys, what is typed, or what is on "
            "the screen."
        )
    names = sorted(name for name in _LOADERS if os.environ.get(name) and not os.path.isabs(os.environ[name]))
    for name in names:
        del os.environ[name]
    if names:
        said.append(f"ignored: {', '.join(names)}. A relative path would load code from the working folder.")
    return said


def forget_recorders() -> list[str]:
    """Take the variables with which OpenSSL, asyncio and Textual write down secrets out of the environment;
    gives their names."""
    names = sorted(
        name
        for name in os.environ
        if name in _RECORDERS or (name.startswith("TEXTUAL_") and name not in _HARMLESS)
    )
    for name in names:
        del os.environ[name]
    return names


def trusted_path() -> list[str]:
    """`sys.path` without the working folder and without what a relative name put there.

    Where the package itself stands there (`python -m jmstui` beside it), that folder stays, behind the
    standard library. What Python imports before it starts us is out of our hands.
    """
    root, strangers = _own_root(), _from_relative_names()
    standard = _real(os.path.dirname(os.__file__))
    library = {standard, _real(os.path.join(standard, "lib-dynload"))}
    installed = library | _site_folders()
    found: list[str] = []
    behind, ours = 0, False
    for entry in sys.path:
        where = _real(entry)
        if (where in strangers or not os.path.isabs(entry)) and where not in installed:
            ours = ours or where == root
            continue
        found.append(entry)
        if where in library:
            behind = len(found)
    if ours and root not in map(_real, found):
        found.insert(behind, root)
    return found


def _own_root() -> str:
    """The folder or archive in which this package stands; "" where a frozen executable does not say."""
    file = globals().get("__file__")
    return _real(os.path.dirname(os.path.dirname(file))) if file else ""


def _from_relative_names() -> set[str]:
    """The working folder, and what PYTHONPATH, PYTHONUSERBASE or HOME put on the path by a relative name."""
    found = {_real(os.curdir)}
    if not sys.flags.ignore_environment:
        named = os.environ.get("PYTHONPATH", "").split(os.pathsep)
        found.update(_real(entry) for entry in named if entry and not os.path.isabs(entry))
    site = sys.modules.get("site")
    mine = getattr(site, "USER_SITE", None)
    if mine and not os.path.isabs(os.environ.get("PYTHONUSERBASE") or os.path.expanduser("~")):
        found.add(_real(mine))
    return found - {""}


def _site_folders() -> set[str]:
    """Where this Python keeps what is installed: code, even if somebody works there."""
    site = sys.modules.get("site")
    if site is None:
        return set()
    return {_real(folder) for folder in site.getsitepackages()}


def _real(path: str) -> str:
    """An absolute path without links; "" where the working folder is gone."""
    try:
        return os.path.realpath(path)
    except OSError:
        return ""
