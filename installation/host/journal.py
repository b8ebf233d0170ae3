"""The journal of takes: the aggregate mood and what the film did. No picture, no identity.

One JSON object per line: ``at`` (unix seconds), ``t`` (monotonic seconds), ``kind`` and its fields. A thread of its own
writes, so that a slow, full or read-only disk costs the film nothing. ``chiaro osc replay`` plays such a file again.
"""

from __future__ import annotations

import json
import queue
import threading
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any, TextIO

from calibration.settings import JournalSettings
from installation.host.console import LossReporter
from models.mood import Mood
from scenes.machine.cue import Branched, Cue, SceneEnded, SceneStarted, StateChanged, TakeEnded, TakeStarted

KINDS: dict[type, str] = {
    SceneStarted: "scene_start",
    SceneEnded: "scene_end",
    Branched: "branch",
    TakeStarted: "take_start",
    TakeEnded: "take_end",
    StateChanged: "state",
}
MOOD_FIELDS = {"trusted", "reason", "present", "count", "probabilities", "dominant", "confidence", "valence", "arousal"}
"""What is kept of a mood: the aggregate, nothing of a single visitor."""
MAX_QUEUED_LINES = 2000


class Journal:
    """Accepts lines from any thread, never blocks, never raises."""

    def __init__(
        self,
        settings: JournalSettings,
        folder: Path,
        losses: LossReporter,
        wall_clock: Callable[[], float] = time.time,
    ) -> None:
        self._folder = Path(settings.folder) if settings.folder else folder / "journal"
        self._bytes_at_most = settings.megabytes_at_most * 1_000_000
        self._mood_period = 1.0 / settings.mood_hertz if settings.mood_hertz else float("inf")
        self._losses, self._wall_clock = losses, wall_clock
        self._lines: queue.Queue[dict[str, Any] | None] = queue.Queue(MAX_QUEUED_LINES)
        self._next_mood = 0.0
        self._last_dominant: str | None = None
        self._file: TextIO | None = None
        self._thread = threading.Thread(target=self._write_on, name="journal", daemon=True)
        self._thread.start()

    def cue(self, cue: Cue, mood: Mood, now: float) -> None:
        """Note a cue that belongs to the evening; a branch together with the mood that decided it."""
        kind = KINDS.get(type(cue))
        if kind is None:
            return
        fields = asdict(cue)
        if isinstance(cue, StateChanged):
            fields["state"] = cue.state.name.lower()
        if isinstance(cue, Branched):
            fields["mood"] = mood_line(mood)
        self.note(kind, now, **fields)

    def mood(self, mood: Mood, now: float) -> None:
        """Note the mood at the venue's rate, and at once when the believed emotion changes."""
        if now < self._next_mood and mood.dominant == self._last_dominant:
            return
        self._next_mood, self._last_dominant = now + self._mood_period, mood.dominant
        self.note("mood", now, **mood_line(mood))

    def note(self, kind: str, now: float, **fields: Any) -> None:
        """Note anything else ('show_start', 'command', 'lost' ...)."""
        try:
            self._lines.put_nowait({"at": round(self._wall_clock(), 3), "t": round(now, 3), "kind": kind, **fields})
        except queue.Full:
            self._losses.lost("journal", f"the disk is too slow; lines are being dropped ({self._folder})")

    def close(self) -> None:
        """Write what waits (2 s at most) and close the file."""
        try:
            self._lines.put(None, timeout=0.5)
        except queue.Full:
            return
        self._thread.join(timeout=2.0)

    # -- the writing thread --------------------------------------------------------------------------------------

    def _write_on(self) -> None:
        while (line := self._lines.get()) is not None:
            try:
                self._write(line)
                self._losses.back("journal")
            except OSError as error:  # full, read-only, gone: reported once, tried again with the next line
                self._losses.lost("journal", f"{error.strerror or error} ({self._folder})")
                self._close_file()
        self._close_file()

    def _write(self, line: dict[str, Any]) -> None:
        path = self._folder / time.strftime("%Y-%m-%d.jsonl", time.localtime(line["at"]))
        if self._file is None or self._file.name != str(path) or not path.exists():
            self._close_file()
            self._folder.mkdir(parents=True, exist_ok=True)
            self._drop_oldest()
            torn = path.exists() and path.stat().st_size and not path.read_bytes().endswith(b"\n")
            self._file = path.open("a", encoding="utf-8", buffering=1)
            if torn:  # the power went in mid-line: the next one starts on a line of its own
                self._file.write("\n")
        if self._file.tell() < self._bytes_at_most:  # one day never uses up the space of all
            self._file.write(json.dumps(line, separators=(",", ":")) + "\n")

    def _drop_oldest(self) -> None:
        files = sorted(self._folder.glob("*.jsonl"))
        while len(files) > 1 and sum(file.stat().st_size for file in files) > self._bytes_at_most * 0.9:
            files.pop(0).unlink()

    def _close_file(self) -> None:
        file, self._file = self._file, None
        if file is not None:
            try:
                file.close()
            except OSError as error:  # closing flushes, and a full disk refuses that too
                self._losses.lost("journal", f"{error.strerror or error} ({self._folder})")


def mood_line(mood: Mood) -> dict[str, Any]:
    """The aggregate mood for the journal, rounded to what means something."""
    fields = mood.model_dump(include=MOOD_FIELDS)
    fields["probabilities"] = [round(p, 3) for p in mood.probabilities]
    for name in ("confidence", "valence", "arousal"):
        fields[name] = round(fields[name], 3)
    return fields
