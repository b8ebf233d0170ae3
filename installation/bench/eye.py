"""``chiaro bench eye``: what a look costs, stage by stage."""

from __future__ import annotations

from installation.bench.eye_stages import stage_figures
from installation.bench.report import Progress, Report


def run(progress: Progress) -> Report:
    """Measure the eye's stages on one thread."""
    figures, notes = stage_figures(progress)
    return Report("eye", figures, notes)
