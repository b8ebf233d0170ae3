"""How many takes there were: one small file that outlasts the show, so that its first visitor of the day is known."""

from __future__ import annotations

import json
import secrets
import threading
from datetime import date
from pathlib import Path

from installation.host.console import LossReporter
from installation.host.kept_file import read_kept, write_kept
from scenes.machine.memory import NO_TAKES, History, Memory
from scenes.story.draws import SEEDS


class TakeRecord:
    """What the first take begins with, and the takes before. A thread writes, for the disk may be slow.

    ``seed``: of the first take; None: one that nobody knows before. ``file`` None: nothing outlasts the show.
    """

    def __init__(self, losses: LossReporter, seed: int | None = None, file: Path | None = None) -> None:
        self.memory = Memory(secrets.randbelow(SEEDS) if seed is None else seed)
        self.history = NO_TAKES if file is None else _read(file, losses)
        self._losses, self._file, self._writing = losses, file, threading.Lock()

    def keep(self, history: History) -> None:
        """Another take has begun. Does not wait."""
        if self._file is not None and history != self.history:
            self.history = history
            threading.Thread(target=self._write, args=(self._file,), name="takes", daemon=True).start()

    def _write(self, file: Path) -> None:
        with self._writing:  # the newest is written last
            kept = self.history
            day = kept.day.isoformat() if kept.day else None
            try:
                write_kept(file, json.dumps({"total": kept.total, "today": kept.today, "day": day}).encode())
            except OSError as error:
                self._losses.lost("count of takes", f"{error.strerror or error} ({file})")
            else:
                self._losses.back("count of takes")


def _read(file: Path, losses: LossReporter) -> History:
    content, fault = read_kept(file)
    if fault:
        losses.lost("count of takes", fault)
    try:
        kept = json.loads(content or b"{}")
        day = date.fromisoformat(kept["day"]) if kept.get("day") else None
        return History(max(0, int(kept.get("total", 0))), max(0, int(kept.get("today", 0))), day)
    except (ValueError, TypeError, AttributeError):  # written by hand, or by another version
        losses.lost("count of takes", f"{file}: is not what this program writes; counting begins anew")
        return NO_TAKES
