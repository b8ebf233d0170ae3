"""How a follower finds its leader on the broker of the house: the card of a room says where screens ask."""

from __future__ import annotations

import secrets

from calibration.rooms_settings import RoomsSettings
from calibration.screens_settings import ScreensSettings
from installation.host.addresses import reachable
from installation.rooms.client import BrokerClient
from installation.rooms.link import Received
from installation.rooms.room_list import SilentLosses, look_round
from installation.rooms.topics import EVERY_ROOM, RoomCard, RoomTopics, read, topic_of
from installation.screens.announce import NoLeader


def place_to_follow(settings: ScreensSettings) -> tuple[str, int] | None:
    """Where followers on other machines ask this one; None: it leads none, or is heard by itself alone."""
    addresses = reachable(settings.listen) if settings.leads else []
    return (addresses[0], settings.port) if addresses else None


def find_on_broker(settings: RoomsSettings) -> tuple[str, int]:
    """Host and port of the room that leads: the one of this name, or the only one. Raises ``NoLeader``."""
    found: dict[str, tuple[str, int]] = {}

    def hear(received: Received) -> None:
        place, card = topic_of(settings.topic, received.topic), read(RoomCard, received.payload)
        if place and card and card.screens:
            found[place.room] = card.screens

    losses = SilentLosses()
    client = BrokerClient(settings, losses, f"chiaro-screen-{secrets.token_hex(4)}")
    client.listen(RoomTopics(settings.topic, EVERY_ROOM).info, hear)
    reached = look_round(client)
    client.close()
    if not reached:
        why = client.refused and f"{settings.address}: {client.refused}"
        why = why or f"the broker cannot be reached: {losses.why or settings.address}"
        raise NoLeader(f"{why}; name the leader: --leader HOST")
    if not found:
        raise NoLeader(
            f"no room on the broker {settings.address} leads; start it ([screens] leads = true), or --leader HOST"
        )
    if settings.room in found:
        return found[settings.room]
    if len(found) > 1:
        raise NoLeader(f"more than one room leads: {', '.join(sorted(found))}; name one: rooms.room, or --leader HOST")
    return next(iter(found.values()))
