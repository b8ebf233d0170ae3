"""A story at a maker's desk: a bar over the film, and the story read again whenever its file is saved."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

import pygame

from installation.host.console import LossReporter
from installation.host.worker import Worker
from installation.show.overlay import REDRAWN_EACH_SECONDS
from installation.show.timeline_bar import TimelineBar
from installation.show.view import View
from scenes.machine.command import Command, GoTo, Origin, Reload

DESK = Origin("desk")
LOOK_SECONDS = 0.5


class StoryDesk:
    """What the show has only at a desk. Only the stage's thread calls it; a thread of its own looks at the file."""

    def __init__(self, story: Path, size: tuple[int, int], losses: LossReporter, first_scene: str = "") -> None:
        self._first: list[Command] = [GoTo(first_scene, origin=DESK)] if first_scene else []
        self._story, self._bar = story, TimelineBar(size)
        self._stood = self._stamp()
        self._shown, self._drawn, self._next = True, pygame.Surface((0, 0)), 0.0
        self._edited, self._closing = threading.Event(), threading.Event()
        Worker("story watch", self._watch, losses).start()

    def commands(self, events: Sequence[pygame.event.Event]) -> list[Command]:
        """What saving the file asks for, and where to begin; T shows and hides the bar."""
        if any(event.type == pygame.KEYDOWN and event.key == pygame.K_t for event in events):
            self._shown = not self._shown
        asked, self._first = self._first, []
        if self._edited.is_set():
            self._edited.clear()
            asked.append(Reload(origin=DESK))
        return asked

    def bar(self, view: Callable[[], View], now: float) -> pygame.Surface | None:
        """The bar at ``now`` (seconds), as it is to lie over the film; None while it is hidden."""
        if not self._shown:
            return None
        if now >= self._next:
            self._next = now + REDRAWN_EACH_SECONDS
            self._drawn = self._bar.draw(view())
        return self._drawn

    def close(self) -> None:
        """Look at the file no more."""
        self._closing.set()

    def _watch(self) -> None:
        while not self._closing.wait(LOOK_SECONDS):
            now = self._stamp()
            if now is not None and now != self._stood:  # gone for a moment while an editor writes it
                self._stood = now
                self._edited.set()

    def _stamp(self) -> tuple[int, int] | None:
        with suppress(OSError):
            found = self._story.stat()
            return found.st_mtime_ns, found.st_size
        return None
