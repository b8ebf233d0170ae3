"""``chiaro train``: the emotion network from labelled faces, with progress, checkpoints and a plot."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from models.train import Run


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command("train")(train)


def train(
    faces: Path = typer.Argument(..., help="Training faces: contact sheet with its .csv, .npz, or class-named folders"),
    valid: Path = typer.Argument(..., help="Validation faces; everything is chosen on them"),
    preset: str = typer.Option("cpu", help="quick, cpu or gpu"),
    seed: int = typer.Option(1, help="The same seed on the same machine gives the same network"),
    folder: Path = typer.Option(Path("runs/train"), help="Checkpoints, log.csv and plot.png; a stopped run goes on"),
    epochs: int = typer.Option(0, min=0, help="Instead of the preset's"),
    relight: bool = typer.Option(True, help="Relit faces among the training faces"),
    device: str = typer.Option("", help="cpu or cuda; '' = cuda when it is there"),
    export_to: Path = typer.Option(Path(""), "--export", help="Write the onnx file there when done"),
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
        from models import train as training
        from models.augment import Augmenter
        from models.faces import read_faces

        if preset not in training.PRESETS:
            raise BadFile("--preset", [f"{preset!r} is none of {', '.join(training.PRESETS)}"])
        chosen = training.PRESETS[preset]
        chosen = replace(chosen, epochs=epochs or chosen.epochs)
        run = training.Run(chosen, seed, folder, device or ("cuda" if torch.cuda.is_available() else "cpu"))
        with Progress() as bar:
            task = bar.add_task("reading faces", total=1.0)
            labelled, judged = read_faces(faces), read_faces(valid).judged()
            five, _ = training.landmarks_once(labelled, folder, lambda share: bar.update(task, completed=share))
            five_valid, _ = training.landmarks_once(judged, folder, lambda share: bar.update(task, completed=share))
            lamps = relighting.training_lamps(count=chosen.lamps)
            augmenter = Augmenter(labelled, five, chosen.strength, lamps if relight else None)
            judge = training.validation(judged, five_valid, replace(augmenter, lamps=lamps))
            run.resume()
            bar.update(task, description=f"training, seed {seed}", completed=run.epoch / chosen.epochs)

            def told(line: str, share: float) -> None:
                bar.update(task, completed=share)
                if line:
                    bar.console.print(line)

            training.train(run, augmenter, judge, told)
        _plot(run)
        if export_to != Path(""):
            from models.release import Sources, release, summary

            sources = Sources(preset, seed, relight, labelled, five, judged, five_valid)
            plain, small = release(folder / "best.pt", export_to, version, sources)
            typer.echo(f"{export_to}: {summary(plain)}")
            typer.echo(f"int8: {summary(small) if small else 'loses more than 0.3 points, not kept'}")


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
