"""The last ten minutes, one sample a second, and what is drawn of them: the mood, and the course of the take."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import Any, NamedTuple
from urllib.parse import quote

from installation.drawings.course_svg import Course, Curve, Run, Turn, Visit, course_svg
from installation.drawings.mood import mood_areas
from installation.drawings.svg import PALE, RULE, figure, line, rect
from models.labels import LABELS

SAMPLES = 600
BIN_SECONDS = 10
"""Of the drawing of the minutes."""
POINTS_AT_MOST = 120
"""Of a curve of the take: a page is sent the drawings again and again."""
WIDTH, HEIGHT = 1200.0, 120.0
UNSEEN_SECONDS = 3.0
"""A curve is broken where longer nobody was seen."""


class Sample(NamedTuple):
    """One second."""

    at: float
    scene: str
    present: bool
    trusted: bool
    probabilities: tuple[float, ...]
    """By emotion, in the order of ``models.labels.LABELS``."""
    take: int
    """Which take runs; 0: none."""
    comes: tuple[str, str]
    """The scene that would follow now, and what its branch stands at in words."""


@dataclass(frozen=True, slots=True)
class Bin:
    """The mean of a few seconds; times are seconds before now, below 0."""

    begin: float
    end: float
    probabilities: tuple[float, ...] | None


class History:
    """Keeps the first state of each second."""

    def __init__(self) -> None:
        self._samples: deque[Sample] = deque(maxlen=SAMPLES)

    def __len__(self) -> int:
        return len(self._samples)

    def add(self, state: dict[str, Any]) -> None:
        """Take note of a ``State``."""
        at, mood = float(state["at"]), state["mood"]
        last = self._samples[-1].at if self._samples else 0.0
        if int(at) == int(last):
            return
        if at < last:  # the clock was put back
            self._samples.clear()
        shares = tuple(round(mood["probabilities"].get(label, 0.0), 3) for label in LABELS)
        comes = next(((way["to"], way["stands"]) for way in state["branches"] if way["taken"]), ("", ""))
        take = state["take"] if state["in_take"] else 0
        scene = state["scene"]["name"]
        self._samples.append(Sample(round(at, 1), scene, mood["present"], mood["trusted"], shares, take, comes))

    def seconds_seen(self) -> int:
        """For how many of the seconds somebody was there."""
        return sum(sample.present for sample in self._samples)

    def forget(self, since: float) -> None:
        """Keep no sample from ``since`` (unix seconds) on."""
        while self._samples and self._samples[-1].at >= since:
            self._samples.pop()

    def minutes_svg(self) -> str:
        """The mood of the ten minutes: nothing where nobody was there, pale where it was not trusted, a line where a
        scene begins. It is stretched to the page's width.
        """
        samples = list(self._samples)
        now = samples[-1].at if samples else 0.0

        def across(before: float) -> float:
            return WIDTH * (1 + before / SAMPLES)

        groups = groupby(samples, key=lambda one: int(one.at // BIN_SECONDS))
        bins = [_bin(list(found), number * BIN_SECONDS - now) for number, found in groups]
        doubts = (one for one in samples if not one.trusted)
        begins = (after.at - now for before, after in pairwise(samples) if after.scene != before.scene)
        parts = (
            *(rect(across(one.at - now), 0, WIDTH / SAMPLES + 0.5, HEIGHT, PALE) for one in doubts),
            *mood_areas(bins, across, HEIGHT, HEIGHT, lambda _: ""),
            *(line(across(begin), 0, across(begin), HEIGHT, RULE, 2) for begin in begins),
        )
        return figure(WIDTH, HEIGHT, "", parts)

    def take_svg(self, story: dict[str, Any] | None) -> str:
        """The course of the take that runs, or of the last one, as its visitor sees it at the end; '' before the first.
        ``story``: the newest ``StoryPlan``, for its moods and thumbnails.
        """
        take = next((sample.take for sample in reversed(self._samples) if sample.take), 0)
        samples = [sample for sample in self._samples if take and sample.take == take]
        if len(samples) < 2:
            return ""
        moods = (story or {}).get("moods") or {label: (label,) for label in LABELS}
        pictured = {node["name"] for node in (story or {}).get("scenes", ()) if node["file"]}
        number = (story or {}).get("number", 0)

        def picture_of(scene: str) -> str:
            return f"/thumbnails/{quote(scene, safe='')}.jpg?story={number}" if scene in pictured else ""

        return course_svg(course_of(samples, moods), "", picture_of)


def course_of(samples: Sequence[Sample], moods: Mapping[str, Sequence[str]]) -> Course:
    """The samples of one take as its course; ``moods``: the story's own words, and the emotions in each."""
    began = samples[0].at
    visits, turns = [Visit(samples[0].scene, 0.0)], []
    for before, after in pairwise(samples):
        if after.scene != before.scene:
            visits.append(Visit(after.scene, after.at - began))
            to, stood = before.comes
            if to == after.scene:
                turns.append(Turn(after.at - began, after.scene, stood))
    curves = tuple(
        Curve(mood, labels[0], tuple(_runs(samples, [LABELS.index(label) for label in labels])))
        for mood, labels in moods.items()
    )
    return Course(samples[-1].at - began, tuple(visits), tuple(turns), curves)


def _bin(samples: Sequence[Sample], begin: float) -> Bin:
    seen = [sample.probabilities for sample in samples if sample.present and sample.trusted]
    means = tuple(sum(shares) / len(seen) for shares in zip(*seen, strict=True)) if seen else None
    return Bin(begin, min(begin + BIN_SECONDS, 0.0), means)


def _runs(samples: Sequence[Sample], emotions: Iterable[int]) -> list[Run]:
    """A mood's unbroken stretches, thinned to what can be seen."""
    which, step = tuple(emotions), -(-len(samples) // POINTS_AT_MOST)
    runs: list[list[tuple[float, float]]] = []
    last = float("-inf")
    for number, sample in enumerate(samples):
        if not (sample.present and sample.trusted):
            continue
        broken = sample.at - last > UNSEEN_SECONDS
        last = sample.at
        if broken:
            runs.append([])
        elif number % step:
            continue
        runs[-1].append((sample.at - samples[0].at, sum(sample.probabilities[emotion] for emotion in which)))
    return list(runs)
