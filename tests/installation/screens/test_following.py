"""A screen that follows shows the leader's picture: from its first scene on, through cuts, losses and returns."""

from __future__ import annotations

from pathlib import Path

import pytest

from installation.bench.marked_clip import make_clip
from scenes.story.clip import Transition
from scenes.story.story import Story, load_story
from tests.installation.film.cinema import SIZE, wait_until
from tests.installation.screens.pair import STEP, Pair, pair

WITHIN_SECONDS = 2.0
STORY = """
title = "Two walls"
start = "hall"
attract = "door"
safe = "rest"
decide_before_end_seconds = 0.4
[scenes.door]
clip = "1.mkv"
minimum_seconds = 1
[scenes.hall]
clip = "2.mkv"
next = "yard"
[scenes.yard]
clip = "3.mkv"
next = "hall"
[scenes.rest]
clip = "4.mkv"
"""
DOOR, HALL, YARD, REST = 1, 2, 3, 4


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Story:
    folder = tmp_path_factory.mktemp("walls")
    for mark, seconds in enumerate((1.5, 4.0, 4.0, 1.0), 1):
        make_clip(folder / f"{mark}.mkv", mark, seconds, SIZE)
    (folder / "story.toml").write_text(STORY)
    return load_story(folder / "story.toml")


def joined(both: Pair) -> bool:
    return both.apart(1) <= 1


def test_a_late_screen_joins_in_mid_loop_and_every_cut_is_on_the_leaders_frame(story: Story) -> None:
    with pair(story) as both:
        both.runs = False
        both.play(1, "door")
        both.run(2.2)  # in the second round of the loop
        both.runs = True
        both.run(WITHIN_SECONDS)
        assert joined(both)
        both.run(2.0)  # whole rounds follow
        both.play(2, "hall")
        both.run(0.5)
        both.play(3, "yard", "end")
        both.run(4.5)
        both.play(4, "hall", "now", Transition("crossfade", 0.5))
        both.run(1.5)
        assert {lead.mark for lead, _, _ in both.both[-round(8 / STEP) :] if lead} == {DOOR, HALL, YARD}
        assert both.apart(round(8 / STEP)) <= 1
        assert both.dark(round(8 / STEP)) == 0
