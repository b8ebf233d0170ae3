"""Two hours of the demo film at its own pace: what the stage holds of memory, threads and descriptors; their slopes.

A player's memory swings with the clips that are open (by 250 MB for the demo film), so the least value of each quarter
of an hour counts, and a line through those: in five minutes there is not always a moment with few clips open. The
first minutes are left out, in which each clip is opened for the first time.
"""

from __future__ import annotations

import csv
import os
import subprocess
import sys
import time
from dataclasses import astuple, dataclass, fields
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import numpy as np
import typer

from calibration.errors import BadInput
from calibration.progress import Progress
from installation.bench.report import Figure, Report

HOURS = 2.0
EVERY_SECONDS = 2.0
WINDOW_SECONDS = 900.0
SETTLE_SECONDS = 600.0
EYE_FRAMES_PER_SECOND = 5
"""The stage is measured: the eye leaves it the machine."""


@dataclass(frozen=True, slots=True)
class Sample:
    """What the system says of the stage at one moment. Megabytes are millions of bytes."""

    seconds: float
    resident_megabytes: float
    proportional_megabytes: float
    """Resident, with each shared page divided among those who share it."""
    own_megabytes: float
    """Anonymous pages: all that the stage has allocated."""
    threads: float
    descriptors: float
    load: float


MEASURED = {
    "resident_megabytes": "MB",
    "proportional_megabytes": "MB",
    "own_megabytes": "MB",
    "threads": "",
    "descriptors": "",
}


def sample(process: int, seconds: float) -> Sample:
    """Read /proc of ``process``. Raises ``OSError`` when it has ended."""
    of = Path(f"/proc/{process}")
    memory = {
        line.split(":")[0]: int(line.split()[1]) * 1024 / 1e6
        for line in (of / "smaps_rollup").read_text().splitlines()[1:]
    }
    status = (of / "status").read_text()
    threads = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("Threads:"))
    descriptors = len(list((of / "fd").iterdir()))
    return Sample(
        seconds, memory["Rss"], memory["Pss"], memory["Anonymous"], threads, descriptors, round(os.getloadavg()[0], 2)
    )


def slope(seconds: np.ndarray, values: np.ndarray) -> tuple[float, float]:
    """What ``values`` grow by in an hour and its standard error, by the least values of whole quarters of an hour."""
    windows = ((seconds - seconds[0]) // WINDOW_SECONDS).astype(int)
    whole = range(int((seconds[-1] - seconds[0] + 2 * EVERY_SECONDS) // WINDOW_SECONDS))
    least = np.array([values[windows == window].min() for window in whole])
    hours = (np.array(whole) + 0.5) * WINDOW_SECONDS / 3600
    if len(least) < 3:
        return float("nan"), float("nan")
    (growth, _), squares, *_ = np.polyfit(hours, least, 1, full=True)
    rest = float(squares[0]) if len(squares) else 0.0
    return float(growth), float(np.sqrt(rest / (len(least) - 2) / ((hours - hours.mean()) ** 2).sum()))


def report_of(samples: list[Sample]) -> Report:
    """Least values of the first and last quarter of an hour, and the slope, after the first ten minutes."""
    after = [one for one in samples if one.seconds >= SETTLE_SECONDS]
    if len(after) < 2:
        return Report("soak", (), ("too short: the first ten minutes do not count",))
    seconds = np.array([one.seconds for one in after])
    figures = []
    for name, unit in MEASURED.items():
        values = np.array([getattr(one, name) for one in after])
        growth, error = slope(seconds, values)
        words = name.replace("_megabytes", " memory")
        figures += [
            Figure(
                f"{words}, least of the first 15 min", float(values[seconds < seconds[0] + WINDOW_SECONDS].min()), unit
            ),
            Figure(f"{words}, median", float(np.median(values)), unit),
            Figure(f"{words}, most", float(values.max()), unit),
            Figure(
                f"{words}, least of the last 15 min", float(values[seconds > seconds[-1] - WINDOW_SECONDS].min()), unit
            ),
            Figure(f"{words}, slope", growth, f"{unit}/h".lstrip("/")),
            Figure(f"{words}, standard error of the slope", error, f"{unit}/h".lstrip("/")),
        ]
    hours = (seconds[-1] - seconds[0]) / 3600
    load = sum(one.load for one in after) / len(after)
    return Report(
        "soak", tuple(figures), (f"{hours:.2f} hours, a sample every {EVERY_SECONDS:g} s, mean load {load:.1f}",)
    )


def run(progress: Progress, hours: float = HOURS, table: Path | None = None) -> Report:
    """Play, and measure. ``table``: a CSV file to write each sample to at once."""
    if not Path("/proc/self/smaps_rollup").is_file():
        raise BadInput("the soak reads memory from /proc, which this system does not have", where="bench soak")
    samples: list[Sample] = []
    with TemporaryDirectory() as folder, Path(table or os.devnull).open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(field.name for field in fields(Sample))
        show = _begin_show(Path(folder))
        begun = time.monotonic()
        try:
            while (seconds := time.monotonic() - begun) < hours * 3600 and show.poll() is None:
                samples.append(sample(show.pid, round(seconds, 1)))
                rows.writerow(astuple(samples[-1]))
                file.flush()
                progress(f"{samples[-1].resident_megabytes:.0f} MB", seconds / (hours * 3600))
                time.sleep(EVERY_SECONDS)
        finally:
            show.terminate()
            show.wait()
    return report_of(samples)


def _begin_show(folder: Path) -> subprocess.Popen[bytes]:
    venue = folder / "soak.toml"
    venue.write_text(
        f'name = "soak"\n[osc]\nlisten_port = 0\n[eye]\nframes_per_second = {EYE_FRAMES_PER_SECOND}\n', encoding="utf-8"
    )
    command = [sys.executable, "-m", "installation", "run", "--headless", "--mute", "--camera", "visitor"]
    return subprocess.Popen(  # noqa: S603 - our own program
        [*command, "--venue", str(venue)], env=os.environ | {"CHIARO_STATE": str(folder)}, stdin=subprocess.DEVNULL
    )


def main(
    hours: Annotated[float, typer.Option(help="How long to play.")] = HOURS,
    table: Annotated[Path | None, typer.Option(help="CSV file for the samples.")] = None,
    read: Annotated[bool, typer.Option("--read", help="Play nothing: the figures of a table that exists.")] = False,
) -> None:
    """Measure, or read what was measured."""
    if read and table:
        with table.open(newline="", encoding="utf-8") as file:
            rows = [Sample(*map(float, row)) for row in list(csv.reader(file))[1:] if len(row) == len(fields(Sample))]
        report_of(rows).show()
        return
    run(lambda _what, _share: None, hours, table).show()


if __name__ == "__main__":
    typer.run(main)
