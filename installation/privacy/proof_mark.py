"""The marked camera: pictures of a rendered visitor with a random pattern in every pixel, known to the proof alone.

The pattern has two parts. Each byte carries noise, so that any stretch of raw pixels can be told from everything else
and no lossless compression makes it shorter. And there are squares of random brightness, which outlive scaling and
JPEG.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from calibration.settings import CameraSettings
from calibration.venue import Venue
from installation.camera.capture import upright
from installation.camera.masks import masks_of
from models.arrays import Image

WIDTH, HEIGHT = 640, 360
PICTURES = 24
STEP_SECONDS = 1 / 15
SQUARE = 16
NOISE, SQUARES = 28, 56
"""The largest value of a byte's noise, and of a square's brightness; less on the face, which has to be seen."""
BEGINS = 6.0
"""Seconds into the visit: the visitor stands before the lens."""
FACE_AT = (0.5, 0.44)
"""Where the simulated visitor's face lies, as shares of the picture."""


@dataclass(frozen=True, slots=True)
class Marked:
    """The pictures as the camera gives them, and as the eye has them: turned, and black where nobody may be seen."""

    given: tuple[Image, ...]
    seen: tuple[Image, ...]


def make_marked_camera(folder: Path, seed: int, venue: Venue, count: int = PICTURES) -> Marked:
    """Write the pictures into ``folder``, which is then a camera (``--camera FOLDER``); ``seed`` makes the pattern.

    They go forth and back, so that the visitor sways and never jumps. The visitor stands where the venue looks.
    """
    given = tuple(_turned_back(picture, venue.camera) for picture in _pictures(seed, venue, count))
    order = [*range(len(given)), *range(len(given) - 2, 0, -1)]
    for place, number in enumerate(order):
        file = folder / f"{place:03d}.bmp"  # read without cost
        if place < len(given):
            cv2.imwrite(str(file), given[number])
        else:
            os.link(folder / f"{number:03d}.bmp", file)
    masks = masks_of(venue)
    as_seen = tuple(masks.apply(upright(picture, venue.camera)) for picture in given)
    return Marked(given, given if as_seen[0] is given[0] else as_seen)


def _pictures(seed: int, venue: Venue, count: int) -> list[Image]:
    """Upright, as the eye is to see them."""
    from models.rendering.performance import DirectedVisit
    from models.rendering.simulated_visitor import SimulatedVisitor

    random, visit = np.random.default_rng(seed), DirectedVisit(1)
    width, height = (HEIGHT, WIDTH) if venue.camera.rotate_degrees in (90, 270) else (WIDTH, HEIGHT)
    visitor = SimulatedVisitor(CameraSettings(width=width, height=height), 1, visit, begins=0.0)
    visit.direct(0, "happiness", BEGINS)
    small = random.integers(0, SQUARES, (-(-height // SQUARE), -(-width // SQUARE)), dtype=np.uint8)
    squares = cv2.resize(small, (width, height), interpolation=cv2.INTER_NEAREST)[..., None]
    x, y = _centre(venue)
    moved = np.array([[1, 0, (x - FACE_AT[0]) * width], [0, 1, (y - FACE_AT[1]) * height]], np.float32)
    pictures = []
    for number in range(count):
        drawn = cv2.warpAffine(visitor.read(BEGINS + 2 + number * STEP_SECONDS), moved, (width, height))
        values = drawn.astype(np.int16)
        background = 1 - np.clip(values.max(2, keepdims=True) / 40.0, 0, 0.75)
        noise = random.integers(0, NOISE, values.shape)
        pictures.append(np.clip(values + squares * background + noise, 0, 255).astype(np.uint8))
    return pictures


def _centre(venue: Venue) -> tuple[float, float]:
    """Where the eye looks: the middle of the zone of consent, or of the region."""
    if venue.privacy.zone:
        across, down = zip(*venue.privacy.zone, strict=True)
        return (min(across) + max(across)) / 2, (min(down) + max(down)) / 2
    region = venue.camera.region
    whole = region == type(region)()
    return FACE_AT if whole else ((region.left + region.right) / 2, (region.top + region.bottom) / 2)


def _turned_back(picture: Image, camera: CameraSettings) -> Image:
    """What a camera has to give so that the eye sees ``picture``."""
    if camera.mirror:
        picture = np.asarray(cv2.flip(picture, 1), np.uint8)
    if camera.rotate_degrees:
        back = camera.model_copy(update={"rotate_degrees": 360 - camera.rotate_degrees, "mirror": False})
        picture = upright(picture, back)
    return picture
