"""Does this picture show the room? A camera can send pictures for ever and show nothing."""

from __future__ import annotations

import zlib

import cv2

from models.arrays import Image

GLARE_LEVEL, GLARE_SHARE = 250, 0.6
"""So bright a picture over so much of its area shows no face any more."""
EVEN_ABOVE, EVEN_SPREAD = 20.0, 0.02
"""A lit picture that differs from its own mean by less than 2 % shows a hand, a cap or a wall of fog.

In darker ones an empty room looks the same, so there only the mean counts.
"""
BELIEVE_AFTER = 1.0
"""Seconds; a film's own cut to black must not make the camera blind for a moment."""


class Stale:
    """For how long the picture has stayed the same to the bit. Time is given, monotonic seconds."""

    def __init__(self) -> None:
        self._checksum: int | None = None
        self._since = 0.0

    def seconds(self, image: Image, now: float) -> float:
        """The seconds since the picture last changed, as of this one ((height, width, 3) uint8)."""
        checksum = zlib.crc32(image[::8, ::8].tobytes())
        if checksum != self._checksum:
            self._checksum, self._since = checksum, now
        return now - self._since


class Blind:
    """Whether the lens is covered, the lights are off, or glare hides the room."""

    def __init__(self, below_luminance: float) -> None:
        self._below = below_luminance
        self._since: float | None = None

    def why(self, image: Image, now: float) -> str:
        """Why the room is not seen, once the reason has held for ``BELIEVE_AFTER`` seconds, else ''."""
        reason = self._at_once(image)
        if not reason:
            self._since = None
        elif self._since is None:
            self._since = now
        return reason if self._since is not None and now - self._since >= BELIEVE_AFTER else ""

    def _at_once(self, image: Image) -> str:
        small = cv2.cvtColor(cv2.resize(image, (64, 36), interpolation=cv2.INTER_AREA), cv2.COLOR_BGR2GRAY)
        mean = float(small.mean())
        if mean < self._below:
            return f"the lens is covered or the lights are off (mean {mean:.1f} of 255)"
        if float((small >= GLARE_LEVEL).mean()) > GLARE_SHARE:
            return "glare: most of the picture is white; turn the lamp away from the lens or shorten the exposure"
        if mean >= EVEN_ABOVE and float(small.std()) < EVEN_SPREAD * mean:
            return f"the picture is one even tone (mean {mean:.0f} of 255): is something in front of the lens?"
        return ""
