"""An embedded JumpServer over a made-up world; it imports nothing of the client."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jmstui.demo.faults import Fault
    from jmstui.demo.server import Demo, build_demo

__all__ = ["Demo", "Fault", "build_demo"]


def __getattr__(name: str) -> Any:
    """Imports the server when it is first asked for."""
    if name == "Fault":
        from jmstui.demo.faults import Fault

        return Fault
    if name in ("Demo", "build_demo"):
        from jmstui.demo import server

        return getattr(server, name)
    raise AttributeError(name)
