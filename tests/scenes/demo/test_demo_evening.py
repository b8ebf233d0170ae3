"""Evenings with the demo film: the weather of the crossing, and what each visitor's ending remembers."""

from __future__ import annotations

from pathlib import Path

import pytest

from models.mood import Mood
from scenes.machine.cue import StemLevels, ThreadShown
from scenes.story.story import Story, load_story
from tests.scenes.evenings import Course, evening, feeling, scenes_of

JOY, SORROW, WRATH, QUIET = (feeling(label) for label in ("happiness", "sadness", "anger", "neutral"))
HERE, OVER_THE_LAKE, GONE = 5.0, 51.5, 98.0
"""Seconds: a visitor comes; the crossing is on the screen; all have been shown their ending."""


@pytest.fixture(scope="module")
def story() -> Story:
    return load_story(Path(__file__).parents[3] / "scenes" / "demo" / "story.toml")


def course(first: Mood, then: Mood) -> Course:
    return [(HERE, first), (OVER_THE_LAKE, then)]


@pytest.mark.parametrize(
    ("first", "then", "way"),
    [
        (JOY, JOY, "lanterns dance crossing dawn"),
        (SORROW, SORROW, "rain tide crossing stars"),
        (WRATH, WRATH, "forge eclipse crossing ash"),
        # What is remembered: who comes from another mood has an ending of their own.
        (SORROW, JOY, "rain tide crossing daybreak"),
        (WRATH, JOY, "forge eclipse crossing daybreak"),
        (JOY, SORROW, "lanterns dance crossing constellation"),
        (JOY, WRATH, "lanterns dance crossing ember"),
        # And for a face that shows nothing any more, what it showed before decides.
        (JOY, QUIET, "lanterns dance crossing dawn"),
        (WRATH, QUIET, "forge eclipse crossing ash"),
        (QUIET, QUIET, "rain tide crossing stars"),
    ],
)
def test_every_way_leads_over_the_lake_and_the_ending_remembers(
    story: Story, first: Mood, then: Mood, way: str
) -> None:
    shown = scenes_of(evening(story, course(first, then), GONE))
    assert shown[shown.index("opening") + 1 :][:4] == way.split()


def test_the_lake_does_as_the_face_does(story: Story) -> None:
    cues = evening(story, [*course(JOY, SORROW), (58, JOY)], GONE)
    assert [cue.thread for _, cue in cues if isinstance(cue, ThreadShown)] == ["evening", "storm", "evening"]
    levels = [(now, cue) for now, cue in cues if isinstance(cue, StemLevels)]
    assert levels, "the music of the crossing goes with the visitor"
