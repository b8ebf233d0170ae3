"""A story as it is read from its file, with real clips."""

import math
import re
from pathlib import Path

import pytest

from scenes.story.captions import read_captions
from scenes.story.clip import STILL_SECONDS, Bed, Clip, Transition
from scenes.story.media import TimedClip
from scenes.story.probe import MediaHeader, Unreadable, probe, seconds_before_key_frame
from scenes.story.story import Story, load_story
from scenes.story.story_file import StoryFile
from tests.clips import make_clip, make_sound, make_still
from tests.scenes.evenings import TWO_ROOMS, story_of

DOCS = Path(__file__).parents[3] / "docs" / "stories.md"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the story that docs/stories.md shows."""
    folder = tmp_path_factory.mktemp("two rooms")
    make_clip(folder / "film.mp4", seconds=30, sound=True)
    make_clip(folder / "lamp.mp4", seconds=3)
    make_clip(folder / "cellar.mp4", seconds=12)
    make_still(folder / "lamp.png")
    make_sound(folder / "night.ogg")
    (folder / "cellar.srt").write_text("1\n00:00:01,000 --> 00:00:02,000\nA door.\n")
    example = re.search(r"```toml\n(.*?)```", DOCS.read_text(), re.DOTALL)
    assert example
    (folder / "story.toml").write_text(example.group(1))
    return folder


@pytest.fixture(scope="module")
def story(folder: Path) -> Story:
    return load_story(folder / "story.toml")


def test_the_example_of_the_documentation_is_a_story_without_a_fault(story: Story) -> None:
    assert story.title == "Two rooms"
    assert story.warnings == ()
    assert story.names == ("lamp", "lamp_still", "door", "garden", "cellar")
    assert [story.index(name) for name in story.names] == [1, 2, 3, 4, 5]


def test_one_long_file_holds_many_scenes(story: Story, folder: Path) -> None:
    assert story.clip("door") == Clip(folder / "film.mp4", 0.0, 14.5)
    assert story.clip("garden") == Clip(folder / "film.mp4", 14.5, 30.0)
    assert (story.duration("door"), story.duration("garden")) == (14.5, 15.5)
    assert story.duration("cellar") == pytest.approx(12.0)


def test_the_lamp_and_the_safe_scene_always_loop_and_a_still_there_stands_for_ever(story: Story, folder: Path) -> None:
    assert story.clip("lamp").loop
    assert story.clip("lamp_still") == Clip(folder / "lamp.png", loop=True)
    assert story.end("lamp") == story.end("lamp_still") == math.inf


def test_a_picture_in_mid_film_has_a_length(folder: Path) -> None:
    text = (folder / "story.toml").read_text().replace('clip = "cellar.mp4"', 'clip = "lamp.png"\nstill_seconds = 12')
    (folder / "still.toml").write_text(text)
    story = load_story(folder / "still.toml")
    assert story.clips["cellar"] == TimedClip(
        Clip(folder / "lamp.png", 0.0, 12.0, captions=read_captions(folder / "cellar.srt").lines), 12.0
    )


def test_a_maximum_cuts_a_film_short(folder: Path) -> None:
    text = (
        (folder / "story.toml").read_text().replace('captions = "cellar.srt"', "in_seconds = 1\nmaximum_seconds = 10")
    )
    (folder / "short.toml").write_text(text)
    story = load_story(folder / "short.toml")
    assert (story.clip("cellar").out_seconds, story.duration("cellar")) == (11.0, 10.0)


def test_scenes_with_the_same_bed_have_the_same_music(story: Story, folder: Path) -> None:
    assert story.bed("door") == story.bed("garden") == Bed(folder / "night.ogg", 0.6, 2.0)
    assert story.bed("cellar") is None


def test_what_may_come_next_is_known_in_the_authors_order(story: Story) -> None:
    assert story.candidates("lamp") == ("door",)
    assert story.candidates("door") == ("garden", "cellar", "lamp")
    assert story.candidates("garden") == ("lamp",)


def test_a_choice_is_closed_before_the_end_and_the_window_with_it(story: Story) -> None:
    assert story.close("door") == 12.75  # 0.75 s to make ready, after 1 s for the cross-fade into the garden
    assert story.window("door") == (3.0, 12.75)
    assert story.close("garden") == 14.75
    assert story.scene("garden").transition.transition == Transition("crossfade", 1.0)


def test_only_the_header_of_a_clip_is_read(folder: Path) -> None:
    """A third of the file is enough, so the length is not found by reading on to the end."""
    clip = make_clip(folder / "torn.mkv", seconds=30, fps=25)
    clip.write_bytes(clip.read_bytes()[: clip.stat().st_size // 3])
    assert probe(clip).seconds == pytest.approx(30.0, abs=0.1)


def test_a_header_tells_length_picture_and_sound(folder: Path) -> None:
    film, lamp = probe(folder / "film.mp4"), probe(folder / "lamp.png")
    assert (film.seconds, film.still, film.has_picture, film.has_sound) == (30.0, False, True, True)
    assert (lamp.seconds, lamp.still, lamp.has_picture, lamp.has_sound) == (0.0, True, True, False)
    assert probe(folder / "night.ogg").has_picture is False


@pytest.mark.parametrize("ending", ["mp4", "mkv", "mov"])
@pytest.mark.parametrize("sound_seconds", [0.5, 4.0])
def test_the_length_of_a_film_is_that_of_its_picture(folder: Path, ending: str, sound_seconds: float) -> None:
    clip = make_clip(folder / f"{sound_seconds}.{ending}", seconds=2, sound=sound_seconds)
    assert probe(clip).seconds == pytest.approx(2.0, abs=0.002)


def test_a_clip_that_was_replaced_is_read_again(folder: Path) -> None:
    assert probe(make_clip(folder / "again.mp4", seconds=1)).seconds == pytest.approx(1.0)
    assert probe(make_clip(folder / "again.mp4", seconds=3)).seconds == pytest.approx(3.0)
    (folder / "again.mp4").unlink()
    with pytest.raises(Unreadable, match="no such file"):
        probe(folder / "again.mp4")


def test_the_way_to_an_in_point_is_measured_from_its_key_frame(folder: Path) -> None:
    assert seconds_before_key_frame(folder / "film.mp4", 14.5) == pytest.approx(0.5)
    far = make_clip(folder / "far.mp4", seconds=8, key_frame_each=1000)
    assert seconds_before_key_frame(far, 7.0) == pytest.approx(7.0)


def test_a_picture_is_known_by_what_is_in_it_and_not_by_its_ending(folder: Path) -> None:
    disguised = make_still(folder / "picture.png").rename(folder / "picture.mp4")
    assert probe(disguised) == MediaHeader(0.0, still=True, picture=0)


@pytest.mark.parametrize(("kind", "lead"), [("cut", 0.0), ("hold", 0.0), ("crossfade", 2.0), ("dip", 1.0)])
def test_a_choice_is_closed_before_the_change_that_it_leads_to_begins(kind: str, lead: float) -> None:
    seconds = 0 if kind == "cut" else 2
    text = TWO_ROOMS.replace('kind = "crossfade", seconds = 1', f'kind = "{kind}", seconds = {seconds}')
    story = story_of(text)
    change = story.scene("garden").transition.transition
    assert change.lead_seconds == lead
    assert story.close("door") == pytest.approx(story.end("door") - story.file.decide_before_end_seconds - lead)


def test_an_unnamed_length_of_a_picture_is_the_one_that_the_schema_names(folder: Path) -> None:
    text = (folder / "story.toml").read_text().replace('clip = "cellar.mp4"', 'clip = "lamp.png"')
    (folder / "unnamed.toml").write_text(text)
    assert load_story(folder / "unnamed.toml").duration("cellar") == STILL_SECONDS
    assert f"default {STILL_SECONDS:g}" in str(StoryFile.model_json_schema())
