"""From the best checkpoint to the files that are shipped: temperature, export, int8 if it is worth it, figures."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch

from models.arrays import Floats, Integers
from models.evaluation.dataset import LabelledFaces
from models.evaluation.landmarks import aligned_faces
from models.evaluation.metrics import Scores, scores, temperature
from models.seeing.align import prepare
from models.seeing.classifier import open_classifier
from models.training.export import export, export_int8, facts_of, load_network
from models.training.network import multiply_adds
from models.training.validation import Validation, probabilities

INT8_MAY_LOSE = 0.003
CALIBRATION_FACES = 1024


@dataclass(frozen=True, slots=True, eq=False)
class Sources:
    """What a network came from, and what it is judged by."""

    preset: str
    seed: int
    relit: bool
    training: LabelledFaces
    training_landmarks: Floats
    valid: Validation
    lamps: str = ""
    """Which lamps it is for; '': all light."""


def release(checkpoint: Path, path: Path, version: str, sources: Sources) -> tuple[Scores, Scores | None]:
    """Write ``path``, its card, and NAME.int8.onnx if that loses less than 0.3 points.

    Temperature and the choice of int8 are made on the validation faces as they are; of a network for lamps on those
    under its lamps, and it gets no int8 file: that lost 0.2 points there and saved 0.4 ms a face. Gives the figures of
    both files (None: no int8 file was kept).
    """
    network = load_network(checkpoint)
    torch.set_num_threads(1)
    faces, labels = sources.valid.clean_faces, sources.valid.labels
    fitted = round(temperature(probabilities(network, faces), labels), 4)
    trained_with = (
        f"{sources.training.fingerprint()[:16]} preset {sources.preset} seed {sources.seed}"
        f"{f' for {sources.lamps}' if sources.lamps else '' if sources.relit else ' not relit'}"
    )
    more = {"seed": sources.seed, "faces_sha256": sources.training.fingerprint()}
    more |= {"multiply_adds": multiply_adds(network), "parameters": sum(p.numel() for p in network.parameters())}
    more["shape"] = asdict(network.shape)
    export(network, path, fitted, version, trained_with, more)
    plain = _measured(path, faces, labels)
    export(network, path, fitted, version, trained_with, more | {"validation": summary(plain)})

    if sources.lamps:
        return plain, None
    chosen = np.random.default_rng(sources.seed).permutation(len(sources.training))[:CALIBRATION_FACES]
    some = sources.training.only(chosen)
    shown = prepare(aligned_faces(some.images, sources.training_landmarks[chosen]))
    facts = facts_of(version, fitted, trained_with)
    small_path = export_int8(path, shown, facts)
    small = _measured(small_path, faces, labels)
    if small.accuracy < plain.accuracy - INT8_MAY_LOSE:
        small_path.unlink()
        small_path.with_suffix(".json").unlink()
        return plain, None
    export_int8(path, shown, facts, more | {"validation": summary(small)})
    return plain, small


def summary(figures: Scores) -> dict[str, object]:
    """Figures rounded for a card."""
    return {
        "n": figures.n,
        "accuracy": round(figures.accuracy, 4),
        "macro_f1": round(figures.macro_f1, 4),
        "ece": round(figures.ece, 4),
        "recall": {name: round(value, 3) for name, value in figures.recall.items()},
    }


def _measured(path: Path, faces: Floats, labels: Integers) -> Scores:
    classifier = open_classifier(path, "cpu", int8=False)
    parts = [classifier.run(part)[0] for part in np.array_split(faces, max(1, len(faces) // 128))]
    return scores(np.concatenate(parts), labels)
