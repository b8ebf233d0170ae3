"""What the film's display shows so that the camera can find it: six fields, each with a sequence of its own.

All six are one maximum length sequence of 63 steps, each shifted by ten: nearly uncorrelated with one another and with
whatever moves in a room (code division). What lies on the display changes with one field alone; a wall or a face that
only gets its light changes with all of them at once, and so hardly at all. The light of the whole stays the same.
"""

from __future__ import annotations

import numpy as np

from models.arrays import Doubles, Floats, Image

COLUMNS, ROWS = 3, 2
FIELDS = COLUMNS * ROWS
STEP_SECONDS = 0.35
"""A field turns over at most so often: 1.4 flashes a second, of the three that may be (``film.flash_meter``)."""
LIGHT = 150
"""Gray level of a bright field, of 255: mild, and still 100 times as bright as the black of a projector."""
SHIFT = 10
"""Steps between two fields' sequences: 3.5 s, longer than any camera's delay."""


def _sequence() -> Floats:
    """(63,) of 0 and 1: the maximum length sequence of x^6 + x + 1 (Golomb, "Shift Register Sequences", 1967)."""
    bits = [1, 0, 0, 0, 0, 0]
    while len(bits) < 63:
        bits.append(bits[-6] ^ bits[-5])
    return np.array(bits, np.float32)


SEQUENCE = _sequence()
STEPS = len(SEQUENCE)
SECONDS = STEPS * STEP_SECONDS
"""Of the whole pattern; shown for longer, it begins again."""


def fields_at(step: int) -> Floats:
    """(6,) of 0 and 1: which fields are bright at this step, row by row."""
    return SEQUENCE[(step + SHIFT * np.arange(FIELDS)) % STEPS]


def fields_seen(taken: Doubles, shown: Doubles, delay: float) -> Floats:
    """(t, 6): which fields were bright when pictures were taken.

    ``taken`` (t,) and ``shown`` (steps,): seconds of one clock at which a picture came and at which each step was on
    the display; ``delay``: how much later than the display the camera's pictures come.
    """
    steps = np.clip(np.searchsorted(shown, taken - delay, side="right") - 1, 0, len(shown) - 1)
    return np.stack([fields_at(int(step)) for step in steps])


def draw_fields(size: tuple[int, int], step: int) -> Image:
    """The canvas of a wall of ``size`` (width, height) at this step: uint8 (height, width, 4)."""
    bright = (fields_at(step).reshape(ROWS, COLUMNS) * LIGHT).astype(np.uint8)
    rows, columns = np.arange(size[1]) * ROWS // size[1], np.arange(size[0]) * COLUMNS // size[0]
    picture = bright[rows][:, columns]
    return np.dstack([picture, picture, picture, np.zeros_like(picture)])
