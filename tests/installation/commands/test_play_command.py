"""``chiaro play``: what is typed wrongly is told before a window opens."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from calibration.errors import Exit
from installation.cli import app
from installation.commands.choices import SEED_AT_MOST
from installation.commands.play import listed
from scenes.story.draws import SEEDS
from tests.clips import make_clip, make_still
from tests.installation.commands.test_story_command import STORY


@pytest.fixture
def story(tmp_path: Path) -> Path:
    make_still(tmp_path / "lamp.png")
    make_clip(tmp_path / "door.mp4", seconds=3)
    path = tmp_path / "story.toml"
    path.write_text(STORY)
    return path


def test_a_story_that_cannot_begin_there_is_not_begun(story: Path) -> None:
    result = CliRunner().invoke(
        app, ["play", str(story), "--headless", "--from", "dor", "--been", "lamp,dor", "--set", "x=1"]
    )
    assert result.exit_code == Exit.BAD_CONFIGURATION
    assert "--from: no scene is called 'dor'; did you mean 'door'?" in result.output
    assert "--been: no scene is called 'dor'; did you mean 'door'?" in result.output
    assert "--set: no counter is called 'x'; there is none" in result.output


@pytest.mark.parametrize("option", [("--took", "joy"), ("--mood", "joy"), ("--seed", "0"), ("--from", "door")])
def test_clips_alone_have_nothing_to_remember(story: Path, option: tuple[str, str]) -> None:
    result = CliRunner().invoke(app, ["play", str(story.with_name("door.mp4")), "--headless", *option])
    assert result.exit_code == Exit.BAD_CONFIGURATION
    assert f"{option[0]}: works with one story, not with clips" in result.output


@pytest.mark.parametrize("command", ["run", "play"])
@pytest.mark.parametrize("seed", [-1, SEEDS])
def test_a_seed_that_is_none_is_refused_and_not_taken_for_another(story: Path, command: str, seed: int) -> None:
    assert SEED_AT_MOST == SEEDS - 1
    result = CliRunner().invoke(app, [command, str(story), "--headless", "--seed", str(seed)])
    assert result.exit_code == 2
    assert ("equal to 0" if seed < 0 else str(SEED_AT_MOST)) in " ".join(result.output.split())


def test_the_seed_of_simulated_visitors_is_none_below_0() -> None:
    assert CliRunner().invoke(app, ["calibrate", "--seed", "-1"]).exit_code == 2


def test_a_story_has_transitions_of_its_own(story: Path) -> None:
    result = CliRunner().invoke(app, ["play", str(story), "--headless", "--transition", "dip"])
    assert result.exit_code == Exit.BAD_CONFIGURATION
    assert "--transition: works with clips; a story has its own transitions" in result.output


def test_an_option_may_be_given_more_than_once_and_hold_several_words() -> None:
    assert listed(["door, cellar", "door", ","]) == ["door", "cellar", "door"]
    assert listed(None) == []
