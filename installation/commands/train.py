"""``chiaro train``: the emotion network from labelled faces, with progress, checkpoints and a plot."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from models.run import Run


PROVED_ON = 200
"""Validation faces on which the variant for GPUs must say what the float32 file says."""


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command("train")(train)


def train(
    faces: Path = typer.Argument(..., help="Training faces: contact sheet with its .csv, .npz, or class-named folders"),
    valid: Path = typer.Argument(..., help="Validation faces; everything is chosen on them"),
    preset: str = typer.Option("cpu", help="quick, cpu, gpu, teacher, or six (the forebears' network)"),
    seed: int = typer.Option(1, help="The same seed on the same CPU gives the same network"),
    folder: Path = typer.Option(Path("runs/train"), help="Checkpoints, log.csv and plot.png; a stopped run goes on"),
    epochs: int = typer.Option(0, min=0, help="Instead of the preset's"),
    workers: int = typer.Option(-1, min=-1, help="Processes that relight and darken, instead of the preset's"),
    relight: bool = typer.Option(True, help="Relit faces among the training faces"),
    teachers: list[Path] = typer.Option([], "--teacher", help="best.pt of another run to learn from; give several"),
    device: str = typer.Option("", help="cpu or cuda; '' = cuda when it is there"),
    export_to: Path = typer.Option(
        Path(""), "--export", help="Write the .onnx file there when done; with .pt: only the weights, to teach with"
    ),
    version: str = typer.Option("1.0", help="Version told by the exported file"),
) -> None:
    """Train the emotion network (needs the extra: pip install "chiaroscuro[train]")."""
    from installation.plain_errors import plain_errors

    with plain_errors():
        from dataclasses import replace

        import torch
        from rich.progress import Progress

        from calibration.toml import BadFile
        from models import relight as relighting
        from models import validation as judging
        from models.augment import Augmenter
        from models.distil import Teachers
        from models.faces import read_faces
        from models.recipe import PRESETS
        from models.run import Run
        from models.train import train as train_on

        if preset not in PRESETS:
            raise BadFile("--preset", [f"{preset!r} is none of {', '.join(PRESETS)}"])
        chosen = PRESETS[preset]
        chosen = replace(chosen, epochs=epochs or chosen.epochs, workers=chosen.workers if workers < 0 else workers)
        device = device or ("cuda" if torch.cuda.is_available() else "cpu")
        taught = Teachers(teachers, device) if teachers else None
        run = Run(chosen, seed, folder, device, taught.name if taught else "")
        run.resume()
        with Progress() as bar:
            task = bar.add_task("reading faces", total=1.0)
            labelled, judged = read_faces(faces), read_faces(valid).judged()
            if len(labelled) < chosen.batch:
                raise BadFile(faces, [f"holds {len(labelled)} faces; {preset!r} needs {chosen.batch} or more"])

            def told(line: str, share: float) -> None:
                bar.update(task, completed=share)
                if line:
                    bar.console.print(line)

            kept = folder.parent  # landmarks and lamps take minutes: runs beside each other share them
            five, _ = judging.landmarks_once(labelled, kept, lambda share: told("", share))
            five_valid, _ = judging.landmarks_once(judged, kept, lambda share: told("", share))
            lamps = relighting.training_lamps(count=chosen.lamps, kept_in=kept)
            augmenter = Augmenter(labelled, five, chosen.strength, lamps if relight else None)
            judge = judging.validation(judged, five_valid, replace(augmenter, lamps=lamps))
            bar.update(task, description=f"training, seed {seed}", completed=run.epoch / chosen.epochs)
            train_on(run, augmenter, judge, told, taught)
        _plot(run)
        if export_to.suffix == ".pt":
            from models.export import slim

            typer.echo(f"{export_to}: {slim(folder / 'best.pt', export_to) / 2**20:.1f} MiB")
        elif export_to != Path(""):
            from models.release import Sources, release, summary

            recipe = preset + (f" taught by {taught.name}" if taught else "")
            sources = Sources(recipe, seed, relight, labelled, five, judged, five_valid)
            plain, small = release(folder / "best.pt", export_to, version, sources)
            typer.echo(f"{export_to}: {summary(plain)}")
            typer.echo(f"int8: {summary(small) if small else 'loses more than 0.3 points, not kept'}")
            typer.echo(_folded(export_to, judged.images[:PROVED_ON], five_valid[:PROVED_ON]))


def _folded(model: Path, images: Sequence[NDArray[np.uint8]], landmarks: NDArray[np.float32]) -> str:
    from models.fold import Differs, fold
    from models.proof import in_every_light

    try:
        made, off = fold(model, in_every_light(images, landmarks))
    except Differs as error:
        return f"for a GPU: not kept: {error}"
    return f"for a GPU: {made}, probabilities differ by at most {off:.4f}"


def _plot(run: Run) -> None:
    """Draw the run's log beside it."""
    import csv

    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    with (run.folder / "log.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    figure, axes = pyplot.subplots(figsize=(7, 4))
    for name in ("accuracy", "accuracy_dark", "macro_f1"):
        axes.plot([int(row["epoch"]) for row in rows], [float(row[name]) for row in rows], label=name)
    axes.set_xlabel("epoch")
    axes.legend()
    figure.savefig(run.folder / "plot.png", dpi=120)
