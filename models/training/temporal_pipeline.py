"""One training of temporal networks from end to end. ``chiaro train temporal`` calls it."""

from __future__ import annotations

import hashlib
from functools import partial

import cv2
import numpy as np
import torch

from calibration.errors import BadFile
from calibration.progress import Progress
from models.dataset.table import cache_of
from models.evaluation.dataset import read_faces
from models.lighting.relight import training_lamps
from models.rendering.mesh import read_mesh
from models.seeing.classifier import open_classifier
from models.training.temporal_config import TemporalTraining
from models.training.temporal_courses import CourseSource
from models.training.temporal_faces import Computed, clear_faces, compute_people, kept_people, make_stills
from models.training.temporal_looks import draw_looks, kept_looks
from models.training.temporal_training import TemporalRun, export_temporal, facts, train_temporal
from models.training.validation import cached_landmarks

SEED, LAMPS = 501, 24
HELD_OUT = 10
"""One of so many courses is not learned from."""


def run_temporal_training(config: TemporalTraining, progress: Progress) -> list[str]:
    """Train and export what ``config`` says: ``KIND.onnx`` in its folder; lines for people about what was written.

    People, courses and checkpoints are kept in the folder, and a stopped training goes on. Another classifier,
    and other faces, draw their own courses. Raises ``BadFile`` for faces, mesh, classifier or checkpoint that cannot be
    used.
    """
    cv2.setNumThreads(1)
    torch.set_num_threads(1)
    preset, classifier = config.hyperparameters, open_classifier(config.model or "", "cpu")
    faces = read_faces(config.faces).fingerprint()  # other faces under the same name draw their own courses
    drawn = (classifier.card.sha256, faces, config.mesh, preset.courses, preset.people, preset.stills)
    folder = config.folder / hashlib.sha256(repr(drawn).encode()).hexdigest()[:10]
    looks = kept_looks(
        folder / "looks.npz",
        lambda: draw_looks(
            course_source(config, progress, SEED),
            classifier.classify,
            preset.courses,
            SEED,
            partial(progress, "courses"),
        ),
    )
    least = max(len(looks) // HELD_OUT, 1)
    lines = []
    for kind in config.kinds:
        run = TemporalRun(kind, classifier.embedding_size, preset, folder / kind)
        run.resume()
        train_temporal(run, looks.subset(slice(least, None)), looks.subset(slice(least)), progress)
        path = config.folder / f"{kind}.onnx"
        export_temporal(run.best_network, path, looks, classifier.card.sha256)
        lines.append(f"{path}: {facts(run)}, on the looks of classifier {classifier.card.version}")
    return lines


def course_source(config: TemporalTraining, progress: Progress, seed: int) -> CourseSource:
    """What courses are drawn from: photographed faces, and computed people where there is a mesh."""
    preset = config.hyperparameters
    faces = clear_faces(read_faces(config.faces), preset.stills, seed)
    own = cache_of(config.faces, config.folder)
    landmarks, found = cached_landmarks(faces, own, partial(progress, "landmarks of the faces"))
    sure = np.flatnonzero(found)
    if not (faces.labels[sure] == 0).any() or not (faces.labels[sure] > 0).any():
        raise BadFile(config.faces, ["needs faces at rest and faces with an expression, clearly labelled"])
    lamps = training_lamps(count=LAMPS, kept_in=config.folder)
    return CourseSource(make_stills(faces.subset(sure), landmarks[sure], lamps), _people(config, progress, seed))


def _people(config: TemporalTraining, progress: Progress, seed: int) -> Computed | None:
    if config.mesh is None:
        return None
    count, mesh = config.hyperparameters.people, config.mesh
    return kept_people(
        config.folder / f"people-{count}-{seed}.npz",
        lambda: compute_people(read_mesh(mesh), count, seed, partial(progress, "computing people")),
    )
