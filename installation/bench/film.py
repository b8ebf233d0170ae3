"""The film: decoding, steps of a picture, cuts against opening at the cut, sound, memory. ``chiaro bench film``.

``CHIARO_BENCH_CUTS`` sets the number of cuts at 360p (100; 1000 take 10 minutes more).
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import av
import cv2
import numpy as np

from calibration.settings import ScreenSettings
from installation.bench.eye_beside import eye_beside
from installation.bench.film_naive import naive_cuts
from installation.bench.film_stems import stem_figures
from installation.bench.film_watch import FRAME, Programme, Witness, open_screen, watch
from installation.bench.marked_clip import make_clip
from installation.bench.report import Figure, Progress, Report
from installation.film.frame_scaler import FrameScaler
from installation.film.keystone import remap_tables
from installation.host.memory import map_large_blocks
from scenes.story.clip import Clip, Transition

SMALL, FULL = (640, 360), (1920, 1080)
SMALL_SECONDS, FULL_SECONDS, RATE = 0.6, 2.0, 30
MEMORY = Path("/dev/shm")  # noqa: S108 - a random folder is made in it
CUTS = 100
UNHELD_CUTS = 24
NAIVE_CUTS = 12
FULL_CUTS = 24


def run(progress: Progress) -> Report:
    """Measure everything: four minutes, and the cuts at 360p on top."""
    cuts = int(os.environ.get("CHIARO_BENCH_CUTS", CUTS))
    notes: list[str] = []
    map_large_blocks()  # as a show does
    quick = MEMORY if MEMORY.is_dir() else None  # a disk that is written to elsewhere would be heard
    with tempfile.TemporaryDirectory(dir=quick) as name:
        folder = Path(name)
        progress("making clips", 0.0)
        small = [Clip(make_clip(folder / f"small{n}.mkv", n, SMALL_SECONDS, SMALL)) for n in range(1, 6)]
        full = [Clip(make_clip(folder / f"full{n}.mkv", n, FULL_SECONDS, FULL)) for n in range(1, 6)]
        progress("decoding", 0.1)
        figures = [*_steps(full[0].file)]
        progress("opening at the cut", 0.12)
        unheld = {
            size: watch(Programme(clips, size, UNHELD_CUTS, hold=False, ask_before_end=FRAME), folder)
            for size, clips in ((SMALL, small), (FULL, full))
        }
        figures += [*_naive("360p", small, SMALL), *_naive("1080p", full, FULL)]
        progress("cuts at 360p", 0.2)
        run_small = watch(Programme(small, SMALL, cuts), folder, _part(progress, "cuts at 360p", 0.2, 0.6))
        figures += _cut_figures("360p", run_small, round(SMALL_SECONDS * RATE), cuts, unheld[SMALL])
        answers = watch(Programme(small, SMALL, 20, at="now"), folder, _part(progress, "cues", 0.6, 0.7)).answers
        figures += _spread("cue to picture", np.array(answers) * 1000, "ms")
        cold = watch(Programme(full, FULL, 8, at="now", hold=False), folder).answers
        figures += _spread("cue to picture of a scene not held, 1080p", np.array(cold) * 1000, "ms")
        progress("cuts at 1080p", 0.7)
        alone = watch(Programme(full, FULL, FULL_CUTS), folder)
        figures += _cut_figures("1080p", alone, round(FULL_SECONDS * RATE), FULL_CUTS, unheld[FULL])
        progress("beside the eye", 0.8)
        with eye_beside() as seen:
            beside = watch(Programme(full, FULL, FULL_CUTS), folder)
        figures += _cut_figures("1080p beside the eye", beside, round(FULL_SECONDS * RATE), FULL_CUTS)
        notes.append(f"the eye analysed {seen()} pictures meanwhile (in its own process; a visitor before it)")
        progress("crossfades at 1080p", 0.9)
        crossing = watch(Programme(full, FULL, 6, transition=Transition("crossfade", 1.0)), folder)
        figures.append(Figure("pictures on time with a 1 s crossfade in each 2 s, 1080p", crossing.on_time, "%"))
        progress("stems", 0.95)
        figures += stem_figures(folder)
        figures += _memory(folder, notes)
    notes.append("opened at the cut: this player, with no scene held and the choice made on the last frame")
    notes.append("a frame is 33.3 ms; a cut is timed from the last picture of a scene to the first of the next")
    notes.append(
        "sound is read from SDL's disk driver; a device is assumed to play a buffer when the next is handed over"
    )
    return Report("film", tuple(figures), tuple(notes))


def _steps(file: Path) -> Iterator[Figure]:
    """Milliseconds of each step of one picture of 1920 x 1080, one after another on one thread."""
    with av.open(str(file)) as container:
        stream = container.streams.video[0]
        stream.thread_type, stream.codec_context.thread_count = "NONE", 1
        begun = time.perf_counter()
        frames = list(container.decode(stream))
        decode = (time.perf_counter() - begun) / len(frames) * 1000
    scaler = FrameScaler(FULL, "fit")
    paint = _each(lambda: scaler.convert(frames[7]))
    yield Figure("decoding 1080p30 H.264 on one core", 1000 / 30 / decode, "times real time")
    yield Figure("decoding and colour, 1080p30, one core", 1000 / 30 / (decode + paint), "times real time")
    yield Figure("decoding a picture", decode, "ms")
    yield Figure("colour of a picture", paint, "ms")
    canvas, other = scaler.convert(frames[7]), scaler.convert(frames[20])
    screen = open_screen(FULL)
    screen.seen = []
    yield Figure(f"showing a picture ({screen.path}, {screen.driver})", _each(lambda: screen.show(canvas)), "ms")
    screen.close()
    out = np.empty_like(canvas)
    yield Figure("crossing two pictures", _each(lambda: cv2.addWeighted(canvas, 0.4, other, 0.6, 0, dst=out)), "ms")
    corners = ((0.02, 0.0), (1.0, 0.03), (0.98, 1.0), (0.0, 0.97))
    tables = remap_tables(ScreenSettings(corners=corners), FULL)
    warp = _each(lambda: cv2.remap(canvas, *tables, cv2.INTER_LINEAR, dst=out))
    yield Figure("keystone by the processor", warp, "ms")


def _each(step: Callable[[], object], times: int = 20) -> float:
    """Median milliseconds of ``step``."""
    spent = []
    for _ in range(times):
        begun = time.perf_counter()
        step()
        spent.append(time.perf_counter() - begun)
    return float(np.median(spent) * 1000)


def _naive(name: str, clips: list[Clip], size: tuple[int, int]) -> Iterator[Figure]:
    """What a loop over files gives, that opens each in its turn and draws it with our scaler."""
    cuts = naive_cuts([clip.file for clip in clips], size, NAIVE_CUTS)
    yield from _spread(f"cut by a loop over files, {name}", cuts.picture * 1000, "ms")
    yield Figure(f"silence at its cut, median, {name}", float(np.median(cuts.sound)) * 1000, "ms")


def _cut_figures(name: str, run: Witness, frames: int, cuts: int, unheld: Witness | None = None) -> Iterator[Figure]:
    yield from _spread(f"cut, {name}", run.gaps() * 1000, "ms", None if unheld is None else unheld.gaps() * 1000)
    yield Figure(f"frames lost at {cuts} cuts, {name}", run.lost_at_joins(frames), "frames")
    yield Figure(f"black pictures, {name}", run.black(), "pictures")
    silence = None if unheld is None else unheld.silent_samples() / UNHELD_CUTS * cuts
    yield Figure(f"samples lost at {cuts} cuts, {name}", run.lost_samples(), "samples", silence, "opened at the cut")
    yield Figure(f"times that the sound ran dry, {name}", run.health.sound_gaps, "times")
    yield Figure(f"pictures on time, {name}", run.on_time, "%")
    offsets = run.offsets() * 1000
    yield Figure(f"picture ahead of its sound, median, {name}", float(np.median(offsets)), "ms")
    yield Figure(f"picture within 20 ms of its sound, {name}", float((np.abs(offsets) <= 20).mean() * 100), "%")
    yield Figure(f"processor, {name}", run.cpu_share, "cores")
    yield Figure(f"from opening the screen to the first picture, {name}", run.first_picture_seconds, "s")


def _spread(name: str, values: np.ndarray, unit: str, beside: np.ndarray | None = None) -> Iterator[Figure]:
    for word, share in (("median", 50), ("95 %", 95), ("worst", 100)):
        baseline = None if beside is None else float(np.percentile(beside, share))
        yield Figure(f"{name}, {word}", float(np.percentile(values, share)), unit, baseline, "opened at the cut")


def _part(progress: Progress, what: str, low: float, high: float) -> Callable[[float], None]:
    return lambda share: progress(what, low + (high - low) * share)


def _memory(folder: Path, notes: list[str]) -> Iterator[Figure]:
    """Memory of candidates at 1080p, each number of them in a fresh process."""
    for count in (1, 4, 8):
        files = [str(folder / f"full{n % 5 + 1}.mkv") for n in range(count)]
        command = [sys.executable, "-m", "installation.bench.film_memory", *files]
        answer = subprocess.run(  # noqa: S603 - our own module, and files that we made
            command, capture_output=True, text=True, timeout=120, check=False
        )
        try:
            ready, counted, grown = answer.stdout.split()[-3:]
            yield Figure(
                f"memory for {count} candidates at 1080p ({ready} held, counted as {counted} MB)", float(grown), "MB"
            )
        except ValueError:
            notes.append(f"memory for {count} candidates was not measured: {answer.stderr[-200:]}")
