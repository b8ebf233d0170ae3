"""``chiaro story import`` and ``export``: what is written, what is refused, and films that were brought in play."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from calibration.errors import Exit
from calibration.files import read_toml
from installation.cli import app
from scenes.story.probe import Unreadable, probe
from scenes.story.story import load_story
from tests.clips import make_clip, make_sound
from tests.scenes.exchange.foreign_files import TWEE, page, passage_data, riot, story_data


def chiaro(*typed: object) -> Result:
    return CliRunner().invoke(app, [str(word) for word in typed])


def write_config(folder: Path, made: tuple[dict[str, Any], float]) -> Path:
    """A forebear's file with its film and its sound beside it."""
    config, seconds = made
    make_clip(folder / "house.mp4", seconds, fps=5, key_frame_each=5)
    make_sound(folder / "house.wav", seconds)
    file = folder / "config.json"
    file.write_text(json.dumps(config))
    return file


@pytest.fixture
def twee(tmp_path: Path) -> Path:
    for name in ("waiting", "door", "garden", "cellar"):
        make_clip(tmp_path / f"{name}.mp4", seconds=3)
    file = tmp_path / "rooms.twee"
    file.write_text(TWEE)
    return file


def test_a_twine_story_is_brought_in_and_passes_the_checks(twee: Path) -> None:
    result = chiaro("story", "import", twee)
    story = twee.with_name("story.toml")
    assert result.exit_code == Exit.OK, result.output
    assert "Four passages: 4 scenes" in result.output
    assert f"written: {story}" in result.output
    assert "the mood 'calm' is not defined; taken as neutral or happiness" in result.output
    assert load_story(story).names == ("waiting", "the-door", "garden", "cellar")
    assert "at once: somebody there -> the-door" in chiaro("story", "graph", story).output


def test_nothing_is_written_over(twee: Path) -> None:
    chiaro("story", "import", twee)
    story = twee.with_name("story.toml")
    story.write_text("mine")
    result = chiaro("story", "import", twee)
    assert result.exit_code == Exit.BAD_CONFIGURATION
    assert "is there already, and nothing is written over; name another folder with --to" in result.output
    assert story.read_text() == "mine"
    assert sorted(file.name for file in twee.parent.glob("story*")) == ["story.toml", "story.twine.json"]


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
def test_not_through_a_link_that_leads_nowhere_either(twee: Path) -> None:
    twee.with_name("story.toml").symlink_to(twee.with_name("elsewhere.toml"))
    result = chiaro("story", "import", twee)
    assert "is there already" in result.output
    assert not twee.with_name("elsewhere.toml").exists()


def test_in_another_folder_the_story_finds_its_clips_where_they_are(twee: Path, tmp_path: Path) -> None:
    result = chiaro("story", "import", twee, "--to", tmp_path / "new" / "film")
    assert result.exit_code == Exit.OK, result.output
    assert load_story(tmp_path / "new/film/story.toml").scene("garden").clip == "../../garden.mp4"


def test_each_story_of_an_archive_gets_a_folder(tmp_path: Path) -> None:
    archive = tmp_path / "archive.html"
    archive.write_text(page(*(story_data(title, passage_data(1, "a", "", "x")) for title in ("My film", "My film"))))
    assert chiaro("story", "import", archive).exit_code == Exit.OK
    assert read_toml(tmp_path / "my-film/story.toml")["start"] == "a"
    assert (tmp_path / "my-film-2/story.toml").is_file()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"title = 'A'", "is no story that can be brought in; expected Twee 3"),
        (b"<html><body>Hello</body></html>", "is no story that can be brought in"),
        (b'<div id="storeArea"><div tiddler="Start">x</div></div>', "is a story of Twine 1; open it in Twine 2"),
        (b":: StoryTitle\nA\n", "has no passages"),
        (b"<tw-storydata name='A'></tw-storydata>", "has no passages"),
        (b":: a\n\xff", "is not UTF-8"),
        (b'{"levels": [], "media": {}}', "levels: has none"),
        (b":: a\n<!-- chiaro\n" + b".".join([b"a"] * 5000) + b" = 1\n-->\n", "are nested too deeply"),
        (b":: a\n" + b"words and words\n" * 70_000, "makes a story of"),
    ],
)
def test_what_cannot_be_brought_in_is_refused_in_words(tmp_path: Path, content: bytes, words: str) -> None:
    file = tmp_path / "a.html"
    file.write_bytes(content)
    result = chiaro("story", "import", file)
    assert result.exit_code == Exit.BAD_CONFIGURATION
    assert words in result.output
    assert list(tmp_path.iterdir()) == [file]


@pytest.mark.parametrize("spoilt", [b"", b"\xff\xfe:\0:\0", b"\x89PNG\r\n\xff\xd8"])
def test_a_film_is_not_called_a_spoilt_text(tmp_path: Path, spoilt: bytes) -> None:
    film = make_clip(tmp_path / "film.mp4", seconds=0.5)
    film.write_bytes(spoilt or film.read_bytes())
    result = chiaro("story", "import", film)
    assert result.exit_code == Exit.BAD_CONFIGURATION
    assert "is no story that can be brought in; expected Twee 3" in result.output
    assert "no such file" in chiaro("story", "import", film.with_name("gone.mp4")).output


@pytest.mark.parametrize(
    ("name", "content", "form"),
    [
        ("a.txt", TWEE, "a Twine story (Twee)"),
        ("a.html", page("<script>x</script>" * 500, story_data("A")), "a Twine story (HTML)"),
        ("config.json", json.dumps(riot()[0]), "a story of RIOT or Perception"),
    ],
)
def test_a_foreign_story_is_recognised_whatever_it_is_called(
    tmp_path: Path, name: str, content: str, form: str
) -> None:
    file = tmp_path / name
    file.write_text(content)
    result = chiaro("play", file)
    assert result.exit_code == Exit.BAD_CONFIGURATION
    assert f"is {form}; bring it in with: chiaro story import {file}" in result.output


@pytest.mark.parametrize("command", [("check",), ("play",), ("run",), ("rehearse", "--story"), ("story", "simulate")])
def test_every_command_that_takes_a_story_names_the_import(tmp_path: Path, command: tuple[str, ...]) -> None:
    file = tmp_path / "a.twee"
    file.write_text(TWEE)
    result = chiaro(*command, file)
    assert result.exit_code == Exit.BAD_CONFIGURATION
    assert f"is a Twine story (Twee); bring it in with: chiaro story import {file}" in " ".join(result.output.split())


def test_a_foreign_story_among_clips_is_recognised(tmp_path: Path) -> None:
    file = tmp_path / "a.twee"
    file.write_text(TWEE)
    with pytest.raises(Unreadable, match=r"is a Twine story \(Twee\); bring it in with: chiaro story import"):
        probe(file)


def test_a_folder_with_a_foreign_story_names_the_import(tmp_path: Path) -> None:
    (tmp_path / "a.twee").write_text(TWEE)
    result = chiaro("story", "graph", tmp_path)
    assert result.exit_code == Exit.BAD_CONFIGURATION
    assert f"a.twee there is a Twine story (Twee); bring it in with: chiaro story import {tmp_path}" in result.output


def test_a_story_goes_out_to_twine_and_comes_in_as_the_same(twee: Path, tmp_path: Path) -> None:
    twee.write_text(TWEE.replace('"start": "waiting"', '"start": "waiting", "tag-colors": {"end": "red"}'))
    chiaro("story", "import", twee)
    out = tmp_path / "out.twee"
    out.write_text(chiaro("story", "export", tmp_path, "--twee").output)
    assert chiaro("story", "import", out, "--to", tmp_path / "again").exit_code == Exit.OK
    first, again = read_toml(tmp_path / "story.toml"), read_toml(tmp_path / "again/story.toml")
    for scene in again["scenes"].values():
        scene["clip"] = scene["clip"].removeprefix("../")
    assert again == first
    kept = [json.loads((folder / "story.twine.json").read_text()) for folder in (tmp_path, tmp_path / "again")]
    assert kept[0]["ifid"] == kept[1]["ifid"] == "0F3A2B1C-6D5E-4F70-8A91-1B2C3D4E5F60"
    assert kept[1]["positions"]["waiting"] == [100, 100]
    assert kept[1]["other"] == {"tag-colors": {"end": "red"}}


def test_a_story_goes_out_as_a_drawing(twee: Path, tmp_path: Path) -> None:
    chiaro("story", "import", twee)
    assert chiaro("story", "export", tmp_path, "--mermaid").output.startswith("flowchart TD")
    drawn = chiaro("story", "export", tmp_path, "--dot").output
    assert '"the-door" -> "cellar" [label="dark 30% of the time"];' in drawn
    if shutil.which("dot"):
        assert b"<svg" in subprocess.run(["dot", "-Tsvg"], input=drawn.encode(), capture_output=True, check=True).stdout


def test_one_form_is_asked_for(twee: Path, tmp_path: Path) -> None:
    chiaro("story", "import", twee)
    for typed in ((), ("--twee", "--dot")):
        result = chiaro("story", "export", tmp_path, *typed)
        assert result.exit_code == Exit.BAD_CONFIGURATION
        assert "choose one of --twee, --mermaid and --dot" in result.output


def test_a_story_of_riot_passes_the_checks_with_its_film_and_its_sound(tmp_path: Path) -> None:
    result = chiaro("story", "import", write_config(tmp_path, riot(2.0)))
    assert result.exit_code == Exit.OK, result.output
    assert "not understood" not in result.output
    story = load_story(tmp_path / "story.toml")
    assert story.duration("level-1-calm") == pytest.approx(2.0)
    clip = story.clip("level-1-calm")
    assert (clip.in_seconds, clip.sound_in_seconds) == (10.0, 10.0)
