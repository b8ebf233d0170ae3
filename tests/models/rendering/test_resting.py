"""Resting faces: brows where photographs have them, lamps where the visitor has them, and what skin does to light."""

import numpy as np
import pytest

from models.arrays import Floats
from models.lighting.relight import Lamp
from models.rendering.mesh import Mesh
from models.rendering.portrait import TEXTURE_A_CM, painted
from models.rendering.resting import GRAY, SKINS, light_on
from models.rendering.turned_head import TurnedHead


def _landmarks() -> Floats:
    """68 landmarks of which only brows, eyes and lips are placed, as the 3-D face has them: eyes 8.9 cm across."""
    points = np.zeros((68, 3), np.float32)
    points[17:22] = [[-5.4 + k * 0.95, y, 8] for k, y in enumerate((1.76, 2.5, 2.8, 2.8, 2.5))]
    points[22:27] = points[17:22][::-1] * [-1, 1, 1]
    lids = [(-4.45, 0), (-3.6, 0.42), (-2.6, 0.42), (-1.85, 0), (-2.6, -0.41), (-3.6, -0.41)]
    points[36:42, :2] = lids
    points[42:48, :2] = [(-x, y) for x, y in (lids[3], lids[2], lids[1], lids[0], lids[5], lids[4])]
    points[48:60, :2] = [(2.4 * np.cos(t), -6.5 + 0.8 * np.sin(t)) for t in np.linspace(np.pi, 3 * np.pi, 12)]
    return points


def test_brows_are_painted_where_photographs_of_neutral_faces_have_them_and_not_where_surprise_has() -> None:
    rest, none = _landmarks(), np.zeros((0, 3), np.int32)
    mesh = Mesh(rest, none, {}, np.zeros((0, 68, 3), np.float16), np.arange(68, dtype=np.int32))
    _, brows, lashes = painted(mesh, rest, 0.0)
    across = 8.9
    above = (480 - np.arange(960)) / TEXTURE_A_CM / across  # of each row, in distances of the eyes' outer corners
    middle = brows[:, 480 + round(3.5 * TEXTURE_A_CM)]
    rows = above[middle > 0.5]
    assert rows.min() == pytest.approx(0.20, abs=0.03)
    assert rows.max() == pytest.approx(0.25, abs=0.03)
    assert (middle @ above) / middle.sum() < 0.25, "brows of surprised faces begin there"
    _, higher, _ = painted(mesh, rest, 0.3)
    assert (higher[:, 620] @ above) / higher[:, 620].sum() > (middle @ above) / middle.sum()
    assert above[lashes.sum(1) > 1].min() > -0.02, "upper lashes only"


def _ball() -> TurnedHead:
    side = 64
    y, x = np.mgrid[:side, :side].astype(np.float32) - 31.5
    hit = (np.hypot(x, y) < 28).astype(np.float32)
    z = np.sqrt(np.maximum(28**2 - x**2 - y**2, 0))
    normals = np.stack([x, -y, z], axis=2) / 28 * hit[..., None]
    none = np.zeros((side, side, 3), np.float32)
    depth = np.where(hit > 0, z, -20).astype(np.float32)
    return TurnedHead(
        hit, normals, depth, np.zeros((side, side), np.int32), none, none[0], np.zeros((5, 2), np.float32)
    )


def test_a_lamp_overhead_comes_nearer_to_a_camera_that_looks_down() -> None:
    ball, lamps = _ball(), ((Lamp(0, 88, 5), 1.0),)
    level, above = (light_on(ball, lamps, down, 0.01, 0.01).diffuse for down in (0, 40))
    assert level[8].sum() > 3 * level[32].sum(), "its top is lit"
    assert above[32, 32] > 3 * level[32, 32], "what looks at the camera is lit from there"


def test_dark_skin_gives_back_less_light_and_shines_more_beside_it() -> None:
    given_back = [float(np.array(skin) @ GRAY) for skin in SKINS.values()]
    assert given_back == sorted(given_back, reverse=True)
    light = light_on(_ball(), ((Lamp(0, 45, 5), 1.0),), 0, 0.05, 0.05)
    lightest, darkest = (share * light.diffuse + light.shine for share in (given_back[0], given_back[-1]))
    assert darkest.sum() < lightest.sum() / 3
    assert darkest.max() / np.median(darkest[darkest > 0]) > 1.5 * lightest.max() / np.median(lightest[lightest > 0])
