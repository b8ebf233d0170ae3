"""``chiaro bench decision``: how calm, how quick and how right is the way from faces to a decision.

The protocol is public and seeded, so that any other way can be measured by it: see docs/decision.md. The settings were
chosen on seeds below ``FIRST_SEED``; what is reported here comes from seeds and faces above.
"""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from calibration.settings import CLASSIFIED_IN_A_LOOK, MoodSettings
from installation.bench.decision_courses import FRAME, Classify, Course, Faults, Part, Seen, film, synthetic
from installation.bench.decision_measures import COMPARED, SAME, WHATS, Protocol, a_minute, measure
from installation.bench.decision_rows import ROWS, Ours, RawArgmax
from installation.bench.report import Figure, Progress, Report
from models.frame import Detection
from models.judging.judgement import Judgement
from models.seeing.align import TEMPLATE

FIRST_SEED = 1000
SHARED = "CHIARO_SHARED"
SYNTHETIC = f"synthetic classifier (seeded errors, no pictures); with {SHARED} set and a classifier shipped: real faces"
EMOTIONS = ("happiness", "surprise", "sadness", "anger", "disgust", "fear")


@dataclass(frozen=True, slots=True)
class Size:
    """How many courses are run."""

    still: int = 21
    neutral: int = 36
    onsets: int = 60
    replayed: int = 4
    replays: int = 25
    visits: int = 20
    people: int = 8
    """Whose rises are judged."""


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
    if os.environ.get(SHARED) and note != SYNTHETIC:
        progress("footage", 0.85)
        figures += _on_footage(Path(os.environ[SHARED]) / "footage")
    if not any(figure.name.startswith(SAME) for figure in figures):
        notes.append(f"{SAME}: not measured; it needs the films in the folder footage of {SHARED}, and a classifier")
    progress("rises over the resting face", 0.9)
    rises, note = _rises(seed, size.people)
    figures, notes = figures + rises, [*notes, note]
    progress("cost", 0.95)
    figures += [Figure(f"cost of a frame with {n} faces", cost(n), "ms") for n in (1, 16)]
    if out:
        from installation.bench.decision_plot import plot

        nervous = max(
            protocol.onsets, key=lambda course: a_minute(RawArgmax, [course], lambda before, now: before != now, 0)
        )
        notes.append(plot(nervous, out))
    return Report("decision", tuple(figures), tuple(notes))


def make(
    classify: Classify,
    emotions: Sequence[str],
    size: Size,
    seed: int,
    report: Callable[[float], None] = lambda _: None,
) -> Protocol:
    """All courses of the protocol, seen through ``classify``."""
    groups = courses(emotions, size, seed)
    total, done = sum(len(group) for group in groups), 0

    def seen(course: Course) -> list[Seen]:
        nonlocal done
        done += 1
        report(done / total)
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


def cost(faces: int, frames: int = 400, clock: Callable[[], float] = time.perf_counter) -> float:
    """Median milliseconds of one ``update`` with so many faces at rest; ``clock`` gives seconds.

    Their resting faces are known by then. As in the eye, no more than ``CLASSIFIED_IN_A_LOOK`` are read in one look.
    """
    known = film(Course("cost", (Part("neutral", 1.0),)), synthetic, Faults(false_faces=0.0, gaps_a_minute=0.0))[0][1][
        0
    ]
    read = [
        replace(
            known,
            detection=Detection((75.0 * k, 330.0, 60.0, 60.0), 0.95, TEMPLATE + np.array([75 * k, 330], np.float32)),
            mouth_open=0.1,
            eyes_shut=-3.0,
        )
        for k in range(faces)
    ]
    waiting = [replace(one, age_seconds=0.1) for one in read]
    judge, took = Judgement(MoodSettings(), random.Random(1)), []  # noqa: S311 - ids of a benchmark
    for k in range(frames):
        seen = [read[i] if (i + k) % faces < CLASSIFIED_IN_A_LOOK else waiting[i] for i in range(faces)]
        start = clock()
        judge.update(seen, FRAME, 20.0, k / 30)
        took.append(clock() - start)
    return 1000 * float(np.median(took[frames // 2 :]))


def _on_footage(folder: Path) -> list[Figure]:
    """Calm and tracks on short clips of people who stay; what they feel nobody has written down."""
    from installation.bench import decision_speech
    from installation.bench.decision_footage import ids_too_many, names_in, seen_in
    from installation.bench.decision_light import figures as light_figures
    from installation.bench.decision_light import light_and_dark
    from installation.bench.decision_rise import when_the_light_goes

    clips = seen_in(folder)
    if not clips:
        return []
    films = [film for _, film in clips]
    figures = [
        Figure(
            f"label changes, darkened footage: {row.name}", a_minute(row, films, lambda a, b: a != b, 1.0), "a minute"
        )
        for row in ROWS
    ]
    extra = sum(ids_too_many(people, film) for people, film in clips)
    lit = light_and_dark(folder)
    figures += [*light_figures(lit), when_the_light_goes(lit)]
    figures += [*decision_speech.figures(), *decision_speech.on_footage(clips, names_in(folder))]
    return [*figures, Figure(f"visitors too many in {len(clips)} clips of footage: ours", extra, "visitors")]


def _rises(seed: int, count: int) -> tuple[list[Figure], str]:
    """Computed people where the 3-D face is and a classifier is shipped; the synthetic classifier elsewhere."""
    from installation.bench import decision_rise
    from models.seeing.classifier import SHIPPED, open_classifier

    mesh = Path(os.environ.get(SHARED, "")) / "face3d" / "ict_facekit.npz"
    if not os.environ.get(SHARED) or not mesh.is_file() or not SHIPPED.is_file():
        note = f"one person, weak and full: synthetic; with {SHARED}, its face3d and a classifier: computed people"
        return decision_rise.figures(synthetic, seed, count), note
    classifier = open_classifier(device="cpu")
    computed = decision_rise.ComputedPeople(mesh, lambda faces: classifier.classify(faces)[0])
    note = (
        f"one person, weak (20, 40 and 60 % of an expression's strength) and full: {count} computed people under "
        "a lamp overhead, at a face mean of 18"
    )
    return decision_rise.figures(computed, seed, count), note


def _source(progress: Progress, seed: int) -> tuple[Classify, list[str], str]:
    """Real faces where they are and a classifier is shipped; the synthetic classifier elsewhere."""
    progress("faces", 0.0)
    from models.seeing.classifier import SHIPPED, open_classifier

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
        f"FER+ validation faces ({CLEAR_VOTES:.0%} of the votes alike) under a lamp overhead, dimmed, with noise, "
        f"flicker and +-2 px, judged by the shipped classifier (version {classifier.card.version}); it reads "
        f"{real.right_share:.0%} of them right in that light, and only those are shown"
    )
    return real, [label for label in real.labels() if label in EMOTIONS], note
