"""``privacy.retention_days``: journals and reports that are older are deleted, as the show begins and every hour."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path

from installation.host.console import LossReporter, log
from installation.host.journal_files import FILE_NAME
from installation.host.worker import Worker
from installation.report.job import report_files

LOOK_SECONDS = 3600.0
FIRST_SECONDS = 5.0
"""The show begins in peace."""


class Retention:
    """Deletes in a thread, for the disk may be slow. ``days``: that are kept beside today."""

    def __init__(
        self,
        days: int,
        room: str,
        folders: tuple[Path, Path],
        losses: LossReporter,
        wall_clock: Callable[[], float],
    ) -> None:
        """``folders``: of journals, and of reports."""
        self._days, self._room, self._folders = days, room, folders
        self._losses, self._wall_clock = losses, wall_clock
        self._closing = threading.Event()
        self._thread = Worker("retention", self._watch, losses)
        self._thread.start()

    def close(self) -> None:
        """Look no more."""
        self._closing.set()
        self._thread.end(1.0)

    def _watch(self) -> None:
        pause = FIRST_SECONDS
        while not self._closing.wait(pause):
            pause = LOOK_SECONDS
            oldest = date.fromtimestamp(self._wall_clock()) - timedelta(days=self._days)
            self._delete(list(older_than(oldest, self._room, *self._folders)))

    def _delete(self, files: list[Path]) -> None:
        for file in files:
            try:
                file.unlink(missing_ok=True)
            except OSError as error:
                self._losses.lost("retention", f"{file} cannot be deleted: {error.strerror or error}")
                return
        self._losses.back("retention")
        if files:
            log.info("deleted as older than %d days (privacy.retention_days): %d files", self._days, len(files))


def older_than(oldest: date, room: str, journals: Path, reports: Path) -> Iterator[Path]:
    """The files of this room for days before ``oldest``."""
    with suppress(OSError):  # no folder yet, or none that can be read
        for file in journals.iterdir():
            name = FILE_NAME.fullmatch(file.name)
            if name and name["room"] in (None, room) and name["day"] < oldest.isoformat():
                yield file
    with suppress(OSError):
        for file, day in report_files(reports, room):
            if day < oldest:
                yield file
