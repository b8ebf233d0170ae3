"""A whole take in a real show, headless, with moods by hand: it ends with the visitor's course on the wall."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from calibration.settings import JournalSettings, OscSettings, ScreenSettings
from calibration.venue import Venue
from installation.film.screen import Screen
from installation.show.manual_mood import ScriptedMood
from installation.show.opening import open_show
from models.arrays import Image
from scenes.story.story import load_story
from tests.clips import make_clip

STORY = """
title = "One room"
start = "door"
attract = "lamp"
safe = "lamp"
decide_before_end_seconds = 0.2
[scenes.lamp]
clip = "lamp.mp4"
[scenes.door]
clip = "door.mp4"
branch = [{ to = "garden", when = { mood = "happiness" } }, { to = "cellar", when = { mood = "sadness" } }]
next = "cellar"
[scenes.garden]
clip = "garden.mp4"
end = true
next = "yours"
[scenes.cellar]
clip = "garden.mp4"
end = true
next = "yours"
[scenes.yours]
kind = "course"
course_seconds = 8
end = true
"""


def test_the_take_ends_with_the_course_on_the_wall(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wall: list[Image] = []
    show_on_the_wall = Screen.show

    def watched(self: Screen, canvas: Image, *more: object) -> None:
        wall[:] = [canvas]
        show_on_the_wall(self, canvas, *more)  # type: ignore[arg-type]

    monkeypatch.setattr(Screen, "show", watched)
    monkeypatch.setitem(os.environ, "CHIARO_STATE", str(tmp_path / "state"))
    for name, seconds in (("lamp", 1.0), ("door", 1.0), ("garden", 0.6)):
        make_clip(tmp_path / f"{name}.mp4", seconds=seconds)
    (tmp_path / "story.toml").write_text(STORY)
    venue = Venue(
        screen=ScreenSettings(width=320, height=180),
        osc=OscSettings(listen=False),
        journal=JournalSettings(folder=str(tmp_path)),
    )
    eye = ScriptedMood(((0.0, "happiness"),))
    with open_show(load_story(tmp_path / "story.toml"), venue, headless=True, mood_source=eye) as show:

        def come_to(scene: str) -> None:
            for _ in range(400):
                show.run(0.05)
                if show.scene == scene:
                    return
            raise AssertionError(f"the show never came to {scene}, it is in {show.scene}")

        come_to("garden")
        come_to("yours")
        for _ in range(200):
            show.run(0.05)
            if show.parts.film.playhead.seconds > 3.5 or show.scene != "yours":
                break
        assert show.scene == "yours"
        assert (wall[0][100:140, :160, :3].max(axis=2) > 150).any()
