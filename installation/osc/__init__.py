"""OSC: the mood and the film told to every machine of the room, and the room's wishes heard."""

from installation.osc.broadcast import Broadcast
from installation.osc.control import Control

__all__ = ["Broadcast", "Control"]
