"""Is the room as it was when it was calibrated? Thirty seconds before the doors open, one line."""

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
from models.lighting.light_estimate import find_light

ROOM_SECONDS, FACE_SECONDS = 12.0, 12.0
ENOUGH = 30
"""Pictures of the room, and of a face: more of them say the same."""
LAMP_MOVED = 35.0
"""Degrees. One face alone tells the lamp to 25 in 19 of 20 cases (what is painted on it looks like shadow)."""
NOISE_TIMES = 1.6
CONTROL_TOLERANCE = 0.05


@dataclass(frozen=True, slots=True)
class Verdict:
    """``faults`` is empty when the room is as it was."""

    faults: tuple[str, ...]
    line: str


def check_room(made: Calibration, source: PictureSource, observer: Observer, told: Callable[[str], None]) -> Verdict:
    """Look at the room, and at whoever stands there. ``told``: what is to be done now. Raises ``CameraLost``."""
    faults = list(_camera_faults(made, source))
    told(f"the room is looked at for {ROOM_SECONDS:.0f} s: everybody out of the picture")
    empty, there = _looked_at(source, observer, RecordingRequest(), ROOM_SECONDS)
    if not there:
        told(f"now one person into the light, at rest, for {FACE_SECONDS:.0f} s")
        people = source.people()
        _, there = _looked_at(source, observer, RecordingRequest(people[0] if people else "somebody"), FACE_SECONDS)
    seen: list[str] = []
    if len(empty) >= 2:
        room = measure_empty_room(empty)
        seen.append(f"room {room.luminance:.1f} (was {made.room.luminance:.1f})")
        if drift(made.room, room.luminance, None) > 1:
            faults.append(
                f"the empty room is at {room.luminance:.1f} of 255, was at {made.room.luminance:.1f}: its light?"
            )
        if room.noise > NOISE_TIMES * made.room.noise + 0.5:
            faults.append(f"noise is {room.noise:.1f}, was {made.room.noise:.1f}: gain or exposure has changed")
    if there:
        faults += _face_faults(made, there, seen)
    elif made.room.face_luminance > 0:
        # Also what a lamp that is off looks like: an empty dark room is as it was, and so is one with nobody to see.
        faults.append("no face was seen: let somebody stand in the light; if one did, look at lamp and lens")
    line = "; ".join(faults) if faults else f"as it was on {made.made}: {', '.join(seen)}"
    return Verdict(tuple(faults), line)


def _camera_faults(made: Calibration, source: PictureSource) -> Iterator[str]:
    if made.camera and source.name != made.camera:
        yield f"the camera is {source.name}, was {made.camera}"
    for name, was in made.controls.items():
        now = source.controls.get(name)
        if now is None:
            yield f"camera {name} is not told, was {was:g}"
        elif abs(now - was) > CONTROL_TOLERANCE * max(1.0, abs(was)):
            yield f"camera {name} is {now:g}, was {was:g}"


def _looked_at(
    source: PictureSource, observer: Observer, request: RecordingRequest, seconds: float
) -> tuple[list[Image], list[SeenFace]]:
    """Pictures without a face, and the faces of the others; judged while they come, so that it takes no longer."""
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


def _face_faults(made: Calibration, there: list[SeenFace], told: list[str]) -> list[str]:
    faults = []
    face = float(np.median([one.luminance for one in there]))
    told.append(f"face {face:.0f} (was {made.room.face_luminance:.0f})")
    if drift(made.room, None, face) > 1:
        faults.append(
            f"the face is at {face:.0f} of 255, was at {made.room.face_luminance:.0f}: lamp, lens or exposure?"
        )
    good = [one.face for one in there if one.quality > 0.15]
    if made.light.measured and good:
        found = find_light(np.stack(good), average_face())
        now = LightProfile(azimuth_degrees=found.azimuth, elevation_degrees=found.elevation)
        moved = made.light.degrees_from(now)
        told.append(f"lamp within {moved:.0f} degrees")
        if moved > LAMP_MOVED:
            faults.append(f"the lamp stands {moved:.0f} degrees from where it was (one face tells it to about 20)")
    return faults
