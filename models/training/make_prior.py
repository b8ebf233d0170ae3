"""Computes the prior that calibration starts from: for each lamp the classifier head that is best on training faces.

Run as ``python -m models.training.make_prior FACES [MODEL.onnx] [--faces 2500]``; FACES as for ``chiaro train``. Needs
to be run again for every new classifier; takes about 5 minutes on one core.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import numpy as np

from calibration.fitting import Faces, TrainingStatistics, fit_head
from calibration.head import VenueHead
from calibration.program import run_program, say
from models.arrays import Floats, Gray, Integers
from models.evaluation.dark_benchmark import SENSOR, landmarks_aligned
from models.evaluation.dataset import read_faces
from models.evaluation.evaluate import BATCH
from models.evaluation.landmarks import aligned_faces, find_landmarks
from models.lighting.exposure import captured, expose, linear, noisy
from models.lighting.lamp_prior import AVERAGE_FACE, prior_beside
from models.lighting.relight import Fill, Lamp, LampBank, read_face_maps
from models.seeing.align import prepare
from models.seeing.card import read_card
from models.seeing.classifier import SHIPPED, Classifier, open_classifier

PLACES = (*((azimuth, elevation) for elevation in (30, 50, 70) for azimuth in (-70, -35, 0, 35, 70)), (0, 88))
RADIUS = 5.0
ROOM = Fill(walls=(0.02, 0.2), floor=(0.01, 0.08), film=(0.01, 0.2), background=(0.02, 0.5))
RIDGE_STRENGTH = 100.0
DARKEST, BRIGHTEST = 15.0, 60.0


def relit(aligned: Gray, landmarks: Floats, place: tuple[float, float], rng: np.random.Generator) -> Gray:
    """The aligned faces (n, 64, 64) under one lamp of the room, each exposed in its own way."""
    lamps = LampBank(read_face_maps("train"), [Lamp(*place, RADIUS)], ROOM)
    means = np.exp(rng.uniform(np.log(DARKEST), np.log(BRIGHTEST), len(aligned))).astype(np.float32)
    return captured(noisy(expose(linear(aligned) * lamps.draw(landmarks, rng), means), SENSOR, rng))


def classify(classifier: Classifier, pictures: Gray, labels: Integers) -> Faces:
    """The network's answers to aligned pictures (n, 64, 64); each is counted as another person."""
    parts = [classifier.run(prepare(pictures[i : i + BATCH])) for i in range(0, len(pictures), BATCH)]
    probabilities, embeddings = (np.concatenate(column) for column in zip(*parts, strict=True))
    n = len(labels)
    return Faces(probabilities, embeddings, labels, np.arange(n), np.ones(n))


def main() -> None:
    """Write NAME.prior.npz beside the classifier, and the average face among the maps."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("faces", type=Path)
    parser.add_argument("model", type=Path, nargs="?", default=SHIPPED)
    parser.add_argument("--faces", dest="count", type=int, default=2500)
    options = parser.parse_args()
    rng = np.random.default_rng(11)
    labelled = read_faces(options.faces).with_label()
    labelled = labelled.subset(rng.permutation(len(labelled))[: options.count])
    landmarks, _ = find_landmarks(labelled.images)
    aligned, aligned_landmarks = aligned_faces(labelled.images, landmarks), landmarks_aligned(landmarks)
    if options.model == SHIPPED:
        light = linear(aligned)
        average = (light / light.mean((1, 2), keepdims=True)).mean(0)
        np.savez_compressed(AVERAGE_FACE, light=average.astype(np.float16))
    # The file itself and not its int8 variant: a prior must serve both, and their embeddings are nearly the same.
    classifier = open_classifier(options.model, "cpu", int8=False)
    frequencies = np.bincount(labelled.labels, minlength=8) / len(labelled)
    statistics: TrainingStatistics | None = None
    heads: list[VenueHead] = []
    for place in PLACES:
        faces = classify(classifier, relit(aligned, aligned_landmarks, place, rng), labelled.labels)
        scale = float(faces.embeddings.std(axis=0).mean())
        statistics = statistics or TrainingStatistics(
            faces.embeddings.mean(axis=0, dtype=np.float64), scale, frequencies
        )
        heads.append(fit_head(faces, statistics, None, RIDGE_STRENGTH))
        before = (faces.probabilities.argmax(1) == faces.labels).mean()
        after = (heads[-1](faces.probabilities, faces.embeddings).argmax(1) == faces.labels).mean()
        say(f"lamp {place[0]:4d} {place[1]:3d}: {before:.3f} -> {after:.3f} on the training faces")
    if statistics is None:
        raise ValueError("no lamps to relight the faces with")
    arrays: dict[str, Any] = {
        "made_for": np.array(read_card(options.model).sha256),
        "centre": statistics.mean.astype(np.float32),
        "scale": np.array(statistics.deviation, np.float32),
        "mix": statistics.class_frequencies.astype(np.float32),
        "places": np.array(PLACES, np.float32),
        "weights": np.stack([head.weights for head in heads]).astype(np.float16),
        "bias": np.stack([head.bias for head in heads]).astype(np.float32),
    }
    np.savez_compressed(prior_beside(options.model), **arrays)


if __name__ == "__main__":
    run_program(main)
