"""Few faces of a new set: our network fine-tuned on them, beside a network of the same kind that sees nothing else."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from calibration.file_writer import write_over
from models.arrays import Indices
from models.comparison.bench import Bench
from models.comparison.emotion_sets import classes_of, set_scores
from models.comparison.face_set import FaceSet, fingerprint
from models.comparison.method import Method, Shipped
from models.comparison.networks import WHOLE, Plan, pretrained_network, train_networks
from models.comparison.result import KEPT_TRANSFER, TransferResult
from models.training.presets import PRESETS

BATCH = 32
TUNING_RATE, LEARNING_RATE = 3e-4, 2e-3


def transfer(bench: Bench, other: FaceSet) -> list[TransferResult]:
    """Figures for each number of faces for which enough others are left to measure on; kept in the bench's folder."""
    scale = bench.scale
    of = (scale.transfer_faces, scale.transfer_steps, scale.lamps, scale.measure_on)
    digest = fingerprint(other, of, bench.classifier.card.sha256)
    kept = bench.folder / "rows" / f"transfer-{digest}.json"
    if kept.is_file():
        return KEPT_TRANSFER.validate_json(kept.read_bytes())
    learning, measuring = other.split(0.5)
    measuring = measuring.at_most(scale.measure_on)
    found = []
    for count in scale.transfer_faces:
        if len(learning) >= count and len(np.unique(measuring.faces.labels)) > 1:
            few = learning.subset(evenly(learning, count))
            found.append(_one(bench, few, measuring, kept.with_suffix("") / str(count)))
    write_over(kept, KEPT_TRANSFER.dump_json(found))
    return found


def evenly(faces: FaceSet, count: int, seed: int = 1) -> Indices:
    """So many faces, of every class as nearly equally many as there are."""
    rng = np.random.default_rng(seed)
    labels = faces.faces.labels
    order = rng.permutation(len(labels))
    turn = np.empty(len(labels), np.int64)
    for label in np.unique(labels):
        of = order[labels[order] == label]
        turn[of] = np.arange(len(of))
    return np.sort(order[np.argsort(turn[order], kind="stable")][:count])


def _one(bench: Bench, few: FaceSet, measuring: FaceSet, folder: Path) -> TransferResult:
    def accuracy(method: Method) -> float:
        labels = measuring.faces.labels
        found = set_scores(method.probabilities(measuring.images), labels, classes_of(labels))
        return found.accuracy if found else float("nan")

    def trained(name: str, rate: float, tuned: bool) -> float:
        bench.progress(f"{len(few)} faces of {few.name}, {name}", 0.0)
        steps = max(1, len(few) // min(BATCH, len(few) // 2))
        plan = Plan(
            network=PRESETS["gpu"].network,
            epochs=max(1, bench.scale.transfer_steps // steps),
            augment=WHOLE,
            learning_rate=rate,
            batch_size=BATCH,
            workers=bench.workers,
            device=bench.device,
            last_epoch=True,
        )
        if tuned:
            plan = replace(plan, pretrained=pretrained_network(bench.network, few, plan))
        return accuracy(train_networks(plan, few, few, bench.lamps, folder / name, bench.progress)[0])

    return TransferResult(
        few.name,
        len(few),
        len(measuring),
        accuracy(Shipped(bench.classifier, 0)),
        trained("fine-tuned", TUNING_RATE, tuned=True),
        trained("alone", LEARNING_RATE, tuned=False),
    )
