"""A benchmark's result: figures with units, and ratios to a baseline measured in the same run (machines are noisy)."""

from __future__ import annotations

import json
import os
import platform
from dataclasses import asdict, dataclass, field

from rich.table import Table

from calibration.progress import Progress
from installation.host.plain_console import PlainConsole

__all__ = ["Figure", "Progress", "Report"]


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured number. ``baseline`` is the same quantity measured another, named way in the same run."""

    name: str
    value: float
    unit: str
    baseline: float | None = None
    baseline_name: str = ""

    @property
    def ratio(self) -> float | None:
        """How many times better than the baseline, where less is better; None without one."""
        return None if self.baseline is None or self.value == 0 else self.baseline / self.value


@dataclass(frozen=True, slots=True)
class Report:
    """All figures of one run of one part."""

    part: str
    figures: tuple[Figure, ...]
    notes: tuple[str, ...] = ()
    machine: str = field(default_factory=lambda: f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores")

    def to_json(self) -> str:
        """Everything, with the machine that it was measured on."""
        figures = [asdict(figure) | {"ratio": figure.ratio} for figure in self.figures]
        return json.dumps(
            {"part": self.part, "machine": self.machine, "figures": figures, "notes": self.notes}, indent=2
        )

    def show(self) -> None:
        """Print a table, the notes below it."""
        table = Table("figure", "value", "baseline", "ratio", title=f"{self.part} ({self.machine})")
        for figure in self.figures:
            baseline = (
                "" if figure.baseline is None else f"{figure.baseline:.4g} {figure.unit} ({figure.baseline_name})"
            )
            ratio = "" if figure.ratio is None else f"{figure.ratio:.3g}x"
            table.add_row(figure.name, f"{figure.value:.4g} {figure.unit}", baseline, ratio)
        PlainConsole().print(table)
        for note in self.notes:
            PlainConsole().print(note)
