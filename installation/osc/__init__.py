"""OSC: mood and film broadcast to other machines, and commands received from them."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from installation.osc.broadcast import Broadcast
    from installation.osc.control import Control

__all__ = ["Broadcast", "Control"]


def __getattr__(name: str) -> Any:
    """Sockets and parsers are loaded by whoever sends or listens; the checks and the tables need none of them."""
    if name in __all__:
        return getattr(import_module(f"installation.osc.{name.lower()}"), name)
    raise AttributeError(name)
