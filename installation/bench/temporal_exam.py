"""The courses on which temporal networks are compared with today's filter, and the comparison.

Run as ``python -m installation.bench.temporal_exam SHARED NETWORK.onnx ...`` (of ``chiaro train temporal``), where
SHARED has ``data/ferplus_valid.png``, ``footage/`` and ``face3d/``. The courses of ``chiaro bench decision`` (fewer of
them), and what it does not have: talk, turned heads, subtle onsets, the same films bright and dark. Faces and people
are others than in training.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import cast

import numpy as np

from calibration.errors import BadFile
from calibration.program import run_program, say
from calibration.progress import Progress, no_progress
from calibration.settings import EyeSettings
from installation.bench.decision import EMOTIONS, Size, make
from installation.bench.decision_courses import Seen
from installation.bench.decision_faces import RealFaces
from installation.bench.decision_light import light_and_dark
from installation.bench.decision_temporal import EXPONENTIALS, Exam, Exponential, Smoothing, filtered
from models.arrays import Doubles
from models.estimate import EmotionEstimate
from models.evaluation.temporal_filter import Looks, TemporalFilter, TemporalNetwork
from models.frame import Detection
from models.labels import LABELS
from models.seeing.classifier import Classifier, open_classifier
from models.seeing.detector import open_detector
from models.seeing.sight import Sight
from models.training.temporal_config import TemporalTraining
from models.training.temporal_courses import OF_STILLS, Course, CourseSource, smooth
from models.training.temporal_pipeline import course_source

CHOOSING_SEED, SEED = 300, 1000
PEOPLE_SEED, LOOKS, RATE = 9001, 150, 15.0


@dataclass(frozen=True, slots=True)
class ExamSize:
    """How many courses there are: those on which a row's patience is chosen, and those that are counted."""

    choosing: Size
    counted: Size
    talks: int
    subtle: int
    people: int
    """Computed ones, each in some twenty poses."""


FULL = ExamSize(Size(10, 6, 20, 0, 1, 4), Size(21, 12, 30, 0, 1, 8), talks=12, subtle=30, people=4)
QUICK = ExamSize(Size(2, 1, 4, 0, 1, 1), Size(3, 2, 6, 0, 1, 1), talks=2, subtle=6, people=1)


@dataclass(frozen=True, slots=True)
class Material:
    """What courses are made of."""

    faces: Path
    """Whatever ``chiaro train`` takes, and no network has learned from."""
    folder: Path
    """Where computed people are kept."""
    mesh: Path | None = None
    """The 3-D face; None: nobody talks or turns."""
    films: Path | None = None
    """Folder with the clips of ``installation.bench.decision_footage``; None: no films."""


def bench_courses(faces: Path, looks: Looks, size: Size, seed: int) -> Exam:
    """Courses of ``chiaro bench decision``. Raises ``BadFile`` for faces that are too few."""
    real = RealFaces(faces, lambda seen: looks.classify(seen)[0], seed=seed)
    emotions = [label for label in real.labels() if label in EMOTIONS]
    if not emotions or "neutral" not in real.labels():
        raise BadFile(faces, ["too few faces, at rest or of an emotion, on which annotators and our network agree"])
    made = make(real, emotions, size, seed)
    return Exam(made.still, made.neutral, made.onsets, made.onsets_at_15, made.visits)


def more_courses(exam: Exam, source: CourseSource, looks: Looks, films: Path | None, size: ExamSize) -> Exam:
    """The exam with talk, turned heads, subtle onsets and films, where they are."""

    def some(kind: str, count: int, of: CourseSource = source) -> list[list[Seen]]:
        if source.computed is None and kind not in OF_STILLS:
            return []
        return [seen(of.draw(kind, np.random.default_rng((PEOPLE_SEED, k)), LOOKS, RATE), looks) for k in range(count)]

    subtle = replace(source, level=subtle_level)
    return replace(
        exam,
        talk=some("talk", size.talks),
        turns=some("turn", size.talks),
        subtle=some("onset", size.subtle, subtle),
        subtle_computed=some("expression", size.subtle, subtle),
        films=light_and_dark(films, partial(eye_of, looks)) if films else [],
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


def exams(material: Material, looks: Looks, size: ExamSize, progress: Progress) -> tuple[Exam, Exam]:
    """The courses on which patience is chosen, and those that are counted. Raises ``BadFile``."""
    config = TemporalTraining(faces=material.faces, folder=material.folder, mesh=material.mesh, preset="cpu")
    source = course_source(replace(config, people=size.people), progress, PEOPLE_SEED)
    progress("courses for the filters", 0.2)
    choosing = bench_courses(material.faces, looks, size.choosing, CHOOSING_SEED)
    progress("courses for the filters", 0.4)
    counted = bench_courses(material.faces, looks, size.counted, SEED)
    progress("talk, turns, subtle onsets, films", 0.7)
    return choosing, more_courses(counted, source, looks, material.films, size)


def main() -> None:
    """Make the courses, compare, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("shared", type=Path)
    parser.add_argument("networks", type=Path, nargs="+")
    parser.add_argument(
        "--folder", type=Path, default=Path("runs/temporal-exam"), help="where computed people are kept"
    )
    chosen = parser.parse_args()
    looks = Looks(open_classifier(device="cpu"))
    makers: dict[str, Callable[[], Smoothing]] = {
        name: partial(Exponential, seconds) for name, seconds in EXPONENTIALS.items()
    }
    for path in chosen.networks:
        network = TemporalNetwork(path)
        makers[network.name] = partial(TemporalFilter, network, looks)
    shared = chosen.shared
    mesh, films = shared / "face3d" / "ict_facekit.npz", shared / "footage"
    material = Material(shared / "data" / "ferplus_valid.png", chosen.folder, mesh, films)
    both = exams(material, looks, FULL, no_progress)
    rows = [row for name, make in makers.items() for row in filtered(name, make, *both)]
    say(" | ".join(["", *(f"{row.name}, believed after {row.believed_after} s" for row in rows)]))
    for what in rows[0].figures:
        say(" | ".join([what, *(f"{row.figures[what]:.3g}" for row in rows)]))
    say(" | ".join(["ms a look", *(f"{row.milliseconds:.3f}" for row in rows)]))


if __name__ == "__main__":
    run_program(main)
