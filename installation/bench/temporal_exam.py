"""The courses on which temporal networks are compared with today's filter, and the comparison.

Run as ``python -m installation.bench.temporal_exam SHARED NETWORK.onnx ...`` (of ``chiaro train temporal``), where
SHARED has ``data/ferplus_valid.png``, ``footage/`` and ``face3d/``. The courses of ``chiaro bench decision`` (fewer of
them), and what it does not have: talk, turned heads, subtle onsets, the same films bright and dark. Faces and people
are others than in training.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import cast

import numpy as np

from calibration.program import run_program, say
from calibration.progress import no_progress
from calibration.settings import EyeSettings, MoodSettings
from installation.bench.decision import EMOTIONS, Size, make
from installation.bench.decision_courses import Seen
from installation.bench.decision_faces import RealFaces
from installation.bench.decision_light import light_and_dark
from installation.bench.decision_temporal import (
    Exam,
    Exponential,
    Filtered,
    Row,
    Smoothing,
    cost,
    measured,
    patience,
)
from models.arrays import Doubles
from models.estimate import EmotionEstimate
from models.evaluation.temporal_filter import Looks, TemporalFilter, TemporalNetwork
from models.frame import Detection
from models.labels import LABELS
from models.seeing.classifier import Classifier, open_classifier
from models.seeing.detector import open_detector
from models.seeing.sight import Sight
from models.training.temporal_config import TemporalTraining
from models.training.temporal_courses import Course, CourseSource, smooth
from models.training.temporal_pipeline import course_source

CHOOSING_SEED, SEED = 300, 1000
CHOOSING, COUNTED = Size(10, 6, 20, 0, 1, 4), Size(21, 12, 30, 0, 1, 8)
PEOPLE_SEED, TALKS, SUBTLE, LOOKS, RATE = 9001, 12, 30, 150, 15.0
TODAY = MoodSettings().believe_after_seconds
CALM = (0.25, 0.0)
"""Label changes a minute on held faces, false events a minute on neutral ones: at most so many where a row's patience
is chosen (today's filter has 0.23 and 0 on all courses of the bench; one change in these four minutes is 0.24)."""


def bench_courses(sheet: Path, looks: Looks, size: Size, seed: int) -> Exam:
    """Courses of ``chiaro bench decision``."""
    real = RealFaces(sheet, lambda faces: looks.classify(faces)[0], seed=seed)
    made = make(real, [label for label in real.labels() if label in EMOTIONS], size, seed)
    return Exam(made.still, made.neutral, made.onsets, made.onsets_at_15, made.visits)


def more_courses(exam: Exam, source: CourseSource, looks: Looks, films: Path) -> Exam:
    """The exam with talk, turned heads, subtle onsets and films."""

    def some(kind: str, count: int, of: CourseSource = source) -> list[list[Seen]]:
        return [seen(of.draw(kind, np.random.default_rng((PEOPLE_SEED, k)), LOOKS, RATE), looks) for k in range(count)]

    subtle = replace(source, level=subtle_level)
    return replace(
        exam,
        talk=some("talk", TALKS),
        turns=some("turn", TALKS),
        subtle=some("onset", SUBTLE, subtle),
        subtle_computed=some("expression", SUBTLE, subtle),
        films=light_and_dark(films, partial(eye_of, looks)),
    )


def subtle_level(times: Doubles, rng: np.random.Generator) -> Doubles:
    """A weak expression from the fifth second on, for as long as the course lasts."""
    return float(rng.uniform(0.3, 0.6)) * smooth((times - 5.0) / rng.uniform(0.2, 0.7))


def seen(course: Course, looks: Looks) -> list[Seen]:
    """A course as the rows get it."""
    times = 100 + np.cumsum(course.seconds)
    probabilities, _ = looks.classify(course.faces)
    face = Detection((500.0, 220.0, 140.0, 140.0), 0.95, np.zeros((5, 2), np.float32))
    shown = [LABELS[int(row[1:].argmax()) + 1] if row[0] < 1 else "neutral" for row in course.targets]
    return [
        (float(t), [EmotionEstimate(face, row, float(good), 30.0)], label)
        for t, row, good, label in zip(times, probabilities, course.quality, shown, strict=True)
    ]


def eye_of(looks: Looks) -> Sight:
    """An eye whose looks are remembered."""
    settings = EyeSettings(device="cpu")
    return Sight(open_detector(settings), cast(Classifier, looks), settings.detect_every)


def compare(choosing: Exam, exam: Exam, looks: Looks, networks: Sequence[TemporalNetwork]) -> list[str]:
    """A line for each figure: every filter with today's patience, and with the least that is as calm.

    The latter is chosen on ``choosing``; the figures are of ``exam``.
    """
    makers: dict[str, Callable[[], Smoothing]] = {
        "exponential 0.2 s": partial(Exponential, 0.2),
        "exponential 0.1 s": partial(Exponential, 0.1),
        **{one.name: partial(TemporalFilter, one, looks) for one in networks},
    }
    rows: dict[str, Row] = {}
    for name, maker in makers.items():
        for seconds in sorted({patience(maker, choosing, CALM), TODAY}):
            rows[f"{name}, believed after {seconds} s"] = partial(Filtered, maker, seconds)
    table = {name: dict(measured(row, exam)) for name, row in rows.items()}
    lines = [" | ".join(["", *table])]
    lines += [
        " | ".join([what, *(f"{row[what]:.3g}" for row in table.values())]) for what in next(iter(table.values()))
    ]
    one = exam.still[0][0][1][0]
    return [*lines, *(f"ms a look: {network.name} {cost(network, looks, one):.3f}" for network in networks)]


def main() -> None:
    """Make the courses, compare, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("shared", type=Path)
    parser.add_argument("networks", type=Path, nargs="+")
    parser.add_argument(
        "--folder", type=Path, default=Path("runs/temporal-exam"), help="where computed people are kept"
    )
    chosen = parser.parse_args()
    networks = [TemporalNetwork(path) for path in chosen.networks]
    sheet, looks = chosen.shared / "data" / "ferplus_valid.png", Looks(open_classifier(device="cpu"))
    config = TemporalTraining(
        faces=sheet, folder=chosen.folder, mesh=chosen.shared / "face3d" / "ict_facekit.npz", preset="cpu"
    )
    config = replace(config, people=4)
    source = course_source(config, no_progress, PEOPLE_SEED)
    exam = more_courses(bench_courses(sheet, looks, COUNTED, SEED), source, looks, chosen.shared / "footage")
    for line in compare(bench_courses(sheet, looks, CHOOSING, CHOOSING_SEED), exam, looks, networks):
        say(line)


if __name__ == "__main__":
    run_program(main)
