"""Two versions of a story: each change is said once, in the author's words."""

import copy
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from calibration.errors import BadFile
from scenes.exchange.toml_text import story_text
from scenes.story.diff import differences
from scenes.story.story_file import StoryFile
from tests.clips import make_clip
from tests.scenes.evenings import TWO_ROOMS
from tests.scenes.exchange.made_stories import Maker


def compared(tmp_path: Path, new: str, old: str = TWO_ROOMS) -> list[tuple[str, str, str]]:
    one, other = tmp_path / "old.toml", tmp_path / "new.toml"
    one.write_text(old)
    other.write_text(new)
    return [(found.where, found.kind, found.words) for found in differences(one, other)]


def test_a_story_is_no_different_from_itself_nor_from_one_that_writes_a_default(tmp_path: Path) -> None:
    assert compared(tmp_path, TWO_ROOMS) == []
    assert compared(tmp_path, TWO_ROOMS.replace("end = true", "end = true\nvolume = 1.0")) == []


def test_a_way_that_asks_for_something_else_and_one_that_is_new_are_told_with_their_place(tmp_path: Path) -> None:
    new = TWO_ROOMS.replace('mood = "dark" } }', 'mood = "dark", share = 0.3 } }, { to = "still", otherwise = true }')
    assert compared(tmp_path, new.replace('next = "garden"\n', "")) == [
        ("scenes.door", "changed", "way out 2 of 3 is dark 30% of the time -> cellar (was dark -> cellar)"),
        ("scenes.door", "added", "new way out 3 of 3: otherwise -> still"),
        ("scenes.door", "removed", "no longer a way out: otherwise -> garden"),
    ]


def test_a_lot_that_weighs_more_is_told_with_both_weights(tmp_path: Path) -> None:
    asked = (
        '[{ to = "garden", when = { mood = "calm" } }, { to = "cellar", when = { mood = "dark" } }]\nnext = "garden"'
    )
    old, new = (
        TWO_ROOMS.replace(asked, f'[{{ to = "garden", weight = {weight} }}, {{ to = "cellar", weight = 1 }}]')
        for weight in (1, 3)
    )
    words = "way out 1 of 2 is by lot, weight 3 -> garden (was by lot, weight 1 -> garden)"
    assert compared(tmp_path, new, old) == [("scenes.door", "changed", words)]


def test_another_clip_of_a_thread_is_one_change(tmp_path: Path) -> None:
    threads = 'thread = [{{ name = "she", clip = "{}.mp4" }}, {{ name = "he", clip = "he.mp4" }}]'
    old, new = (TWO_ROOMS.replace('clip = "door.mp4"', threads.format(name)) for name in ("a", "b"))
    words = 'thread { name = "she", clip = "b.mp4" } (was { name = "she", clip = "a.mp4" })'
    assert compared(tmp_path, new, old) == [("scenes.door", "changed", words)]


def test_the_order_of_the_ways_counts_since_the_first_that_holds_is_taken(tmp_path: Path) -> None:
    one, other = '{ to = "garden", when = { mood = "calm" } }', '{ to = "cellar", when = { mood = "dark" } }'
    new = TWO_ROOMS.replace(f"[{one}, {other}]", f"[{other}, {one}]")
    words = "its ways out are asked in another order: dark -> cellar; calm -> garden; otherwise -> garden"
    assert compared(tmp_path, new) == [("scenes.door", "changed", words)]


def test_a_renamed_scene_is_one_change_and_not_one_at_every_way_that_leads_there(tmp_path: Path) -> None:
    assert compared(tmp_path, TWO_ROOMS.replace('"cellar"', '"vault"').replace("scenes.cellar", "scenes.vault")) == [
        ("scenes.vault", "renamed", "was called cellar")
    ]
    swapped = TWO_ROOMS.replace('"lamp"', '"sun"').replace("scenes.lamp", "scenes.sun")
    assert compared(tmp_path, swapped) == [("scenes.sun", "renamed", "was called lamp")]


def test_scenes_groups_and_keys_that_came_and_went_are_told_as_the_file_writes_them(tmp_path: Path) -> None:
    new = TWO_ROOMS.replace('clip = "cellar.mp4"\nout_seconds = 30', 'clip = "attic.mp4"\nout_seconds = 20')
    new = (
        new.replace("cellar", "attic")
        .replace('"anger"]', '"anger", "disgust"]')
        .replace("seconds = 1 }", "seconds = 2 }")
    )
    found = compared(tmp_path, new.replace('title = "Two rooms"', 'title = "Two rooms"\nleft = { after_seconds = 9 }'))
    assert ("story", "changed", "left is { after_seconds = 9 } (was { after_seconds = 15 })") in found
    dark = '["sadness", "fear", "anger"'
    assert ("groups.dark", "changed", f'is {dark}, "disgust"] (was {dark}])') in found
    assert ("scenes.garden", "changed", "transition is { seconds = 2 } (was { seconds = 1 })") in found
    assert ("scenes.attic", "added", "new: attic.mp4, the end") in found
    assert ("scenes.cellar", "removed", "gone: cellar.mp4, the end") in found


def test_cues_are_compared_one_by_one(tmp_path: Path) -> None:
    cue = (
        'cue = [{{ at_seconds = 1, caption = "{}" }}, {{ at_seconds = 2, volume = 0.5 }}]\nend = true\n[scenes.cellar]'
    )
    old = TWO_ROOMS.replace("end = true\n[scenes.cellar]", cue.format("Stay."))
    new = TWO_ROOMS.replace("end = true\n[scenes.cellar]", cue.format("Go."))
    changed = 'cue { at_seconds = 1, caption = "Go." } (was { at_seconds = 1, caption = "Stay." })'
    assert compared(tmp_path, new, old) == [("scenes.garden", "changed", changed)]
    assert len(compared(tmp_path, old)) == 2


def test_clips_that_are_there_tell_lengths_and_another_file_under_the_same_name(tmp_path: Path) -> None:
    text = TWO_ROOMS.replace('clip = "cellar.mp4"\nout_seconds = 30', 'clip = "cellar.mp4"')
    paths = []
    for folder, seconds in (("monday", 1), ("friday", 2)):
        (tmp_path / folder).mkdir()
        make_clip(tmp_path / folder / "cellar.mp4", seconds=seconds)
        paths.append(tmp_path / folder / "story.toml")
        paths[-1].write_text(text)
    assert [(found.where, found.words) for found in differences(*paths)] == [
        ("scenes.cellar", "lasts 2.00 s (was 1.00 s)"),
        ("scenes.cellar", "its choice closes at 1.25 s (was 0.25 s)"),
        ("scenes.cellar", "cellar.mp4 is another file under the same name"),
    ]


def tables(raw: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield raw
    for value in raw.values():
        for item in value if isinstance(value, list) else [value]:
            if isinstance(item, dict):
                yield from tables(item)


def test_whichever_key_is_edited_the_edit_is_told_and_what_means_the_same_is_not(tmp_path: Path) -> None:
    maker, told = Maker(seed=5), 0
    for _ in range(10):
        raw = maker.story()
        for _ in range(5):
            edited = copy.deepcopy(raw)
            table, key = maker.chance.choice([(table, key) for table in tables(edited) for key in table])
            if key == "clip" and "thread" in table:
                continue  # nobody sees it
            values = [value for table in tables(raw) for name, value in table.items() if name == key]
            table[key] = maker.chance.choice(values)
            if table[key] == values[0]:
                del table[key]
            with suppress(ValidationError):
                same = StoryFile.model_validate(edited) == StoryFile.model_validate(raw)
                found = compared(tmp_path, story_text(edited, {}), story_text(raw, {}))
                assert bool(found) != same, f"{key} in {table}"
                told += bool(found)
    assert told > 15


def test_what_is_no_story_cannot_be_compared(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match="tittle"):
        compared(tmp_path, TWO_ROOMS.replace("title", "tittle"))
