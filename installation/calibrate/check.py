"""Is the room as it was when it was calibrated? Half a minute before the doors open, one line."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from calibration.profile import Calibration, LightProfile, drift
from installation.calibrate.empty_room import measure_empty_room
from installation.calibrate.picture_source import PictureSource, RecordingRequest
from installation.calibrate.recording import Observer, SeenFace
from models.arrays import Image
from models.lighting.lamp_prior import average_face
from models.lighting.light_estimate import estimate_light

ROOM_SECONDS, FACE_SECONDS = 12.0, 12.0
ENOUGH = 30
"""Pictures of the room, and of a face: more of them say the same."""
LAMP_MOVED = 35.0
"""Degrees. One face alone gives the lamp's direction within 25 in 19 of 20 cases (make-up looks like shadow)."""
NOISE_TIMES = 1.6
CONTROL_TOLERANCE = 0.05


@dataclass(frozen=True, slots=True)
class Verdict:
    """``faults`` is empty when the room is as it was."""

    faults: tuple[str, ...]
    line: str


def check_room(
    made: Calibration,
    source: PictureSource,
    observer: Observer,
    instruct: Callable[[str], None],
    open_share: float = 1.0,
) -> Verdict:
    """Compare the room, and the face of whoever stands there, with the calibration.

    ``instruct`` is called with what is to be done next; ``open_share`` of the picture is under no mask. Raises
    ``CameraLost``.
    """
    faults = list(_camera_faults(made, source))
    instruct(f"measuring the room for {ROOM_SECONDS:.0f} s: everybody out of the picture")
    empty, there = _observe(source, observer, RecordingRequest(), ROOM_SECONDS)
    if not there:
        instruct(f"now one person in the light, face at rest, for {FACE_SECONDS:.0f} s")
        people = source.people()
        _, there = _observe(source, observer, RecordingRequest(people[0] if people else "somebody"), FACE_SECONDS)
    measured: list[str] = []
    if len(empty) >= 2:
        room = measure_empty_room(empty, open_share)
        measured.append(f"picture mean {room.luminance:.1f} (was {made.room.luminance:.1f})")
        if drift(made.room, room.luminance, None) > 1:
            faults.append(
                f"the picture mean of the empty room is {room.luminance:.1f} of 255, was {made.room.luminance:.1f}:"
                " check its lights"
            )
        if room.noise > NOISE_TIMES * made.room.noise + 0.5:
            faults.append(f"image noise is {room.noise:.1f}, was {made.room.noise:.1f}: check gain and exposure")
    if there:
        faults += _face_faults(made, there, measured)
    elif made.room.face_luminance > 0:
        # Also what a lamp that is off looks like: an empty dark room is as it was, and so is one with nobody to see.
        faults.append("no face was found: ask somebody to stand in the light; if somebody did, check lamp and lens")
    line = "; ".join(faults) if faults else f"as calibrated on {made.made}: {', '.join(measured)}"
    return Verdict(tuple(faults), line)


def _camera_faults(made: Calibration, source: PictureSource) -> Iterator[str]:
    if made.camera and source.name != made.camera:
        yield f"the camera is {source.name}, was {made.camera}"
    for name, was in made.controls.items():
        now = source.controls.get(name)
        if now is None:
            yield f"the camera no longer reports {name}, was {was:g}"
        elif abs(now - was) > CONTROL_TOLERANCE * max(1.0, abs(was)):
            yield f"the camera's {name} is {now:g}, was {was:g}"


def _observe(
    source: PictureSource, observer: Observer, request: RecordingRequest, seconds: float
) -> tuple[list[Image], list[SeenFace]]:
    """Pictures without a face, and the faces of the others; judged as they arrive, so that it takes no longer."""
    empty: list[Image] = []
    there: list[SeenFace] = []
    for picture in source.pictures(request, seconds):
        one = observer.see(picture)
        if one:
            there.append(one)
        elif not request.person:  # who is asked to come needs time to
            empty.append(picture)
        if max(len(empty), len(there)) >= ENOUGH:
            break
    return empty, there


def _face_faults(made: Calibration, there: list[SeenFace], measured: list[str]) -> list[str]:
    faults = []
    face = float(np.median([one.luminance for one in there]))
    measured.append(f"face mean {face:.0f} (was {made.room.face_luminance:.0f})")
    if drift(made.room, None, face) > 1:
        faults.append(
            f"the face mean is {face:.0f} of 255, was {made.room.face_luminance:.0f}: check lamp, lens and exposure"
        )
    good = [one.face for one in there if one.quality > 0.15]
    if made.light.measured and good:
        found = estimate_light(np.stack(good), average_face())
        now = LightProfile(azimuth_degrees=found.azimuth, elevation_degrees=found.elevation)
        moved = made.light.degrees_from(now)
        measured.append(f"lamp within {moved:.0f} degrees")
        if moved > LAMP_MOVED:
            faults.append(f"the lamp is {moved:.0f} degrees from where it was (accurate to about 20 with one face)")
    return faults
