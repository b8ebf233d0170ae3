"""A story goes out to Twine and comes in again as the same story."""

from __future__ import annotations

import tomllib
from typing import Any

from scenes.exchange.dot import as_dot
from scenes.exchange.from_twine import story_from
from scenes.exchange.links import links_in
from scenes.exchange.to_twine import twine_story
from scenes.exchange.toml_text import inline_text, story_text
from scenes.exchange.twee import read_twee, write_twee
from scenes.story.story_file import StoryFile
from tests.scenes.evenings import TWO_ROOMS, story_of
from tests.scenes.exchange.made_stories import Maker

STORIES = 240
COMMENTED = """title = "A"
start = "door"
attract = "lamp"
safe = "lamp"
[scenes.lamp]
# The lamp burns.
clip = "lamp.png"
[scenes.door]   # the first
# Somebody [[looks->lamp]] at (set: $doors to 3) a <<set $doors to 3>> door.
# :: no passage
# <!-- chiaro
# end = false -->
clip = "door 1.mp4"
end = true
"""


def out_and_in(raw: dict[str, Any], text: str = "") -> dict[str, Any]:
    return story_from(read_twee(write_twee(twine_story(raw, text, {})))).raw


def test_any_story_is_the_same_after_twine() -> None:
    maker = Maker(seed=16)
    for _ in range(STORIES):
        raw = maker.story()
        text = story_text(raw, {})
        assert tomllib.loads(text) == raw, "the writer's own TOML"
        again = out_and_in(raw, text)
        assert StoryFile.model_validate(again) == StoryFile.model_validate(raw), text
        assert list(again["scenes"]) == list(raw["scenes"])
    assert maker.keys() - set(maker.seen) == set(), "keys that no story had: make more of them"


def test_the_comments_of_a_scene_are_the_text_of_its_passage_and_change_nothing() -> None:
    raw = tomllib.loads(COMMENTED)
    twee = write_twee(twine_story(raw, COMMENTED, {}))
    assert "\nThe lamp burns.\n" in twee
    draft = story_from(read_twee(twee))
    assert draft.raw == raw
    assert draft.notes == []
    assert draft.comments["door"][1:] == [":: no passage", "< !-- chiaro", "end = false -->"]


def test_every_passage_lies_somewhere_else_on_the_map_and_stays_where_an_author_put_it() -> None:
    raw = tomllib.loads(COMMENTED)
    places = {one.name: one.position for one in twine_story(raw, "", {"positions": {"door": [7, 8]}}).passages}
    assert places["door"] == (7, 8)
    assert len(set(places.values())) == len(places)


def test_twine_finds_no_link_in_what_only_we_read() -> None:
    """Twine makes an empty passage of every link that leads nowhere, also in a comment."""
    maker = Maker(seed=3)
    for _ in range(40):
        raw = maker.story()
        story = twine_story(raw, "", {})
        names = {passage.name for passage in story.passages}
        for passage in story.passages:
            assert {link.name for link in links_in(passage.text)} <= names, passage.text


def test_lists_in_lists_are_no_links() -> None:
    assert list(links_in(inline_text([[1, 2], [3]], twine=True))) == []
    assert tomllib.loads(f"a = {inline_text([[1, 2], [3]], twine=True)}") == {"a": [[1, 2], [3]]}


def test_a_drawing_has_its_words_in_quotes() -> None:
    drawn = as_dot(story_of(TWO_ROOMS.replace('"Two rooms"', "'The \"door\" \\ B'")))
    assert 'label="The \\"door\\" \\\\ B";' in drawn
    assert '    "door" -> "cellar" [label="dark"];' in drawn
