"""What the process is asked to do that makes an evening's report, and what of it is done already."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import date
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from calibration.file_writer import make_private_folder
from calibration.settings import Language
from calibration.web_settings import ReportSettings

WRITTEN, MAILED, COPIED, EMPTY = "written", "mailed", "copied", "empty"
REPORTS = "reports"
"""Folder in the state folder."""


def report_files(folder: Path, room: str) -> Iterator[tuple[Path, date]]:
    """The files of a room's reports, each with its evening. Raises ``OSError``."""
    for file in folder.iterdir():
        before, dash, rest = file.name.removeprefix(".").partition(f"{room}-")
        with suppress(ValueError):
            if not before and dash:
                yield file, date.fromisoformat(rest.partition(".")[0])


class Job(BaseModel):
    """One evening of one room. It travels to the process as JSON, by stdin."""

    model_config = ConfigDict(frozen=True)

    journal: Path
    room: str
    name: str
    zone: str
    day: date
    reports: Path
    settings: ReportSettings
    language: Language = "en"
    final: bool = True
    """The evening is over. Else the report is written as it stands, and made again when it is."""

    @property
    def stem(self) -> Path:
        """Path of its files without their endings."""
        return self.reports / f"{self.room}-{self.day}"

    @property
    def left(self) -> tuple[str, ...]:
        """The steps that are still to be done."""
        asked = {WRITTEN: True, MAILED: bool(self.settings.mail_to), COPIED: bool(self.settings.folder)}
        done = self._done()
        return () if EMPTY in done else tuple(step for step, wanted in asked.items() if wanted and step not in done)

    def note(self, step: str) -> None:
        """This step is done, for good. Raises ``OSError``."""
        if self.final:
            make_private_folder(self.reports)
            with self._mark.open("a", encoding="ascii") as file:
                file.write(step + "\n")

    @property
    def _mark(self) -> Path:
        return self.reports / f".{self.room}-{self.day}.done"

    def _done(self) -> list[str]:
        try:
            return self._mark.read_text("ascii").split()
        except (OSError, ValueError):
            return []
