"""The last evening in a few figures, which a room tells its house: a small file beside the report."""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from pathlib import Path

from calibration.file_writer import write_private
from installation.report.figures import Report
from installation.report.job import report_files
from installation.rooms.topics import DOCUMENT_AT_MOST, PartLost, RoomReport, read

ENDING = ".figures"
PARTS_AT_MOST = 30


def summary_of(report: Report) -> RoomReport:
    """Of the report of one evening; what is not told there is not told here."""
    total = report.total
    return RoomReport(
        day=report.last,
        story=report.title,
        visits=total.visits,
        stopped=total.stopped.share,
        dwell_seconds=total.dwell.median,
        takes=total.takes,
        completed=total.completed.share,
        holding=total.holding,
        open_seconds=total.open_seconds,
        seeing_seconds=total.seeing_seconds,
        losses=tuple(PartLost(part=loss.part, times=loss.times) for loss in report.losses[:PARTS_AT_MOST]),
    )


def write_summary(report: Report, stem: Path) -> None:
    """Beside the files of the report, hidden. ``stem``: their path without ending. Raises ``OSError``."""
    write_private(stem.with_name(f".{stem.name}{ENDING}"), summary_of(report).payload())


class NewestSummary:
    """That of the newest evening of a room, and whether it is news. For one thread."""

    def __init__(self, folder: Path, room: str) -> None:
        self._folder, self._room = folder, room
        self._told: bytes | None = None

    def now(self) -> bytes | None:
        """The newest one; None where there is none."""
        self._told = newest_summary(self._folder, self._room)
        return self._told

    def changed(self) -> bytes | None:
        """The newest one, where it is another than that of before."""
        before = self._told
        return found if (found := self.now()) != before else None


def newest_summary(folder: Path, room: str) -> bytes | None:
    """That of the newest evening; None where there is none, or it cannot be read."""
    newest: tuple[date, Path] | None = None
    with suppress(OSError):
        found = [(day, file) for file, day in report_files(folder, room) if file.name.endswith(ENDING)]
        newest = max(found, default=None)
    if newest is None:
        return None
    try:
        with newest[1].open("rb") as file:
            content = file.read(DOCUMENT_AT_MOST + 1)
    except OSError:
        return None
    return content if read(RoomReport, content) else None
