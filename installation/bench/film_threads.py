"""Scenes with threads: pictures on time and in step while the film is cut twice a second, alone and beside the eye.

``chiaro bench film --threads``. ``CHIARO_BENCH_SECONDS`` sets how long each scene plays (15).
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pygame

from installation.bench.eye_beside import eye_beside
from installation.bench.film_watch import Witness, witness
from installation.bench.marked_clip import make_clip, read_samples
from installation.bench.report import Figure, Progress, Report
from installation.film.audio_decoder import RATE
from installation.film.film import Film
from installation.film.thread_sound import CROSSING
from scenes.story.clip import Clip

FULL, HALF = (1920, 1080), (1280, 720)
CLIP_SECONDS = 5.0
CUT_EACH_SECONDS = 0.5
SECONDS = 15.0
MEMORY = Path("/dev/shm")  # noqa: S108 - a random folder is made in it


def run(progress: Progress) -> Report:
    """Measure two threads of 1080p30 and three of 720p30, each thread with its own sound."""
    seconds = float(os.environ.get("CHIARO_BENCH_SECONDS", SECONDS))
    figures: list[Figure] = []
    notes: list[str] = []
    quick = MEMORY if MEMORY.is_dir() else None  # a disk that is written to elsewhere would be heard
    with tempfile.TemporaryDirectory(dir=quick) as name:
        folder = Path(name)
        sets = {"2 of 1080p30": (2, FULL), "3 of 720p30": (3, HALF)}
        for number, (what, (count, size)) in enumerate(sets.items()):
            done = number / len(sets)
            progress(f"making {what}", done)
            files = [make_clip(folder / f"{size[1]}-{n}.mkv", n, CLIP_SECONDS, size) for n in range(1, count + 1)]
            clip = _scene(files)
            progress(f"{what} alone", done + 0.2)
            figures += _figures(f"{what}", witness(size, folder, lambda film, clip=clip: _play(film, clip, seconds)))  # type: ignore[misc]
            progress(f"{what} beside the eye", done + 0.35)
            with eye_beside() as seen:
                beside = witness(size, folder, lambda film, clip=clip: _play(film, clip, seconds))  # type: ignore[misc]
            figures += _figures(f"{what} beside the eye", beside)
            notes.append(f"{what}: the eye analysed {seen()} pictures meanwhile")
    notes.append(f"a loop of {CLIP_SECONDS:g} s, cut to another thread each {CUT_EACH_SECONDS:g} s")
    return Report("film --threads", tuple(figures), tuple(notes))


def _scene(files: list[Path]) -> Clip:
    first, *others = (Clip(file, loop=True, thread=file.stem, own_sound=True) for file in files)
    return replace(first, threads=tuple(others))


def _play(film: Film, clip: Clip, seconds: float) -> list[float]:
    """The loop of a stage that plays one scene and cuts it."""
    names = [clip.thread, *(one.thread for one in clip.threads)]
    film.play(1, "threads", clip)
    cuts = 0
    while True:
        now = time.monotonic()
        film.advance(now)
        head = film.playhead
        if head.failed or head.lost_threads:
            raise RuntimeError(f"the machine is too busy for a measurement: {sorted(head.failed | head.lost_threads)}")
        if head.seconds >= seconds:
            return []
        if head.seconds >= (cuts + 1) * CUT_EACH_SECONDS:
            cuts += 1
            film.cut_thread(1, names[cuts % len(names)], head.seconds)
        film.draw(now)
        pygame.event.pump()
        time.sleep(max(0.0, film.next_deadline(now) - time.monotonic()))


def _figures(name: str, run: Witness) -> Iterator[Figure]:
    marks = [mark for _, mark in run.seen if mark]
    frames = round(CLIP_SECONDS * 30)
    numbers = np.array([mark.number for mark in marks])
    steps = np.diff(numbers) % frames
    cuts = sum(a.mark != b.mark for a, b in pairwise(marks))
    gaps = run.gaps() * 1000
    yield Figure(f"pictures on time, {name}", run.on_time, "%")
    yield Figure(
        f"pictures left out at {cuts} cuts and between, {name}", float((steps[steps > 1] - 1).sum()), "pictures"
    )
    yield Figure(f"cut, median, {name}", float(np.median(gaps)), "ms")
    yield Figure(f"cut, 95 %, {name}", float(np.percentile(gaps, 95)), "ms")
    yield Figure(f"samples out of step, {name}", out_of_step(*read_samples(run.heard)), "samples")
    yield Figure(f"times that the sound ran dry, {name}", run.health.sound_gaps, "times")
    yield Figure(f"processor of the film, {name}", run.cpu_share, "cores")


def out_of_step(marks: np.ndarray, numbers: np.ndarray) -> int:
    """Samples that are not the one their place asks for, whichever thread they are of; crossings are not counted.

    Of each sample that was heard its thread (0: silence) and number (n,), as ``read_samples`` gives them.
    """
    heard = np.flatnonzero(marks > 0)
    if not len(heard):
        return 0
    numbers = numbers[heard[0] : heard[-1] + 1]
    expected = (numbers[0] + np.arange(len(numbers))) % round(CLIP_SECONDS * RATE)
    return int(_longer_than(numbers != expected, CROSSING).sum())


def _longer_than(flags: np.ndarray, count: int) -> np.ndarray:
    """The flags that stand in a row of more than ``count``."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], flags.astype(int), [0]])))
    out = np.zeros(len(flags), bool)
    for begin, end in zip(edges[::2], edges[1::2], strict=True):
        out[begin:end] = end - begin > count
    return out
