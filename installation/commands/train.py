"""``chiaro train``: the emotion network from labelled faces, with progress, checkpoints and a plot."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from models.arrays import Floats, Image

if TYPE_CHECKING:
    from models.lighting.relight import Sky
    from models.training.augment import Augmenter
    from models.training.network import EmotionNet
    from models.training.presets import Preset
    from models.training.training_run import Run


PROVED_ON = 200
"""Validation faces on which the variant for GPUs must say what the float32 file says."""


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command("train")(train)


def train(
    faces: Path = typer.Argument(..., help="Training faces: contact sheet with its .csv, .npz, or class-named folders"),
    valid: Path = typer.Argument(..., help="Validation faces; everything is chosen on them"),
    preset: str = typer.Option("cpu", help="quick, cpu, gpu, teacher, or six (the forebears' network)"),
    seeds: list[int] = typer.Option(
        [1], "--seed", help="Give several to train as many networks on the same batches; each has its own folder then"
    ),
    folder: Path = typer.Option(Path("runs/train"), help="Checkpoints, log.csv and plot.png; a stopped run goes on"),
    epochs: int = typer.Option(0, min=0, help="Instead of the preset's"),
    workers: int = typer.Option(-1, min=-1, help="Processes that relight and darken, instead of the preset's"),
    relight: bool = typer.Option(True, help="Relit faces among the training faces"),
    lamps: str = typer.Option("", help="front or side: train --begin further, for lamps there in a dark room"),
    begin: list[Path] = typer.Option([], help="Network to go on from: best.pt or .onnx; one, or one for each seed"),
    teachers: list[Path] = typer.Option([], "--teacher", help="best.pt of another run to learn from; give several"),
    device: str = typer.Option("", help="cpu or cuda; '' = cuda when it is there"),
    export_to: Path = typer.Option(
        Path(""), "--export", help="Write the .onnx file there when done; with .pt: only the weights, to teach with"
    ),
    version: str = typer.Option("1.0", help="Version told by the exported file"),
) -> None:
    """Train the emotion network (needs the extra: pip install "chiaroscuro[train]")."""
    from installation.host.errors import plain_errors

    with plain_errors():
        from dataclasses import replace

        import torch
        from rich.progress import Progress

        from calibration.errors import BadFile, BadInput
        from models.evaluation.dataset import read_faces
        from models.lighting.relight import training_lamps
        from models.training import validation as judging
        from models.training.augment import Augmenter
        from models.training.distillation import Teachers
        from models.training.presets import PRESETS, SKIES, under_lamps
        from models.training.train import train as train_on
        from models.training.training_run import Run

        if faults := _faults(preset, PRESETS, lamps, SKIES, seeds, begin, relight):
            raise BadInput(*faults)
        chosen = under_lamps(PRESETS[preset]) if lamps else PRESETS[preset]
        chosen = replace(chosen, epochs=epochs or chosen.epochs, workers=chosen.workers if workers < 0 else workers)
        device = device or ("cuda" if torch.cuda.is_available() else "cpu")
        taught = Teachers(teachers, device) if teachers else None
        folders = [folder] if len(seeds) == 1 else [folder / f"seed-{seed}" for seed in seeds]
        name = taught.name if taught else ""
        begun: list[Path | None] = [*begin] or [None]
        begun *= len(seeds) if len(begun) == 1 else 1
        runs = [
            Run(chosen, seed, one, device, name, _light(lamps, relight, path))
            for seed, one, path in zip(seeds, folders, begun, strict=True)
        ]
        for run in runs:
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
            bank = training_lamps(count=chosen.lamps, kept_in=kept, sky=SKIES.get(lamps))
            augmenter = Augmenter(labelled, five, chosen.strength, bank if relight else None)
            judge = judging.validation(judged, five_valid, replace(augmenter, lamps=bank), only_dark=bool(lamps))
            for run, path in zip(runs, begun, strict=True):
                if path and not run.epoch:
                    run.begin_from(_begun(path, run, augmenter))
            bar.update(task, description=f"training, seed {', '.join(map(str, seeds))}")
            train_on(runs, augmenter, judge, told, taught)
        recipe = preset + (f" taught by {taught.name}" if taught else "")
        for run in runs:
            _plot(run)
            path = export_to if len(runs) == 1 else export_to.with_stem(f"{export_to.stem}-{run.seed}")
            if export_to.suffix == ".pt":
                from models.training.export import slim

                typer.echo(f"{path}: {slim(run.folder / 'best.pt', path) / 2**20:.1f} MiB")
            elif export_to != Path(""):
                from models.training.release import Sources, release, summary

                sources = Sources(recipe, run.seed, relight, labelled, five, judge, lamps)
                plain, small = release(run.folder / "best.pt", path, version, sources)
                typer.echo(f"{path}: {summary(plain)}")
                lost = "none for one lamp" if lamps else "loses more than 0.3 points, not kept"
                typer.echo(f"int8: {summary(small) if small else lost}")
                typer.echo(_folded(path, judged.images[:PROVED_ON], five_valid[:PROVED_ON]))


def _faults(
    preset: str,
    presets: Mapping[str, Preset],
    lamps: str,
    skies: Mapping[str, Sky],
    seeds: Sequence[int],
    begin: Sequence[Path],
    relight: bool,
) -> list[str]:
    faults = []
    if preset not in presets:
        faults.append(f"--preset: {preset!r} is none of {', '.join(presets)}")
    if lamps and lamps not in skies:
        faults.append(f"--lamps: {lamps!r} is none of {', '.join(skies)}")
    if lamps and not (begin and relight):
        faults.append("--lamps: is for a network that knows all lamps; give it by --begin, without --no-relight")
    if len(set(seeds)) < len(seeds):
        faults.append("--seed: one is given twice")
    if begin and len(begin) not in (1, len(seeds)):
        faults.append(f"--begin: {len(begin)} networks for {len(seeds)} seeds; give one, or one for each")
    return faults


def _light(lamps: str, relight: bool, begun: Path | None) -> str:
    """What a run is trained for and begun from, so that another one does not go on from its folder."""
    from calibration.errors import BadFile

    light = lamps or ("" if relight else "no lamps")
    if begun is None:
        return light
    try:
        return f"{light} from {hashlib.sha256(begun.read_bytes()).hexdigest()[:12]}".strip()
    except OSError as error:
        raise BadFile(begun, [f"cannot be read: {error.strerror or error}"]) from error


def _begun(path: Path, run: Run, augmenter: Augmenter) -> EmotionNet:
    """The network that a run begins from."""
    import numpy as np
    import torch

    from models.training.restore import begun_from

    rng = np.random.default_rng(run.seed)
    some = (torch.from_numpy(augmenter.batch(rng.choice(len(augmenter.faces), 128), rng)) for _ in range(12))
    return begun_from(path, run.preset.shape, some)


def _folded(model: Path, images: Sequence[Image], landmarks: Floats) -> str:
    from calibration.errors import NotEquivalent
    from models.training.gpu_variant import fold
    from models.training.parity_faces import in_every_light

    try:
        made, off = fold(model, in_every_light(images, landmarks))
    except NotEquivalent as error:
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
