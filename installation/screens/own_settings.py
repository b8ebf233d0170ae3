"""A follower's keystone, brightness and tone while they are set: the venue file is read again whenever it is saved."""

from __future__ import annotations

import threading
from contextlib import suppress
from pathlib import Path

from calibration.errors import BadFile
from calibration.screens_settings import OneScreen
from calibration.settings import ScreenSettings
from calibration.venue import load_venue
from installation.host.console import LossReporter
from installation.host.worker import Worker

LOOK_SECONDS = 1.0
PART = "venue file"


class OwnSettings:
    """Looks on a thread of its own. ``file``: the venue's; '' = there is none, and nothing is looked at."""

    def __init__(self, file: str, name: str, losses: LossReporter) -> None:
        self._file, self._name, self._losses = Path(file), name, losses
        self._fresh: ScreenSettings | None = None
        self._seen = self._stamp()
        self._closing = threading.Event()
        self._worker = Worker("own settings", self._run, losses)
        if file:
            self._worker.start()

    def take(self) -> ScreenSettings | None:
        """What was saved since it was asked last, once."""
        fresh, self._fresh = self._fresh, None
        return fresh

    def close(self) -> None:
        """Look no more."""
        self._closing.set()
        self._worker.end(1.0)

    def _run(self) -> None:
        while not self._closing.wait(LOOK_SECONDS):
            now = self._stamp()
            if now is None or now == self._seen:
                continue
            self._seen = now
            try:
                venue = load_venue(self._file)
                self._fresh = venue.screens.named.get(self._name, OneScreen()).over(venue.screen)
                self._losses.back(PART)
            except BadFile as error:
                self._losses.lost(PART, f"{'; '.join(error.problems)} (the settings before go on)")

    def _stamp(self) -> tuple[int, int] | None:
        with suppress(OSError):
            found = self._file.stat()
            return found.st_mtime_ns, found.st_size
        return None
