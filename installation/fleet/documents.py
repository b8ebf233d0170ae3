"""What the house's pages are told of a room, made of what it said. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from installation.fleet.alarms import Kind
from installation.fleet.health import Health
from installation.fleet.room import Room

Document = dict[str, Any]


def card_of(room: Room, health: Health, unix_offset: float, alarms: Sequence[Kind]) -> Document:
    """A room in the row of all. ``unix_offset``: from monotonic to unix seconds."""
    state, card = room.state, room.card
    return {
        "room": room.name,
        "label": room.label,
        "groups": room.groups,
        "need": health.need,
        "since": None if health.since is None else round(health.since + unix_offset, 1),
        "lost": state.lost if state else (),
        "drifted": health.drifted,
        "alarms": alarms,
        "word": state.word if state else "",
        "scene": state.scene if state else "",
        "in_take": bool(state and state.in_take),
        "visitors": state.visitors if state else 0,
        "takes": state.counters.takes if state else 0,
        "house": state.house if state else "",
        "closed": bool(state and state.controls.closed),
        "version": card.version if card else "",
        "story": card.story if card else "",
        "commands": card.commands if card else (),
    }


def detail_of(room: Room) -> Document:
    """All of a room, for its own page."""
    state, card = room.state, room.card
    return {
        "room": room.name,
        "state": state.model_dump() if state else None,
        "way": room.way,
        "scenes": card.scenes if card else (),
        "console": room.console,
        "started_at": card.started_at if card else None,
    }


def mood_of(room: Room) -> Document:
    """Its visitors' mood together."""
    return {"room": room.name, "mood": room.mood.model_dump() if room.mood else None}
