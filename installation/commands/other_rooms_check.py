"""Whether the rooms that the story asks for can be heard in this venue."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from calibration.errors import BadFile
from calibration.venue import Venue
from installation.commands.finding import Finding, ok, warning
from scenes.story.asked_signals import every_signal, rooms_named
from scenes.story.rooms import room_value
from scenes.story.salvage import read_story_file


def check_other_rooms(story: Path, venue: Venue) -> Iterator[Finding]:
    """Which rooms there are knows only the broker. What is wrong with the story itself is told elsewhere."""
    try:
        file = read_story_file(story)[0]
    except BadFile:
        return
    if file is None or not rooms_named(file):
        return
    own, others = venue.rooms.room_of(venue.name), ", ".join(rooms_named(file))
    if not venue.rooms.broker:
        why = f"the story asks for {others}, of which nothing is known, and each wait takes its limit: name a broker"
        yield warning("rooms", "rooms.broker", why)
        return
    yield ok("rooms", "other rooms", f"{others} are asked for at {venue.rooms.address}; this room is called {own}")
    for name, entry in every_signal(file).items():
        if entry.room and room_value(entry.room).room == own:
            what = f"{entry.room} is this room itself, which does not hear itself: it is never known"
            yield warning("rooms", f"signals.{name}" if name in file.signals else name, what)
    for name, scene in file.scenes.items():
        if scene.wait_for and scene.wait_for.room == own:
            yield warning(
                "rooms", f"scenes.{name}.wait_for", f"{own} is this room itself, so the scene waits for nobody"
            )
        if scene.together and set(scene.together.rooms) == {own}:
            yield warning("rooms", f"scenes.{name}.together", f"names only {own}, which is this room itself")
