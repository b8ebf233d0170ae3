"""What a training came to: figures before and after, confusion and reliability, as a page and as lines of text."""

from __future__ import annotations

import base64
import html
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np

from models.arrays import Floats, Gray
from models.evaluation.dataset import LabelledFaces
from models.evaluation.groups import Share
from models.evaluation.landmarks import aligned_faces, find_landmarks
from models.evaluation.metrics import Scores, fit_temperature, scores
from models.evaluation.plots import confusion_picture, reliability_picture, write_png
from models.seeing.align import prepare
from models.training.export import load_network
from models.training.network import EmotionNet
from models.training.training_faces import TrainingFaces
from models.training.training_run import TrainingRun
from models.training.validation import Validation, predict

PAGE = """<!DOCTYPE html>
<html lang="en"><meta charset="utf-8"><title>{title}</title>
<style>body{{font:16px/1.5 sans-serif;max-width:60em;margin:2em auto;padding:0 1em}}
td,th{{text-align:left;padding:.1em 1em .1em 0}}img{{max-width:100%}}</style>
<h1>{title}</h1>
{body}
</html>
"""


def write_report(run: TrainingRun, checkpoint: Path, faces: TrainingFaces, validation: Validation) -> list[str]:
    """Write report.html, report.txt, confusion.png and reliability.png beside the checkpoints; lines for people.

    They show the network of ``checkpoint``, which is exported: on the test part where there is one, else on the
    validation faces.
    """
    rows = list(_measured(run, load_network(checkpoint), faces, validation))
    shown_name, shown = rows[-1]
    pictures = {"confusion": confusion_picture(shown), "reliability": reliability_picture(shown)}
    for name, picture in pictures.items():
        write_png(run.folder / f"{name}.png", picture)
    lines = [f"{name}: {_figures(found)}" for name, found in rows]
    lines += [f"{shown_name}: recall {label} {100 * share:.0f} %" for label, share in shown.recall.items()]
    if faces.test is None:
        lines.append("the best epoch was chosen on these faces, so on others it does a little worse")
    (run.folder / "report.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (run.folder / "report.html").write_text(_page(run, faces, lines, shown_name, pictures), encoding="utf-8")
    return [*lines[: len(rows)], f"report: {run.folder / 'report.html'}"]


def _measured(
    run: TrainingRun, network: EmotionNet, faces: TrainingFaces, validation: Validation
) -> Iterator[tuple[str, Scores]]:
    seen = [("validation faces", validation.clean_faces, validation.labels)]
    if faces.test is not None:
        landmarks, _ = find_landmarks(faces.test.images)
        seen.append(("test faces", prepare(aligned_faces(faces.test.images, landmarks)), faces.test.labels))
    networks = [("before", run.began_with), ("after", network)]
    temperatures: dict[str, float] = {}
    for name, pictures, labels in seen:
        for when, one in networks:
            if one is not None:
                answers = predict(one, pictures)
                temperature = temperatures.setdefault(when, fit_temperature(answers, labels))  # on validation faces
                yield f"{name}, {when}", scores(_tempered(answers, temperature), labels)


def _tempered(probabilities: Floats, temperature: float) -> Floats:
    logits = np.log(np.maximum(probabilities, 1e-12)) / temperature
    raised = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=1, keepdims=True), np.float32)


def _figures(found: Scores) -> str:
    low, high = Share(round(found.accuracy * found.n), found.n).between
    sure = f"95 % sure: {100 * low:.0f} to {100 * high:.0f}"
    return (
        f"{found.n} faces, accuracy {100 * found.accuracy:.1f} % ({sure}),"
        f" macro-F1 {100 * found.macro_f1:.1f} %, ECE {found.ece:.3f}"
    )


def _page(run: TrainingRun, faces: TrainingFaces, lines: list[str], shown: str, pictures: dict[str, Gray]) -> str:
    title = f"Training in {Path(run.folder).name}"
    body = [f"<p>{html.escape(line)}</p>" for line in _sizes(faces)]
    body.append("<ul>" + "".join(f"<li>{html.escape(line)}</li>" for line in lines) + "</ul>")
    texts = {
        "confusion": "row: what the face shows; column: what the network says; percent of the row, and below the count",
        "reliability": "how often it is right at each confidence; on the diagonal confidence means what it says",
    }
    for name, picture in pictures.items():
        packed = base64.b64encode(cv2.imencode(".png", picture)[1].tobytes()).decode()
        body.append(f"<h2>{name.capitalize()}: {html.escape(shown)}</h2><p>{texts[name]}</p>")
        body.append(f'<img alt="{name}" src="data:image/png;base64,{packed}">')
    return PAGE.format(title=html.escape(title), body="\n".join(body))


def _sizes(faces: TrainingFaces) -> Iterator[str]:
    yield f"{_counted(faces.training)} to learn from, {_counted(faces.validation)} to choose on"
    if faces.test is not None:
        yield f"{_counted(faces.test)} that neither has seen"


def _counted(faces: LabelledFaces) -> str:
    return f"{len(faces)} faces"
