"""``chiaro bench decision``: how calm, how quick and how right is the way from faces to a decision.

The protocol is public and seeded, so that any other way can be measured by it: see docs/decision.md. The settings were
chosen on seeds below ``FIRST_SEED``; what is reported here comes from seeds and faces above.
"""

from __future__ import annotations

import os
import random
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import numpy as np

from calibration.settings import MoodSettings
from installation.bench.decision_courses import FRAME, Classify, Course, Faults, Part, Seen, film, synthetic
from installation.bench.decision_rows import ROWS, Ours, RawArgmax, Reference
from installation.bench.report import Figure, Progress, Report
from models.judgement import Judgement

FIRST_SEED = 1000
SETTLED_SECONDS = 5.0
"""Time at the start of a course that no figure counts: a visitor's own resting face is still being learned."""
Row = Reference | Ours
RowType = Callable[[], Row]
SHARED = "CHIARO_SHARED"
EMOTIONS = ("happiness", "surprise", "sadness", "anger", "disgust", "fear")


@dataclass(frozen=True, slots=True)
class Size:
    """How many courses are run."""

    still: int = 21
    neutral: int = 20
    onsets: int = 60
    replayed: int = 4
    replays: int = 25
    visits: int = 20


@dataclass(frozen=True, slots=True)
class Protocol:
    """The courses, all made beforehand so that every row judges the very same frames."""

    still: list[list[Seen]]
    neutral: list[list[Seen]]
    onsets: list[list[Seen]]
    onsets_at_15: list[list[Seen]]
    replays: list[list[list[Seen]]]
    visits: list[list[Seen]]


def run(progress: Progress, out: Path | None = None, size: Size = Size(), seed: int = FIRST_SEED) -> Report:
    """Measure ours beside the reference rows. ``out``: a folder for the plot of one course."""
    classify, emotions, note = _source(progress, seed)
    notes = [note]
    protocol = make(classify, emotions, size, seed, lambda share: progress("making the courses", 0.1 + 0.7 * share))
    figures: list[Figure] = []
    by_row = {row.name: measure(row, protocol) for row in ROWS}
    raw = by_row[RawArgmax.name]
    for name, values in by_row.items():
        for (what, unit), value in values.items():
            compared = name == Ours.name and what in COMPARED
            figures.append(
                Figure(f"{what}: {name}", value, unit, raw[what, unit], RawArgmax.name)
                if compared
                else Figure(f"{what}: {name}", value, unit)
            )
    figures.sort(key=lambda figure: WHATS.index(figure.name.split(": ")[0]))
    progress("cost", 0.95)
    figures += [Figure(f"cost of a frame with {n} faces", cost(n), "ms") for n in (1, 16)]
    if out:
        from installation.bench.decision_plot import plot

        notes.append(plot(protocol.onsets[0], out))
    return Report("decision", tuple(figures), tuple(notes))


def make(
    classify: Classify,
    emotions: Sequence[str],
    size: Size,
    seed: int,
    told: Callable[[float], None] = lambda share: None,
) -> Protocol:
    """All courses of the protocol, seen through ``classify``."""
    groups = courses(emotions, size, seed)
    total, done = sum(len(group) for group in groups), 0

    def seen(course: Course) -> list[Seen]:
        nonlocal done
        done += 1
        told(done / total)
        return film(course, classify, Faults())

    still, neutral, onsets, replayed, visits = ([seen(course) for course in group] for group in groups)
    at_15 = [film(replace(course, frames_per_second=15.0), classify, Faults()) for course in groups[2]]
    replays = [replayed[k : k + size.replays] for k in range(0, len(replayed), size.replays)]
    return Protocol(still, neutral, onsets, at_15, replays, visits)


def courses(emotions: Sequence[str], size: Size, seed: int) -> tuple[list[Course], ...]:
    """Still faces, neutral faces, onsets, replays of the same scene, and visitors who follow one another."""
    every = ["neutral", *emotions]
    still = [Course("still", (Part(every[k % len(every)], 30),), seed=seed + k) for k in range(size.still)]
    neutral = [Course("neutral", (Part("neutral", 60),), seed=seed + 100 + k) for k in range(size.neutral)]
    onsets = [
        Course("onset", (Part("neutral", 6), Part(emotions[k % len(emotions)], 3)), seed=seed + 200 + k)
        for k in range(size.onsets)
    ]
    scenes = [
        Course(
            "scene", (Part("neutral", 3), Part(emotions[k % len(emotions)], 7), Part("neutral", 2)), 15, seed + 300 + k
        )
        for k in range(size.replayed)
    ]
    replays = [replace(scene, noise=n) for scene in scenes for n in range(size.replays)]
    visits = [
        Course("visits", _visit(emotions[k % len(emotions)], apart=k % 2 == 0), 15, seed + 400 + k)
        for k in range(size.visits)
    ]
    return still, neutral, onsets, replays, visits


def _visit(label: str, apart: bool) -> tuple[Part, ...]:
    """One visitor goes; a second later the next one is in the same place, or at once in another."""
    last = Part("neutral", 5, person=1, x=500 if apart else 660)
    return (Part(label, 6), last) if apart else (Part(label, 6), Part(None, 1), last)


CHANGES, FALSE, MEDIAN, P95 = "label changes, still face", "false events, neutral face", "onset to event", "onset, p95"
MISSED, MEDIAN_15, P95_15 = "onsets missed", "onset to event at 15 frames/s", "onset, p95 at 15 frames/s"
BRANCH, CARRIED = "same branch in noisy replays", "mood carried to the next visitor"
WHATS = (CHANGES, FALSE, MEDIAN, P95, MISSED, MEDIAN_15, P95_15, BRANCH, CARRIED)
COMPARED = (CHANGES, FALSE)


def measure(row: RowType, protocol: Protocol) -> dict[tuple[str, str], float]:
    """Every figure of one row."""
    delays, missed = onset_delays(row, protocol.onsets)
    delays_15, _ = onset_delays(row, protocol.onsets_at_15)
    return {
        (CHANGES, "a minute"): a_minute(row, protocol.still, lambda before, now: before != now),
        (FALSE, "a minute"): a_minute(row, protocol.neutral, lambda before, now: now not in (before, None, "neutral")),
        (MEDIAN, "s"): float(np.median(delays)),
        (P95, "s"): float(np.percentile(delays, 95)),
        (MISSED, "%"): 100 * missed,
        (MEDIAN_15, "s"): float(np.median(delays_15)),
        (P95_15, "s"): float(np.percentile(delays_15, 95)),
        (BRANCH, "%"): 100 * float(np.mean([same_branch(row, scene) for scene in protocol.replays])),
        (CARRIED, "%"): 100 * float(np.mean([carried(row, course) for course in protocol.visits])),
    }


def told(row: Row, course: Iterable[Seen]) -> list[tuple[float, str | None]]:
    """What ``row`` tells the film at each frame of a course."""
    return [(now, row.look(faces, now)) for now, faces, _ in course]


def a_minute(row: RowType, group: list[list[Seen]], counts: Callable[[str | None, str | None], bool]) -> float:
    """How often a minute the label goes from one to another so that ``counts(before, now)``."""
    events, seconds = 0, 0.0
    for course in group:
        labels = [(t, label) for t, label in told(row(), course) if t >= course[0][0] + SETTLED_SECONDS]
        events += sum(counts(a, b) for (_, a), (_, b) in pairwise(labels))
        seconds += labels[-1][0] - labels[0][0]
    return 60 * events / seconds


def onset_delays(row: RowType, group: list[list[Seen]]) -> tuple[list[float], float]:
    """Seconds from the first frame of each new expression to its event, and the share of those never told.

    A missed one counts in the delays with the whole time in which it was shown.
    """
    delays, missed = [], 0
    for course in group:
        truth = course[-1][2]
        onset = next(t for t, _, shown in course if shown == truth)
        hit = next((t for t, label in told(row(), course) if t >= onset and label == truth), None)
        missed += hit is None
        delays.append((course[-1][0] if hit is None else hit) - onset)
    return delays, missed / len(group)


def same_branch(row: RowType, replays: list[list[Seen]]) -> float:
    """Share of the replays of one scene that take its commonest branch."""
    branches: Counter[str | None] = Counter()
    for replay in replays:
        judge = row()
        told(judge, replay)
        branches[judge.branch()] += 1
    return branches.most_common(1)[0][1] / len(replays)


def carried(row: RowType, course: list[Seen]) -> bool:
    """Is the first visitor's emotion told without a break until the next one has been there for a second?"""
    first, last = course[0][2], course[-1][2]
    came = max(t for t, _, shown in course if shown != last)
    return all(label == first for t, label in told(row(), course) if came < t <= came + 1.0)


def cost(faces: int, frames: int = 400) -> float:
    """Median milliseconds of one ``look`` at so many faces."""
    part = Part("happiness", 1.0)
    estimate = film(Course("cost", (part,)), synthetic, Faults(false_faces=0.0, gaps_a_minute=0.0))[0][1][0]
    box = estimate.detection.box
    spread = [
        replace(estimate, detection=replace(estimate.detection, box=(75.0 * k, box[1], 60.0, 60.0)))
        for k in range(faces)
    ]
    judge, took = Judgement(MoodSettings(), random.Random(1)), []
    for k in range(frames):
        start = time.perf_counter()
        judge.look(spread, FRAME, 20.0, k / 30)
        took.append(time.perf_counter() - start)
    return 1000 * float(np.median(took[frames // 4 :]))


def _source(progress: Progress, seed: int) -> tuple[Classify, list[str], str]:
    """Real faces where they are and a classifier is shipped; the synthetic classifier elsewhere."""
    progress("faces", 0.0)
    from models.classifier import SHIPPED, open_classifier

    sheet = Path(os.environ.get(SHARED, "")) / "data" / "ferplus_valid.png"
    if not os.environ.get(SHARED) or not sheet.is_file() or not SHIPPED.is_file():
        note = (
            f"synthetic classifier (seeded errors, no pictures); with {SHARED} set and a classifier shipped: real faces"
        )
        return synthetic, list(EMOTIONS), note
    from installation.bench.decision_faces import CLEAR_VOTES, RealFaces

    classifier = open_classifier(device="cpu")
    real = RealFaces(sheet, lambda faces: classifier.classify(faces)[0], seed=seed)
    note = (
        f"FER+ validation faces ({CLEAR_VOTES:.0%} of the votes alike), dimmed, with noise, flicker and +-2 px, judged "
        f"by the shipped classifier; it is right on {real.right_share:.0%} of them in even light; only those are shown"
    )
    return real, [label for label in real.labels() if label in EMOTIONS], note
