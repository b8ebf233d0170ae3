"""Reading the story again while the film goes on: a maker corrects it in the evening, and no doors close."""

from __future__ import annotations

from pathlib import Path

from calibration.errors import BadFile
from installation.host.console import LossReporter, log
from installation.host.worker import Worker
from scenes.story.story import Story, load_story


class Reloading:
    """Reads on a thread of its own (headers of all clips: a tenth of a second, which would be three frames)."""

    def __init__(self, path: Path, losses: LossReporter) -> None:
        self._path, self._losses = path, losses
        self._fresh: Story | None = None
        self._thread: Worker | None = None

    def ask(self) -> None:
        """Begin to read; asking again while it reads changes nothing."""
        if self._thread is None or not self._thread.is_alive():
            self._thread = Worker("story reload", self._read, self._losses)
            self._thread.start()

    def take(self) -> Story | None:
        """The story that was read, once; None when there is none that can be used."""
        fresh, self._fresh = self._fresh, None
        return fresh

    def _read(self) -> None:
        try:
            story = load_story(self._path, forgive_clips=True)
        except BadFile as error:
            self._losses.lost("new story", "; ".join(error.problems) + " (the old one goes on)")
            return
        self._losses.back("new story")
        log.info("%s is read; it begins with the next scene", self._path.name)
        self._fresh = story
