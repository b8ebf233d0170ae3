"""Nobody loses anything by looking away: what a story file alone can show."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

import scenes.demo
from scenes.story.looking_away import check_looking_away
from scenes.story.story_file import StoryFile
from tests.scenes.evenings import TWO_ROOMS

LAMP = 'title = "t"\nstart = "door"\nattract = "lamp"\nsafe = "lamp"\n[scenes.lamp]\nclip = "lamp.mp4"\n'
END = '[scenes.end]\nclip = "end.mp4"\nend = true\n'
DOOR = '[scenes.door]\nclip = "door.mp4"\n'
SMILE = 'branch = [{ to = "end", when = { mood = "happiness" } }]\n'


def told(text: str) -> list[str]:
    return [str(problem) for problem in check_looking_away(StoryFile.model_validate(tomllib.loads(text)))]


@pytest.mark.parametrize("text", [TWO_ROOMS, LAMP + END + DOOR + SMILE + 'next = "end"\n'])
def test_a_story_that_leads_everybody_on_is_not_told(text: str) -> None:
    assert told(text) == []


def test_the_demo_film_holds_nobody() -> None:
    assert told((Path(scenes.demo.__file__).parent / "story.toml").read_text()) == []


@pytest.mark.parametrize(
    ("when", "holds"),
    [
        ('{ mood = "happiness" }', True),
        ("{ facing = { above = 0.5 } }", True),
        ('{ not = { mood = "anger" } }', True),
        ('{ any = [{ mood = "happiness" }, { valence = { above = 0.2 } }] }', True),
        ('{ all = [{ elapsed_seconds = 9 }, { mood = "happiness" }] }', True),
        ('{ any = [{ mood = "happiness" }, { elapsed_seconds = 60 }] }', False),
        ("{ elapsed_seconds = 60 }", False),
        ('{ visitors = "present", for_seconds = 5 }', False),
        ("{ minutes_after_opening = 60 }", False),
    ],
)
def test_a_scene_that_only_a_face_ends_is_told(when: str, holds: bool) -> None:
    story = LAMP + END + DOOR + f'loop = true\nbranch = [{{ to = "end", when = {when} }}]\n'
    found = told(story)
    assert len(found) == holds
    assert all("scenes.door: whoever looks away" in one for one in found)


def test_a_circle_that_only_a_face_leaves_is_told_once() -> None:
    hall = '[scenes.hall]\nclip = "hall.mp4"\nnext = "door"\n'
    (found,) = told(LAMP + END + DOOR + SMILE + 'next = "hall"\n' + hall)
    assert "never comes from here to an end" in found


@pytest.mark.parametrize(
    ("to", "when", "told_of"),
    [
        ("door", "{ facing = { below = 0.5 } }", True),
        ("lamp", '{ visitors = "absent" }', True),
        ("lamp", '{ visitors = "absent", for_seconds = 8 }', False),
        ("end", "{ facing = { below = 0.5 } }", False),
        ("lamp", "{ elapsed_seconds = 5 }", False),
        ("lamp", '{ not = { visitors = "absent" } }', False),
    ],
)
def test_a_way_back_because_nobody_looks_is_told(to: str, when: str, told_of: bool) -> None:
    hall = f'[scenes.hall]\nclip = "hall.mp4"\nnext = "end"\nbranch = [{{ to = "{to}", when = {when} }}]\n'
    found = told(LAMP + END + DOOR + 'next = "hall"\n' + hall)
    assert [one.startswith("scenes.hall.branch.0: leads back because nobody looks") for one in found] == [
        True
    ] * told_of


def test_a_take_that_is_lost_by_a_look_aside_is_told() -> None:
    story = LAMP.replace("[scenes", "left = { after_seconds = 2 }\n[scenes", 1) + END + DOOR + 'next = "end"\n'
    assert told(story) == [
        "left.after_seconds: whoever looks aside for 2 s loses the take; 5 or more lets visitors look where they like"
    ]
    assert told(story.replace("after_seconds = 2", "after_seconds = 5")) == []
