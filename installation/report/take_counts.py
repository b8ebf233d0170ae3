"""Takes of one evening: how they ended, their ways, their choices, and the mood over each scene."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from installation.report.counts import PARTS, EveningCounts, FlowKey, Mean, MeanMood, WayCounts
from installation.report.figures import End

BROKEN_OFF = ("operator", "fault", "show_end")
"""Outcomes of a take that no visitor ended."""
BY_OPERATOR = "operator"

Line = dict[str, Any]


@dataclass(slots=True)
class SceneVisit:
    """One scene of a take, as it was shown."""

    scene: str
    at: float
    seconds: float = 0.0
    """Of film, as it was played."""
    moods: list[tuple[float, Mean]] = field(default_factory=list)
    """Seconds since its first picture, and the mood."""


@dataclass(slots=True)
class Take:
    """A take that runs."""

    at: float
    t: float
    story: str
    rehearsed: bool
    by_operator: bool
    way: list[SceneVisit] = field(default_factory=list)
    choices: list[Line] = field(default_factory=list)
    seen: bool = False
    """Somebody was there."""


class TakeCounts:
    """Counts takes. Each is counted as a whole when it is over, in the hour in which it began."""

    def __init__(self, counts: EveningCounts, hour_of: Callable[[float], int]) -> None:
        self._counts, self._hour_of = counts, hour_of
        self._take: Take | None = None
        self._begun_by = ""
        """Reason of the last branch before a take."""
        self.by_hand = False
        """The show has no eye."""
        self.intervals: list[tuple[float, float]] = []
        """When takes ran, rehearsals too."""

    @property
    def running(self) -> bool:
        """A take has begun and is not over."""
        return self._take is not None

    def count(self, kind: str, line: Line) -> None:
        """One line about takes."""
        if kind == "story":
            self._note_story(line)
        elif kind == "take_start":
            self.end(float(line["at"]))
            rehearsed = bool(line.get("rehearsed")) or self.by_hand
            by_operator = self._begun_by.startswith(BY_OPERATOR)
            self._take = Take(float(line["at"]), float(line["t"]), str(line.get("story", "")), rehearsed, by_operator)
        elif kind == "branch" and self._take is None:
            self._begun_by = str(line.get("reason", ""))
        elif self._take is not None:
            self._count_in(self._take, kind, line)

    def mood(self, at: float, mood: Mean, rehearsed: bool) -> None:
        """The mood of those who are there."""
        take = self._take
        if take is not None:
            take.seen = True
            take.rehearsed |= rehearsed
            if take.way:
                take.way[-1].moods.append((at - take.way[-1].at, mood))

    def end(self, at: float) -> None:
        """The evening or the show is over: so is a take that still ran."""
        if self._take is not None:
            self._finish(self._take, "show_end", at, at - self._take.at)

    def _note_story(self, line: Line) -> None:
        story = self._counts.stories[str(line["hash"])]
        scenes = {str(name): None if length is None else float(length) for name, length in line["scenes"].items()}
        story.title, story.scenes, story.endings = str(line["title"]), scenes, tuple(map(str, line["endings"]))
        story.homes = str(line["attract"]), str(line["safe"])

    def _count_in(self, take: Take, kind: str, line: Line) -> None:
        at = float(line["at"])
        match kind:
            case "scene_start":
                take.way.append(SceneVisit(str(line["scene"]), at))
            case "scene_end" if take.way and take.way[-1].scene == line["scene"]:
                take.way[-1].seconds = float(line["seconds"])
            case "branch":
                take.rehearsed |= bool(line.get("rehearsed"))
                take.choices.append(line)
            case "command":
                take.rehearsed |= line.get("name") == "mood"
            case "take_end":
                self._finish(take, str(line["outcome"]), at, float(line["t"]) - take.t)

    def _finish(self, take: Take, outcome: str, at: float, seconds: float) -> None:
        self._take, self._begun_by = None, ""
        self.intervals.append((take.at, at))
        if take.rehearsed or (take.by_operator and not take.seen):
            self._counts.rehearsed += 1
            return
        end: End = "cut" if outcome in BROKEN_OFF else "left" if outcome == "left" else "completed"
        span, story = self._counts.hours[self._hour_of(take.at)], self._counts.stories[take.story]
        for numbers in (span.numbers, story.numbers):
            numbers["takes"] += 1
            numbers[end] += 1
        if end != "cut":
            span.lengths[max(0, round(seconds))] += 1
            story.lengths[max(0, round(seconds))] += 1
        if end == "completed" and take.way:
            span.numbers["needed"] += 1
            span.seconds["needed"] += sum(story.scenes.get(one.scene) or one.seconds for one in take.way)
        story.first_at, story.last_at = story.first_at or take.at, take.at
        names = [one.scene for one in take.way]
        steps: list[FlowKey] = [(source, target, "") for source, target in pairwise(["", *names])]
        story.flows.update([*steps, (names[-1], "", end)] if names else [])
        for one in take.way:
            self._count_moods(one, story.scenes.get(one.scene) or one.seconds)
        for line in take.choices:
            self._count_choice(line)

    def _count_moods(self, shown: SceneVisit, length: float) -> None:
        parts: dict[int, MeanMood] = {}
        for seconds, mood in shown.moods:
            part = min(int(seconds / length * PARTS), PARTS - 1) if length > 0 else 0
            parts.setdefault(max(0, part), MeanMood()).take(mood)
        for part, of_take in parts.items():
            whole = self._counts.scenes[shown.scene][part]
            whole.take(of_take.mean)
            whole.visits += 1

    def _count_choice(self, line: Line) -> None:
        stood = line.get("stood") or ()
        if len(stood) < 2 or str(line.get("reason")).startswith(BY_OPERATOR):
            return
        ways = self._counts.choices[str(line["source"])]
        ours = [one for one in stood if one["to"] == line["target"]]
        taken = next((one for one in ours if one["taken"]), ours[0] if ours else None)
        for one in stood:
            way = ways.setdefault((str(one["to"]), str(one["asks"])), WayCounts())
            way.taken += one is taken
            if "share" in one:
                way.stood, way.shares = way.stood + 1, way.shares + float(one["share"])
                way.needed = None if one.get("needed") is None else float(one["needed"])
