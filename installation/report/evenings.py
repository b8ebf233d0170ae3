"""Which files of the journal an evening is in, and when it ends: at 04:00, or when the doors close after that."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo

from calibration.errors import BadFile, BadInput
from calibration.files import did_you_mean
from installation.host.journal_files import FILE_NAME
from installation.host.state_folder import room_stem

ENDS, ENDS_LATEST = time(4), time(10)
"""Of an evening: at four, or at the closing of doors that are open then, by ten."""


@dataclass(frozen=True, slots=True)
class Evening:
    """One evening of one room. Times are unix seconds; ``zone`` '' is the machine's own."""

    day: date
    files: tuple[Path, ...]
    """In the order of their days."""
    zone: str = ""

    @property
    def begins(self) -> tuple[float, float]:
        """The earliest and the latest moment at which it may begin."""
        return moment(self.day, ENDS, self.zone), moment(self.day, ENDS_LATEST, self.zone)

    @property
    def ends(self) -> tuple[float, float]:
        """The same for its end."""
        after = self.day + timedelta(days=1)
        return moment(after, ENDS, self.zone), moment(after, ENDS_LATEST, self.zone)


def zone_of(name: str) -> tzinfo | None:
    """The time zone; None: the machine's own."""
    return ZoneInfo(name) if name else None


def moment(day: date, at: time, zone: str) -> float:
    """Unix seconds of a time of day."""
    return datetime.combine(day, at, zone_of(zone)).timestamp()


def local(at: float, zone: str) -> datetime:
    """The time on the wall, with its offset from UTC."""
    tz = zone_of(zone)
    return datetime.fromtimestamp(at, tz) if tz else datetime.fromtimestamp(at).astimezone()


def day_of(at: float, zone: str) -> date:
    """The evening that a moment belongs to, by the hour alone."""
    return (local(at, zone).replace(tzinfo=None) - timedelta(hours=ENDS.hour)).date()


def journal_days(folder: Path, room: str) -> dict[date, list[Path]]:
    """The files of a room by their day. Raises ``BadFile`` where the folder cannot be read."""
    found: dict[date, list[Path]] = {}
    for path in sorted(_listed(folder)):
        name = FILE_NAME.fullmatch(path.name)
        if name and name["room"] in (None, room):
            try:
                found.setdefault(date.fromisoformat(name["day"]), []).append(path)
            except ValueError:  # no day of any calendar
                continue
    return found


def rooms(folder: Path) -> tuple[str, ...]:
    """The rooms that have a journal in this folder. Raises ``BadFile``."""
    names = (FILE_NAME.fullmatch(path.name) for path in _listed(folder))
    return tuple(sorted({name["room"] for name in names if name and name["room"]}))


def room_of(folder: Path, venue: str, named: bool) -> str:
    """The room to report on: the venue's, or the only one that there is. Raises ``BadInput`` and ``BadFile``.

    ``named``: somebody chose this venue.
    """
    there, stem = rooms(folder), room_stem(venue)
    if stem in there or not there:
        return stem
    if not named and len(there) == 1:
        return there[0]
    what = f"the journal has no room {stem!r}{did_you_mean(stem, there)}" if named else "several rooms have a journal"
    raise BadInput(f"{what}; there are: {', '.join(there)}. Choose one with --venue", where="--venue")


def evenings(days: dict[date, list[Path]], first: date, last: date, zone: str) -> Iterator[Evening]:
    """Each evening from ``first`` to ``last`` that may be in the files, which are by the machine's own days."""
    day = max(first, min(days, default=last) - timedelta(days=1))
    while day <= min(last, max(days, default=first) + timedelta(days=1)):
        evening = Evening(day, (), zone)
        begin = datetime.fromtimestamp(evening.begins[0]).date()
        files = _files_between(days, begin, datetime.fromtimestamp(evening.ends[1]).date())
        if files:
            yield Evening(day, files, zone)
        day += timedelta(days=1)


def _files_between(days: dict[date, list[Path]], begin: date, end: date) -> tuple[Path, ...]:
    number = (end - begin).days
    return tuple(path for ahead in range(number + 1) for path in days.get(begin + timedelta(days=ahead), ()))


def _listed(folder: Path) -> Iterable[Path]:
    try:
        return list(folder.iterdir()) if folder.exists() else []
    except OSError as error:
        raise BadFile(folder, [f"cannot be read: {error.strerror or error}"]) from error
