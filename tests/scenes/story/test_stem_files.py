"""The files of stems: unequal lengths are told, a missing one is forgiven, and a picture lasts as long as they do."""

from pathlib import Path

import pytest

from calibration.errors import BadFile
from scenes.story.story import load_story
from tests.clips import make_clip, make_sound, make_still

STORY = """
title = "Stems"
start = "door"
attract = "lamp"
safe = "still"
[scenes.lamp]
clip = "still.png"
minimum_seconds = 1
[scenes.still]
clip = "still.png"
[scenes.door]
clip = "film.mp4"
end = true
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("stems")
    make_clip(folder / "film.mp4", seconds=3)
    make_still(folder / "still.png")
    for name, seconds in (("a", 3.0), ("b", 3.0), ("short", 2.5), ("long", 4.0)):
        make_sound(folder / f"{name}.wav", seconds)
    return folder


def write(folder: Path, *stems: str, scene: str = "door") -> Path:
    path = folder / "story.toml"
    lines = "".join(f'[[scenes.{scene}.stem]]\nfile = "{name}.wav"\n' for name in stems)
    path.write_text(STORY + lines)
    return path


def told(path: Path) -> list[str]:
    return [str(problem) for problem in load_story(path).warnings]


def test_stems_as_long_as_their_scene_are_nothing_to_tell(folder: Path) -> None:
    assert not told(write(folder, "a", "b"))
    assert not told(write(folder, "long", "long"))  # cut off together


def test_stems_of_unequal_length_are_told_with_their_lengths(folder: Path) -> None:
    (remark,) = told(write(folder, "a", "short"))
    assert remark == (
        "scenes.door.stem: are of unequal length: a.wav 3.00 s, short.wav 2.50 s; the scene lasts 3.00 s; one that "
        "ends before the scene is silent from there on. Export them together, as long as the scene"
    )
    (remark,) = told(write(folder, "a", "long"))
    assert "unequal length" in remark
    assert "silent" not in remark
    (remark,) = told(write(folder, "short"))
    assert "are shorter than the scene: short.wav 2.50 s" in remark


def test_a_stem_that_is_missing_is_refused_at_the_desk_and_forgiven_in_the_morning(folder: Path) -> None:
    path = write(folder, "a", "gone")
    with pytest.raises(BadFile, match=r"scenes.door.stem.1.file: gone.wav: no such file"):
        load_story(path)
    story = load_story(path, forgive_clips=True)
    assert not story.unplayable
    assert [stem.file.name for stem in story.clip("door").stems] == ["a.wav", "gone.wav"]  # each keeps its number


def test_a_picture_with_stems_is_one_pass_as_long_as_the_longest(folder: Path) -> None:
    story = load_story(write(folder, "short", "long", scene="lamp"))
    clip = story.clip("lamp")
    assert (story.duration("lamp"), clip.out_seconds, clip.loop) == (4.0, 4.0, True)
    assert story.duration("still") == 10.0
