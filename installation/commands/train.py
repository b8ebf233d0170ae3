"""``chiaro train``: the emotion network from labelled faces, with progress, checkpoints and a plot."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from installation.commands.choices import completion, shown
from installation.host.terminal import say

if TYPE_CHECKING:
    from calibration.progress import Progress


DEVICES = ("cpu", "cuda")
PRESETS = ("quick", "cpu", "gpu", "finetune", "teacher", "baseline", "own")
"""As in ``models.training.presets``, which is not imported for the help: it loads the lamps."""


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command("train")(train)


def train(  # noqa: PLR0913 - each argument is one of the command's options
    faces: Path = typer.Argument(
        ...,
        help="Training faces: a folder that 'chiaro dataset split' has divided; or, with VALID, a contact sheet with"
        " its .csv, .npz, or class-named folders",
    ),
    valid: Path | None = typer.Argument(
        None, help="Validation faces; epoch, temperature and int8 are chosen on them. Left out: those of the split"
    ),
    preset: str = typer.Option(
        "cpu",
        help="Hyperparameters; own: fine-tuning on a small set; baseline: the earlier installations' network",
        metavar=shown(PRESETS),
        autocompletion=completion(PRESETS),
    ),
    seeds: list[int] = typer.Option(
        [1], "--seed", help="Repeat to train several networks side by side on the same batches, each in its own folder"
    ),
    folder: Path = typer.Option(
        Path("runs/train"), help="Checkpoints, config.json, log.csv and plot.png; a stopped run is resumed from there"
    ),
    epochs: int = typer.Option(0, min=0, help="Override the preset's number of epochs (0: as in the preset)"),
    workers: int = typer.Option(
        -1, min=-1, help="Override the preset's number of processes that augment (-1: as in the preset)"
    ),
    relight: bool = typer.Option(True, help="Put part of the training faces under other lamps"),
    pretrained: list[Path] = typer.Option(
        [],
        "--pretrained",
        help="Fine-tune this network: a best.pt or an .onnx; one for all seeds, or one for each (left out with preset"
        " own: the shipped one)",
    ),
    begin: list[Path] = typer.Option([], "--begin", hidden=True, help="Old name of --pretrained"),
    computed: Path | None = typer.Option(
        None,
        "--computed",
        help="Learn from these faces too, whose labels are certain (computed ones; docs/fairness.md)",
    ),
    teachers: list[Path] = typer.Option([], "--teacher", help="Distil from this best.pt of another run; repeatable"),
    device: str = typer.Option(
        "", help="'' = cuda where there is one", metavar=shown(DEVICES), autocompletion=completion(DEVICES)
    ),
    export_to: Path | None = typer.Option(
        None, "--export", help="When done, write the network there (.onnx), or only its weights, as a teacher (.pt)"
    ),
    version: str = typer.Option("1.0", help="Version written into the exported file"),
) -> None:
    """Train the emotion network (needs the extra "train": see docs/emotion-model.md)."""
    from installation.host.errors import both, plain_errors

    with plain_errors():
        from calibration.extras import needs_extra
        from models.training.config import TrainingConfig

        config, _ = both(
            lambda: TrainingConfig(
                faces=faces,
                validation_faces=valid,
                computed=computed,
                folder=folder,
                preset=preset,
                epochs=epochs or None,
                workers=None if workers < 0 else workers,
                seeds=tuple(seeds),
                relight=relight,
                pretrained=(*pretrained, *begin),
                teachers=tuple(teachers),
                device=device,
                export=export_to,
                version=version,
            ),
            lambda: needs_extra("train", "training", "torch", "onnxscript", "matplotlib"),
        )
        from models.training.pipeline import run_training

        for line in with_progress_bar(partial(run_training, config), folder):
            say(line)


def with_progress_bar(training: Callable[[Progress], list[str]], folder: Path) -> list[str]:
    """Train in ``folder``, printing every line of progress once; what was written, a line each.

    Raises ``BadInput`` where a disk is full or may not be written.
    """
    from calibration.errors import BadInput
    from installation.host.plain_console import PlainConsole, progress_bar

    with progress_bar(PlainConsole(), transient=False) as bar:
        task = bar.add_task("training", total=1.0)
        printed = ""

        def progress(what: str, share: float) -> None:
            nonlocal printed
            bar.update(task, completed=share)
            if what and what != printed:
                bar.console.print(printed := what, soft_wrap=True)

        try:
            return training(progress)
        except OSError as error:
            goes_on = "when that is mended, the same command goes on from what was saved"
            raise BadInput(f"{error.strerror or error}; {goes_on}", where=error.filename or folder) from error
