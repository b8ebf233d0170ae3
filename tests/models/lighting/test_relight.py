"""A lamp overhead does to a face what it does in a dark room, and the camera's darkness is what it says."""

from pathlib import Path

import numpy as np
import pytest

from models.evaluation.dark_benchmark import Condition, darkened
from models.lighting.exposure import Sensor, captured, expose, jpeg, linear, motion_kernel, noisy
from models.lighting.relight import (
    MARGIN,
    Fill,
    Lamp,
    LampBank,
    direction,
    lit,
    read_face_maps,
    sample_lamps,
    shading,
    training_lamps,
)
from models.seeing.align import SIDE, TEMPLATE

DARK_ROOM = Fill((0.02, 0.02), (0.01, 0.01), (0.01, 0.01), (0.05, 0.05))
FACES = read_face_maps("bench")


def _at(light: np.ndarray, x: float, y: float, half: int = 2) -> float:
    """Mean light around a place of the aligned face, over all heads."""
    row, column = round(y) + MARGIN, round(x) + MARGIN
    return float(light[:, row - half : row + half + 1, column - half : column + half + 1].mean())


def test_a_lamp_overhead_leaves_eye_sockets_upper_lip_and_chin_in_the_dark() -> None:
    light = shading(FACES, Lamp(0, 70, 3))
    forehead = _at(light, 31.5, 8)
    for name, place in {"eyes": TEMPLATE[0], "below the nose": (31.5, 44), "chin": (31.5, 62)}.items():
        assert _at(light, *place) < 0.5 * forehead, name
    assert _at(light, 31.5, 34) > 0.7 * forehead, "the ridge of the nose catches the light"


def test_cast_shadows_darken_more_than_the_angle_alone() -> None:
    towards = direction(0, 65)
    turned_away = np.maximum(FACES.normals @ towards, 0)
    with_shadows = lit(FACES, towards)
    assert (with_shadows <= turned_away + 1e-6).all(), "a shadow never adds light"
    assert _at(with_shadows, 31.5, 44) < 0.5 * _at(turned_away, 31.5, 44), "the nose's shadow on the lip"


def test_a_lamp_from_one_side_lights_that_side() -> None:
    light = shading(FACES, Lamp(60, 30, 5))
    left, right = _at(light, 17, 40), _at(light, 46, 40)
    assert right > 2 * left
    mirrored = shading(FACES, Lamp(-60, 30, 5))
    assert _at(mirrored, 17, 40) > 2 * _at(mirrored, 46, 40)


def test_a_larger_lamp_has_softer_shadows() -> None:
    hard, soft = (shading(FACES, Lamp(30, 60, radius), samples=12) for radius in (1, 25))
    steepest = [np.abs(np.diff(light, axis=1)).max(axis=(1, 2)).mean() for light in (hard, soft)]
    assert steepest[1] < 0.8 * steepest[0]


def test_relit_faces_are_the_same_for_the_same_seed_and_follow_the_landmarks() -> None:
    lamps = LampBank(FACES, [Lamp(0, 65, 5)], DARK_ROOM)
    landmarks = np.repeat(TEMPLATE[None], 3, axis=0)
    one, again = (lamps.draw(landmarks, np.random.default_rng(7)) for _ in range(2))
    assert np.array_equal(one, again)
    assert one.shape == (3, SIDE, SIDE)
    assert (one >= 0).all()
    moved = lamps.draw(landmarks + np.float32(6), np.random.default_rng(7))
    assert np.abs(moved[:, 20:60, 20:60] - one[:, 14:54, 14:54]).mean() < 0.03


@pytest.mark.parametrize("mean", [120, 60, 25, 8])
def test_a_face_is_as_dark_as_asked(mean: float) -> None:
    rng = np.random.default_rng(1)
    light = linear(rng.integers(20, 230, (4, SIDE, SIDE), np.uint8))
    seen = captured(expose(light, mean))
    assert seen.mean(axis=(1, 2)) == pytest.approx([mean] * 4, rel=0.06, abs=0.6)


def test_noise_is_photons_and_reading_and_harms_dark_faces_more() -> None:
    rng = np.random.default_rng(2)
    sensor = Sensor(full_well_electrons=1000, read_noise_electrons=5)
    for level in (0.5, 0.05, 0.0):
        counted = noisy(np.full((1, 200, 200), level, np.float32), sensor, rng)
        assert counted.mean() == pytest.approx(level, abs=2e-3)
        assert counted.std() == pytest.approx(np.sqrt(level / 1000 + 0.005**2), rel=0.03)


def test_each_picture_of_a_batch_has_its_own_camera() -> None:
    cameras = Sensor(np.array([[[500]], [[50000]]], np.float32), np.array([[[1]], [[1]]], np.float32))
    counted = noisy(np.full((2, 200, 200), 0.3, np.float32), cameras, np.random.default_rng(2))
    assert counted[0].std() > 8 * counted[1].std()


def test_training_lamps_stand_all_around_from_low_to_overhead_hard_and_soft() -> None:
    lamps = sample_lamps(3, 160)
    behind = sum(abs(lamp.azimuth) > 110 for lamp in lamps)
    assert 2 <= behind < 0.2 * len(lamps), "some behind the head, most not"
    elevations, radii = [lamp.elevation for lamp in lamps], [lamp.radius for lamp in lamps]
    assert 20 <= min(elevations) < 30
    assert max(elevations) > 85
    assert min(radii) < 4
    assert max(radii) > 20


def test_lamps_kept_from_an_earlier_run_are_the_same_lamps(tmp_path: Path) -> None:
    first = training_lamps(count=2, kept_in=tmp_path)
    kept = list(tmp_path.iterdir())
    assert [path.suffix for path in kept] == [".npy"]
    assert np.array_equal(training_lamps(count=2, kept_in=tmp_path).key, first.key)
    kept[0].write_bytes(kept[0].read_bytes()[:-2] + b"\0\0")
    assert not np.array_equal(training_lamps(count=2, kept_in=tmp_path).key, first.key), "read, not computed again"
    training_lamps(seed=4, count=2, kept_in=tmp_path)
    assert len(list(tmp_path.iterdir())) == 2, "other lamps, another file"


def test_gamma_there_and_back_changes_nothing_and_blur_keeps_the_light() -> None:
    ramp = np.arange(256, dtype=np.uint8)[None]
    assert np.array_equal(captured(linear(ramp)), ramp)
    assert motion_kernel(5.0, 0.7).sum() == pytest.approx(1.0)
    assert np.abs(jpeg(np.full((16, 16), 90, np.uint8), 80).astype(int) - 90).max() <= 2


def test_the_dark_benchmark_is_always_the_same() -> None:
    faces = np.random.default_rng(3).integers(40, 200, (2, SIDE, SIDE), np.uint8)
    landmarks = np.repeat(TEMPLATE[None], 2, axis=0)
    condition = (Condition(65, 25),)
    one, again = (darkened(faces, landmarks, condition)[0] for _ in range(2))
    assert np.array_equal(one, again)
    assert one.shape == (2, SIDE, SIDE)
    assert one.dtype == np.uint8
