"""The counts as a table for the museum's own: CSV, one row for each evening and each hour of it."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import datetime

from installation.report.figures import Figures, Report

COLUMNS: dict[str, Callable[[Figures], float | int | None]] = {
    "visits": lambda one: one.visits,
    "stopped": lambda one: one.stopped.part,
    "takes": lambda one: one.takes,
    "takes_ended_by_visitors": lambda one: one.completed.whole,
    "completed": lambda one: one.completed.part,
    "dwell_median_seconds": lambda one: one.dwell.median,
    "take_median_seconds": lambda one: one.take_seconds.median,
    "holding_power": lambda one: one.holding,
    "open_minutes": lambda one: _minutes(one.open_seconds),
    "seeing_minutes": lambda one: _minutes(one.seeing_seconds),
    "visits_per_open_and_seeing_hour": lambda one: one.visits_per_hour,
    "pictures": lambda one: one.pictures,
    "pictures_late": lambda one: one.pictures_late,
}
"""An empty cell: not told (1 to 4 visits, or such could be found by subtraction), or not known."""
HEAD = ("span", "evening", "begins", *COLUMNS)


def as_csv(report: Report) -> str:
    """The table. ``span`` is ``evening`` or ``hour``: choose one of them before adding up."""
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\r\n")
    rows.writerow(HEAD)
    for day in report.days:
        rows.writerow(["evening", day.day.isoformat(), _time(day.opened), *_cells(day.figures)])
        for hour in report.day_hours:
            if hour.day == day.day:
                rows.writerow(["hour", hour.day.isoformat(), _time(hour.start), *_cells(hour.figures)])
    return text.getvalue()


def _cells(figures: Figures) -> list[str]:
    values = (of(figures) for of in COLUMNS.values())
    return ["" if value is None else f"{value:g}" if isinstance(value, float) else str(value) for value in values]


def _minutes(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds / 60, 1)


def _time(at: datetime | None) -> str:
    return "" if at is None else at.isoformat(timespec="minutes")
