"""Reading the story again while the film goes on: a maker corrects it in the evening, and no doors close."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from calibration.errors import BadFile
from installation.host.console import LossReporter, log
from installation.host.worker import Worker
from scenes.story.story import Story, load_story

NEW_STORY = "new story"
WITH_THE_NEXT_SCENE, AT_THE_SAME_PLACE = "it begins with the next scene", "it goes on at the same place"
LOOK_SECONDS, TRY_SECONDS = 2.0, 30.0
"""How often it is looked whether the file has changed, and when the same file is tried again: its clips may be back."""


class Reloading:
    """Reads on a thread of its own (headers of all clips: a tenth of a second, which would be three frames).

    ``find`` gives the story's file, or raises ``BadFile``. ``insist``: a story that cannot be used is tried again.
    ``then``: what is said of a story that was read.
    """

    def __init__(
        self,
        find: Callable[[], Path],
        losses: LossReporter,
        insist: bool = False,
        then: str = WITH_THE_NEXT_SCENE,
    ) -> None:
        self._find, self._losses, self._insist, self._then = find, losses, insist, then
        self._fresh: Story | None = None
        self._thread: Worker | None = None
        self._asked, self._closing = threading.Event(), False

    def ask(self) -> None:
        """Begin to read; asked while it reads, it reads once more, and while it waits to try again, it tries now."""
        self._asked.set()
        if self._thread is None or not self._thread.is_alive():
            self._thread = Worker("story reload", self._read, self._losses)
            self._thread.start()

    def take(self) -> Story | None:
        """The story that was read, once; None when there is none that can be used."""
        fresh, self._fresh = self._fresh, None
        return fresh

    def close(self) -> None:
        """Try no more."""
        self._closing = True
        self._asked.set()

    def _read(self) -> None:
        again = True
        while again and not self._closing:  # the file may have been edited since it was read
            self._asked.clear()
            self._read_until_usable()
            again = self._asked.is_set()

    def _read_until_usable(self) -> None:
        while not self._read_once() and self._insist and not self._closing:
            before = self._look()
            for _ in range(round(TRY_SECONDS / LOOK_SECONDS)):
                if self._asked.wait(LOOK_SECONDS) or self._look() != before:
                    break
            self._asked.clear()

    def _read_once(self) -> bool:
        try:
            path = self._find()
            story = load_story(path, forgive_clips=True)
            story.require_waiting_scene()
        except BadFile as error:
            self._losses.lost(NEW_STORY, "; ".join(error.problems) + " (the old one goes on)")
            return False
        self._losses.back(NEW_STORY)
        log.info("%s is read; %s", path.name, self._then)
        self._fresh = story
        return True

    def _look(self) -> tuple[str, int, int] | None:
        """What changes when the file does; None while there is none."""
        with suppress(BadFile, OSError):
            path = self._find()
            found = path.stat()
            return str(path), found.st_mtime_ns, found.st_size
        return None
