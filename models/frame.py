"""What the camera gives, and where in it the faces are."""

from __future__ import annotations

from dataclasses import dataclass

from models.arrays import Floats, Image

PICTURE_SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".bmp", ".webp", ".tif", ".tiff", ".pgm"})
"""Endings, in small letters, of the picture files that a folder as a camera, ``classify`` and data sets read."""


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One picture of the camera."""

    image: Image
    """(height, width, 3) uint8, BGR."""
    captured_at: float
    """Monotonic seconds, taken just after the camera delivered the picture."""
    number: int
    """Goes up by one with each captured frame; a gap means frames that were not analysed."""


@dataclass(frozen=True, slots=True, eq=False)
class Detection:
    """One face in one frame, in the frame's own pixels."""

    box: tuple[float, float, float, float]
    """x, y of the top left corner, width, height."""
    score: float
    """The detector's certainty, 0 to 1."""
    landmarks: Floats
    """(5, 2): the eye on the picture's left, the other eye, nose tip, mouth corner on the left, the other corner."""
