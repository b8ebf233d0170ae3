"""The lamp drawn with letters, for a terminal: its position from the side and from above."""

from __future__ import annotations

import math

from calibration.profile import LightProfile

HALF_WIDE, HALF_HIGH = 14, 6
"""Of a room, in letters: they are twice as high as wide."""
FACE, LAMP, CAMERA, RAY = "O", "*", "#", "."


def towards(light: LightProfile) -> tuple[float, float, float]:
    """Unit vector (right, up, towards the camera) from the face to the lamp."""
    a, e = math.radians(light.azimuth_degrees), math.radians(light.elevation_degrees)
    return math.sin(a) * math.cos(e), math.sin(e), math.cos(a) * math.cos(e)


def light_in_words(light: LightProfile, sure: bool = True) -> str:
    """One sentence; ``sure``: one lamp explains the face well."""
    azimuth = light.azimuth_degrees
    # Not "to the picture's left": the window shows people a mirror.
    side = f"{abs(azimuth):.0f} degrees to the {'right' if azimuth > 0 else 'left'} as the camera sees it"
    if abs(azimuth) < 12:
        side = "from the front"
    radius = light.radius_degrees
    kind = "hard" if radius < 5 else "soft" if radius > 12 else "neither hard nor soft"
    doubt = "" if sure else ", but one lamp does not explain the face well"
    bounced = f"{light.bounced_share:.0%} of the light comes from the room"
    return f"lamp {light.elevation_degrees:.0f} degrees up, {side}, {kind}; {bounced}{doubt}"


def lamp_in_letters(light: LightProfile) -> str:
    """Both views beside each other: O the face, * the lamp, # the camera."""
    right, up, front = towards(light)
    side = _view("from the side", (front, up), (1.0, 0.0))
    above = _view("from above", (right, -front), (0.0, -1.0))
    return "\n".join(f"{one}   {other}".rstrip() for one, other in zip(side, above, strict=True))


def _view(title: str, lamp: tuple[float, float], camera: tuple[float, float]) -> list[str]:
    wide, high = 2 * HALF_WIDE + 1, 2 * HALF_HIGH + 1
    room = [[" "] * wide for _ in range(high)]

    def put(letter: str, along: float, upward: float) -> None:
        room[round(HALF_HIGH - upward * HALF_HIGH)][round(HALF_WIDE + along * HALF_WIDE)] = letter

    for step in range(1, 10):
        put(RAY, lamp[0] * step / 10, lamp[1] * step / 10)
    put(CAMERA, *camera)
    put(FACE, 0.0, 0.0)
    put(LAMP, *lamp)
    return [title.center(wide), *("".join(row) for row in room)]
