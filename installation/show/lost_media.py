"""Clips and sounds that were missing when the story was read: they are looked for, and the story has them again."""

from __future__ import annotations

import threading

from calibration.errors import BadFile
from installation.film.failures import STANDING_WAIT, WAITS
from installation.host.console import LossReporter
from scenes.story.problem import Problem
from scenes.story.story import Story, load_story


class LostMedia:
    """Reads the story again after 5, 15 and then every 60 s, when attract begins, and every 2 s while nothing plays.

    A file that came back has a length that was not known: the story as a whole is new. A story that was edited
    meanwhile is not taken: whoever edits says when. Only the stage's thread calls it; nothing here waits for a disk.
    """

    def __init__(self, losses: LossReporter) -> None:
        self._losses = losses
        self._story: Story | None = None
        self._lost: dict[str, Problem] = {}
        self._fresh: Story | None = None
        self._looks, self._looked = 0, float("-inf")
        self._look: threading.Thread | None = None

    def begin(self, story: Story, now: float) -> None:
        """``story`` plays from now on; what it lacks is reported, and what it has again."""
        before, self._lost = self._lost, lost_media(story)
        for key, problem in before.items():
            if key not in self._lost and problem.unplayable:
                self._losses.back(f"scene {problem.unplayable}")
        for problem in self._lost.values():
            if problem.unplayable:
                self._losses.lost(f"scene {problem.unplayable}", problem.message)
        self._story, self._fresh = story, None
        self._looks, self._looked = 0, now

    def poll(self, now: float, standing: bool, at_attract: bool = False) -> Story | None:
        """The story with what came back, once there is one. ``standing``: nothing can be shown without it."""
        wait = WAITS[0 if at_attract else min(self._looks, len(WAITS) - 1)]
        wait = min(wait, STANDING_WAIT) if standing else wait
        reading = self._look is not None and self._look.is_alive()
        if self._lost and not reading and self._fresh is None and now >= self._looked + wait:
            self._looks, self._looked = self._looks + 1, now
            self._look = threading.Thread(target=self._read, name="look for media", daemon=True)
            self._look.start()
        return self._fresh

    def _read(self) -> None:
        before = self._story
        if before is None:
            return
        try:
            story = load_story(before.path, forgive_clips=True)
        except BadFile:
            return  # the rest is lost too, or somebody edits it
        if self._story is before and story.file == before.file and lost_media(before).keys() - lost_media(story).keys():
            self._fresh = story


def lost_media(story: Story) -> dict[str, Problem]:
    """What the story plays without, by what is wrong."""
    return {str(problem): problem for problem in story.warnings if problem.forgivable}
