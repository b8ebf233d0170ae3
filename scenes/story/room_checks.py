"""Checks of what a story asks of other rooms. Which rooms there are is known only to the broker."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from calibration.files import did_you_mean
from models.labels import LABELS
from scenes.story.problem import Problem
from scenes.story.rooms import MEASURES, room_value
from scenes.story.signals import SignalEntry
from scenes.story.story_file import StoryFile

ROOM_VALUES_AT_MOST = 32


def check_rooms(file: StoryFile, signals: Mapping[str, SignalEntry]) -> Iterator[Problem]:
    """Yield what is wrong with waits, and with the values of other rooms among all ``signals`` of the story."""
    asked = {name: entry.room for name, entry in signals.items() if entry.room is not None}
    if len(asked) > ROOM_VALUES_AT_MOST:
        yield Problem("signals", f"{len(asked)} values of other rooms are asked for; {ROOM_VALUES_AT_MOST} at most")
    words = (*LABELS, *file.groups, *MEASURES)
    for name, path in asked.items():
        value = room_value(path)
        if value.kind == "mood" and value.word not in words:
            hint = did_you_mean(value.word, words) or "; expected one of " + ", ".join(dict.fromkeys(words))
            key = f"signals.{name}.room" if name in file.signals else "signals"
            yield Problem(key, f"{path!r}: no emotion, group or measure is called {value.word!r}{hint}")
    for name, scene in file.scenes.items():
        key = f"scenes.{name}"
        if scene.wait_for is not None and scene.together is not None:
            yield Problem(f"{key}.together", "the scene has wait_for too; keep one of them")
        for option, wait in (("wait_for", scene.wait_for), ("together", scene.together)):
            if wait is not None and name in (file.attract, file.safe):
                role = "attract" if name == file.attract else "safe"
                yield Problem(
                    f"{key}.{option}", f"{name!r} is the story's `{role}` scene, which waits for no other room"
                )
        rooms = scene.together.rooms if scene.together is not None else ()
        for room in dict.fromkeys(rooms):
            if rooms.count(room) > 1:
                yield Problem(f"{key}.together.rooms", f"names {room!r} twice; remove one")
