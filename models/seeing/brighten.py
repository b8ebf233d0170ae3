"""How a detector can see in the dark: reduce, blur a little, then even out and lift the light.

Brightening alone makes detectors worse, because noise grows with the face. Averaging neighbours first (by area
reduction and a narrow Gauss) takes most of the noise away. Then each place is measured against the light around it
(after Land's retinex): under a lamp overhead, one gamma for the whole picture let a quarter of the faces be found,
this nearly all.
"""

from __future__ import annotations

import cv2
import numpy as np

from models.arrays import Floats, Gray, Image

ROWS = 360
"""To this height a larger picture is reduced, for detection and for tracking."""
BRIGHT_ENOUGH = 60.0
"""Frame mean (of 255) above which the picture is left as it is: there the recipe would lose tilted faces."""
TARGET = 110.0
NOISE_SIGMA = 1.0
"""Pixels of the reduced picture."""
SURROUND_SIGMA = 24.0
"""Pixels of the reduced picture over which "the light around it" is taken: about half a face."""
EVENNESS = 0.8
"""0 leaves the light as it falls, 1 makes it the same everywhere."""
FAINTEST_SHARE, FAINTEST = 0.02, 0.25
"""Light below this share of the brightest place, or this gray value, is not lifted further: it is only noise."""
COARSE = 8


Part = tuple[slice, slice]
"""Rows and columns of a picture."""


def reduce_to_gray(image: Image, rows: int) -> tuple[Gray, float]:
    """Gray picture of at most ``rows`` rows, ready for a detector, and its scale (reduced = full * scale).

    ``image`` is BGR (h, w, 3) or gray (h, w). A dark picture is brightened on the way.
    """
    gray, scale = _reduced(image, rows)
    return brighten(gray), scale


def brighten(gray: Gray) -> Gray:
    """The picture with less noise, evened light and what is lit near 110 of 255; a bright picture as it is."""
    if cv2.mean(gray)[0] > BRIGHT_ENOUGH:
        return gray
    light = _without_noise(gray)
    return _lifted(light, _spread(_gain(light), gray))


class Reduced:
    """A gray picture of at most ``rows`` rows of which only a part is brightened: what is around costs next to nothing.

    ``image`` is BGR (h, w, 3) or gray (h, w).
    """

    def __init__(self, image: Image, rows: int) -> None:
        self.gray = _reduced(image, rows)[0]
        dark = cv2.mean(self.gray)[0] <= BRIGHT_ENOUGH
        self._gain = _gain(self.gray.astype(np.float32)) if dark else None

    def brightened(self, part: Part) -> Gray:
        """This part, as in the whole picture brightened, but for the last digits."""
        if self._gain is None:
            return self.gray[part]
        return _lifted(_without_noise(self.gray[part]), _spread(self._gain, self.gray)[part])


def _reduced(image: Image, rows: int) -> tuple[Gray, float]:
    scale = min(1.0, rows / image.shape[0])
    if scale < 1.0:
        size = (max(1, round(image.shape[1] * scale)), rows)
        image = np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)
    return np.asarray(image if image.ndim == 2 else cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), np.uint8), scale


def _without_noise(gray: Gray) -> Floats:
    """In floats: the fractions that the blur makes are all that a face of mean 2 has left."""
    return np.asarray(cv2.GaussianBlur(gray.astype(np.float32), (0, 0), NOISE_SIGMA), np.float32)


def _spread(gain: Floats, gray: Gray) -> Floats:
    return np.asarray(cv2.resize(gain, gray.shape[::-1]), np.float32)


def _lifted(light: Floats, gain: Floats) -> Gray:
    return np.asarray(cv2.convertScaleAbs(light * gain), np.uint8)


def _gain(light: Floats) -> Floats:
    """What each place is multiplied with, an eighth as large as ``light``: the light around it, inverted."""
    size = (max(1, light.shape[1] // COARSE), max(1, light.shape[0] // COARSE))
    surround = cv2.resize(light, size, interpolation=cv2.INTER_AREA)
    surround = cv2.GaussianBlur(surround, (0, 0), SURROUND_SIGMA / COARSE)
    faintest = max(FAINTEST_SHARE * float(surround.max()), FAINTEST)
    lift = np.maximum(surround, faintest) ** -EVENNESS
    # Places count by their light: a face alone in a black room would else be driven to white.
    level = float(np.average(surround * lift, weights=surround + 1e-6))
    return np.asarray(lift * (TARGET / max(level, 1e-3)), np.float32)
