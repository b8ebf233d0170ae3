"""Trainings of a tiny network on two kinds of 'faces': some seconds each."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from calibration.progress import no_progress
from models.seeing.align import TEMPLATE
from models.training.train import train
from models.training.training_run import TrainingRun
from models.training.validation import Validation, make_validation
from tests.models.two_kinds import TINY, tiny_augmenter, two_kinds


def tiny_validation() -> Validation:
    """24 faces to evaluate on."""
    return make_validation(two_kinds(24, 2), np.repeat(TEMPLATE[None], 24, axis=0), tiny_augmenter())


def train_side_by_side(folder: Path, seeds: Sequence[int], epochs: int) -> list[TrainingRun]:
    """Start or resume a run for each seed, each in its own folder, and train them until ``epochs``."""
    runs = [TrainingRun(replace(TINY, epochs=epochs), seed, folder / str(seed)) for seed in seeds]
    for run in runs:
        run.resume()
    train(runs, tiny_augmenter(), tiny_validation(), no_progress)
    return runs


def train_tiny(folder: Path, epochs: int) -> TrainingRun:
    """Start or resume one run in ``folder/3``, and train it until ``epochs``."""
    (run,) = train_side_by_side(folder, (3,), epochs)
    return run
