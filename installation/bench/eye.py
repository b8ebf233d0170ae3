"""``chiaro bench eye``: what a frame costs, stage by stage, and how soon a change in a face is on the wire."""

from __future__ import annotations

import os

from installation.bench.eye_crowd import crowd_figures, load_note
from installation.bench.eye_stages import stage_figures
from installation.bench.eye_to_wire import REACHED, measure
from installation.bench.report import Progress, Report

CAMERA = "CHIARO_FOOTAGE"
"""Environment variable that names a video to analyse instead of the simulated visitor."""

CROWDS = "N faces: computed heads at 60 frames/s and 1280x720, the eye as fast as it can, beside a film of 1920x1080"
NOBODY = "no mood with a face reached the receiver, so no latency is known: the eye was lost, or nobody was seen"


def run(progress: Progress) -> Report:
    """Measure the stages alone on one thread, then eye, film and broadcast together as in a show, then with a crowd."""
    figures, notes = stage_figures(lambda what, share: progress(what, share / 3))
    together = measure(os.environ.get(CAMERA, "visitor"), lambda what, share: progress(what, (1 + share) / 3))
    crowds = crowd_figures(lambda what, share: progress(what, (2 + share) / 3))
    if any(figure.name.endswith(REACHED) and not figure.value for figure in (*together, *crowds)):
        notes = (*notes, NOBODY)
    return Report("eye", (*figures, *together, *crowds), (*notes, CROWDS, load_note()))
