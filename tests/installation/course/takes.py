"""For tests: takes of a made story without media, as the show would have recorded them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from calibration.settings import CourseSettings
from installation.course.course import Course
from models.mood import Mood
from scenes.machine.advance import Moment, StoryState, advance, begin
from scenes.machine.cue import Cue, SceneStarted
from scenes.machine.dry_run import DryPlayer
from scenes.story.story import Story
from tests.scenes.evenings import NOBODY, story_of

STORY = """
title = "Two rooms"
start = "door"
attract = "lamp"
safe = "still"
[groups]
calm = ["neutral", "happiness"]
dark = ["sadness", "fear", "anger"]
[words.de]
calm = "Stille"
garden = "Garten"
[scenes.lamp]
clip = "lamp.mp4"
minimum_seconds = 2
[scenes.still]
clip = "still.png"
[scenes.door]
clip = "door.mp4"
out_seconds = 10
branch = [{ to = "garden", when = { mood = "calm" } }, { to = "cellar", when = { mood = "dark" } }]
next = "garden"
[scenes.garden]
clip = "garden.mp4"
out_seconds = 6
end = true
next = "yours"
[scenes.cellar]
clip = "cellar.mp4"
out_seconds = 8
end = true
next = "yours"
[scenes.yours]
kind = "course"
course_seconds = 8
end = true
"""

Moods = Callable[[float], Mood]


class Takes:
    """A show of numbers in front of a ``Course``: one visitor after another, with a clock of its own."""

    def __init__(self, text: str = STORY, settings: CourseSettings | None = None) -> None:
        self.course = Course(settings or CourseSettings(), (320, 180))
        self.story: Story = self.course.of(story_of(text))
        self.now = 0.0
        self._state, cues = begin(self.story, 0.0)
        self._player = DryPlayer(self.story).perform(cues)

    @property
    def state(self) -> StoryState:
        return self._state

    def step(self, mood: Mood) -> tuple[Cue, ...]:
        self.now += 0.1
        self._player = self._player.run(0.1)
        self._state, cues = advance(self.story, self._state, Moment(self.now, mood, self._player.playhead))
        self._player = self._player.perform(cues)
        self.course.observe(self.story, self._state, mood, cues)
        return cues

    def until(self, scene: str, moods: Moods) -> Iterator[Cue]:
        """Let one visitor, who shows ``moods`` by the seconds from now on, come as far as ``scene``."""
        begun = self.now
        for _ in range(3000):
            for cue in self.step(moods(self.now - begun)):
                yield cue
                if isinstance(cue, SceneStarted) and cue.scene == scene:
                    return
        raise AssertionError(f"nobody came to {scene}")

    def visit(self, mood: Mood) -> list[Cue]:
        """One whole take, and nobody there after it."""
        cues = list(self.until("yours", lambda _: mood))
        return cues + list(self.until("lamp", lambda _: NOBODY))
