"""From the best checkpoint to the files that are shipped: temperature, export, int8 where it loses little, figures."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch

from models.arrays import Floats, Integers
from models.evaluation.dataset import LabelledFaces
from models.evaluation.landmarks import aligned_faces
from models.evaluation.metrics import Scores, fit_temperature, scores
from models.seeing.align import prepare
from models.seeing.classifier import open_classifier
from models.training.export import export, export_int8, load_network, make_facts
from models.training.network import multiply_adds
from models.training.validation import Validation, predict

INT8_MAX_LOSS = 0.003
"""Accuracy that int8 may cost."""
CALIBRATION_FACES = 1024
"""Training faces that the ranges of the int8 file are taken from."""


@dataclass(frozen=True, slots=True, eq=False)
class Provenance:
    """What a network came from, and what it is evaluated on."""

    preset: str
    seed: int
    relight: bool
    training: LabelledFaces
    training_landmarks: Floats
    validation: Validation


def release(checkpoint: Path, path: Path, version: str, provenance: Provenance) -> tuple[Scores, Scores | None]:
    """Write ``path``, its card, and NAME.int8.onnx if that loses less than 0.3 points.

    The temperature is fitted on the validation faces as they are and relit in the dark, so that confidence is true in
    both; int8 is chosen on the faces as they are. Returns the figures of both files
    (None: no int8 file was kept).
    """
    network = load_network(checkpoint)
    torch.set_num_threads(1)
    faces, labels = provenance.validation.clean_faces, provenance.validation.labels
    both = np.concatenate([predict(network, seen) for seen in (faces, provenance.validation.dark_faces)])
    temperature = round(fit_temperature(both, np.concatenate([labels, labels])), 4)
    trained_with = (
        f"{provenance.training.fingerprint()[:16]} preset {provenance.preset} seed {provenance.seed}"
        f"{'' if provenance.relight else ' not relit'}"
    )
    facts = make_facts(version, temperature, trained_with)
    more: dict[str, object] = {"seed": provenance.seed, "faces_sha256": provenance.training.fingerprint()}
    more |= {"multiply_adds": multiply_adds(network), "parameters": sum(p.numel() for p in network.parameters())}
    more["shape"] = asdict(network.config)
    export(network, path, facts, more)
    float32 = _evaluate(path, faces, labels)
    export(network, path, facts, more | {"validation": card_figures(float32)})

    chosen = np.random.default_rng(provenance.seed).permutation(len(provenance.training))[:CALIBRATION_FACES]
    images = provenance.training.subset(chosen).images
    calibration_faces = prepare(aligned_faces(images, provenance.training_landmarks[chosen]))
    int8_path = export_int8(path, calibration_faces, facts)
    int8 = _evaluate(int8_path, faces, labels)
    if int8.accuracy < float32.accuracy - INT8_MAX_LOSS:
        int8_path.unlink()
        int8_path.with_suffix(".json").unlink()
        return float32, None
    export_int8(path, calibration_faces, facts, more | {"validation": card_figures(int8)})
    return float32, int8


def card_figures(figures: Scores) -> dict[str, object]:
    """Figures rounded for a card."""
    return {
        "n": figures.n,
        "accuracy": round(figures.accuracy, 4),
        "macro_f1": round(figures.macro_f1, 4),
        "ece": round(figures.ece, 4),
        "recall": {name: round(value, 3) for name, value in figures.recall.items()},
    }


def _evaluate(path: Path, faces: Floats, labels: Integers) -> Scores:
    classifier = open_classifier(path, "cpu", int8=False)
    parts = [classifier.run(part)[0] for part in np.array_split(faces, max(1, len(faces) // 128))]
    return scores(np.concatenate(parts), labels)
