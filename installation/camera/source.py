"""What every source of pictures can do."""

from __future__ import annotations

from typing import Protocol

from calibration.errors import Unavailable
from models.arrays import Image


class CameraLost(Unavailable):
    """No picture comes; the message says why, in a technician's words. Opening the source again may help."""


class Source(Protocol):
    """One open camera, or what stands in for it.

    ``grab`` and ``retrieve`` are two calls, so that a picture is stamped before the time is spent to decode it, and
    is not decoded at all when nobody will use it. Both raise ``CameraLost``.
    """

    name: str
    """For people: 'camera /dev/video0 (640x480)'."""
    address: str
    """The setting that opens the same source again."""
    live: bool
    """A real camera's noise changes every picture; a live source that repeats itself has failed."""
    remarks: tuple[str, ...]
    """What could not be set as the venue wants it, and other things worth reporting once."""

    def grab(self) -> None:
        """Wait for the next picture and hold it, not yet decoded."""

    def retrieve(self) -> Image:
        """The picture last grabbed: (height, width, 3) uint8, BGR."""

    def close(self) -> None:
        """Release the camera."""
