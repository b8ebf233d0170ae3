"""Stories of RIOT and Perception, in both their meanings, and evenings with a chosen mood at each choice."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from calibration.errors import BadFile
from models.mood import Mood
from scenes.exchange.draft import Draft
from scenes.exchange.forebears import story_from_config
from scenes.exchange.toml_text import story_text
from scenes.machine.cue import SceneStarted
from scenes.machine.dry_run import dry_run
from scenes.story.checks import check_structure
from scenes.story.story_file import StoryFile
from tests.scenes.evenings import feeling, story_of
from tests.scenes.exchange.foreign_files import perception, riot


def drafted(folder: Path, config: Any) -> Draft:
    file = folder / "config.json"
    file.write_text(json.dumps(config))
    return story_from_config(file)


def faults(draft: Draft) -> list[str]:
    return [str(problem) for problem in check_structure(StoryFile.model_validate(draft.raw)) if problem.fatal]


def test_riot_a_level_leads_to_the_clip_of_the_mood_and_that_to_its_outcome(tmp_path: Path) -> None:
    draft = drafted(tmp_path, riot(10.0)[0])
    scenes = draft.raw["scenes"]
    assert faults(draft) == []
    assert [way["when"]["mood"] for way in scenes["level-1"]["branch"]] == ["anger", "fear", "calm"]
    assert scenes["level-1"]["next"] == "level-1-calm"
    assert scenes["level-1-calm"] == {
        **{"clip": "house.mp4", "in_seconds": 50, "out_seconds": 60, "sound": "house.wav", "sound_in_seconds": 50},
        "next": "level-2",
    }
    assert scenes["level-1-fear"]["next"] == "credits-1"
    assert scenes["level-2-anger"]["next"] == "level-1"
    assert (scenes["credits-1"]["next"], scenes["credits-2"]["end"]) == ("credits-2", True)
    assert draft.raw["groups"] == {"calm": ["neutral", "happiness"]}


def test_media_are_found_by_name_beside_the_file(tmp_path: Path) -> None:
    (tmp_path / "video").mkdir()
    (tmp_path / "video/house.mp4").touch()
    draft = drafted(tmp_path, riot()[0])
    assert draft.raw["scenes"]["level-1"]["clip"] == "video/house.mp4"
    assert [str(note) for note in draft.notes] == [
        "media.audio: house.wav is not beside the file; put it beside the story"
    ]


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (lambda config: config.pop("levels"), "levels"),
        (lambda config: config["levels"][0].update(end="soon"), "levels[0].end: expected a time such as 01:30.500"),
        (lambda config: config["levels"][1]["branch"]["calm"].update(end="00:00.000"), "levels[1].branch.calm.end"),
        (lambda config: config["levels"][0].update(end=config["levels"][0]["start"]), "levels[0].end: must be after"),
        (lambda config: config["media"].pop("video"), "media.video"),
        (lambda config: config.update(intros=3), "intros: must be a list"),
    ],
)
def test_what_leaves_a_scene_without_its_times_is_told_with_its_place(
    tmp_path: Path, change: Callable[[dict[str, Any]], object], place: str
) -> None:
    config = riot()[0]
    change(config)
    with pytest.raises(BadFile) as told:
        drafted(tmp_path, config)
    assert place in str(told.value)


def test_what_has_no_meaning_here_is_told_and_kept(tmp_path: Path) -> None:
    config = riot()[0]
    config["eyeTracking"] = {"port": 5000}
    odd: dict[str, object] = {"net.port": 1, "levels[x]": 2, "": 3, "two\nrows": 4}
    config |= odd
    config["levels"][0]["branch"] |= {"far.away": {}, "[0]": {}}
    config["levels"][0]["branch"]["wonder"] = {"start": "00:01.000", "end": "00:02.000", "outcome": 0}
    config["levels"][1]["branch"]["calm"]["outcome"] = 9
    draft = drafted(tmp_path, config)
    notes = "\n".join(str(note) for note in draft.notes)
    text = story_text(draft.raw, draft.comments)
    assert "eyeTracking: has no meaning here" in notes
    assert '# eyeTracking = {"port": 5000}' in text
    assert {'# "" = 3', "# levels[x] = 2", "# net.port = 1", "# two rows = 4"} <= set(text.split("\n"))
    assert "two rows: has no meaning here" in notes
    assert StoryFile.model_validate(tomllib.loads(text))
    assert "levels[0].branch.wonder: is no emotion that is known here" in notes
    assert "# levels[0].branch.wonder = {" in text
    assert "levels[1].branch.calm.outcome: there is no level 9; the credits follow" in notes
    assert faults(draft) == []


def way_through(draft: Draft, moods: str) -> list[str]:
    """The scenes of the first take of a visitor who shows anger, fear or calm at the choices in turn (``afc``)."""
    story = story_of(story_text(draft.raw, {}))
    words = {"a": "anger", "f": "fear", "c": "happiness"}
    seen: list[str] = []

    def mood(_now: float, _state: object) -> Mood:
        chosen = sum(name.count("-") == 2 for name in seen)
        return feeling(words[moods[min(chosen, len(moods) - 1)]])

    for _, _, cues in dry_run(story, mood, 600.0, 0.1):
        for cue in cues:
            if isinstance(cue, SceneStarted) and cue.scene == "intro-1" and seen:
                return seen
            seen += [cue.scene] if isinstance(cue, SceneStarted) and cue.scene != "intro-1" else []
    return seen


def test_riot_a_visitor_who_is_angry_at_the_second_level_comes_back_to_the_first(tmp_path: Path) -> None:
    draft = drafted(tmp_path, riot(4.0)[0])
    way = ["intro-2", "level-1", "level-1-calm", "level-2", "level-2-anger", "level-1", "level-1-fear"]
    assert way_through(draft, "caf") == [*way, "credits-1", "credits-2"]


def test_perception_two_stories_of_which_one_is_drawn_to_be_the_first(tmp_path: Path) -> None:
    draft = drafted(tmp_path, perception(4.0)[0])
    scenes = draft.raw["scenes"]
    assert faults(draft) == []
    assert draft.raw["draws"] == {"actor": {"of": ["ada", "ben"]}}
    assert (scenes["intro-2"]["branch"][0]["to"], scenes["intro-2"]["next"]) == ("level-6", "level-0")
    assert [way["to"] for way in scenes["level-1"]["branch"]] == ["level-2-anger", "level-2-fear", "level-2-calm"]
    assert scenes["level-5-fear"]["branch"] == [{"to": "level-6", "when": {"draw": {"actor": "ada"}}}]
    assert scenes["level-11-calm"]["branch"] == [{"to": "level-0", "when": {"draw": {"actor": "ben"}}}]
    assert (scenes["level-11-calm"]["next"], scenes["reveal"]["next"]) == ("reveal", "credits-1")


def test_perception_with_one_intro_shows_it_to_the_visitor_too_so_that_the_lot_is_drawn(tmp_path: Path) -> None:
    config = perception(4.0)[0]
    del config["intros"][1]
    draft = drafted(tmp_path, config)
    assert faults(draft) == []
    assert draft.raw["start"] == "intro-2"
    assert draft.raw["scenes"]["intro-2"]["branch"] == [{"to": "level-6", "when": {"draw": {"actor": "ben"}}}]


@pytest.mark.parametrize("drawn", ["ada", "ben"])
def test_perception_both_stories_are_told_the_drawn_one_first_and_then_the_reveal(tmp_path: Path, drawn: str) -> None:
    draft = drafted(tmp_path, perception(4.0)[0])
    assert faults(draft) == []
    assert draft.raw["draws"] == {"actor": {"of": ["ada", "ben"]}}
    draft.raw["draws"]["actor"]["weights"] = [1000, 0.001] if drawn == "ada" else [0.001, 1000]
    begins = (0, 6) if drawn == "ada" else (6, 0)
    told = [
        *(["level-{}", "level-{}", "level-{}-anger", "level-{}-fear", "level-{}-calm", "level-{}-anger"]),
        *(["level-{}", "level-{}", "level-{}-fear", "level-{}-fear", "level-{}-calm", "level-{}-calm"]),
    ]
    numbers = [begin + step for begin in begins for step in range(6)]
    levels = [name.format(number) for name, number in zip(told, numbers, strict=True)]
    assert way_through(draft, "afcaffcc") == ["intro-2", *levels, "reveal", "credits-1"]
