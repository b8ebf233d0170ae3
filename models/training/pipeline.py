"""One training from end to end: faces, landmarks, lamps, runs, training, plot, export. ``chiaro train`` calls it."""

from __future__ import annotations

import copy
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np
import torch

from calibration.errors import BadFile, BadInput, NotEquivalent
from calibration.progress import Progress
from models.arrays import Floats, Gray
from models.dataset.parts import in_no_part
from models.dataset.table import cache_of
from models.evaluation.dataset import LabelledFaces
from models.training.augment import Augmenter
from models.training.clean_answers import with_clean_answers
from models.training.config import TrainingConfig
from models.training.distillation import Teachers
from models.training.export import save_float16_weights
from models.training.fine_tuning import absent_classes, silence
from models.training.gpu_variant import make_gpu_variant
from models.training.parity_faces import parity_faces_from
from models.training.release import Provenance, card_figures, release
from models.training.restore import load_pretrained
from models.training.train import logged, train
from models.training.training_faces import TrainingFaces, read_training_faces
from models.training.training_light import lent_detail, training_light
from models.training.training_report import write_report
from models.training.training_run import TrainingRun
from models.training.validation import Validation, cached_landmarks, make_validation
from models.training.weight_mix import write_mix
from models.training.whole_export import whole_export

PARITY_FACES = 200
"""Validation faces on which the variant for GPUs must answer as the float32 file does."""
BATCH_NORM_BATCHES, BATCH_NORM_BATCH_SIZE = 12, 128
"""Augmented faces that give an exported network's batch norms their statistics back."""


@dataclass(frozen=True, slots=True, eq=False)
class TrainingSet:
    """The faces of a training, ready to be drawn and evaluated on."""

    faces: TrainingFaces
    augmenter: Augmenter
    computed: tuple[LabelledFaces, Floats] | None
    """More faces to learn from and their landmarks: what a network says of them is not asked."""
    validation: Validation
    parity_images: Sequence[Gray]
    parity_landmarks: Floats


def run_training(config: TrainingConfig, progress: Progress) -> list[str]:
    """Train and export what ``config`` says; lines for people about what was written.

    A stopped training goes on when the same configuration is given again. Raises ``BadFile`` for faces, teachers,
    pretrained networks or checkpoints that cannot be used, ``BadInput`` for a GPU that is not there.
    """
    config = replace(config, device=_device(config.device))
    teachers = Teachers(config.teachers, config.device) if config.teachers else None
    progress("reading faces", 0.0)
    read = read_training_faces(config)
    _check_counts(config, read)
    if config.validation_faces is None and (left := in_no_part(config.faces)):
        progress(f"{left} faces came after the split and are not used: 'chiaro dataset split {config.faces}'", 0.0)
    runs = _open_runs(config, teachers, read.fingerprint())
    faces = _prepared(config, read, progress)
    augmenter, mixes = faces.augmenter, []
    for run, path in zip(runs, config.pretrained_per_seed, strict=True):
        if not path:
            continue
        network = load_pretrained(path, run.preset.network, _augmented_batches(faces.augmenter, run.seed))
        run.began_with = network
        if not run.epoch:
            run.load_weights(network)
        if run.preset.clean_answer_weight:
            mixes.append((run, network))
    if mixes and any(run.epoch < run.preset.epochs for run in runs):
        progress("answers to the faces in clean light", 0.0)
        augmenter = with_clean_answers(augmenter, mixes[0][1], mixes[0][0].preset.clean_answer_weight)
    if faces.computed is not None:
        augmenter = augmenter.with_more(*faces.computed)
    config.write()
    train(runs, augmenter, faces.validation, progress, teachers)
    for run, network in mixes:
        known = silence(copy.deepcopy(network), absent_classes(augmenter.faces.labels))
        write_mix(run, known, faces.validation, progress)
    lines: list[str] = []
    for run in runs:
        _plot(run.folder)
        lines += write_report(run, _exported(run), faces.faces, faces.validation)
        if path := config.export_path(run.seed):
            lines += _export(run, path, config, faces)
    return lines


def _device(wanted: str) -> str:
    there = torch.cuda.is_available()
    if wanted.startswith("cuda") and not there:
        raise BadInput("PyTorch finds no GPU that it can use; use --device cpu", where=f"--device {wanted}")
    return wanted or ("cuda" if there else "cpu")


def _open_runs(config: TrainingConfig, teachers: Teachers | None, faces: str) -> list[TrainingRun]:
    runs = [
        TrainingRun(
            config.hyperparameters,
            seed,
            folder,
            config.device,
            teachers.name if teachers else "",
            config.relight,
            _digest(path) if path else "",
            faces,
        )
        for seed, folder, path in zip(config.seeds, config.run_folders, config.pretrained_per_seed, strict=True)
    ]
    for run in runs:
        run.resume()
    return runs


def _digest(path: Path) -> str:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()[:12]
    except OSError as error:
        raise BadFile(path, [f"cannot be read: {error.strerror or error}"]) from error


def _prepared(config: TrainingConfig, read: TrainingFaces, progress: Progress) -> TrainingSet:
    faces, valid = read.training, read.validation
    cache = config.folder.parent  # landmarks and lamps take minutes: runs beside each other share them
    own = cache_of(config.faces, cache)
    landmarks, found = cached_landmarks(faces, own, partial(progress, "landmarks of the training faces"))
    valid_landmarks, _ = cached_landmarks(valid, own, partial(progress, "landmarks of the validation faces"))
    computed = None
    if read.computed is not None:
        told = partial(progress, "landmarks of the computed faces")
        computed = (read.computed, cached_landmarks(read.computed, cache, told)[0])
    progress("computing lamps", 0.0)
    lamps = training_light(config.hyperparameters.lamp_count, cache, lent_detail(faces, landmarks, found))
    augmenter = Augmenter(faces, landmarks, config.hyperparameters.augment, lamps if config.relight else None)
    # Validation faces are relit also where training faces are not: that is what the comparison measures.
    validation = make_validation(valid, valid_landmarks, replace(augmenter, lamps=lamps))
    return TrainingSet(
        read, augmenter, computed, validation, valid.images[:PARITY_FACES], valid_landmarks[:PARITY_FACES]
    )


def _check_counts(config: TrainingConfig, faces: TrainingFaces) -> None:
    needed, there = config.hyperparameters.batch_size, len(faces.training)
    if there < needed:
        what = "holds" if config.validation_faces else "has in the part train"
        raise BadFile(
            config.faces, [f"{what} {there} faces; the preset {config.preset!r} needs {needed} or more (a batch)"]
        )
    if not len(faces.validation):
        raise BadFile(
            config.validation_faces or config.faces, ["no face has a label (a majority of votes) to evaluate on"]
        )


def _augmented_batches(augmenter: Augmenter, seed: int) -> Iterator[torch.Tensor]:
    rng = np.random.default_rng(seed)
    for _ in range(BATCH_NORM_BATCHES):
        yield torch.from_numpy(augmenter.batch(rng.choice(len(augmenter.faces), BATCH_NORM_BATCH_SIZE), rng))


def _exported(run: TrainingRun) -> Path:
    return run.folder / ("mixed.pt" if run.preset.clean_answer_weight else "best.pt")


def _export(run: TrainingRun, path: Path, config: TrainingConfig, faces: TrainingSet) -> list[str]:
    best = _exported(run)
    if path.suffix == ".pt":
        return [f"{path}: {save_float16_weights(best, path) / 2**20:.1f} MiB"]
    recipe = config.preset + (f" taught by {run.teachers}" if run.teachers else "")
    recipe += f" from {run.pretrained}" if run.pretrained else ""
    recipe += f" with computed faces {faces.computed[0].fingerprint()[:12]}" if faces.computed else ""
    augmenter = faces.augmenter
    provenance = Provenance(recipe, run.seed, config.relight, augmenter.faces, augmenter.landmarks, faces.validation)
    with whole_export(path, best) as made:
        float32, int8 = release(best, made, config.version, provenance)
        gpu_variant = _export_gpu_variant(made, path, faces)
    return [
        f"{path}: {card_figures(float32)}",
        f"int8: {card_figures(int8) if int8 else 'not kept: it loses more than 0.3 points'}",
        gpu_variant,
    ]


def _export_gpu_variant(made: Path, path: Path, faces: TrainingSet) -> str:
    try:
        variant, difference = make_gpu_variant(made, parity_faces_from(faces.parity_images, faces.parity_landmarks))
    except NotEquivalent as error:
        return f"for GPUs: not kept: {error}"
    return f"for GPUs: {path.with_name(variant.name)}, probabilities differ by at most {difference:.4f}"


def _plot(folder: Path) -> None:
    """Draw a run's log beside it."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    rows = logged(folder)
    figure, axes = plt.subplots(figsize=(7, 4))
    for name in ("accuracy", "accuracy_dark", "macro_f1"):
        axes.plot([int(row["epoch"]) for row in rows], [float(row[name]) for row in rows], label=name)
    axes.set_xlabel("epoch")
    axes.legend()
    figure.savefig(folder / "plot.png", dpi=120)
    plt.close(figure)
