"""The baseline: a player that opens each clip when it is its turn."""

from __future__ import annotations

import time
from pathlib import Path

import av
import numpy as np

from installation.bench.film_watch import open_screen
from installation.film.picture import Painter


def naive_cuts(files: list[Path], size: tuple[int, int], cuts: int) -> np.ndarray:
    """Seconds from the last picture of a clip to the first of the next, opened, decoded and shown in one thread."""
    screen, painter = open_screen(size), Painter(size, "fit")
    screen.seen = []
    gaps, last = [], None
    for number in range(cuts + 1):
        with av.open(str(files[number % len(files)])) as container:
            stream = container.streams.video[0]
            stream.thread_type = "AUTO"
            for shown, frame in enumerate(container.decode(stream)):
                screen.show(painter.paint(frame))
                now = time.monotonic()
                if shown == 0 and last is not None:
                    gaps.append(now - last)
                last = now
                if shown == 10:
                    break
    screen.close()
    return np.array(gaps)
