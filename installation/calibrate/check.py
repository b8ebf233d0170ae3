"""Is the room as it was when it was calibrated? Thirty seconds before the doors open, one line."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from calibration.profile import Calibration, LightFound, drift
from installation.calibrate.place import Asked, Place
from installation.calibrate.room import measure_empty
from installation.calibrate.take import Observer
from models.light import find_light
from models.prior import average_face

ROOM_SECONDS, FACE_SECONDS = 12.0, 12.0
LAMP_MOVED = 45.0
"""Degrees. One face alone tells the lamp to about 25 (what is painted on it looks like shadow)."""
NOISE_TIMES = 1.6
CONTROL_TOLERANCE = 0.05


@dataclass(frozen=True, slots=True)
class Verdict:
    """``faults`` is empty when the room is as it was."""

    faults: tuple[str, ...]
    line: str


def check_room(made: Calibration, place: Place, observer: Observer) -> Verdict:
    """Look at the room, and at whoever stands there. Raises ``CameraLost``."""
    faults = [
        f"camera {name} is {place.controls[name]:g}, was {was:g}"
        for name, was in made.controls.items()
        if name in place.controls and abs(place.controls[name] - was) > CONTROL_TOLERANCE * max(1.0, abs(was))
    ]
    pictures = list(place.look(Asked(), ROOM_SECONDS))
    seen = [observer.see(picture) for picture in pictures]
    empty = [picture for picture, one in zip(pictures, seen, strict=True) if one is None]
    people = place.people()
    there = [one for one in seen if one] or [
        one for one in map(observer.see, place.look(Asked(people[0] if people else "somebody"), FACE_SECONDS)) if one
    ]
    told = []
    if len(empty) >= 2:
        room = measure_empty(empty)
        told.append(f"room {room.luminance:.1f} (was {made.room.luminance:.1f})")
        if drift(made.room, room.luminance, None) > 1:
            faults.append(
                f"the empty room is at {room.luminance:.1f} of 255, was at {made.room.luminance:.1f}: its light?"
            )
        if room.noise > NOISE_TIMES * made.room.noise + 0.5:
            faults.append(f"noise is {room.noise:.1f}, was {made.room.noise:.1f}: gain or exposure has changed")
    if there:
        faults += _face_faults(made, there, told)
    else:
        told.append("nobody stood in the light, so the lamp was not looked at")
    line = "; ".join(faults) if faults else f"as it was on {made.made}: {', '.join(told)}"
    return Verdict(tuple(faults), line)


def _face_faults(made: Calibration, there: list, told: list[str]) -> list[str]:
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
        now = LightFound(azimuth_degrees=found.azimuth, elevation_degrees=found.elevation)
        moved = made.light.degrees_from(now)
        told.append(f"lamp within {moved:.0f} degrees")
        if moved > LAMP_MOVED:
            faults.append(f"the lamp stands {moved:.0f} degrees from where it was (one face tells it to about 25)")
    return faults
