"""A story of Perception, brought in, plays to its end on the real player with a chosen mood at each choice."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from calibration.venue import Venue
from installation.show.manual_mood import ManualMood
from installation.show.opening import open_show
from installation.show.rehearsal import mood_of
from installation.show.show import Show
from models.mood import Mood
from scenes.exchange.bring_in import bring_in
from scenes.story.story import load_story
from tests.clips import make_clip, make_sound
from tests.scenes.exchange.foreign_files import perception


class Visitor(ManualMood):
    """Stands there from the beginning, and shows one mood after another, each until it has been answered."""

    def __init__(self, moods: Iterator[str]) -> None:
        self._moods = moods
        self._showing = next(moods)
        self.way: list[str] = []
        self.show: Show | None = None

    def mood(self, now: float) -> Mood:
        scene = self.show.scene if self.show else ""
        if self.show is not None and scene and scene not in self.way[-1:]:
            self.way.append(scene)
            if scene.count("-") == 2:
                self._showing = next(self._moods, self._showing)
            self.show.ending = len(self.way) > 2 and scene == "intro-1"
        return mood_of(self._showing, 0.9, now, held_seconds=10.0)


@pytest.mark.slow
def test_perception_plays_to_its_end_with_a_chosen_mood_each_time(tmp_path: Path) -> None:
    config, seconds = perception(1.6)
    make_clip(tmp_path / "house.mp4", seconds, fps=10, size=(320, 180))
    make_sound(tmp_path / "house.wav", seconds)
    (tmp_path / "config.json").write_text(json.dumps(config))
    (imported,) = bring_in(tmp_path / "config.json", None)
    visitor = Visitor(iter(["anger", "fear", "happiness", "anger", "fear", "fear", "happiness", "anger"]))
    with open_show(load_story(imported.story), Venue(), headless=True, mood_source=visitor) as show:
        visitor.show = show
        show.run(110.0)
    begins = (0, 6) if visitor.way[2] == "level-0" else (6, 0)  # whose story was drawn to be the first
    chosen = ("anger", "fear", "calm", "anger"), ("fear", "fear", "calm", "anger")
    levels: list[str] = []
    for begin, moods in zip(begins, chosen, strict=True):
        levels += [f"level-{begin}", f"level-{begin + 1}"]
        levels += [f"level-{number}-{mood}" for number, mood in enumerate(moods, begin + 2)]
    assert visitor.way == ["intro-1", "intro-2", *levels, "reveal", "credits-1", "intro-1"]
