"""Eyes on other machines: what the line to the stage adds, measured between real processes on loopback."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from calibration.venue import Venue
from installation.bench.eye import CAMERA
from installation.bench.report import Figure, Progress, Report
from installation.eye.supervisor import EyeSupervisor
from installation.eyes.eyes import Eyes
from installation.eyes.key import make_key
from installation.host.console import LossReporter
from installation.host.health import Sense
from models.mood import Mood

SECONDS, STARTS_WITHIN = 20.0, 60.0
MANY, MANY_FRAMES = 8, 1.0
"""Eyes at once, and the frames that each of them analyses in a second: the line is measured, not eight detectors."""
PORT = 18473


class _Stage:
    """The stage's eyes, and when each mood of them was there for its broadcast."""

    def __init__(self, folder: Path, names: tuple[str, ...]) -> None:
        self.key = folder / "eyes.key"
        if not self.key.exists():
            make_key(self.key)
        eyes = {"listen": "127.0.0.1", "port": PORT, "key_file": str(self.key), "merge": "mean"}
        venue = Venue.model_validate({"camera": {"source": "none"}, "eyes": eyes | {name: {} for name in names}})
        self.added: list[float] = []
        """Seconds from leaving the eye's program until the merged mood was there."""
        self._sent = dict.fromkeys(names, 0.0)
        self.eyes = Eyes(venue, LossReporter(), self._heard, _no_own_eye)

    def _heard(self, _mood: Mood) -> None:
        now = time.monotonic()  # one machine, one monotonic clock: the eye's is ours
        for name, eye in self.eyes.remote.items():
            if eye.sent != self._sent[name]:
                self._sent[name] = eye.sent
                self.added.append(now - eye.sent)

    def all_see(self) -> bool:
        return all(one.state is Sense.OK for one in self.eyes.each) and self.eyes.mood(time.monotonic()).trusted


def _no_own_eye(_on_mood: object) -> EyeSupervisor:
    raise AssertionError("the stage of this benchmark has no camera")


def run(progress: Progress) -> Report:
    """One eye at its full pace, then eight; then it is killed, and comes back."""
    figures: list[Figure] = []
    with tempfile.TemporaryDirectory() as named:
        folder = Path(named)
        with _stage(folder, ("eye1",)) as stage, _eyes(folder, stage, frames=15.0) as processes:
            progress("one eye starts", 0.0)
            _wait(stage)
            figures += _measured(stage, "1 eye", SECONDS, progress, 0.1)
            clock = stage.eyes.remote["eye1"].clock
            if clock is not None:
                figures.append(Figure("1 eye: its clock is told wrong by", abs(clock.here(0.0)) * 1000, "ms"))
            progress("it is killed", 0.4)
            processes[0].send_signal(signal.SIGKILL)
            figures.append(Figure("kill -9: no longer trusted after", _until(lambda: not stage.all_see()), "s"))
            with _eyes(folder, stage, frames=15.0):
                figures.append(Figure("started again: trusted after", _until(stage.all_see), "s"))
        names = tuple(f"eye{number + 1}" for number in range(MANY))
        with _stage(folder, names) as stage, _eyes(folder, stage, frames=MANY_FRAMES):
            progress("eight eyes start", 0.6)
            _wait(stage)
            figures += _measured(stage, f"{MANY} eyes", SECONDS, progress, 0.8)
    source = Path(os.environ[CAMERA]).name if os.environ.get(CAMERA) else "the simulated visitor"
    load = f"load of the machine at the end: {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    return Report("eyes", tuple(figures), tuple(filter(None, (f"each eye looks at {source}", load))))


@contextmanager
def _stage(folder: Path, names: tuple[str, ...]) -> Iterator[_Stage]:
    stage = _Stage(folder, names)
    stage.eyes.start()
    try:
        yield stage
    finally:
        stage.eyes.close()


@contextmanager
def _eyes(folder: Path, stage: _Stage, frames: float) -> Iterator[list[subprocess.Popen[bytes]]]:
    """Programs ``chiaro eye``, one for each that the stage names."""
    venue = folder / "eye.toml"
    venue.write_text(f"[eye]\nframes_per_second = {frames}\n")
    camera = os.environ.get(CAMERA) or "visitor"
    base = [sys.executable, "-m", "installation", "eye", "--to", f"127.0.0.1:{PORT}", "--key", str(stage.key)]
    found = [
        subprocess.Popen(  # noqa: S603 - our own program
            [*base, "--venue", str(venue), "--camera", camera, "--name", name],
            env=os.environ | {"CHIARO_STATE": str(folder / name)},
            stderr=subprocess.DEVNULL,
        )
        for name in stage.eyes.remote
    ]
    try:
        yield found
    finally:
        for process in found:
            process.terminate()
        for process in found:
            process.wait()


def _wait(stage: _Stage) -> None:
    """Until all see; on a busy machine some may never do so at the same moment, and are measured all the same."""
    limit = time.monotonic() + STARTS_WITHIN
    while not stage.all_see() and time.monotonic() < limit:
        time.sleep(0.05)


def _until(true: Callable[[], bool]) -> float:
    begun = time.monotonic()
    while not true() and time.monotonic() - begun < STARTS_WITHIN:
        time.sleep(0.005)
    return time.monotonic() - begun


def _measured(stage: _Stage, who: str, seconds: float, progress: Progress, share: float) -> list[Figure]:
    progress(f"{who} look", share)
    stage.added.clear()
    used = time.process_time()
    time.sleep(seconds)
    processor, added = time.process_time() - used, np.array(stage.added) * 1000
    if not len(added):
        return [Figure(f"{who}: moods that came", 0.0, "1/s")]
    return [
        Figure(f"{who}: moods that came", len(added) / seconds, "1/s"),
        Figure(f"{who}: added latency, p50", float(np.percentile(added, 50)), "ms"),
        Figure(f"{who}: added latency, p95", float(np.percentile(added, 95)), "ms"),
        Figure(f"{who}: added latency, most", float(added.max()), "ms"),
        Figure(f"{who}: processor of the stage for them", 100 * processor / seconds, "% of a core"),
    ]
