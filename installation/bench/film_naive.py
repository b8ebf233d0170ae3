"""The baseline: a player that opens each clip, picture and sound, when it is its turn."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np

from installation.bench.film_watch import open_screen
from installation.film.frame_scaler import FrameScaler

PICTURES = 15
SOUND_SECONDS = 0.1
"""This much sound is decoded before it can be started."""


@dataclass(frozen=True, slots=True)
class NaiveCuts:
    """Seconds from the last picture of a clip to the first picture, and to the first sound, of the next."""

    picture: np.ndarray
    sound: np.ndarray


def naive_cuts(files: list[Path], size: tuple[int, int], cuts: int) -> NaiveCuts:
    """Open, decode and show clips in one thread, at their own rate, as a loop over files does."""
    screen, scaler = open_screen(size), FrameScaler(size, "fit")
    screen.seen = []
    pictures: list[float] = []
    sounds: list[float] = []
    last = None
    for number in range(cuts + 1):
        file = str(files[number % len(files)])
        with av.open(file) as container, av.open(file) as sound:
            container.streams.video[0].thread_type = "AUTO"
            due = None if last is None else last + 1 / 30  # not before its time, quick as the opening may be
            for shown, frame in enumerate(container.decode(video=0)):
                canvas = scaler.convert(frame)
                if due is not None:
                    time.sleep(max(0.0, due - time.monotonic()))
                screen.show(canvas)
                now = time.monotonic()
                due = max(due or now, now - 1 / 60) + 1 / 30
                if shown == 0:
                    _decode_sound(sound)
                    if last is not None:
                        pictures.append(now - last)
                        sounds.append(time.monotonic() - last)
                last = now
                if shown == PICTURES:
                    break
    screen.close()
    return NaiveCuts(np.array(pictures), np.array(sounds))


def _decode_sound(container: av.container.InputContainer) -> None:
    for frame in container.decode(audio=0):
        frame.to_ndarray()
        if frame.time is not None and frame.time >= SOUND_SECONDS:
            return
