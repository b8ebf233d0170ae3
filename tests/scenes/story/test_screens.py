"""What each of several screens plays: clips of its own, or a part of one wide clip."""

from __future__ import annotations

from pathlib import Path

import pytest

from calibration.screens_settings import Crop
from scenes.story.story import load_story
from tests.clips import make_clip

STORY = """
title = "Three walls"
start = "hall"
attract = "door"
safe = "door"
[scenes.door]
clip = "wide.mp4"
minimum_seconds = 1
[scenes.hall]
clip = "wide.mp4"
next = "door"
screens.left = { clip = "left.mp4" }
screens.right = { crop = { x = 0.5, width = 0.5 } }
"""


@pytest.fixture
def story_file(tmp_path: Path) -> Path:
    make_clip(tmp_path / "wide.mp4", 2.0)
    make_clip(tmp_path / "left.mp4", 2.0)
    file = tmp_path / "story.toml"
    file.write_text(STORY)
    return file


def test_a_screen_plays_all_of_its_own_clip_and_else_its_part_of_the_one_for_all(story_file: Path) -> None:
    story = load_story(story_file)
    assert story.warnings == ()
    quarter = Crop(x=0.25, width=0.25)
    left = story.screen_clip("hall", "left", quarter)
    assert (left.file.name, left.crop, left.out_seconds) == ("left.mp4", Crop(), story.duration("hall"))
    assert story.screen_clip("door", "left", quarter).crop == quarter
    assert story.screen_clip("hall", "right", quarter).crop == Crop(x=0.5, width=0.5)
    assert story.on_screen("left", quarter).clip("hall") == left
    assert story.screen_clip("hall", "middle") == story.clip("hall"), "nothing is said of it"


def test_clips_of_screens_that_cannot_run_in_step_are_told_and_the_story_plays_all_the_same(story_file: Path) -> None:
    make_clip(story_file.parent / "left.mp4", 1.0, fps=20)
    too_short, other_rate = (str(one) for one in load_story(story_file).warnings)
    assert too_short.startswith("scenes.hall.screens.left.clip: left.mp4 has 1.00 s, and the scene 2.00 s")
    assert "left.mp4 has 20 pictures a second, and wide.mp4 10" in other_rate
    (story_file.parent / "left.mp4").unlink()
    (missing,) = load_story(story_file).warnings
    assert "scenes.hall.screens.left.clip: left.mp4: no such file" in str(missing)
