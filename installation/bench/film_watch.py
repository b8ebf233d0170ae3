"""A film run with a witness: what was on the screen when, and what was heard when, read from SDL's disk driver."""

from __future__ import annotations

import os
import resource
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import numpy as np
import pygame

from calibration.settings import ScreenSettings, SoundSettings
from installation.bench.marked_clip import Mark, read_mark, read_samples
from installation.film.audio_decoder import RATE
from installation.film.film import Film
from installation.film.frame_counter import FilmHealth
from installation.film.playback import open_playback
from installation.film.screen import NoScreen, Screen
from installation.film.sound import BUFFER
from installation.host.console import LossReporter
from models.arrays import Image
from scenes.story.clip import Clip, Transition

FRAME = 1 / 30
ASK_BEFORE_END = 0.5
"""A story closes its choice 0.5 to 1.5 s before the end of a scene. Seconds."""


@dataclass(frozen=True, slots=True)
class Programme:
    """What a run plays: ``clips`` round and round, through ``cuts`` changes of scene, in a picture of ``size``."""

    clips: list[Clip]
    size: tuple[int, int]
    cuts: int
    at: Literal["now", "end"] = "end"
    transition: Transition = Transition()  # noqa: RUF009 - frozen
    hold: bool = True
    """Every other clip is a candidate, held ready."""
    ask_before_end: float = ASK_BEFORE_END


class WatchedScreen(Screen):
    """Notes the mark of each picture and the moment at which it was presented."""

    seen: list[tuple[float, Mark | None]]

    def show(self, canvas: Image, level: float = 1.0, overlay: pygame.Surface | None = None) -> None:
        """Show it, and read its mark."""
        super().show(canvas, level, overlay)
        self.seen.append((time.monotonic(), read_mark(canvas)))


@dataclass(frozen=True)
class Witness:
    """What was seen and heard in one run."""

    seen: list[tuple[float, Mark | None]]
    health: FilmHealth
    cpu_share: float
    """Of one core, while the film ran."""
    first_picture_seconds: float
    """From the opening of the screen."""
    heard: np.ndarray
    """int16 (n, 2)."""
    written: list[tuple[float, int]]
    """(moment, samples in the file so far)."""
    answers: list[float] = field(default_factory=list)
    """Seconds from a cue to the picture it asked for."""

    def gaps(self) -> np.ndarray:
        """Seconds between the last picture of a scene and the first of the next."""
        pairs = zip(self.seen, self.seen[1:], strict=False)
        return np.array([b[0] - a[0] for a, b in pairs if a[1] and b[1] and a[1].mark != b[1].mark])

    @property
    def on_time(self) -> float:
        """Per cent of the pictures that were shown within half a frame of their time."""
        due = self.health.shown + self.health.dropped + self.health.repeated
        return 100.0 * (self.health.shown - self.health.late) / max(1, due)

    def black(self) -> int:
        """Pictures without a mark after the first one."""
        return sum(mark is None for _, mark in self.seen[1:])

    def lost_at_joins(self, frames: int) -> int:
        """Frames that should have stood on either side of a cut and were not seen."""
        lost = 0
        for (_, before), (_, after) in zip(self.seen, self.seen[1:], strict=False):
            if before and after and before.mark != after.mark:
                lost += (frames - 1 - before.number) + after.number
        return lost

    def silent_samples(self) -> int:
        """Samples of silence between the first and the last that was heard."""
        heard = np.flatnonzero(read_samples(self.heard)[0])
        return int(heard[-1] - heard[0] + 1 - len(heard)) if len(heard) else 0

    def lost_samples(self) -> int:
        """Samples of silence, left out or heard twice between the first and the last that was heard."""
        return lost_samples(*read_samples(self.heard))

    def offsets(self) -> np.ndarray:
        """Seconds by which each picture was ahead of its sound. A device plays a buffer when the next is written."""
        marks, numbers = read_samples(self.heard)
        moments = np.array([moment for moment, _ in self.written])
        out = []
        for moment, mark in self.seen:
            at = int(np.searchsorted(moments, moment)) - 1
            if mark is None or at < 1:
                continue
            since, size = self.written[at]
            place = size - 2 * BUFFER + round((moment - since) * RATE)
            if 0 <= place < len(marks) and marks[place] == mark.mark:
                out.append(mark.number * FRAME - numbers[place] / RATE)
        return np.array(out)


def lost_samples(marks: np.ndarray, numbers: np.ndarray) -> int:
    """Samples of silence, left out or heard twice, from the mark and the number (n,) of each sample that was heard.

    A clip is assumed to be as long as the longest time that it was heard.
    """
    heard = marks > 0
    if not heard.any():
        return 0
    inside = heard[np.argmax(heard) : len(heard) - np.argmax(heard[::-1])]
    marks, numbers = marks[heard], numbers[heard]
    longest = np.zeros(marks.max() + 1, np.int64)
    np.maximum.at(longest, marks, numbers + 1)
    jump = np.diff(numbers) - 1
    other = marks[1:] != marks[:-1]
    jump[other] = (longest[marks[:-1]] - 1 - numbers[:-1] + numbers[1:])[other]
    return int((~inside).sum() + np.abs(jump).sum())


@contextmanager
def disk_sound(file: Path) -> Iterator[None]:
    """Let SDL write what would be heard to ``file``."""
    before = {name: os.environ.get(name) for name in ("SDL_AUDIODRIVER", "SDL_DISKAUDIOFILE")}
    os.environ.update(SDL_AUDIODRIVER="disk", SDL_DISKAUDIOFILE=str(file))
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name)
            if value is not None:
                os.environ[name] = value


def watch(programme: Programme, folder: Path, progress: Callable[[float], None] | None = None) -> Witness:
    """Play ``programme``; ``folder`` is where the sound is written. ``progress`` is called with a share from 0 to 1."""
    return witness(programme.size, folder, lambda film: _cuts(film, programme, progress))


def witness(size: tuple[int, int], folder: Path, play: Callable[[Film], list[float]]) -> Witness:
    """What is seen and heard while ``play`` runs a film in a picture of ``size``; it gives ``answers``."""
    file = folder / "heard.raw"
    with disk_sound(file):
        begun = time.monotonic()
        screen = open_screen(size)
        screen.seen = []
        written: list[tuple[float, int]] = []
        over = threading.Event()
        watcher = threading.Thread(target=_watch_file, args=(file, written, over), daemon=True)
        with open_playback(screen.settings, SoundSettings(), LossReporter(), make_screen=lambda *_: screen) as film:
            watcher.start()
            cpu = time.process_time()
            answers = play(film)
            cpu = (time.process_time() - cpu) / max(1e-6, time.monotonic() - begun)
            health = film.health
            time.sleep(0.2)  # what is queued is written
        over.set()
        watcher.join()
    heard = np.fromfile(file, np.int16)
    heard = heard[: len(heard) // 2 * 2].reshape(-1, 2)
    first = next(moment for moment, mark in screen.seen if mark) - begun
    return Witness(screen.seen, health, cpu, first, heard, written, answers)


def open_screen(size: tuple[int, int]) -> WatchedScreen:
    """A window where there is a display, else none."""
    settings = ScreenSettings(width=size[0], height=size[1], candidates_megabytes=300)
    try:
        return WatchedScreen(settings)
    except NoScreen:
        return WatchedScreen(settings, headless=True)


def rss_megabytes() -> float:
    """Memory of this process now (Linux), or its peak elsewhere."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
        return pages * resource.getpagesize() / 1e6
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3


def _cuts(film: Film, programme: Programme, progress: Callable[[float], None] | None) -> list[float]:
    """The loop of a stage: asks for the next clip before the end (or at odd moments, for ``now``)."""
    clips, at = programme.clips, programme.at
    chance = np.random.default_rng(1)
    names = [clip.file.stem for clip in clips]
    film.play(1, names[0], clips[0])
    asked, shown, ask_at = 1, 0, 0.0
    answers: list[float] = []
    while True:
        now = time.monotonic()
        film.advance(now)
        head = film.playhead
        on = film.on_screen
        length = on.decoded.length if on else None
        if head.entry == asked and length is not None and head.seconds > length - programme.ask_before_end:
            if asked > programme.cuts:
                return answers
            ask_at = ask_at or now + (chance.uniform(0.0, 0.1) if at == "now" else 0.0)
            if now >= ask_at:
                which = asked % len(clips)
                asked += 1
                film.play(asked, names[which], clips[which], None, at, programme.transition)
        film.draw(now)
        pygame.event.pump()
        if head.failed:
            raise RuntimeError(
                f"the machine is too busy for a measurement: {', '.join(sorted(head.failed))} gave no picture"
            )
        on = film.on_screen
        if on and on.entry != shown:
            shown = on.entry
            answers += [time.monotonic() - ask_at] if ask_at else []
            ask_at = 0.0
            here = on.scene
            film.prepare(
                {name: clip for name, clip in zip(names, clips, strict=True) if programme.hold and name != here}
            )
            if progress:
                progress(shown / (programme.cuts + 1))
        time.sleep(max(0.0, film.next_deadline(now) - time.monotonic()))


def _watch_file(file: Path, written: list[tuple[float, int]], over: threading.Event) -> None:
    while not over.wait(0.002):
        try:
            size = file.stat().st_size // 4
        except FileNotFoundError:
            continue
        if not written or written[-1][1] != size:
            written.append((time.monotonic(), size))
