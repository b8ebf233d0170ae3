"""The rows of the table: each a way to learn, by its key."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from calibration.errors import BadInput
from models.arrays import Floats, Gray
from models.comparison import illumination
from models.comparison.bench import Bench
from models.comparison.classical import DenseLayers, fit_dense, fit_svm, load_dense_layers
from models.comparison.face_set import FaceSet, fingerprint
from models.comparison.features import coordinates, distances_and_angles, gradients
from models.comparison.illumination import Correction
from models.comparison.method import Ensemble, Method, OnFeatures, Shipped, calibrated
from models.comparison.networks import (
    MOVED,
    NARROW,
    NOT_AUGMENTED,
    SIX_LAYERS,
    SMALL,
    WHOLE,
    Plan,
    Trained,
    train_networks,
)
from models.seeing.classifier import open_classifier
from models.training.augment import AugmentConfig

Fit = Callable[[Bench, Path], Method]
"""Learn from a bench, keeping in a folder what a later call need not learn again."""
MEMBER_SEEDS = (1, 2, 3, 4, 5)
FEATURES, NETWORKS, LIGHT, MADE = "Features", "Networks", "Light and augmentation", "Ours"
PARTS = (FEATURES, NETWORKS, LIGHT, MADE)


@dataclass(frozen=True, slots=True)
class Row:
    """One method of the table."""

    key: str
    title: str
    part: str
    fit: Fit
    epochs: Callable[[Bench], int] = lambda _bench: 0
    needs: str = ""
    """'torch', or 'face3d': what it cannot do without, besides scikit-learn."""
    trained_here: bool = True
    of_ours: bool = False
    """It is made of the shipped network, and anew for another one."""
    members: int = 0
    """So many of the networks that are trained side by side once for several rows."""


def _on_features(
    features: Callable[[Bench], tuple[Callable[[Gray], Floats], int]], fit_layers: Callable[..., DenseLayers]
) -> Fit:
    """Fit layers on features of the training faces, which may need a network of so many bytes."""

    def fit(bench: Bench, folder: Path) -> Method:
        of, size = features(bench)
        kept = folder / "layers.npz"
        if not kept.is_file():
            faces = bench.learn.with_label()
            layers = fit_layers(_in_parts(of, faces, bench), faces.faces.labels)
            folder.mkdir(parents=True, exist_ok=True)
            layers.save(part := folder / "layers.part.npz")
            part.replace(kept)
        layers = load_dense_layers(kept)
        return calibrated(OnFeatures(of, layers, size + layers.size_bytes), bench.choose)

    return fit


def _in_parts(of: Callable[[Gray], Floats], faces: FaceSet, bench: Bench, size: int = 500) -> Floats:
    parts = []
    for start in range(0, len(faces), size):
        parts.append(of(np.stack(faces.faces.images[start : start + size])))
        bench.progress("features of the training faces", start / len(faces))
    return np.concatenate(parts)


def _hog(_bench: Bench) -> tuple[Callable[[Gray], Floats], int]:
    return gradients, 0


def _points(bench: Bench, read: Callable[[Floats], Floats]) -> tuple[Callable[[Gray], Floats], int]:
    from models.training.landmark_network import find_points, load_landmark_network

    network = load_landmark_network(bench.landmark_network)
    size = 4 * sum(weights.numel() for weights in network.parameters())
    return lambda faces: read(find_points(network, faces)), size


def _embedding(bench: Bench) -> tuple[Callable[[Gray], Floats], int]:
    classifier, batch = bench.classifier, 128

    def of(faces: Gray) -> Floats:
        return np.concatenate([classifier.classify(faces[i : i + batch])[1] for i in range(0, len(faces), batch)])

    return of, _file_size(bench.network)


def _file_size(network: Path) -> int:
    """Of the variant that a CPU runs."""
    small = network.with_suffix(".int8.onnx")
    return (small if small.is_file() else network).stat().st_size


def _ours(bench: Bench, _folder: Path) -> Method:
    return Shipped(bench.classifier, _file_size(bench.network))


def _network(plan: Callable[[Bench], Plan]) -> Fit:
    def fit(bench: Bench, folder: Path) -> Method:
        return calibrated(_trained(plan(bench), bench, folder)[0], bench.choose)

    return fit


def _trained(plan: Plan, bench: Bench, folder: Path) -> list[Trained]:
    plan = replace(plan, workers=bench.workers, device=bench.device)
    return train_networks(plan, bench.learn, bench.choose, bench.lamps, folder, bench.progress)


def _members(bench: Bench, count: int) -> Sequence[Method]:
    """Networks that were given, or small ones trained side by side: those of 3 are the first of those of 5."""
    if bench.members:
        if len(bench.members) < count:
            raise BadInput(f"{len(bench.members)} networks are named with --member; {count} are needed")
        return [_given(path) for path in bench.members[:count]]
    plan = Plan(network=SMALL, epochs=bench.scale.small_epochs, seeds=MEMBER_SEEDS)
    return _trained(plan, bench, members_folder(bench))[:count]


def members_folder(bench: Bench) -> Path:
    """Where the networks are that several rows share."""
    return bench.folder / "rows" / f"members-{fingerprint(bench.digest, bench.scale.small_epochs, bench.scale.lamps)}"


def learned_by(row: Row, bench: Bench) -> str:
    """A short name that changes with all that this row learns from, and with nothing else."""
    scale = bench.scale
    of: list[object] = [row.key, bench.digest, row.epochs(bench)]
    if row.needs == "face3d":
        of += [scale.rendered_faces, scale.landmark_epochs]
    if row.needs == "torch":
        of.append(scale.lamps)
    if row.of_ours:
        of.append(bench.classifier.card.sha256)
    if row.members:
        of += [hashlib.sha256(path.read_bytes()).hexdigest() for path in bench.members]
    return fingerprint(*of)


def _given(path: Path) -> Method:
    if path.suffix == ".onnx":
        return Shipped(open_classifier(path, "cpu"), _file_size(path))
    from models.training.export import load_network

    return Trained(load_network(path))


def _ensemble(count: int) -> Fit:
    def fit(bench: Bench, _folder: Path) -> Method:
        members = _members(bench, count)
        return calibrated(Ensemble(members) if count > 1 else members[0], bench.choose)

    return fit


def _narrow(key: str, title: str, augment: AugmentConfig = MOVED, correction: Correction = illumination.none) -> Row:
    def plan(bench: Bench) -> Plan:
        epochs = bench.scale.narrow_epochs
        return Plan(network=NARROW, epochs=epochs, learning_rate=1e-3, augment=augment, correction=correction)

    return Row(key, title, LIGHT, _network(plan), lambda bench: bench.scale.narrow_epochs, "torch")


def _six_layers(bench: Bench) -> Plan:
    return Plan(network=SIX_LAYERS, epochs=bench.scale.six_layer_epochs, learning_rate=1e-3, augment=MOVED)


def _small_epochs(bench: Bench) -> int:
    return 0 if bench.members else bench.scale.small_epochs


ROWS: tuple[Row, ...] = (
    Row("hog-svm", "HOG + linear SVM", FEATURES, _on_features(_hog, fit_svm)),
    Row(
        "landmarks-svm",
        "68 landmarks, distances and angles + linear SVM",
        FEATURES,
        _on_features(lambda bench: _points(bench, distances_and_angles), fit_svm),
        needs="face3d",
    ),
    Row(
        "landmarks-dense",
        "68 landmarks + dense network",
        FEATURES,
        lambda bench, folder: _on_features(
            lambda one: _points(one, coordinates), lambda x, y: fit_dense(x, y, bench.scale.dense_epochs)
        )(bench, folder),
        lambda bench: bench.scale.dense_epochs,
        needs="face3d",
    ),
    Row(
        "embedding-svm",
        "our network's embedding + linear SVM",
        FEATURES,
        _on_features(_embedding, fit_svm),
        of_ours=True,
    ),
    Row(
        "six-layers",
        "six convolutions (the installations before)",
        NETWORKS,
        _network(_six_layers),
        lambda bench: bench.scale.six_layer_epochs,
        "torch",
    ),
    Row("small", "our network at a ninth of its size", NETWORKS, _ensemble(1), _small_epochs, "torch", members=1),
    Row("ensemble-3", "3 of our small networks together", NETWORKS, _ensemble(3), _small_epochs, "torch", members=3),
    Row("ensemble-5", "5 of our small networks together", NETWORKS, _ensemble(5), _small_epochs, "torch", members=5),
    _narrow("plain", "plain network (six narrow convolutions)"),
    _narrow("plain-still", "plain network, not augmented", NOT_AUGMENTED),
    _narrow("plain-relit", "plain network, relit and darkened in training", WHOLE),
    _narrow("plain-equalised", "plain network after equalisation", correction=illumination.equalised),
    _narrow("plain-clahe", "plain network after CLAHE", correction=illumination.clahe),
    _narrow("plain-plane", "plain network after a plane fit", correction=illumination.plane_fitted),
    _narrow("plain-retinex", "plain network after retinex", correction=illumination.retinex),
    Row("ours", "our network, as shipped", MADE, _ours, trained_here=False, of_ours=True),
)  # fmt: skip
KEYS = tuple(row.key for row in ROWS)
TRANSFER = "transfer"
"""Key of what is no row of the table, but one of its own for each other set."""


def chosen_rows(keys: Iterable[str]) -> list[Row]:
    """The rows with these keys, in the table's order."""
    wanted = set(keys)
    return [row for row in ROWS if row.key in wanted]
