"""The same clip, too heavy for this machine, by this player and by another, one after the other: pictures shown."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import av

from calibration.errors import Unavailable
from calibration.progress import Progress
from installation.bench.film_watch import Programme, watch
from installation.bench.heavy_clip import PICTURES, make_heavy_clip
from installation.bench.report import Figure, Report
from scenes.story.clip import Clip

SIZE, WINDOW = (3840, 2160), (1280, 720)
SECONDS = 8.0
OVERLOAD = 1.5
"""So much faster than this machine decodes: too heavy for every machine."""


def run(progress: Progress, player: str) -> Report:
    """Play HEVC of 3840x2160 at 30 pictures a second, and at more than this machine can. Three minutes."""
    if shutil.which(player) is None:
        raise Unavailable(f"{player} is not installed here; on Debian: apt-get install {player}")
    figures = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        progress("coding 4K pictures", 0.0)
        usual = make_heavy_clip(folder / "usual.mkv", SIZE, Fraction(30), SECONDS)
        able = decoded_per_second(usual)
        figures.append(Figure("4K HEVC decoded on all cores", able, "pictures/s"))
        fast = Fraction(max(30, round(able * OVERLOAD)))
        progress("coding 4K pictures", 0.3)
        heavy = make_heavy_clip(folder / "heavy.mkv", SIZE, fast, SECONDS)
        for file, rate in ((usual, Fraction(30)), (heavy, fast)):
            progress(f"playing at {rate}/s", 0.6)
            theirs, late = shown_by_mpv(file, folder)
            ours, on_time, left_out = shown_here(file, rate, folder)
            words = f"4K HEVC at {rate}/s for {SECONDS:g} s"
            due = round(SECONDS * rate)
            figures += [
                Figure(f"pictures shown of {due}, {words}", ours, "pictures"),
                Figure(f"pictures that nobody saw, {words}", due - ours, "pictures", due - theirs, player),
                Figure(f"within two pictures of their time, {words}", 100 * on_time / max(1, ours), "%"),
                Figure(f"left out and counted, {words}", left_out, "pictures"),
                Figure(f"{player} ends too late by, {words}", late, "s"),
            ]
    note = f"{player} converts no colours (vo=null); what it shows after {SECONDS:g} s is not counted"
    return Report(f"film against {player}", tuple(figures), (note,))


def decoded_per_second(file: Path) -> float:
    """Pictures a second that FFmpeg decodes with a thread for each core, and nothing else to do."""
    with av.open(str(file)) as container:
        stream = container.streams.video[0]
        stream.thread_type, stream.codec_context.thread_count = "AUTO", os.cpu_count() or 1
        begun, count = time.perf_counter(), 0
        for _ in container.decode(stream):
            count += 1
            if time.perf_counter() > begun + 5.0:
                break
        return count / (time.perf_counter() - begun)


def shown_here(file: Path, rate: Fraction, folder: Path) -> tuple[int, int, int]:
    """Different pictures that this player showed, those of them about on time, and those it says it left out."""
    run = watch(Programme([Clip(file)], WINDOW, 0, ask_before_end=0.1), folder)
    marks = [(moment, mark.number) for moment, mark in run.seen if mark]
    shown = [new for old, new in pairwise([(0.0, -1), *marks]) if new[1] != old[1]]
    begun, round_seconds, frame = shown[0][0], PICTURES / float(rate), 1 / float(rate)
    half = round_seconds / 2
    apart = [(moment - begun - number * frame + half) % round_seconds - half for moment, number in shown]
    return len(shown), sum(abs(one) <= 2 * frame for one in apart), run.health.dropped


def shown_by_mpv(file: Path, folder: Path) -> tuple[int, float]:
    """Pictures that mpv hands to its output in the film's time, and by how many seconds it ends too late."""
    notes = folder / "mpv.txt"
    quiet = ["--no-config", "--vo=null", "--ao=null", "--msg-level=all=error"]
    subprocess.run(  # noqa: S603 - our own words
        [shutil.which("mpv") or "mpv", *quiet, f"--dump-stats={notes}", str(file)],
        check=True,
        timeout=SECONDS * 6,
        stdin=subprocess.DEVNULL,
    )
    lines = (line.split() for line in notes.read_text().splitlines())
    moments = [int(words[0]) / 1e6 for words in lines if words[1:] == ["start", "video-flip"]]
    return sum(moment < moments[0] + SECONDS for moment in moments), max(0.0, moments[-1] - moments[0] - SECONDS)
