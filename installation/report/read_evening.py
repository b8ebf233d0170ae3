"""From the lines of one evening to its counts. An evening is a part of the work: a year is read on all cores."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from installation.host.journal_files import is_copied
from installation.report.counts import MEANS, EveningCounts, Gone
from installation.report.evening_lines import EveningLines
from installation.report.evenings import Evening, local
from installation.report.take_counts import TakeCounts
from installation.report.visit_counts import VisitCounts

QUARTER = 900
"""Seconds: all zones of the world begin their hours with one."""
SHUT = ("closed", "closing")

Line = dict[str, Any]


@dataclass(frozen=True, slots=True)
class ReadEvening:
    """A part of the work."""

    evening: Evening

    def run(self) -> EveningCounts:
        """Count it."""
        return EveningReader(self.evening).read()


class EveningReader:
    """Reads one evening."""

    def __init__(self, evening: Evening) -> None:
        self._evening = evening
        self.counts = EveningCounts(evening.day)
        self._hours: dict[int, int] = {}
        self._takes = TakeCounts(self.counts, self._hour_of)
        self._visits = VisitCounts(self.counts, self._hour_of)
        self._last_at = 0.0

    def read(self) -> EveningCounts:
        """Its counts."""
        files = tuple(path for path in self._evening.files if not is_copied(path))
        found = EveningLines(files, (self._evening.begins[0], self._evening.ends[1]))
        lines = list(found)
        begin = boundary(lines, *self._evening.begins)
        end = boundary(lines, *self._evening.ends)
        for line in lines:
            within = begin <= line["at"] < end
            if line["at"] < begin or not (within or self._takes.running or self._visits.here):
                continue
            try:
                self._count(line, within)
            except (KeyError, TypeError, ValueError, AttributeError, OverflowError):  # a line of another program
                self.counts.unreadable += 1
        self._takes.end(self._last_at)
        self._visits.end(self._last_at, self._takes.intervals)
        self.counts.unreadable += found.unreadable
        return self.counts

    def _count(self, line: Line, within: bool) -> None:
        kind, at, counts = line["kind"], float(line["at"]), self.counts
        if not within and kind not in ("take_end", "scene_start", "scene_end", "leave", "mood"):
            return
        if kind == "show_start":
            self._takes.end(self._last_at)
            self._visits.interrupted(self._last_at)
            self._takes.by_hand = line.get("moods") == "by hand"
            counts.venue = str(line.get("venue", ""))
        self._last_at = at
        match kind:
            case "mood":
                self._count_mood(at, line, within)
            case "story" | "take_start" | "take_end" | "scene_start" | "scene_end" | "branch" | "command":
                self._takes.count(kind, line)
            case "enter" | "leave":
                self._visits.count(kind, line, within)
            case "lost" | "back":
                self._count_loss(kind, line)
            case "house":
                self._count_house(str(line["state"]), at)
            case "counters":
                self._count_seconds(line)

    def _count_mood(self, at: float, line: Line, within: bool) -> None:
        mood = [*map(float, line["probabilities"]), float(line["valence"]), float(line["arousal"])]
        if len(mood) != MEANS:
            raise ValueError("a mood has eight probabilities")
        rehearsed = line.get("rehearsed", False)
        self._takes.mood(at, mood, rehearsed)
        if within and not rehearsed:
            self._visits.mood(at, mood)

    def _count_loss(self, kind: str, line: Line) -> None:
        part, losses = str(line["part"]), self.counts.losses
        open_one = next((one for one in reversed(losses) if one.part == part and one.seconds is None), None)
        if kind == "back" and open_one:
            open_one.seconds = float(line["seconds"])
        elif kind == "lost" and not open_one:  # that of the journal is written again and again
            losses.append(Gone(float(line["at"]), part, str(line.get("why", ""))))

    def _count_house(self, state: str, at: float) -> None:
        counts = self.counts
        if state not in SHUT:
            counts.opened, counts.closed = counts.opened or local(at, self._evening.zone), None
        elif state == "closed" and counts.opened and not counts.closed:
            counts.closed = local(at, self._evening.zone)

    def _count_seconds(self, line: Line) -> None:
        at, length = float(line["at"]), float(line["seconds"])
        shares = list(self._hours_between(at - length, at))
        for hour, share in shares:
            span = self.counts.hours[hour]
            span.numbers["lines"] += 1
            for name in ("open", "seeing"):
                span.seconds[name] += share * float(line[name])
        first = self.counts.hours[shares[0][0]].numbers
        first["pictures"] += int(line["pictures"])
        first["late"] += int(line["late"])
        for part, seconds in line["lost"].items():
            self.counts.lost_seconds[str(part)] += float(seconds)

    def _hours_between(self, begin: float, end: float) -> Iterator[tuple[int, float]]:
        """Each hour of a span, and the share of the span that lies in it."""
        if not 0 < end - begin < 90_000:
            yield self._hour_of(end), 1.0
            return
        at = begin
        while at < end:
            hour = self._hour_of(at)
            until = min(end, hour + 3600.0)
            yield hour, (until - at) / (end - begin)
            at = until

    def _hour_of(self, at: float) -> int:
        """When the hour on the wall began, in unix seconds."""
        quarter = int(at // QUARTER)
        if quarter not in self._hours:
            wall = local(quarter * QUARTER, self._evening.zone)
            self._hours[quarter] = quarter * QUARTER - wall.minute * 60 - wall.second
        return self._hours[quarter]


def boundary(lines: list[Line], earliest: float, latest: float) -> float:
    """When the evening before ends: at ``earliest``, or, if the doors were open then, when they close."""
    for line in lines:
        if line.get("kind") == "house" and earliest <= line["at"] < latest:
            state = line.get("state")
            if state == "closed":
                return float(line["at"]) + 0.001  # the line itself belongs to that evening
            if state != "closing":
                break
    return earliest
