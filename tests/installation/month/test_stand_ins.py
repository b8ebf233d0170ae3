"""Stand-ins: as long and as named as the clips of the story, and marked."""

from __future__ import annotations

from pathlib import Path

import pytest

from calibration.errors import BadFile
from installation.month.stand_ins import copy_with_stand_ins
from scenes.story.probe import probe
from scenes.story.story import load_story
from tests.clips import make_clip, make_sound, make_still

STORY = """
title = "One room"
start = "door"
attract = "lamp"
safe = "lamp"
[beds.rain]
file = "sounds/rain.wav"
[scenes.lamp]
clip = "film/lamp.mp4"
loop = true
bed = "rain"
[scenes.door]
clip = "film/door.mp4"
in_seconds = 1
out_seconds = 3
next = "picture"
[scenes.picture]
clip = "film/picture.png"
still_seconds = 2
end = true
"""


@pytest.fixture
def story(tmp_path: Path) -> Path:
    for folder in ("film", "sounds", "copy"):
        (tmp_path / folder).mkdir()
    make_clip(tmp_path / "film/lamp.mp4", seconds=4.0, sound=True)
    make_clip(tmp_path / "film/door.mp4", seconds=3.0)
    make_still(tmp_path / "film/picture.png")
    make_sound(tmp_path / "sounds/rain.wav")
    (tmp_path / "story.toml").write_text(STORY)
    return tmp_path / "story.toml"


def nothing(_what: str, _share: float) -> None:
    pass


def test_stand_ins_have_name_length_and_sound_of_the_clips_and_a_number_each(story: Path) -> None:
    original = load_story(story)
    copy, numbers = copy_with_stand_ins(original, story.parent / "copy", nothing)
    stands = load_story(copy)
    assert [stands.duration(name) for name in stands.names] == [original.duration(name) for name in stands.names]
    assert probe(stands.clip("lamp").file).has_sound
    assert not probe(stands.clip("door").file).has_sound
    assert probe(stands.clip("picture").file).still
    assert stands.bed("lamp") is not None
    assert sorted(numbers.values()) == [1, 2, 3]
    assert {file.name for file in numbers} == {"lamp.mp4", "door.mp4", "picture.png"}


def test_threads_have_stand_ins_too_and_stems_come_along(story: Path) -> None:
    for name in ("evening", "storm"):
        make_clip(story.parent / f"film/{name}.mp4", seconds=2.0)
    make_sound(story.parent / "sounds/deep.wav", seconds=2.0)
    lake = """
[scenes.lake]
thread = [{ name = "evening", clip = "film/evening.mp4" }, { name = "storm", clip = "film/storm.mp4" }]
cut = [{ to = "storm", when = { mood = "anger" } }]
stem = [{ file = "sounds/deep.wav" }]
end = true
"""
    story.write_text(STORY.replace('next = "picture"', 'next = "lake"') + lake)
    copy, numbers = copy_with_stand_ins(load_story(story), story.parent / "copy", nothing)
    assert {"evening.mp4", "storm.mp4"} <= {file.name for file in numbers}
    stands = load_story(copy).clip("lake")
    needed = [stands.file, *(thread.file for thread in stands.threads), *(stem.file for stem in stands.stems)]
    assert len(needed) == 3
    assert all(file.is_file() for file in needed)


def test_a_clip_that_cannot_be_read_gets_a_stand_in_too(story: Path) -> None:
    (story.parent / "film/door.mp4").write_bytes(b"torn")
    copy, _ = copy_with_stand_ins(load_story(story, forgive_clips=True), story.parent / "copy", nothing)
    assert not load_story(copy).unplayable


def test_clips_that_lie_elsewhere_are_named(story: Path) -> None:
    make_clip(story.parent / "copy/far.mp4", seconds=4.0)
    inner = story.parent / "film/story.toml"
    inner.write_text(STORY.replace("film/", "").replace("sounds/", "../sounds/").replace("door.mp4", "../copy/far.mp4"))
    with pytest.raises(BadFile, match="outside") as told:
        copy_with_stand_ins(load_story(inner), story.parent / "copy", nothing)
    assert len(told.value.problems) == 2
