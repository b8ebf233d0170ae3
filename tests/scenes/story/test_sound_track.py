"""A film with several sound tracks: which is heard, and how a story chooses another."""

from __future__ import annotations

from pathlib import Path

import pytest

from calibration.errors import BadFile
from scenes.story.mending import track_remark
from scenes.story.probe import probe
from scenes.story.sound_track import SoundTrack, find_track
from scenes.story.story import load_story
from tests.clips import make_still
from tests.odd_clips import every, film

STORY = """
title = "t"
attract = "wait"
start = "on"
safe = "wait"
[scenes.wait]
clip = "a.png"
minimum_seconds = 1
[scenes.on]
clip = "a.mkv"
end = true
"""
TONES = [(440, "stereo"), (880, "stereo")]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    make_still(tmp_path / "a.png")
    film(tmp_path / "a.mkv", every(60), tones=TONES, languages=["ger", "eng"], default=1)
    film(tmp_path / "mute.mkv", every(60))
    return tmp_path


def story(folder: Path, more: str = "") -> Path:
    (folder / "story.toml").write_text(STORY + more)
    return folder / "story.toml"


def test_the_header_names_all_sound_tracks_and_the_one_that_is_heard(folder: Path) -> None:
    header = probe(folder / "a.mkv")
    assert header.tracks == (SoundTrack(1, "ger"), SoundTrack(2, "eng"))
    assert (header.sound, header.track) == (2, 1)
    chosen = header.with_track("de")
    assert (chosen.sound, chosen.track) == (1, 0)
    assert header.with_track("fr") == header.with_track(None) == header


@pytest.mark.parametrize(
    ("wanted", "place"),
    [
        *((1, 0), (4, 3), (5, None)),
        *(("de", 0), ("deu", 0), ("ger", 0), ("DE", 0), ("de-AT", 0)),
        *(("fr", 1), ("fra", 1), ("fre", 1), ("en", 2), ("it", None), ("gsw", 3), ("xx", None)),
    ],
)
def test_a_track_is_found_by_its_number_and_by_every_code_of_its_language(wanted: int | str, place: int | None) -> None:
    tracks = [SoundTrack(n, language) for n, language in enumerate(["ger", "fra", "en-GB", "gsw"])]
    assert find_track(tracks, wanted) == place


def test_a_track_without_a_language_has_none() -> None:
    assert find_track([SoundTrack(0), SoundTrack(1)], "de") is None


def test_several_tracks_of_which_none_is_chosen_are_told(folder: Path) -> None:
    (warning,) = load_story(story(folder)).warnings
    assert str(warning).startswith("scenes.on.clip: a.mkv has the sound tracks 1 (ger), 2 (eng), and number 2 (eng) is")
    assert "write sound_track =" in str(warning)
    assert track_remark(probe(folder / "mute.mkv"), "mute.mkv") == ""


@pytest.mark.parametrize("wanted", ["1", "2", '"de"', '"eng"'])
def test_a_track_that_is_chosen_and_there_is_not_told(wanted: str, folder: Path) -> None:
    loaded = load_story(story(folder, f"sound_track = {wanted}\n"))
    assert loaded.warnings == ()
    assert loaded.clip("on").sound_track == (int(wanted) if wanted.isdecimal() else wanted.strip('"'))


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ("sound_track = 3", "scenes.on.sound_track: a.mkv has the sound tracks 1 (ger), 2 (eng) (given: 3)"),
        ('sound_track = "fr"', "scenes.on.sound_track: a.mkv has the sound tracks 1 (ger), 2 (eng) (given: 'fr')"),
        ('sound = "mute.mkv"\nsound_track = 1', "scenes.on.sound_track: mute.mkv has no sound track (given: 1)"),
        (
            '[beds.b]\nfile = "a.mkv"\nsound_track = 3',
            "beds.b.sound_track: a.mkv has the sound tracks 1 (ger), 2 (eng)",
        ),
    ],
)
def test_a_track_that_is_not_there_is_refused_with_those_that_are(more: str, told: str, folder: Path) -> None:
    with pytest.raises(BadFile) as refusal:
        load_story(story(folder, more))
    assert [line for line in refusal.value.problems if line.startswith(told)]


def test_an_unattended_start_plays_the_usual_track_instead(folder: Path) -> None:
    loaded = load_story(story(folder, "sound_track = 3\n"), forgive_clips=True)
    assert [str(warning).partition(":")[0] for warning in loaded.warnings] == ["scenes.on.sound_track"]
    assert loaded.unplayable == frozenset()


@pytest.mark.parametrize("wanted", ["0", "-1", "true", "1.5", '""', '"German"', '"1"', "[1]"])
def test_what_is_neither_number_nor_language_is_refused(wanted: str, folder: Path) -> None:
    with pytest.raises(BadFile, match=r"scenes.on.sound_track: must be the number of a sound track, from 1, or a lang"):
        load_story(story(folder, f"sound_track = {wanted}\n"))
