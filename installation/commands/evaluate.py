"""``chiaro evaluate``: how well a classifier does on labelled faces."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from installation.commands.choices import chosen, completion, shown
from installation.host.terminal import say

if TYPE_CHECKING:
    from models.evaluation.evaluate import Evaluation


PARTS = ("train", "valid", "test")
"""As in ``models.dataset.table``, which is not imported for the help: it needs NumPy."""


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command("evaluate")(evaluate)


def evaluate(  # noqa: PLR0913 - each argument is one of the command's options
    faces: Path = typer.Argument(
        ...,
        help="Class-named folders, a table of labels (.csv: path,label[,group]), a contact sheet with its .csv beside "
        "it, or an .npz with images and labels",
    ),
    model: str = typer.Option("", help="onnx file; '' = the shipped one"),
    part: str = typer.Option(
        "",
        help="Only this part of a folder that 'chiaro dataset split' has divided",
        metavar=shown(PARTS),
        autocompletion=completion(PARTS),
    ),
    as_json: bool = typer.Option(False, "--json", help="Print the figures as JSON"),
    pictures: Path = typer.Option(Path("evaluation"), help="Folder for the confusion matrix and the reliability plot"),
    dark: bool = typer.Option(
        False, help="Also measure under a lamp overhead, in the dark, and with a shaking face box (minutes)"
    ),
    int8: bool = typer.Option(False, help="Use the int8 variant beside the file"),
) -> None:
    """Print n, accuracy, macro-F1, recall of each class and calibration error; draw confusion and reliability.

    Where a table of labels has a column named group, also how well each group is read, and how often its neutral faces
    are read as an emotion.
    """
    from installation.host.errors import plain_errors

    with plain_errors():
        import json

        from calibration.errors import BadFile
        from installation.host.plain_console import progress_bar
        from models.dataset.parts import read_part
        from models.evaluation.dataset import read_faces
        from models.evaluation.evaluate import evaluate as measure
        from models.evaluation.plots import confusion_picture, reliability_picture, write_png
        from models.seeing.classifier import open_classifier

        labelled = read_part(faces, chosen(part, PARTS, "--part")) if part else read_faces(faces)
        if not len(labelled.with_label()):
            raise BadFile(
                faces,
                ["no face has a label (a majority of the votes), so there is nothing to measure; add labelled faces"],
            )
        try:
            pictures.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise BadFile(
                pictures,
                [f"the folder for the pictures cannot be made: {error.strerror}; choose another with --pictures"],
            ) from error
        classifier = open_classifier(model, "auto", int8=int8)
        with progress_bar() as bar:
            task = bar.add_task("reading", total=1.0)
            found = measure(
                classifier,
                labelled,
                dark,
                lambda what, share: bar.update(task, description=what or None, completed=share),
            )
        write_png(pictures / "confusion.png", confusion_picture(found.clean))
        write_png(pictures / "reliability.png", reliability_picture(found.clean))
        say(json.dumps(_plain(found, classifier.line), indent=2) if as_json else _lines(found, classifier.line))


def _plain(found: Evaluation, model: str) -> dict[str, object]:
    clean = found.clean
    figures: dict[str, object] = {
        "model": model,
        "n": clean.n,
        "accuracy": clean.accuracy,
        "macro_f1": clean.macro_f1,
        "recall": clean.recall,
        "ece": clean.ece,
        "landmarks_found": found.landmarks_found,
        "confusion": clean.confusion.tolist(),
    }
    if found.groups:
        figures["groups"] = [
            {"group": g.name, "read_as": g.read_as}
            | {"n": g.right.of, "accuracy": g.right.value, "accuracy_between": g.right.between}
            | {"neutral": g.neutral_misread.of, "neutral_misread": g.neutral_misread.value}
            | {"neutral_misread_between": g.neutral_misread.between}
            for g in found.groups
        ]
    if found.dark:
        figures["jitter"] = found.jitter
        figures["dark"] = [
            {
                "elevation": c.elevation,
                "mean": c.mean,
                "accuracy": s.accuracy,
                "macro_f1": s.macro_f1,
                "ece": s.ece,
                "same_answer": same,
            }
            for c, s, same in found.dark
        ]
    return figures


def _lines(found: Evaluation, model: str) -> str:
    from calibration.files import shown

    clean = found.clean
    lines = [model, f"n         {clean.n}", f"accuracy  {clean.accuracy:.4f}", f"macro-F1  {clean.macro_f1:.4f}"]
    lines += [f"ECE       {clean.ece:.4f}", f"landmarks found in {100 * found.landmarks_found:.1f} % of the faces"]
    lines += [f"recall    {name:<10}{value:.3f}" for name, value in clean.recall.items()]
    if found.groups:
        lines.append(
            "group                   n   right, % (95 %)           neutral   misread, % (95 %)         mostly as"
        )
        lines += [
            f"{shown(g.name, 20):<20}{g.right.of:5d}   {g.right.percent():<24}  {g.neutral_misread.of:7d}"
            f"   {g.neutral_misread.percent():<24}  {g.read_as}"
            for g in found.groups
        ]
    lines += [
        f"lamp {c.elevation:.0f} degrees, face mean {c.mean:.0f}: accuracy {s.accuracy:.4f}"
        f" ({100 * s.accuracy / clean.accuracy:.1f} % of clean kept), ECE {s.ece:.4f},"
        f" same answer as in the light {100 * same:.1f} %"
        for c, s, same in found.dark
    ]
    if found.jitter is not None:
        lines.append(
            f"mean change of the top probability when the box moves by up to 2 pixels of 64: {found.jitter:.4f}"
        )
    return "\n".join(lines)
