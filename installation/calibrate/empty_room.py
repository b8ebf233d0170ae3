"""What the empty room and the camera are like, and what should be done about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from calibration.settings import CameraSettings
from models.arrays import Image

LEAST_OPEN = 0.01
NOISY, BRIGHT_ROOM, PULSES = 6.0, 70.0, 0.06
DARK_FACE, BRIGHT_FACE = 8.0, 200.0
MISSING = (
    ("exposure_100us", "exposure"),
    ("gain", "gain"),
    ("white_balance_kelvin", "white balance"),
    ("power_line_hertz", "flicker frequency"),
)


@dataclass(frozen=True, slots=True)
class EmptyRoom:
    """Measurements of pictures with nobody in them, in gray levels of 255."""

    luminance: float
    noise: float
    pulse: float
    """Deviation of the whole picture's mean from picture to picture, as a share of it."""


def measure_empty_room(pictures: Sequence[Image], open_share: float = 1.0) -> EmptyRoom:
    """Mean, noise and pulse of pictures of the room with nobody in it. Raises ValueError for fewer than two.

    ``open_share``: of the picture, what no mask covers; the mean is of that.
    """
    if len(pictures) < 2:
        raise ValueError("at least two pictures of the empty room are needed")
    small = np.stack([picture[::4, ::4, 1].astype(np.float32) for picture in pictures])
    steps = np.diff(small, axis=0)
    steps -= steps.mean(axis=(1, 2), keepdims=True)
    # Half the difference of two pictures is their noise; the median over places leaves out what really moved.
    noise = float(np.median(steps.std(axis=0)) / np.sqrt(2))
    means = np.array([picture[::8, ::8].mean() for picture in pictures])
    return EmptyRoom(
        float(means.mean()) / max(open_share, LEAST_OPEN), noise, float(means.std() / max(means.mean(), 1.0))
    )


def remarks_on_empty_room(
    empty: EmptyRoom, camera: CameraSettings, read_back: dict[str, float], adjusts: bool = False
) -> list[str]:
    """Warnings with their remedy; ``adjusts``: the camera may change by itself what the venue does not fix."""
    found = []
    if empty.noise > NOISY:
        found.append(
            f"the picture is noisy ({empty.noise:.1f} of 255): add light, lengthen the exposure or lower the gain"
        )
    if empty.luminance > BRIGHT_ROOM:
        found.append(f"the room is bright (picture mean {empty.luminance:.0f} of 255): set its lights as in the show")
    if empty.pulse > PULSES:
        found.append("the light pulses: fix the exposure, and set camera.power_line_hertz to the lamps' mains (50, 60)")
    fixed = [word for key, word in MISSING if getattr(camera, key) is None and key in read_back]
    loose = [word for key, word in MISSING if getattr(camera, key) is None and key not in read_back]
    if fixed:
        found.append(f"not set in the venue file: {', '.join(fixed)}; now fixed at the camera's own values, and saved")
    if adjusts and loose:
        found.append(
            f"cannot be fixed from here: {', '.join(loose)}; fix it in the camera's own menu, or"
            " the film's light will make the picture pump"
        )
    return found


def remarks_on_face(face_luminance: float, face_pixels: float, smallest: int) -> list[str]:
    """Warnings with their remedy. ``face_luminance`` of 255; ``face_pixels`` wide, of which ``smallest`` are needed."""
    found = []
    if face_luminance < DARK_FACE:
        found.append(
            f"the face is too dark (face mean {face_luminance:.0f} of 255): open the lens, lengthen the exposure or "
            "move the lamp nearer"
        )
    elif face_luminance > BRIGHT_FACE:
        found.append(
            f"the face is too bright (face mean {face_luminance:.0f} of 255): close the lens or shorten the exposure"
        )
    if face_pixels < smallest:
        found.append(
            f"the face is {face_pixels:.0f} pixels wide, {smallest} are needed: zoom in or move the camera nearer"
        )
    return found
