"""What of a story hangs on faces: its ways out of scenes, and what goes with the visitors inside a scene."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from installation.privacy.draft_words import PaperLanguage
from scenes.story.conditions import When
from scenes.story.looking_away import check_looking_away
from scenes.story.story import Story
from scenes.story.wording import describe


@dataclass(frozen=True, slots=True)
class FaceWay:
    """One way out of a scene that asks what faces show."""

    scene: str
    to: str
    asks: str


@dataclass(frozen=True, slots=True)
class FaceStory:
    """A story, by what it does with faces."""

    title: str
    sha256: str
    """Of its file, as it was read."""
    scenes: int
    ways: int
    face_ways: tuple[FaceWay, ...]
    driven: tuple[str, ...]
    """Scenes in which threads, stems, lamps or the picture follow what faces show."""
    looking_away: tuple[str, ...]
    """What the story's check says of whoever looks away; none where nobody loses anything by it."""


def face_story(story: Story, language: PaperLanguage = "en") -> FaceStory:
    """Read from the story itself, with its conditions in words."""
    ways = [(name, way) for name in story.names for way in story.branches(name)]
    asked = [
        FaceWay(name, way.to, describe(way.when, language)) for name, way in ways if way.when and _asks_faces(way.when)
    ]
    driven = tuple(name for name in story.names if any(_follows_faces(story, name)))
    sha256 = hashlib.sha256(story.text.encode()).hexdigest()
    looking_away = tuple(str(one) for one in check_looking_away(story.file))
    return FaceStory(story.title, sha256, len(story.names), len(ways), tuple(asked), driven, looking_away)


def _asks_faces(when: When) -> bool:
    return any(one.asks_faces for _, one in when.walk())


def _follows_faces(story: Story, name: str) -> Iterator[bool]:
    scene = story.scene(name)
    yield from (_asks_faces(cut.when) for cut in scene.cut)
    yield from (stem.follow is not None and stem.follow.signal is None for stem in scene.stem)
    yield from (drive.follow.signal is None for drive in scene.drive)
    yield from (lamp.follow.signal is None for lamp in scene.lamp)
