"""The report of each evening, made when it is over by a process of its own. The stage waits for nothing of it.

An evening is over when the hours have closed the doors for the day, else at 04:00. If the power was off then, its
report is made when the show begins next. A show that ends by hand leaves one behind as the evening stands.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Protocol

from calibration.errors import BadFile
from calibration.plain import plain
from calibration.venue import Venue
from installation.host.console import LossReporter
from installation.host.journal import Journal
from installation.host.state_folder import room_stem
from installation.host.worker import Worker
from installation.report.evenings import day_of, journal_days
from installation.report.job import REPORTS, Job

PROCESS: tuple[str, ...] = (sys.executable, "-m", "installation.report.main")
ROOT = Path(__file__).parents[2]
LOOK_SECONDS = 60.0
"""How often it is looked whether an evening is over; also before the first time: the show begins in peace."""
AGAIN_SECONDS = (600.0, 3600.0)
"""Before another try: after the first failure, and after each that follows."""
LIMIT_SECONDS = 1000.0
"""A process that has not ended by then hangs: on a mounted share, say."""
LOOKS_A_SECOND = 4
WORTH_SECONDS = 1800.0
"""A show that ends sooner was a trial."""


class House(Protocol):
    """What is asked of the housekeeper."""

    @property
    def opens_next(self) -> float | None:
        """When the hours open it next; None: it is open, or not closed by them."""


class EveningReports:
    """Looks once a minute, in a thread, whether an evening is over that has no report yet."""

    def __init__(  # noqa: PLR0913 - the last four are the tests'
        self,
        venue: Venue,
        state: Path,
        journal: Journal,
        house: House,
        losses: LossReporter,
        wall_clock: Callable[[], float],
        command: Sequence[str] = PROCESS,
        look_seconds: float = LOOK_SECONDS,
        again_seconds: tuple[float, float] = AGAIN_SECONDS,
        worth_seconds: float = WORTH_SECONDS,
    ) -> None:
        self._venue, self._reports, self._journal = venue, state / REPORTS, journal
        self._house, self._losses, self._wall_clock = house, losses, wall_clock
        self._command, self._look_seconds, self._again_seconds = tuple(command), look_seconds, again_seconds
        self._worth_seconds, self._started = worth_seconds, losses.clock()
        self._process: subprocess.Popen[bytes] | None = None
        self._failures = 0
        self._closing = threading.Event()
        self._thread = Worker("reports", self._watch, losses)
        self._thread.start()

    def close(self) -> None:
        """Look no more. What is left to do is begun: that process outlives the show, by a few seconds."""
        self._closing.set()
        self._thread.end(2.0)
        over, today = self._newest(self._over()), day_of(self._wall_clock(), self._zone)
        if self._runs():
            return
        if over and self._job(over).left:
            self._start(self._job(over))
        elif over != today and self._journal.takes and self._losses.clock() - self._started > self._worth_seconds:
            self._start(self._job(today, final=False))

    def _runs(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def _watch(self) -> None:
        pause = self._look_seconds
        while not self._closing.wait(pause):
            day = self._newest(self._over())
            job = self._job(day) if day else None
            pause = self._look_seconds
            if job and job.left and not self._make(job):
                pause = self._again_seconds[min(self._failures, len(self._again_seconds)) - 1]

    def _make(self, job: Job) -> bool:
        """Start the process and see it to its end. Whether all that was asked is done."""
        why = "" if self._runs() else self._start(job)
        process = self._process
        if process is not None and not why:
            if not self._ends(process):
                if not self._closing.is_set():
                    process.kill()  # one that hangs in the system's own calls stays all the same, and no other begins
                why = f"it is not done after {LIMIT_SECONDS / 60:.0f} minutes"
            elif process.returncode:
                said = process.stderr.read().decode(errors="replace").strip() if process.stderr else ""
                why = said.splitlines()[-1] if said else f"its process ended with {process.returncode}"
        if self._closing.is_set():
            return True
        self._failures = self._failures + 1 if why else 0
        if why:
            self._losses.lost("report", f"{plain(why)[:300]}; it is tried again")
        else:
            self._losses.back("report")
        return not why

    def _start(self, job: Job) -> str:
        """Why it could not be started, or ''."""
        path = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
        try:
            process = subprocess.Popen(  # noqa: S603 - our own program; a test names a stub
                self._command,
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                start_new_session=True,
                env=os.environ | {"PYTHONPATH": path},
            )
            if process.stdin:
                with process.stdin as line:
                    line.write(job.model_dump_json().encode())  # less than a pipe holds
        except OSError as error:  # no process or no memory is left, or it has ended at once
            return f"its process cannot be started: {error.strerror or error}"
        self._process = process
        return ""

    def _ends(self, process: subprocess.Popen[bytes]) -> bool:
        for _ in range(round(LIMIT_SECONDS * LOOKS_A_SECOND)):
            if process.poll() is not None:
                return True
            if self._closing.wait(1 / LOOKS_A_SECOND):
                return False
        return False

    def _over(self) -> date:
        """The newest evening that is over."""
        today = day_of(self._wall_clock(), self._zone)
        opens = self._house.opens_next
        closed_for_today = opens is not None and day_of(opens, self._zone) > today
        return today if closed_for_today else today - timedelta(days=1)

    def _newest(self, last: date) -> date | None:
        """The newest evening up to ``last`` that is in the journal."""
        try:
            days = journal_days(self._journal.folder, room_stem(self._venue.name))
        except BadFile:
            return None
        return max((day for day in days if day <= last), default=None)

    def _job(self, day: date, final: bool = True) -> Job:
        venue = self._venue
        return Job(
            journal=self._journal.folder,
            room=room_stem(venue.name),
            name=venue.name,
            zone=self._zone,
            day=day,
            reports=self._reports,
            settings=venue.report,
            language=venue.report.language or venue.course.languages[0],
            final=final,
        )

    @property
    def _zone(self) -> str:
        return self._venue.hours.timezone
