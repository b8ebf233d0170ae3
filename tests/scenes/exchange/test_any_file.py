"""Whatever a file holds: it is brought in, or refused in words; and what is written can be read."""

from __future__ import annotations

import json
import tomllib
from contextlib import suppress
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from calibration.errors import BadFile
from scenes.exchange.forebears import story_from_config
from scenes.exchange.from_twine import story_from
from scenes.exchange.toml_text import story_text
from scenes.exchange.twee import read_twee
from scenes.exchange.twine_html import read_twine_html
from tests.scenes.exchange.foreign_files import riot

TAGS = (
    "attract",
    "safe",
    "start",
    "story",
    "end",
    "loop",
    "clip:a.mp4",
    "crossfade:1",
    "branch:3",
    "set:3",
    "kind:course",
)
LINES = (
    *(
        "[[calm->b]]",
        "[[a]]",
        "[[]]",
        "[[b<-been b][$x to 1]]",
        "[[{ when = 3 }->a]]",
        "[[{ when = { been = [], mood = {} } }->a]]",
    ),
    *(
        "[[{ otherwise = true }->a]]",
        "[[otherwise|b]]",
        "(set: $a to 1)",
        "(if: (x)[",
        "<<if x>>",
        "<</if>>",
        "\x00",
        "-->",
    ),
    *("<!-- chiaro", "-->", "end = false", "branch = [3]", "branch = 3", "branch = [{ otherwise = true }]", "next = 3"),
    *(
        "clip = 3",
        "[groups]",
        "groups = 3",
        "draws = []",
        "scenes = 3",
        "start = 3",
        "attract = []",
        "title = []",
        "beds = { a = 3 }",
    ),
)
HEADERS = (":: a", ":: b", ":: Ä", "::", ":: a [", ':: c {"position":3}', ":: StoryData", ":: StoryTitle", "x")
MARKUP = (
    *("<tw-storydata", " name='a'", "<tw-passagedata name=b", ">", "</tw-passagedata>", "</tw-storydata>"),
    *("<style>", "<script>", "x&lt;", "&", "<", "<!--"),
)
PASSAGE = st.tuples(
    st.sampled_from(HEADERS),
    st.sets(st.sampled_from(TAGS), max_size=3).map(lambda tags: f" [{' '.join(sorted(tags))}]" if tags else ""),
    st.lists(st.sampled_from(LINES), max_size=5),
).map(lambda parts: "\n".join([parts[0] + parts[1], *parts[2]]))
TWEE = st.lists(PASSAGE, max_size=5).map("\n".join)
VALUES = st.recursive(
    st.none() | st.integers(-5, 5) | st.sampled_from(["00:01.000", "calm", "x", ""]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["start", "end", "calm", "branch"]), inner)
    ),
    max_leaves=8,
)


@settings(max_examples=60)
@given(TWEE)
def test_any_text_is_a_story_of_twine_or_tells_why_not(text: str) -> None:
    draft = story_from(read_twee(text))
    assert tomllib.loads(story_text(draft.raw, draft.comments)) == draft.raw
    for note in draft.notes:
        assert str(note)


@settings(max_examples=40)
@given(st.lists(st.sampled_from(MARKUP)).map("".join))
def test_any_page_has_stories_or_none(text: str) -> None:
    for story in read_twine_html(text):
        assert tomllib.loads(story_text(story_from(story).raw, {}))


@settings(max_examples=60)
@given(st.sampled_from(["media", "actors", "intros", "credits", "levels", "mode"]), VALUES)
def test_any_config_is_brought_in_or_refused_in_words(tmp_path_factory: object, key: str, value: object) -> None:
    config = riot()[0] | {key: value}
    file = Path(tmp_path_factory.getbasetemp()) / "config.json"  # type: ignore[attr-defined]
    file.write_text(json.dumps(config))
    with suppress(BadFile):
        draft = story_from_config(file)
        assert tomllib.loads(story_text(draft.raw, draft.comments)) == draft.raw
