"""Where the leader is: as typed, as the venue says, or as it says itself in the network."""

from __future__ import annotations

import re

from calibration.errors import BadInput
from calibration.files import did_you_mean, shown
from calibration.venue import Venue
from installation.screens.announce import find_leader
from installation.screens.broker_leader import find_on_broker


def leader_of(typed: str, venue: Venue, name: str) -> tuple[str, int]:
    """Host and port for the screen ``name``. Raises ``BadInput``, and ``NoLeader`` where none is found."""
    screens = venue.screens
    if name and name not in screens.named:
        known = tuple(screens.named)
        near = did_you_mean(name, known) or (f"; there are {', '.join(known)}" if known else "; name its file: --venue")
        raise BadInput(f"the venue has no [screens.{shown(name)}]{near}", where="NAME")
    if typed:
        return host_and_port(typed, screens.port)
    if name and screens.named[name].leader:
        return screens.named[name].leader, screens.port
    return find_on_broker(venue.rooms) if venue.rooms.broker else find_leader()


def host_and_port(typed: str, port: int) -> tuple[str, int]:
    """``HOST``, ``HOST:PORT`` or ``[HOST6]:PORT``. Raises ``BadInput``."""
    found = re.fullmatch(r"(?:\[([0-9a-fA-F:.%\w]+)\]|([^\s:\[\]]+))(?::(\d{1,5}))?|([0-9a-fA-F:.]+)", typed)
    if not found or not 0 < int(found[3] or port) < 65536:
        raise BadInput(
            f"{shown(typed)!r} is not a valid HOST or HOST:PORT; expected, for example, 192.168.1.10:{port}",
            where="--leader",
        )
    return found[1] or found[2] or found[4], int(found[3] or port)
