"""What the check finds of the MQTT broker: whether it lets this room in, and what contradicts itself in [rooms]."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from calibration.errors import BadFile
from calibration.extras import MissingExtra
from calibration.rooms_settings import RoomsSettings
from calibration.venue import Venue
from installation.commands.finding import Finding, ok, problem, warning
from installation.host.row import Row

PART = "broker"


def check_broker(venue: Venue, show: int = 0) -> Iterator[Finding]:
    """The broker is asked once; nothing is published. ``show``: process of the running show, or 0."""
    settings = venue.rooms
    if not settings.broker:
        changed = [key for key in settings.model_fields_set if getattr(settings, key)]
        if changed:
            yield warning(PART, f"rooms.{sorted(changed)[0]}", "has no effect without rooms.broker")
        return
    yield from _contradictions(settings)
    yield from _token(settings)
    yield from _asked(venue, show)


def broker_row(venue: Venue) -> Row:
    """The broker for ``chiaro doctor``."""
    from installation.rooms.link import NoBroker, ask_broker

    settings = venue.rooms
    if not settings.broker:
        return Row(PART, "none: rooms.broker of the venue is ''")
    try:
        ask_broker(settings)
    except (MissingExtra, NoBroker) as error:
        return Row(PART, f"{settings.broker}: {error}; the show goes on without it", "warning")
    return Row(PART, f"{settings.broker} lets us in; this room is {settings.room_of(venue.name)!r} there")


def _contradictions(settings: RoomsSettings) -> Iterator[Finding]:
    address = settings.address
    if settings.user and not address.tls and not address.is_this_machine:
        why = "the password goes over the network as it is; use mqtts:// where others are on it"
        yield warning(PART, f"rooms.broker = {settings.broker}", why)
    if settings.user and not settings.password_file:
        yield warning(PART, "rooms.user", "is sent without a password; write password_file if the broker wants one")
    if settings.password_file:
        with suppress(OSError):  # told where the broker is asked
            mode = Path(settings.password_file).stat().st_mode
            if os.name == "posix" and mode & (stat.S_IRWXG | stat.S_IRWXO):
                why = f"others on this machine can read it; run: chmod 600 {settings.password_file}"
                yield warning(PART, "rooms.password_file", why)


def _token(settings: RoomsSettings) -> Iterator[Finding]:
    """Whoever may put something here holds the room's token, or is anybody at the broker."""
    from installation.rooms.tokens import read_token

    takes = [key for key in ("accept_stories", "accept_venues") if getattr(settings, key)]
    if settings.token_file:
        try:
            read_token(Path(settings.token_file))
        except BadFile as error:
            yield problem(PART, "rooms.token_file", f"{error.problems[0]}; nobody could control this room")
    elif takes:
        why = "whoever may write to the broker may put something here; make a token: chiaro rooms token"
        yield warning(PART, f"rooms.{takes[0]}", f"{why} {settings.room or 'ROOM'}")


def _asked(venue: Venue, show: int) -> Iterator[Finding]:
    from installation.rooms.link import NoBroker, ask_broker
    from installation.rooms.topics import ONLINE, SET, RoomTopics, topic_of

    settings = venue.rooms
    room, where = settings.room_of(venue.name), f"rooms.broker = {settings.broker}"
    topics = RoomTopics(settings.topic, room)
    try:
        retained = ask_broker(settings, topics.of("#"))
    except MissingExtra as error:
        yield warning(PART, where, f"{error}; without it the show goes on, and no other room hears of it")
        return
    except NoBroker as error:
        yield warning(PART, where, f"{error}; the show goes on without it, and keeps trying")
        return
    yield ok(PART, where, f"lets us in; this room is {room!r} there")
    if not show and any(one.topic == topics.status and one.payload == ONLINE for one in retained):
        why = f"a room {room!r} is there already, and no show of this venue runs here; set another rooms.room"
        yield warning(PART, "rooms.room", why)
    for one in retained:
        topic = topic_of(settings.topic, one.topic)
        if topic and topic.kind == SET:
            why = f"a retained command lies there and is not obeyed; take it away: mosquitto_pub -r -n -t {one.topic}"
            yield problem(PART, one.topic, why)
