"""``chiaro story`` at the command line."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from calibration.errors import Exit
from installation.cli import app
from installation.host.options import DEMO
from tests.clips import make_clip, make_still

STORY = """
title = "One room"
start = "door"
attract = "lamp"
safe = "lamp"
[scenes.lamp]
clip = "lamp.png"
minimum_seconds = 2
[scenes.door]
clip = "door.mp4"
end = true
"""


@pytest.fixture
def story(tmp_path: Path) -> Path:
    make_still(tmp_path / "lamp.png")
    make_clip(tmp_path / "door.mp4", seconds=3)
    path = tmp_path / "story.toml"
    path.write_text(STORY)
    return path


def test_the_schema_is_printed_as_it_is_committed() -> None:
    result = CliRunner().invoke(app, ["story", "schema"])
    assert result.exit_code == Exit.OK
    assert result.output == (Path(__file__).parents[3] / "scenes" / "story.schema.json").read_text()


def test_a_story_is_drawn_as_text_and_as_a_flowchart(story: Path) -> None:
    assert "at once: somebody there -> door" in CliRunner().invoke(app, ["story", "graph", str(story)]).output
    assert CliRunner().invoke(app, ["story", "graph", str(story), "--mermaid"]).output.startswith("flowchart TD")


def test_simulated_visitors_are_counted(story: Path) -> None:
    result = CliRunner().invoke(app, ["story", "simulate", str(story), "--visitors", "20", "--seed", "2"])
    assert result.exit_code == Exit.OK
    assert "One room: 20 visitors, 20 takes" in result.output
    assert "a take lasts" in result.output


def test_a_broken_story_ends_with_the_code_for_a_bad_configuration(story: Path) -> None:
    story.write_text(STORY.replace('start = "door"', 'start = "dor"'))
    result = CliRunner().invoke(app, ["story", "graph", str(story)])
    assert result.exit_code == Exit.BAD_CONFIGURATION
    assert "start: no scene is called 'dor'; did you mean 'door'?" in result.output


def test_versions_are_compared_with_the_exit_codes_of_diff(story: Path) -> None:
    other = story.with_name("other.toml")
    other.write_text(STORY.replace("minimum_seconds = 2", "minimum_seconds = 3"))

    def diff(*arguments: str) -> tuple[int, str]:
        result = CliRunner().invoke(app, ["story", "diff", *arguments])
        return result.exit_code, result.output

    assert diff(str(story), str(story.parent)) == (0, "")
    words = "minimum_seconds is 3 (was 2)"
    assert diff(str(story), str(other)) == (1, f"scenes.lamp\n    {words}\n")
    code, printed = diff(str(story), str(other), "--json")
    assert (code, json.loads(printed)["differences"]) == (
        1,
        [{"where": "scenes.lamp", "kind": "changed", "words": words}],
    )
    code, printed = diff(str(story), str(story.with_name("gone.toml")))
    assert (code, "no such story" in printed) == (2, True)


def test_a_page_for_the_wall_is_written_with_pictures_and_over_no_file_of_somebody_else(story: Path) -> None:
    page = story.with_name("wall.html")

    def print_to(path: Path, *more: str) -> tuple[int, str]:
        result = CliRunner().invoke(app, ["story", "print", str(story), "--to", str(path), *more])
        return result.exit_code, result.output

    code, said = print_to(page)
    assert code == Exit.OK
    assert "2 scenes on A3" in said
    assert page.read_text().count("data:image/jpeg;base64,") == 1 + 1 + 4  # a still, a film and its strip
    assert print_to(page, "--paper", "a4")[0] == Exit.OK  # its own page of before
    assert "size: 297mm 210mm" in page.read_text()
    (story.parent / "door.mp4").write_bytes(b"torn")
    assert print_to(story.with_name("wall.svg"))[0] == Exit.OK
    assert story.with_name("wall.svg").read_text().count("data:image/jpeg;base64,") == 1
    assert print_to(story)[0] == Exit.BAD_CONFIGURATION
    notes = story.with_name("notes.html")
    notes.write_text("<p>mine")
    code, said = print_to(notes)
    assert (code, notes.read_text()) == (Exit.BAD_CONFIGURATION, "<p>mine")
    assert "another file" in said


def test_simulated_visitors_as_json() -> None:
    result = CliRunner().invoke(app, ["story", "simulate", str(DEMO), "--visitors", "40", "--json"])
    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)
    assert (told["visitors"], told["takes"]) == (40, 40)
    for scene in {way["from"] for way in told["ways"]}:
        assert sum(way["share"] for way in told["ways"] if way["from"] == scene) == pytest.approx(1.0)
    assert told["scenes"]["opening"] == 40
    assert sum(told["outcomes"].values()) == 40
    assert told["not_simulated"] == []
