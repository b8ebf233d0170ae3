"""OSC: mood and film broadcast to other machines, and commands received from them."""

from installation.osc.broadcast import Broadcast
from installation.osc.control import Control

__all__ = ["Broadcast", "Control"]
