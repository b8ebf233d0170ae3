"""One course through all ways to decide, drawn: what the visitor shows, what each way reports."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

from calibration.extras import missing_line
from installation.bench.decision_courses import Seen
from installation.bench.decision_rows import ROWS
from models.labels import LABELS

COLOURS = ("#9e9e9e", "#f2b705", "#f27405", "#2f6fb5", "#c0392b", "#5d8a3a", "#7b4fa3", "#8d6e63")


def plot(course: list[Seen], folder: Path) -> str:
    """Write ``decision.png`` into ``folder``. Returns the line to tell: where it is, or why there is none."""
    try:
        from matplotlib.figure import Figure
    except ImportError:
        return f"no plot: {missing_line('train', 'drawing', ['matplotlib'])}"
    folder.mkdir(parents=True, exist_ok=True)
    start = course[0][0]
    bands = [("what the face shows", [(t - start, shown) for t, _, shown in course])]
    for row in ROWS:
        judge = row()
        bands.append((row.name, [(t - start, judge.update(faces, t)) for t, faces, _ in course]))
    figure = Figure(figsize=(11, 5.5), layout="constrained")
    above, below = figure.subplots(2, 1, sharex=True, height_ratios=(2, 3))
    seen = [(t - start, max(faces, key=lambda face: face.detection.box[3])) for t, faces, _ in course if faces]
    for k, (label, colour) in enumerate(zip(LABELS, COLOURS, strict=True)):
        above.plot([t for t, _ in seen], [face.probabilities[k] for _, face in seen], color=colour, lw=0.8, label=label)
    above.set_ylabel("probability of each frame")
    above.legend(loc="upper left", bbox_to_anchor=(1, 1), fontsize=8)
    for y, (_, labels) in enumerate(reversed(bands)):
        spans = [(t, until - t, name) for (t, name), (until, _) in pairwise(labels) if name is not None]
        colours = [COLOURS[LABELS.index(name)] for _, _, name in spans]
        below.broken_barh([(t, width) for t, width, _ in spans], (y - 0.35, 0.7), facecolors=colours)
    below.set_yticks(range(len(bands)), [name for name, _ in reversed(bands)])
    below.set_xlabel("seconds")
    path = folder / "decision.png"
    figure.savefig(path, dpi=110)
    return f"plot of one course: {path}"
