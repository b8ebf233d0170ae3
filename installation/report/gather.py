"""From a folder of journals to a report: all evenings, on all cores."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from importlib.metadata import version
from pathlib import Path

from calibration.progress import Progress, no_progress
from calibration.venue import Venue
from installation.host.cores import Cores
from installation.host.state_folder import state_folder
from installation.report.build import Asked, build
from installation.report.counts import EveningCounts
from installation.report.evenings import day_of, evenings, journal_days, room_of
from installation.report.figures import Report
from installation.report.read_evening import ReadEvening

DAYS_BEFORE = 28
"""Of which the report knows the trend, and what an edit of the story changed."""
MUCH_BYTES, PACKED = 40_000_000, 15
"""A second of work; and how many times as long a day's lines are as the file that they were compressed to."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where the journal of a room is, and by which clock its days are counted."""

    folder: Path
    room: str
    """As in the names of the files."""
    name: str
    """As people call it."""
    zone: str


def source_of(venue: Venue, *, named: bool = True) -> Source:
    """The journal of a venue. ``named``: somebody chose it. Raises ``BadInput`` and ``BadFile``."""
    folder = Path(venue.journal.folder) if venue.journal.folder else state_folder() / "journal"
    room = room_of(folder, venue.name, named)
    return Source(folder, room, venue.name if named else room, venue.hours.timezone)


def last_evening(source: Source) -> date | None:
    """The newest evening in the journal; None: there is none. Raises ``BadFile``."""
    days = journal_days(source.folder, source.room)
    today = day_of(datetime.now().timestamp(), source.zone)
    return min(max(days), today) if days else None


def gather(
    source: Source,
    first: date,
    last: date,
    progress: Progress = no_progress,
    cores: int | None = None,
) -> Report:
    """The report of all evenings from ``first`` to ``last``. Raises ``BadFile``."""
    days = journal_days(source.folder, source.room)
    parts = [ReadEvening(one) for one in evenings(days, first - timedelta(days=DAYS_BEFORE), last, source.zone)]
    read: list[EveningCounts] = []
    with Cores(ReadEvening.__module__, cores or (None if _is_much(parts) else 1)) as pool:
        for counts in pool.run(parts):
            read.append(counts)
            progress(f"{counts.day}", len(read) / len(parts))
    name = next((counts.venue for counts in reversed(read) if counts.venue), "") or source.name
    made_at = datetime.now().astimezone()
    return build(read, Asked(name, first, last, source.zone, made_at, version("chiaroscuro")))


def _is_much(parts: list[ReadEvening]) -> bool:
    """Whether it takes longer to read than other processes take to begin."""
    read = 0
    for path in {path for part in parts for path in part.evening.files}:
        with suppress(OSError):
            read += path.stat().st_size * (PACKED if path.suffix == ".gz" else 1)
    return read > MUCH_BYTES
