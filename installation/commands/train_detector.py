"""``chiaro train detector``: the one-shot face detector from photographed faces in drawn dark rooms."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import typer

from installation.commands.choices import completion, shown
from installation.commands.train import DEVICES, with_progress_bar
from installation.host.terminal import say

PRESETS = ("quick", "cpu", "gpu")
"""As in ``models.training.detector_config``."""


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command("train detector")(train_detector)


def train_detector(  # noqa: PLR0913 - each argument is one of the command's options
    faces: Path = typer.Argument(..., help="Training faces: contact sheet with its .csv, .npz, or class-named folders"),
    mesh: Path | None = typer.Option(None, help="The 3-D face (.npz) from which more heads are computed"),
    preset: str = typer.Option(
        "cpu", help="Hyperparameters", metavar=shown(PRESETS), autocompletion=completion(PRESETS)
    ),
    folder: Path = typer.Option(
        Path("runs/detector"), help="Checkpoint and log.jsonl; a stopped run is resumed from there"
    ),
    steps: int = typer.Option(0, min=0, help="Override the preset's number of steps (0: as in the preset)"),
    device: str = typer.Option(
        "", help="'' = cuda where there is one", metavar=shown(DEVICES), autocompletion=completion(DEVICES)
    ),
    export_to: Path | None = typer.Option(None, "--export", help="When done, write the network there, and in int8"),
    version: str = typer.Option("1.0", help="Version written into the card"),
) -> None:
    """Train the face detector (needs the extra "train": see docs/face-detector.md)."""
    from installation.host.errors import both, plain_errors

    with plain_errors():
        from calibration.extras import needs_extra
        from models.training.detector_config import DetectorTraining

        config, _ = both(
            lambda: DetectorTraining(
                faces=faces,
                folder=folder,
                mesh=mesh,
                preset=preset,
                steps=steps or None,
                device=device,
                export=export_to,
                version=version,
            ),
            lambda: needs_extra("train", "training", "torch"),
        )
        from models.training.detector_pipeline import run_detector_training

        for line in with_progress_bar(partial(run_detector_training, config), folder):
            say(line)
