"""The journal of takes: the aggregate mood and what the film did. No picture, no identity.

One JSON object per line: ``at`` (unix seconds), ``t`` (monotonic seconds), ``kind`` and its fields. A thread of its own
writes, so that a slow, full or read-only disk costs the film nothing. ``chiaro osc replay`` plays such a file again.
Where the lines go is the affair of ``installation.host.journal_files``.
"""

from __future__ import annotations

import json
import queue
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from calibration.settings import JournalSettings
from installation.host.attendance import Line, OperatorTime, Visits
from installation.host.console import LossChange, LossReporter
from installation.host.counters import Counters, Second
from installation.host.forgetting import BY_VISITORS, Forgotten, rewrite
from installation.host.journal_files import DayFiles
from installation.host.state_folder import room_stem
from installation.host.worker import Worker
from models.mood import Mood
from scenes.machine.branching import BranchStanding
from scenes.machine.cue import (
    Branched,
    Cue,
    SceneEnded,
    SceneStarted,
    SignalChanged,
    StateChanged,
    TakeEnded,
    TakeStarted,
    ThreadShown,
    WaitBegan,
    WaitEnded,
)

KINDS: dict[type, str] = {
    SceneStarted: "scene_start",
    SceneEnded: "scene_end",
    ThreadShown: "thread",
    Branched: "branch",
    TakeStarted: "take_start",
    TakeEnded: "take_end",
    StateChanged: "state",
    SignalChanged: "signal",
    WaitBegan: "wait",
    WaitEnded: "wait_end",
}
MOOD_FIELDS = {
    *("trusted", "reason", "present", "count", "probabilities", "dominant", "confidence", "valence", "arousal"),
    *("facing", "speaking"),
}
"""What is kept of a mood: the aggregate, nothing of a single visitor."""
MAX_QUEUED_LINES = 2000
RETRY_SECONDS = 20.0
"""While the journal is lost, its loss is written again so often: with nobody there no other line may come for hours."""
LATE_SECONDS = 5.0
"""By which a line of one thread may come after a later one of another."""
MAX_WHY = 300
"""Letters of a loss's reason."""


class Journal:
    """Accepts lines from any thread, never blocks, never raises. ``room``: the venue's name."""

    def __init__(
        self,
        settings: JournalSettings,
        folder: Path,
        losses: LossReporter,
        wall_clock: Callable[[], float] = time.time,
        room: str = "room",
    ) -> None:
        folder = Path(settings.folder) if settings.folder else folder / "journal"
        self._settings = settings
        self._files = DayFiles(folder, room_stem(room), settings.megabytes_at_most * 1_000_000, settings.days_at_most)
        self._mood_period = 1.0 / settings.mood_hertz if settings.mood_hertz else float("inf")
        self._losses, self._wall_clock = losses, wall_clock
        self._lines: queue.Queue[dict[str, Any] | Forgotten | threading.Event | None] = queue.Queue(MAX_QUEUED_LINES)
        self._next_mood = self._next_retry = 0.0
        self._unwritten: LossChange | None = None
        """The loss of the journal itself."""
        self._last_mood: tuple[object, ...] = ()
        self._visits, self._operator, self._takes = Visits(), OperatorTime(), 0
        self._counters, self._rehearsed = Counters(), False
        self._take_since: float | None = None
        """When those came for whom the take began that runs, or is about to begin."""
        self._in_take = self._leaves_forgotten = False
        self._to_forget: deque[Forgotten] = deque()
        self._forgotten: list[Forgotten] = []
        """Whose lines may still wait to be written."""
        self._forget_again_at = 0.0
        self._story: dict[str, Any] = {}
        self._story_hour = -1
        """In which the story was written last."""
        self._thread = Worker("journal", self._write_on, losses)
        self._thread.start()
        losses.follow(self._note_loss)

    def story(self, story: dict[str, Any], now: float) -> None:
        """This story runs from now on: its ``hash`` is written with each take, and all of it in each hour of takes."""
        if story != self._story:
            self._story, self._story_hour = story, -1
            self._note_story(now)

    def count(self, second: Second, now: float) -> None:
        """Once a second: how the show stands."""
        self._note_counters(self._counters.advance(second, now), now)

    @property
    def folder(self) -> Path:
        """Where its files lie."""
        return self._files.folder

    @property
    def takes(self) -> int:
        """Takes that have ended since the start of the show."""
        return self._takes

    @property
    def visits(self) -> int:
        """Visitors who have come since the start of the show."""
        return self._visits.total

    def cue(self, cue: Cue, mood: Mood, now: float, stood: Iterable[BranchStanding] = ()) -> None:
        """Note a cue that belongs to the evening; a branch together with the mood that decided it.

        ``stood``: how each way out of the scene stood when the choice fell.
        """
        kind = KINDS.get(type(cue))
        if kind is None:
            return
        fields = asdict(cue)
        self._follow_take(cue, now)
        if isinstance(cue, StateChanged):
            fields["state"] = cue.state.name.lower()
            self._note_all(self._operator.advance(cue, now), now)
        if self._leaves_forgotten:
            return
        if isinstance(cue, SignalChanged):
            fields |= {"value": round(cue.value, 3), "level": round(cue.level, 3)}
        if isinstance(cue, TakeEnded):
            self._takes += 1
        if isinstance(cue, TakeStarted):
            self._note_story(now)
            fields["story"] = self._story.get("hash", "")
        if isinstance(cue, Branched):
            fields |= {"mood": mood_line(mood), "stood": [_stood_line(one) for one in stood]}
        self.note(kind, now, **fields, **self._by_hand())

    def mood(self, mood: Mood, now: float, rehearsed: bool = False) -> None:
        """Note who came and left, and the mood: when it changes, and at the venue's rate while somebody is there.

        ``rehearsed``: somebody set it by hand. It says so, and is no visit.
        """
        self._rehearsed = rehearsed
        if not rehearsed:
            self._note_all(self._visits.advance(mood, now), now)
        if self._unwritten and now >= self._next_retry:
            self._next_retry = now + RETRY_SECONDS
            self._note_loss(self._unwritten)
        what = (mood.trusted, mood.present, mood.dominant)
        if what == self._last_mood and (now < self._next_mood or not mood.present):
            return
        self._next_mood, self._last_mood = now + self._mood_period, what
        self.note("mood", now, **mood_line(mood), **self._by_hand())

    def looking(self, is_open: bool, why: str, now: float) -> None:
        """The eye is open, or shut: then the visits that are running end here, and nothing of them is kept."""
        if not is_open:
            self._note_all(self._visits.end(now), now)
        if not (self._leaves_forgotten and why in BY_VISITORS):
            self.note("looking", now, open=is_open, why=why)

    def forget(self, now: float) -> float:
        """Take out all lines about those who are here and the take that runs; since when that is.

        The thread rewrites the file, whole or not at all, and tries again where the disk refuses. A number stays.
        """
        came = self._visits.since
        self._visits.forget()
        since = round(min((one for one in (came, self._take_since) if one is not None), default=now), 3)
        since_at = self._wall_clock() - (now - since)
        wish = Forgotten(since, round(now, 3), int(self._in_take), since_at)
        self._leaves_forgotten, self._in_take, self._take_since, self._last_mood = True, False, None, ()
        try:
            self._lines.put_nowait(wish)
        except queue.Full:  # it is no line that may be dropped
            self._to_forget.append(wish)
        return since

    def end(self, now: float) -> None:
        """The show ends: what was counted of it."""
        self._note_all([*self._visits.end(now), *self._operator.end(now)], now)
        self._note_counters(self._counters.line(), now)
        minutes = round(self._operator.seconds / 60, 2)
        self.note(
            "show_end",
            now,
            takes=self._takes,
            visitors=self._visits.total,
            operator_minutes=minutes,
            losses=self._losses.errors,
        )

    def note(self, kind: str, now: float, **fields: Any) -> None:
        """Note anything else ('show_start', 'command' ...)."""
        try:
            self._lines.put_nowait({"at": round(self._wall_clock(), 3), "t": round(now, 3), "kind": kind, **fields})
        except queue.Full:
            self._losses.lost("journal", f"the disk is too slow; lines are being dropped ({self._files.folder})")

    def flush(self, seconds: float = 2.0) -> bool:
        """Wait until all that was noted before was written, or given up; whether it was within ``seconds``."""
        done = threading.Event()
        try:
            self._lines.put(done, timeout=seconds)
        except queue.Full:
            return False
        return done.wait(seconds)

    def close(self) -> None:
        """Write what waits (2 s at most) and close the file."""
        self._losses.unfollow(self._note_loss)
        try:
            self._lines.put(None, timeout=0.5)
        except queue.Full:
            return
        self._thread.end(2.0)

    def _follow_take(self, cue: Cue, now: float) -> None:
        match cue:
            case Branched() if self._take_since is None:
                self._take_since = now if self._visits.since is None else self._visits.since
            case TakeStarted():
                self._in_take, self._leaves_forgotten = True, False
                self._take_since = now if self._take_since is None else self._take_since
            case TakeEnded():
                self._in_take, self._take_since = False, None
            case SceneStarted():
                self._leaves_forgotten = False
                if not self._in_take:
                    self._take_since = None

    def _note_all(self, lines: Iterable[Line], now: float) -> None:
        for kind, fields in lines:
            self.note(kind, now, **fields)

    def _by_hand(self) -> dict[str, bool]:
        return {"rehearsed": True} if self._rehearsed else {}

    def _note_story(self, now: float) -> None:
        hour = int(self._wall_clock() // 3600)
        if self._story and hour != self._story_hour:  # so that an evening can be read alone
            self._story_hour = hour
            self.note("story", now, **self._story)

    def _note_counters(self, fields: dict[str, Any] | None, now: float) -> None:
        if fields is not None:
            self.note("counters", now, **fields)

    def _note_loss(self, change: LossChange) -> None:
        if change.part == "journal":
            self._unwritten = change if change.seconds is None else None
        if change.seconds is None:
            self.note("lost", change.now, part=change.part, why=change.why[:MAX_WHY])
        else:
            self.note("back", change.now, part=change.part, seconds=round(change.seconds, 1))

    # -- the writing thread --------------------------------------------------------------------------------------

    def _write_on(self) -> None:
        while (line := self._lines.get()) is not None:
            if isinstance(line, Forgotten):
                self._to_forget.append(line)
            self._forget_all()
            if isinstance(line, threading.Event):
                line.set()
            elif isinstance(line, Forgotten):
                pass
            else:
                self._write(line)
        self._forget_all(at_once=True)
        self._close_file()

    def _forget_all(self, at_once: bool = False) -> None:
        """Take out of the files what is to be forgotten; where the disk refuses, again later."""
        if not self._to_forget or (self._losses.clock() < self._forget_again_at and not at_once):
            return
        try:
            while self._to_forget:
                wish = self._to_forget[0]
                if wish not in self._forgotten:
                    self._forgotten.append(wish)
                paths = self._files.since(wish.since_at)
                for path in paths:
                    rewrite(path, wish, wish.takes if path == paths[-1] else 0)
                self._to_forget.popleft()
            self._losses.back("journal's forgetting")
        except OSError as error:
            self._forget_again_at = self._losses.clock() + RETRY_SECONDS
            why = (
                f"a take that was to be forgotten still stands there: {error.strerror or error} ({self._files.folder})"
            )
            self._losses.lost("journal's forgetting", why)

    def _write(self, line: dict[str, Any]) -> None:
        if any(wish.has(line) for wish in self._forgotten):
            return
        self._forgotten = [wish for wish in self._forgotten if wish.until + LATE_SECONDS > line["t"]]
        try:
            if self._files.write(line["at"], json.dumps(line, separators=(",", ":"))):
                self._losses.back("journal")
            else:
                self._losses.lost(
                    "journal",
                    f"today's file has reached {self._settings.megabytes_at_most} MB (journal.megabytes_at_most); "
                    f"nothing more is written before tomorrow ({self._files.folder})",
                )
        except OSError as error:  # full, read-only, gone: reported once, tried again with the next line
            self._losses.lost("journal", f"{error.strerror or error} ({self._files.folder})")
            self._close_file()

    def _close_file(self) -> None:
        try:
            self._files.close()
        except OSError as error:  # closing flushes, and a full disk refuses that too
            self._losses.lost("journal", f"{error.strerror or error} ({self._files.folder})")


def _stood_line(one: BranchStanding) -> dict[str, Any]:
    """How far one way out was. The share is only of a way that asks for a mood."""
    share = {"share": round(one.share, 3), "needed": one.needed} if one.mood else {}
    return {"to": one.to, "asks": one.mood or one.asks, "taken": one.taken, **share}


def mood_line(mood: Mood) -> dict[str, Any]:
    """The aggregate mood for the journal, rounded to what means something."""
    fields = mood.model_dump(include=MOOD_FIELDS)
    fields["probabilities"] = [round(p, 3) for p in mood.probabilities]
    for name in ("confidence", "valence", "arousal"):
        fields[name] = round(fields[name], 3)
    for name in ("facing", "speaking"):
        fields[name] = None if fields[name] is None else round(fields[name], 3)
    return fields
