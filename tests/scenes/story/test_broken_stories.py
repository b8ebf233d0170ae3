"""Stories that are broken on purpose; their first lines (#! stops the show, #~ does not) say what must be reported."""

import os
from pathlib import Path

import pytest

from calibration.errors import BadFile
from scenes.story.probe import Unreadable, probe
from scenes.story.story import load_story
from tests.clips import make_clip, make_sound, make_still

BROKEN = Path(__file__).parent / "broken"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("film")
    make_clip(folder / "film.mp4", seconds=12)
    make_clip(folder / "slow.mp4", seconds=12, key_frame_each=1000)
    make_sound(folder / "tone.wav")
    make_still(folder / "still.png")
    (folder / "notes.txt").write_text("not a film")
    (folder / "empty.mp4").touch()
    return folder


def expected(name: str, mark: str) -> list[str]:
    lines = (BROKEN / f"{name}.toml").read_text().splitlines()
    return sorted(line.removeprefix(mark).strip() for line in lines if line.startswith(mark))


def story(folder: Path, name: str) -> Path:
    path = folder / f"{name}.toml"
    path.write_text((BROKEN / f"{name}.toml").read_text())
    return path


@pytest.mark.parametrize("name", ["keys", "names", "ways", "media", "signals", "course", "memory", "stems", "rooms"])
def test_all_faults_of_a_story_are_reported_at_once_with_key_and_remedy(folder: Path, name: str) -> None:
    with pytest.raises(BadFile) as refusal:
        load_story(story(folder, name))
    assert sorted(refusal.value.problems) == expected(name, "#!")


def test_what_the_show_survives_is_reported_and_does_not_stop_it(folder: Path) -> None:
    loaded = load_story(story(folder, "warnings"))
    assert sorted(str(problem) for problem in loaded.warnings) == expected("warnings", "#~")


def test_an_unattended_start_forgives_a_clip_that_is_lost(folder: Path) -> None:
    path = folder / "lost.toml"
    path.write_text((BROKEN / "warnings.toml").read_text().replace('"film.mp4"', '"gone.mp4"'))
    with pytest.raises(BadFile, match=r"scenes.attic.clip: gone.mp4: no such file"):
        load_story(path)
    loaded = load_story(path, forgive_clips=True)
    assert loaded.unplayable == {"attic"}
    assert "scenes.attic.clip: gone.mp4: no such file" in [str(problem) for problem in loaded.warnings]


def test_an_unattended_start_goes_on_without_a_sound_captions_or_the_end_of_a_film(folder: Path) -> None:
    path = folder / "lost_sound.toml"
    more = (
        'sound = "gone.wav"\ncaptions = "gone.srt"\nbed = "night"\nout_seconds = 20\n[beds.night]\nfile = "gone.ogg"\n'
    )
    path.write_text((BROKEN / "warnings.toml").read_text() + more)
    with pytest.raises(BadFile) as refusal:
        load_story(path)
    assert len(refusal.value.problems) == 4
    story = load_story(path, forgive_clips=True)
    assert story.unplayable == set()
    assert (story.clip("attic").sound, story.clip("attic").captions, story.bed("attic")) == (None, (), None)


def test_an_unattended_start_does_not_forgive_a_story_that_is_wrong(folder: Path) -> None:
    path = folder / "wrong.toml"
    path.write_text((BROKEN / "warnings.toml").read_text().replace('start = "door"', 'start = "dor"'))
    with pytest.raises(BadFile, match="did you mean 'door'"):
        load_story(path, forgive_clips=True)


def test_a_story_of_which_no_clip_is_left_is_not_forgiven(folder: Path) -> None:
    path = folder / "all_lost.toml"
    text = (BROKEN / "warnings.toml").read_text()
    for clip in ("film.mp4", "slow.mp4", "still.png"):
        text = text.replace(f'"{clip}"', '"gone.mp4"')
    path.write_text(text)
    with pytest.raises(BadFile):
        load_story(path, forgive_clips=True)


@pytest.mark.parametrize(
    ("text", "problem"), [("title = ", "is not valid TOML"), (None, "no such file"), ("", "title: is missing; add it")]
)
def test_a_file_that_is_not_a_story_is_refused_as_such(tmp_path: Path, text: str | None, problem: str) -> None:
    if text is not None:
        (tmp_path / "story.toml").write_text(text)
    with pytest.raises(BadFile, match=problem):
        load_story(tmp_path / "story.toml")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes on this system")
def test_a_clip_that_is_a_pipe_is_reported_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.mp4")
    with pytest.raises(Unreadable, match="not a regular file"):
        probe(tmp_path / "pipe.mp4")
    with pytest.raises(Unreadable, match="not a regular file"):
        probe(tmp_path)
