"""The rooms on a broker, as a command finds them: who is there, in which groups, and with which token."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Self

from calibration.errors import BadInput, Unavailable
from calibration.files import did_you_mean
from calibration.rooms_settings import BrokerSettings
from calibration.venue_folder import config_folder
from installation.host.console import LossReporter
from installation.rooms.client import TRIED_AGAIN, BrokerClient
from installation.rooms.link import Received
from installation.rooms.put_manifest import Manifest, new_id
from installation.rooms.put_sender import Delivery
from installation.rooms.tokens import ANY_ROOM, read_tokens
from installation.rooms.topics import EVERY_ROOM, ONLINE, RoomCard, RoomTopics, read, topic_of

CONNECT_SECONDS, LOOK_ROUND_SECONDS = 8.0, 1.0
"""How long a broker is waited for; and what it keeps of all rooms, which comes at once."""


class BrokerAway(Unavailable):
    """The broker cannot be reached: nothing was put into any room."""


class SilentLosses(LossReporter):
    """Remembers why, also when the client has ended, and prints nothing."""

    why = ""

    def lost(self, part: str, why: str) -> None:  # noqa: ARG002 - as that of its base
        """Something went."""
        self.why = why.removesuffix(TRIED_AGAIN)

    def back(self, part: str) -> None:
        """It is back, or its thread has ended."""


def look_round(client: BrokerClient) -> bool:
    """Start the client and hear what the broker keeps of all rooms. False: it cannot be reached, or refuses us."""
    client.start()
    until = time.monotonic() + CONNECT_SECONDS
    while not (client.connected or client.refused) and time.monotonic() < until:
        time.sleep(0.02)
    if client.connected:
        time.sleep(LOOK_ROUND_SECONDS)
    return client.connected


def tokens_file(named: str) -> Path:
    """Where the house keeps its tokens."""
    return Path(named) if named else config_folder() / "room-tokens"


class Recipients:
    """Within, the broker is connected. Raises ``BrokerAway``, and ``BadInput`` for tokens that cannot be read."""

    def __init__(self, settings: BrokerSettings, tokens: Path) -> None:
        self.root = settings.topic
        self._losses, self._where = SilentLosses(), str(settings.address)
        self.client = BrokerClient(settings, self._losses, f"chiaro-house-{secrets.token_hex(4)}")
        self._tokens = read_tokens(tokens) if tokens.exists() else {}
        self._online: dict[str, bool] = {}
        self._cards: dict[str, RoomCard] = {}

    def __enter__(self) -> Self:
        """Connect, and hear who is there."""
        topics = RoomTopics(self.root, EVERY_ROOM)
        self.client.listen(topics.status, self._hear_status)
        self.client.listen(topics.info, self._hear_card)
        if not look_round(self.client):
            self.client.close()
            why = self.client.refused and f"{self._where}: {self.client.refused}"
            why = why or f"the broker cannot be reached: {self._losses.why or self._where}"
            raise BrokerAway(f"{why}; nothing was put")
        return self

    def __exit__(self, *_: object) -> None:
        """Disconnect."""
        self.client.close()

    def choose(self, rooms: Iterable[str], groups: Iterable[str]) -> list[str]:
        """The rooms that are meant, each once. Raises ``BadInput`` for unknown ones, and where none is named."""
        cards, found, faults = dict(self._cards), list(rooms), []
        known = self._online.keys() | cards.keys()
        for room in found:
            if room not in known:
                there = f"; known: {', '.join(sorted(known))}" if known else "; the broker knows none"
                faults.append(f"--room {room}: no such room{did_you_mean(room, tuple(known)) or there}")
        for group in groups:
            members = sorted(room for room, card in cards.items() if group in card.groups)
            groups_known = {name for card in cards.values() for name in card.groups}
            if not members:
                faults.append(f"--group {group}: no room is in it{did_you_mean(group, tuple(groups_known))}")
            found += members
        if faults:
            raise BadInput(*faults)
        if not found:
            raise BadInput("name the rooms: --room hall, or --group floor-1", where="put")
        return list(dict.fromkeys(found))

    def delivery(self, room: str, manifest: Manifest, files: dict[str, Path], *, dry: bool, follow: bool) -> Delivery:
        """What is put into one room, under an id of its own."""
        return self._made(room, manifest.model_copy(update={"id": new_id()}), files, dry=dry, follow=follow)

    def way_back(self, room: str, kind: str) -> Delivery:
        """One room goes back."""
        return self._made(room, Manifest(id=new_id(), kind="own", name="back"), {}, back=kind)

    def _made(self, room: str, manifest: Manifest, files: dict[str, Path], **more: Any) -> Delivery:
        token = self._tokens.get(room, self._tokens.get(ANY_ROOM, ""))
        made = Delivery(room, manifest, files, token, **more)
        if not self._online.get(room):
            made.give_up("it is not there; its show or its network is off")
        return made

    def _hear_status(self, received: Received) -> None:
        if place := topic_of(self.root, received.topic):
            self._online[place.room] = received.payload == ONLINE

    def _hear_card(self, received: Received) -> None:
        place, card = topic_of(self.root, received.topic), read(RoomCard, received.payload)
        if place and card:
            self._cards[place.room] = card
