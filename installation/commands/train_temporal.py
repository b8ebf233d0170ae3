"""``chiaro train temporal``: networks over a visitor's looks, in the place of the judgement's filter."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import typer

from installation.commands.choices import completion, shown
from installation.commands.train import with_progress_bar
from installation.host.terminal import say

PRESETS = ("quick", "cpu", "long")
KINDS = ("gru", "tcn", "convlstm")
"""As in ``models.training.temporal_config``."""


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command("train temporal")(train_temporal)


def train_temporal(  # noqa: PLR0913 - each argument is one of the command's options
    faces: Path = typer.Argument(..., help="Training faces: contact sheet with its .csv, .npz, or class-named folders"),
    mesh: Path | None = typer.Option(None, help="The 3-D face (.npz): people who talk, blink and turn their heads"),
    model: Path | None = typer.Option(None, help="The classifier whose looks are learned from (the shipped one)"),
    kind: list[str] = typer.Option(
        list(KINDS), help="Which networks; may be given again", metavar=shown(KINDS), autocompletion=completion(KINDS)
    ),
    preset: str = typer.Option(
        "cpu", help="Hyperparameters", metavar=shown(PRESETS), autocompletion=completion(PRESETS)
    ),
    folder: Path = typer.Option(
        Path("runs/temporal"), help="Courses, checkpoints and networks; a stopped run is resumed from there"
    ),
    steps: int = typer.Option(0, min=0, help="Override the preset's number of steps (0: as in the preset)"),
) -> None:
    """Train temporal networks (needs the extra "train": see docs/decision.md)."""
    from installation.host.errors import both, plain_errors

    with plain_errors():
        from calibration.extras import needs_extra
        from models.training.temporal_config import TemporalTraining

        config, _ = both(
            lambda: TemporalTraining(
                faces=faces,
                folder=folder,
                mesh=mesh,
                model=model,
                kinds=tuple(kind),
                preset=preset,
                steps=steps or None,
            ),
            lambda: needs_extra("train", "training", "torch"),
        )
        from models.training.temporal_pipeline import run_temporal_training

        for line in with_progress_bar(partial(run_temporal_training, config), folder):
            say(line)
