"""Films that flash, as ``chiaro check`` tells it."""

from __future__ import annotations

from pathlib import Path

import pytest

from calibration.settings import ScreenSettings
from installation.commands.clip_checks import check_clips
from installation.commands.finding import Finding
from installation.commands.flash_checks import check_flashes
from installation.commands.remembered import Remembered
from installation.film.flash_meter import Flashes
from installation.film.inspection import Inspection
from scenes.story.story import load_story
from tests.clips import make_clip
from tests.installation.film.test_flash_meter import clip, flashing

STORY = """
title = "t"
attract = "wait"
start = "on"
safe = "wait"
[scenes.wait]
clip = "wait.mp4"
[scenes.on]
clip = "on.mp4"
end = true
"""
DRIVE = "[[scenes.on.drive]]\nwhat = '{what}'\nfrom = {low}\nto = {high}\nattack_seconds = {attack}\n"
DRIVE += "release_seconds = 0.2\nfollow = {{ mood = 'happiness' }}\n"


def told(folder: Path, drive: str = "", flashes: float = 0.0) -> list[str]:
    """What is said of a scene whose clip flashes so often, and which is driven so."""
    for name in ("wait", "on"):
        make_clip(folder / f"{name}.mp4", seconds=1)
    (folder / "story.toml").write_text(STORY + drive)
    found = {"scene on": Inspection(seconds=5.0, flashes=Flashes(flashes, 3.0)), "scene wait": Inspection(seconds=5.0)}
    return [finding.what for finding in check_flashes(load_story(folder / "story.toml"), found)]


def test_a_film_that_flashes_is_told_with_the_second_also_when_it_was_remembered(tmp_path: Path) -> None:
    clip(tmp_path / "wait.mp4", flashing(2))
    clip(tmp_path / "on.mp4", flashing(6))
    (tmp_path / "story.toml").write_text(STORY)
    story = load_story(tmp_path / "story.toml")

    def check() -> list[Finding]:
        found = check_clips(story, lambda *_: None, ScreenSettings(), Remembered(tmp_path / "state"))
        return [finding for finding in found if finding.part == "flashes"]

    (warned,) = check()
    assert (warned.state, warned.where) == ("warning", "scene on")
    assert "6 flashes a second" in warned.what
    assert "from second 0.0" in warned.what
    assert check() == [warned]


def test_a_film_that_is_driven_faster_flashes_more_often(tmp_path: Path) -> None:
    rate = DRIVE.format(what="rate", low=1.0, high=1.2, attack=1)
    assert told(tmp_path, flashes=2.8) == told(tmp_path, rate, flashes=2.4) == []
    (warned,) = told(tmp_path, rate, flashes=2.8)
    assert "3.36 flashes a second" in warned
    assert "at 1.2 times its rate" in warned


@pytest.mark.parametrize(("attack", "low", "warned"), [(0.1, 0.0, 1), (0.2, 0.0, 0), (0.1, 0.97, 0)])
def test_a_brightness_that_can_go_to_and_fro_too_fast_is_told(
    attack: float, low: float, warned: int, tmp_path: Path
) -> None:
    assert len(told(tmp_path, DRIVE.format(what="brightness", low=low, high=1, attack=attack))) == warned
