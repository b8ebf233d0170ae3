"""What a story of Twine means here, and what is told of the rest."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from scenes.exchange.draft import Draft
from scenes.exchange.from_twine import story_from
from scenes.exchange.link_words import branch_of, words_of
from scenes.exchange.toml_text import story_text
from scenes.exchange.twee import read_twee, write_twee
from scenes.exchange.twine_html import read_twine_html
from scenes.story.checks import check_structure
from scenes.story.story_file import StoryFile
from tests.scenes.exchange.foreign_files import TWEE, page, passage_data, story_data


def from_twee(text: str) -> Draft:
    return story_from(read_twee(text))


def told(draft: Draft) -> str:
    return "\n".join(str(note) for note in draft.notes)


def kept(draft: Draft) -> str:
    """The story's text, as it is written."""
    text = story_text(draft.raw, draft.comments)
    assert tomllib.loads(text) == draft.raw
    return text


def room(text: str, tags: str = "end") -> Draft:
    """A story of a door and one more passage with this text."""
    return from_twee(
        f":: lamp [attract clip:a.mp4]\n[[present->door]]\n\n:: door [{tags}]\n{text}\n\n:: hall\n\n:: cellar\n"
    )


def test_four_passages_become_four_scenes() -> None:
    draft = from_twee(TWEE)
    file = StoryFile.model_validate(draft.raw)
    assert not [problem for problem in check_structure(file) if problem.fatal]
    assert (file.title, file.start, file.attract, file.safe) == ("Four passages", "the-door", "waiting", "waiting")
    door, garden = draft.raw["scenes"]["the-door"], draft.raw["scenes"]["garden"]
    assert door["branch"] == [
        {"to": "garden", "when": {"mood": "calm"}},
        {"to": "cellar", "when": {"mood": "dark", "share": 0.3}},
    ]
    assert door["next"] == "garden"
    assert garden == {
        **{"clip": "garden.mp4", "end": True, "transition": {"kind": "crossfade", "seconds": 1}},
        "set": {"been": 1},
    }
    assert draft.raw["scenes"]["cellar"]["set"] == {"been": 1}
    assert draft.raw["groups"] == {"calm": ["neutral", "happiness"], "dark": ["sadness", "fear", "anger"]}
    assert draft.twine["positions"] == {"waiting": (100, 100), "the-door": (300, 100)}
    assert "# Somebody looks at a door \\[and it looks back]." in kept(draft)


def test_a_page_that_twine_published_is_the_same_story() -> None:
    passages = (
        passage_data(4, "waiting", "attract clip:waiting.mp4", "The lamp burns.\n[[present-&gt;the door]]"),
        passage_data(
            7, "the door", "clip:door.mp4", "A &amp; B\n[[calm-&gt;garden]]\n[[dark 30%|cellar]]\n[[otherwise->garden]]"
        ),
        passage_data(8, "garden", "end clip:garden.mp4 crossfade:1", "(set: $been to true)Light."),
        passage_data(9, "cellar", "end clip:cellar.mp4", "&lt;&lt;set $been to true&gt;&gt;Dark."),
    )
    (story,) = read_twine_html(page(story_data("Four passages", *passages, start=4)))
    draft = story_from(story)
    assert draft.raw == from_twee(TWEE).raw
    assert "# A & B" in kept(draft)
    assert "passage 'story script': is code or a note" in told(draft)
    assert '# let a = "<b>";' in kept(draft)


def test_line_ends_of_windows_change_nothing() -> None:
    text = "x\n[[present->a]]\n<!-- chiaro\nvolume = 0.5\n-->"
    (story,) = read_twine_html(story_data("A", passage_data(1, "a", "attract", text)).replace("\n", "\r\n"))
    (same,) = read_twine_html(story_data("A", passage_data(1, "a", "attract", text)))
    assert story_from(story).raw == story_from(same).raw
    assert from_twee(TWEE.replace("\n", "\r\n")).raw == from_twee(TWEE).raw


def test_an_archive_has_several_stories() -> None:
    stories = read_twine_html(
        story_data("One", passage_data(1, "a", "", "")) + story_data("Two", passage_data(1, "b", "", ""))
    )
    assert [(story.title, story.start) for story in stories] == [("One", "a"), ("Two", "b")]


def test_headers_may_have_brackets_and_json() -> None:
    story = read_twee(':: a \\[b\\] \\{c\\} [one t\\]wo] {"position":"5,6.5","size":"{1,1}"}\ntext\n\\:: no header\n')
    (passage,) = story.passages
    assert (passage.name, passage.tags, passage.position) == ("a [b] {c}", ("one", "t]wo"), (5, 6.5))
    assert passage.text == "text\n:: no header"
    assert story.faults == []
    (again,) = read_twee(write_twee(story)).passages
    assert (again.name, again.tags, again.position, again.text) == (
        *(passage.name, passage.tags, passage.position),
        passage.text,
    )


@pytest.mark.parametrize(
    ("text", "place", "what"),
    [
        (":: a [b\n", "line 1", "are not whole"),
        (":: a {\"position\": 1,}\n", "line 1", "is not JSON"),
        (":: StoryData\n{]\n:: a\n", "line 1", "StoryData is not JSON"),
        ("\nlost\n:: a\n", "line 1", "before the first passage"),
        ("::\nx\n:: a\n", "line 1", "without a name"),
        (":: a\n:: b\n:: a\n", "a", "second passage of that name"),
        (":: a\nx\n[[b->c]]\n", "line 3 (passage 'a')", "leads to 'c', which is no passage here"),
        (":: x\n:: a [wood]\n", "line 2 (passage 'a')", "the tag 'wood' has no meaning here"),
        (":: a\n[[happy->a][$x to 1]]\n", "line 2", "what a link sets"),
        (":: a\n[[been attic->a]] [[happy->a]]\n", "line 2 (passage 'a')", "'been attic' is no condition"),
        (":: a\n\n(if: $x)[y]\n", "line 3 (passage 'a')", "(if: $x) has no meaning here"),
        (":: a\n<<run x()>>\n", "line 2", "<<run x()>> has no meaning here"),
        (":: a [script]\nx\n", "line 1", "is code or a note"),
        (":: StoryInit\nx\n", "line 1", "is code or a note"),
        (":: a\n<!-- chiaro\nend = yes\n-->\n", "a", "is not valid TOML"),
    ],
)  # fmt: skip
def test_what_is_not_understood_is_told_with_its_place(text: str, place: str, what: str) -> None:
    assert any(what in note.what and place in note.place for note in from_twee(text).notes), told(from_twee(text))


@pytest.mark.parametrize(
    "text",
    ["(if: $x)[y]", "<<run x()>>", "[[look->nowhere]]", "[[Open it->hall]] [[Wait->cellar]]", "(set: $x to 'b')"],
)
def test_what_is_not_understood_is_kept_as_a_comment(text: str) -> None:
    word = text.strip("[](<").split("-")[0].split("'")[0].strip("<>()")
    assert word in "".join(line for line in kept(room(text)).split("\n") if line.startswith("#"))


@pytest.mark.parametrize(
    ("text", "changes"),
    [
        ("(set: $doors to 3)", {"set": {"doors": 3}}),
        ("(set: $doors to it + 1)", {"add": {"doors": 1}}),
        ("(set: $Doors to $Doors - 2, $b to false)", {"add": {"doors": -2}, "set": {"b": 0}}),
        ("<<set $doors += 2>>", {"add": {"doors": 2}}),
        ("<<set $doors++>>", {"add": {"doors": 1}}),
        ("<<set $doors to 1>><<set $doors += 2>>", {"set": {"doors": 3}}),
        ("<<set $doors += 2>><<set $doors to 1>>", {"set": {"doors": 1}}),
        ("(if: $x)[(set: $doors to 1)]", {}),
        ("<<if $x>><<set $doors to 1>><</if>>", {}),
        ("(set: $doors to (random: 1, 2))", {}),
        ("(set: $a to 1, $b to 'x')", {}),
    ],
)
def test_a_macro_is_translated_only_where_that_is_sure(text: str, changes: dict[str, dict[str, int]]) -> None:
    scene = room(text).raw["scenes"]["door"]
    assert {key: scene[key] for key in ("set", "add") if key in scene} == changes


def test_a_story_that_was_not_written_for_us_becomes_one_that_plays_when_its_clips_are_there() -> None:
    draft = from_twee(
        ':: StoryData\n{"start": "Hall"}\n\n:: Hall\nA hall. [[Go up->Attic]] or [[Go down->Cellar!]]\n\n'
        ":: Attic\n[[Down again->Hall]]\n\n:: Cellar!\nThe end.\n"
    )
    file = StoryFile.model_validate(draft.raw)
    assert not [problem for problem in check_structure(file) if problem.fatal]
    assert (file.start, file.attract, list(file.scenes)) == ("hall", "attract", ["hall", "attic", "cellar", "attract"])
    assert file.scenes["cellar"].end
    assert file.scenes["attic"].next == "hall"
    assert "'Go up' is no condition" in told(draft)
    assert "NAME.mp4 is assumed" in told(draft)
    assert "# 'Go down' is no condition; write one in: { to = \"cellar\", when = ... }" in kept(draft)


def test_without_a_start_the_film_begins_at_the_passage_that_is_called_so() -> None:
    assert from_twee(":: a\n[[Start]]\n\n:: Start\n").raw["start"] == "start"


def test_scenes_get_names_that_a_story_can_have() -> None:
    draft = from_twee(":: Ä b\n[[->x]]\n:: a-b\n:: A b\n:: 7\n:: none\n:: ...\n")
    assert list(draft.raw["scenes"])[:6] == ["a-b-2", "a-b", "a-b-3", "scene-7", "none-2", "scene"]


@pytest.mark.parametrize(
    ("words", "branch"),
    [
        ("happy", {"when": {"mood": "happiness"}}),
        ("Dark 30 %", {"when": {"mood": "dark", "share": 0.3}}),
        ("calm for 2 s", {"when": {"mood": "calm", "held_seconds": 2}}),
        ("somebody for 3 s", {"when": {"visitors": "present", "for_seconds": 3}}),
        ("at once: fear held 2 s", {"when": {"mood": "fear", "held_seconds": 2}, "immediately": True}),
        ("2 visitors and after 30 s", {"when": {"visitors_at_least": 2, "elapsed_seconds": 30}}),
        ("been the cellar 2 times", {"when": {"been": "the cellar", "times_at_least": 2}}),
        ("draw actor Ben", {"when": {"draw": {"actor": "Ben"}}}),
        ("doors at least 2", {"when": {"counter": "doors", "at_least": 2}}),
        ("after 18:00", {"when": {"after": "18:00"}}),
        ("wonder", {"when": {"mood": "wonder"}}),
        ("Else", {"otherwise": True}),
        ('{ when = { mood = "calm", peak = 0.5 } }', {"when": {"mood": "calm", "peak": 0.5}}),
        ("Open the door", None),
        ("calm and happy", None),
        ("{ when", None),
    ],
)
def test_the_words_of_a_link_are_a_condition(words: str, branch: dict[str, object] | None) -> None:
    assert branch_of(words, ["wonder"]) == branch
    if branch is not None:
        assert branch_of(words_of(branch, ["wonder"]), ["wonder"]) == branch


def test_what_the_page_of_the_documentation_shows_is_understood() -> None:
    page_text = (Path(__file__).parents[3] / "docs" / "imports.md").read_text(encoding="utf-8")
    lines = [line[4:] if line.startswith("    ") else "" for line in page_text.split("\n")]
    twee = [line for line in lines if not line.startswith("chiaro ")]
    assert any(line.startswith(":: garden") for line in twee)
    draft = from_twee("\n".join(twee).strip().replace(":: cellar", ":: attic").replace("->cellar", "->attic"))
    assert [str(note) for note in draft.notes if "not defined" not in note.what] == []
    assert draft.raw["scenes"]["attic"]["cue"] == [{"at_seconds": 2, "caption": "Do not look down."}]
    assert not [problem for problem in check_structure(StoryFile.model_validate(draft.raw)) if problem.fatal]
