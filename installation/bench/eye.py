"""``chiaro bench eye``: what a frame costs, stage by stage, and how soon a change in a face is on the wire."""

from __future__ import annotations

import os

from installation.bench.eye_stages import stage_figures
from installation.bench.eye_to_wire import REACHED, measure
from installation.bench.report import Progress, Report

CAMERA = "CHIARO_FOOTAGE"
"""Environment variable that names a video to analyse instead of the simulated visitor."""

NOBODY = "no mood with a face reached the receiver, so no latency is known: the eye was lost, or nobody was seen"


def run(progress: Progress) -> Report:
    """Measure the stages alone on one thread, then eye, film and broadcast together as in a show."""
    figures, notes = stage_figures(lambda what, share: progress(what, share / 2))
    together = measure(os.environ.get(CAMERA, "visitor"), lambda what, share: progress(what, 0.5 + share / 2))
    if any(figure.name == REACHED and not figure.value for figure in together):
        notes = (*notes, NOBODY)
    return Report("eye", (*figures, *together), notes)
