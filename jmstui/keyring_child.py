"""The keyring's side of `secrets`: a question on stdin, an answer on stdout. The one module that imports
`keyring`.

It runs in a process of its own, started as `isolation.CHILD` says: a keyring whose D-Bus is silent hangs its
thread for good, and such a process can be killed.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from typing import Any

SERVICE = "jmstui"
"""The name under which keyrings keep what is ours."""
LIFE_SECONDS = 65
"""After which a child ends itself: a parent that was killed can no longer do it."""


def main() -> None:
    """Answer the one question that stands on stdin."""
    import signal

    if hasattr(signal, "alarm"):
        signal.alarm(LIFE_SECONDS)
    question = json.load(sys.stdin)
    out, sys.stdout = sys.stdout, sys.stderr  # a backend that prints must not spoil the answer
    try:
        answer = _answer(question)
    except Exception as error:
        # the type only: a backend's message may hold what it was given
        answer = {"error": f"the keyring refused ({type(error).__name__})"}
    out.write(json.dumps(answer))
    out.flush()


def _answer(question: Mapping[str, Any]) -> dict[str, Any]:
    import keyring
    from keyring.errors import PasswordDeleteError

    backend, name, why = _real_backend(keyring.get_keyring())
    if question["do"] == "probe":
        if backend is not None:
            backend.get_password(SERVICE, "probe")
        return {"usable": backend is not None, "name": name, "why": why}
    if backend is None:
        return {"error": why}
    account = question["account"]
    if question["do"] == "set":
        backend.set_password(SERVICE, account, question["secret"])
    elif question["do"] == "get":
        return {"secret": backend.get_password(SERVICE, account)}
    else:
        try:
            backend.delete_password(SERVICE, account)
        except PasswordDeleteError:
            return {}
    return {}


def _real_backend(found: Any) -> tuple[Any, str, str]:
    """(backend or None, its name, why not): a chain is worth what its first real member is."""
    members = list(getattr(found, "backends", ())) if type(found).__name__ == "ChainerBackend" else [found]
    for member in members:
        if refused(type(member).__module__, type(member).__name__) is None:
            return member, _name(member), ""
    if not members:
        return None, _name(found), "the keyring found is an empty chain of backends"
    first = members[0]
    if type(first).__module__.endswith(".fail"):  # what `keyring` gives where it finds nothing at all
        return None, _name(first), f"this machine offers none ({_name(first)})"
    why = refused(type(first).__module__, type(first).__name__) or ""
    return None, _name(first), f"the keyring found is {_name(first)}, {why}"


def _name(backend: Any) -> str:
    return f"{type(backend).__module__}.{type(backend).__name__}"


def refused(module: str, name: str) -> str | None:
    """Why a backend is not taken; None for one that is."""
    if module.endswith(".fail"):
        return "which stands for: none"
    if module.endswith(".null"):
        return "which keeps nothing"
    if "plaintext" in name.lower() or "uncrypted" in name.lower() or module.startswith("keyrings.alt"):
        return "which keeps secrets in a plain file"
    return None
