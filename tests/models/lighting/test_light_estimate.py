"""The lamp is found again from faces that were lit by it, on heads that the finder does not know."""

import numpy as np
import pytest

from models.lighting.exposure import captured, expose, linear
from models.lighting.lamp_prior import average_face
from models.lighting.light_estimate import estimate_light
from models.lighting.relight import Fill, Lamp, LampBank, direction, read_face_maps
from models.seeing.align import SIDE

ROOM = Fill(walls=(0.05, 0.1), floor=(0.01, 0.03), film=(0.02, 0.08), background=(0.05, 0.2))


def faces_under(lamp: Lamp, room: Fill = ROOM, count: int = 6, painted: float = 1.0) -> np.ndarray:
    """Six strange heads with the average face, each seen a little differently; ``painted``: brows, beard
    and a light of its own from one side.
    """
    from models.seeing.align import TEMPLATE

    rng = np.random.default_rng(4)
    landmarks = (TEMPLATE + rng.normal(0, 0.7, (count, 5, 2))).astype(np.float32)
    face = average_face().copy()
    face[14:19] *= painted
    face[44:] *= painted
    face *= np.linspace(painted, 1, SIDE).astype(np.float32)
    light = face * LampBank(read_face_maps("bench"), [lamp], room).draw(landmarks, rng)
    return captured(expose(light, 40.0))


@pytest.mark.parametrize("elevation", [40.0, 65.0, 82.0])
@pytest.mark.parametrize("azimuth", [-55.0, 0.0, 30.0])
def test_the_lamp_is_found_within_fifteen_degrees(azimuth: float, elevation: float) -> None:
    found = estimate_light(faces_under(Lamp(azimuth, elevation, 5.0)), average_face())
    apart = direction(azimuth, elevation) @ direction(found.azimuth, found.elevation)
    assert np.degrees(np.arccos(np.clip(apart, -1, 1))) < 15


@pytest.mark.parametrize("azimuth", [-40.0, 0.0, 40.0])
@pytest.mark.parametrize("elevation", [45.0, 65.0, 85.0])
def test_one_bearded_man_is_enough(azimuth: float, elevation: float) -> None:
    seen = faces_under(Lamp(azimuth, elevation, 5.0), count=1, painted=0.4)
    found = estimate_light(seen, average_face())
    apart = direction(azimuth, elevation) @ direction(found.azimuth, found.elevation)
    assert np.degrees(np.arccos(np.clip(apart, -1, 1))) < 10


def test_a_darker_picture_of_the_same_light_gives_the_same_lamp() -> None:
    faces = faces_under(Lamp(-30.0, 60.0, 5.0))
    dark = captured(expose(linear(faces), 14.0))
    bright, dim = estimate_light(faces, average_face()), estimate_light(dark, average_face())
    apart = direction(bright.azimuth, bright.elevation) @ direction(dim.azimuth, dim.elevation)
    assert np.degrees(np.arccos(np.clip(apart, -1, 1))) < 8


def test_white_walls_give_more_light_from_the_room_than_black_ones() -> None:
    white = Fill(walls=(0.5, 0.5), floor=(0.1, 0.1), film=(0.3, 0.3), background=(0.3, 0.3))
    black = Fill(walls=(0.01, 0.01), floor=(0.005, 0.005), film=(0.005, 0.005), background=(0.02, 0.02))
    lamp = Lamp(20.0, 60.0, 3.0)
    bounced = [estimate_light(faces_under(lamp, room), average_face()).bounced for room in (black, white)]
    assert bounced[1] > bounced[0] + 0.15


def test_hair_over_the_forehead_is_not_taken_for_shadow() -> None:
    faces = faces_under(Lamp(-30.0, 60.0, 5.0))
    fringe = faces.copy()
    fringe[:, :9] //= 5
    bare, hidden = estimate_light(faces, average_face()), estimate_light(fringe, average_face())
    assert abs(bare.elevation - hidden.elevation) < 8


def test_without_a_face_there_is_no_light() -> None:
    with pytest.raises(ValueError, match="no faces"):
        estimate_light(np.empty((0, 64, 64), np.uint8), average_face())
