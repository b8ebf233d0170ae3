"""All signals that a story asks for: those of its [signals], and values of other rooms that stand where one may."""

from __future__ import annotations

from collections.abc import Iterator

from scenes.story.rooms import is_room_value, room_value
from scenes.story.signals import SignalEntry
from scenes.story.story_file import StoryFile


def every_signal(file: StoryFile) -> dict[str, SignalEntry]:
    """By name: first those of the file, then values of other rooms as they are asked for (``hall/mood/happiness``)."""
    direct = {name: SignalEntry(room=name) for name in _asked(file) if is_room_value(name)}
    return {**file.signals, **direct}


def rooms_named(file: StoryFile) -> tuple[str, ...]:
    """Every other room that the story asks for anything."""
    asked = [room_value(entry.room).room for entry in every_signal(file).values() if entry.room]
    for scene in file.scenes.values():
        asked += [scene.wait_for.room] if scene.wait_for else []
        asked += scene.together.rooms if scene.together else ()
    return tuple(dict.fromkeys(asked))


def _asked(file: StoryFile) -> Iterator[str]:
    for scene in file.scenes.values():
        whens = [branch.when for branch in scene.branch if branch.when] + [cut.when for cut in scene.cut]
        yield from (one.signal for when in whens for _, one in when.walk() if one.signal)
        follows = [*(stem.follow for stem in scene.stem), *(lamp.follow for lamp in scene.lamp)]
        follows += [drive.follow for drive in scene.drive]
        yield from (follow.signal for follow in follows if follow is not None and follow.signal)
