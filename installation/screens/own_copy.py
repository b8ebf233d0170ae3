"""A follower's own copy of the story: it is read again when the leader plays another one, and that lies here, too."""

from __future__ import annotations

import threading

from calibration.errors import BadFile
from calibration.files import read_text
from installation.host.console import LossReporter, log
from installation.host.worker import Worker
from installation.screens.telling import digest_of
from scenes.story.story import Story, load_story

LOOK_SECONDS = 1.0
PART = "story"


class OwnCopy:
    """Looks on a thread of its own, and only while the leader plays another story than this one."""

    def __init__(self, story: Story, losses: LossReporter) -> None:
        self.story, self._losses = story, losses
        self._digest = self._wanted = digest_of(story.text)
        self._stir, self._closing = threading.Event(), False
        self._worker = Worker("own story", self._run, losses)
        self._worker.start()

    def is_leaders(self, digest: str) -> bool:
        """Whether the leader, whose story has this digest, plays the same one; if not, it is waited for."""
        if digest == self._digest:
            self._losses.back(PART)
            return True
        if digest != self._wanted:
            self._wanted = digest
            self._stir.set()
        return False

    def close(self) -> None:
        """Look no more."""
        self._closing = True
        self._stir.set()
        self._worker.end(1.0)

    def _run(self) -> None:
        while not self._closing:
            same = self._digest == self._wanted
            self._stir.wait(None if same else LOOK_SECONDS)
            self._stir.clear()
            if self._digest != self._wanted and not self._closing:
                self._look(self._wanted)

    def _look(self, wanted: str) -> None:
        path = self.story.path
        try:
            text = read_text(path)
            if digest_of(text) == wanted:
                story = load_story(path, forgive_clips=True, text=text)
                story.require_waiting_scene()
                self.story, self._digest = story, wanted
                log.info("%s is read again: the leader plays it", path.name)
                return
            why = f"the leader plays another story than {path}; copy its folder here"
        except BadFile as error:
            why = "; ".join(error.problems)
        self._losses.lost(PART, f"{why} (until then the safe scene is shown)")
