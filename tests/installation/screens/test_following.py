"""A screen that follows shows the leader's picture: from its first scene on, through cuts, losses and returns."""

from __future__ import annotations

import pytest

from installation.bench.marked_clip import make_clip
from installation.screens.telling import digest_of
from scenes.story.clip import Transition
from scenes.story.story import Story, load_story
from tests.installation.film.cinema import STEP, wait_until
from tests.installation.screens.pair import SMALL, Pair, pair

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
        make_clip(folder / f"{mark}.mkv", mark, seconds, SMALL)
    (folder / "story.toml").write_text(STORY)
    return load_story(folder / "story.toml")


def joined(both: Pair) -> bool:
    return both.apart(1) <= 1


def test_a_late_screen_joins_in_mid_loop_and_every_cut_is_on_the_leaders_frame(story: Story) -> None:
    with pair(story) as both:
        both.runs = False
        both.play(1, "door")
        both.run(1.7)  # in the second round of the loop
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


def test_one_that_stood_still_or_was_cut_off_is_back_within_two_seconds_and_no_picture_jumps(story: Story) -> None:
    with pair(story) as both:
        both.play(1, "hall")
        both.run(1.5)
        assert joined(both)
        both.runs = False  # stopped, and the film on the wall with it
        both.run(0.7)
        both.runs = True
        both.run(WITHIN_SECONDS)
        assert joined(both)
        assert both.jumps() == [], "what was left out lies behind black"
        both.link.cut = True
        both.play(2, "yard")  # which the screen does not hear of
        both.run(1.0)
        both.link.cut = False
        both.run(WITHIN_SECONDS)
        assert joined(both)
        assert both.jumps() == []


def test_without_a_leader_the_scene_goes_on_to_its_end_then_the_safe_scene_and_back_to_a_new_leader(
    story: Story,
) -> None:
    with pair(story) as both:
        both.play(1, "hall")
        both.run(1.5)
        both.leads = False  # killed
        both.run(2.0)
        assert both.marks_of_screen(1.9) == {HALL}, "there is no reason to show something else yet"
        both.run(2.5)
        assert both.marks_of_screen(0.2) == {REST}
        both.link.session, both.leads = 2, True  # started again: it counts its scenes from 1
        both.lead.play(1, "yard", story.clip("yard"))
        both.run(WITHIN_SECONDS)
        assert joined(both)
        assert both.jumps() == []


def test_the_first_scene_of_a_new_leader_is_not_the_first_one_of_the_old(story: Story) -> None:
    with pair(story) as both:
        both.play(1, "hall")
        both.run(1.2)
        both.link.session, both.link.cut = 2, True
        both.lead.play(1, "yard", story.clip("yard").rest_from(1.2))  # at the same second, as it happens
        both.run(0.5)
        both.link.cut = False
        both.run(WITHIN_SECONDS)
        assert joined(both)


def test_pause_black_and_closing_are_the_leaders(story: Story) -> None:
    with pair(story) as both:
        both.play(1, "hall")
        both.run(1.5)
        both.lead.pause(True)
        both.run(0.3)
        assert both.apart(5) <= 1
        assert len(both.marks_of_screen(0.1)) == 1
        both.lead.pause(False)
        both.run(0.3)
        assert both.apart(5) <= 1
        both.blackout = True
        both.run(0.8)
        assert both.both[-1][2] == 0.0
        both.blackout, both.closed, both.leads = False, True, True
        both.run(0.2)
        both.leads = False  # the machine that leads goes off at night
        both.run(12.0)
        assert both.dark(round(12.0 / STEP)) == round(12.0 / STEP), "no safe scene for nobody"


def test_another_story_is_told_in_words_and_the_safe_scene_is_shown_until_the_copy_is_the_same(story: Story) -> None:
    text = story.path.read_text()
    with pair(story) as both:
        both.play(1, "hall")
        both.run(1.2)
        edited = text.replace("Two walls", "Two other walls")
        both.story_told = digest_of(edited)
        both.run(1.2)
        assert both.marks_of_screen(0.2) == {REST}
        wait_until(lambda: both.screen.losses.is_lost("story"))
        assert "copy its folder here" in both.screen.losses.lost_parts()[-1]
        story.path.write_text(edited)
        try:
            wait_until(lambda: both.copy.story is not story)
            both.run(1.0)
            assert joined(both)
            assert not both.screen.losses.is_lost("story")
        finally:
            story.path.write_text(text)


def test_a_cut_that_the_leader_takes_back_is_not_made(story: Story) -> None:
    with pair(story) as both:
        both.play(1, "hall")
        both.run(3.0)
        both.play(2, "yard", "end")
        both.run(0.5)
        assert both.screen.film.coming is not None
        both.lead.stay()
        both.run(0.1)
        assert both.screen.film.coming is None
