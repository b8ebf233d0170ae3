"""In the dark a face is lifted out of its noise; in the light nothing is touched."""

import cv2
import numpy as np
import pytest

from models.arrays import Gray
from models.seeing.brighten import BRIGHT_ENOUGH, TARGET, Reduced, brighten, reduce_to_gray


def dark_room(face_mean: float, seed: int = 0) -> Gray:
    """A round light patch, brighter above than below as under a lamp, with photon noise; (360, 640) uint8."""
    y, x = np.mgrid[:360, :640]
    patch = np.exp(-(((x - 320) / 40) ** 2 + ((y - 180) / 55) ** 2))
    lamp = np.exp(-(y - 120) / 60.0).clip(0.05, 2)
    light = face_mean * patch * lamp
    electrons = np.random.default_rng(seed).poisson(light * 4)
    return np.asarray(np.clip(np.round(electrons / 4), 0, 255), np.uint8)


def test_a_bright_picture_is_left_alone() -> None:
    picture = np.full((90, 160), int(BRIGHT_ENOUGH) + 5, np.uint8)
    assert brighten(picture) is picture


@pytest.mark.parametrize("mean", [8, 30, 100])
def test_a_face_alone_in_a_black_room_comes_near_the_wanted_light(mean: float) -> None:
    face = brighten(dark_room(mean))[150:210, 300:340]
    assert 0.6 * TARGET < face.mean() < 1.7 * TARGET
    assert (face == 255).mean() < 0.02


def test_the_lamps_slope_over_a_face_is_mostly_taken_away() -> None:
    picture = dark_room(40)
    top, chin = slice(140, 150), slice(215, 225)
    before = picture[top, 310:330].mean() / picture[chin, 310:330].mean()
    lit = brighten(picture)
    after = lit[top, 310:330].mean() / lit[chin, 310:330].mean()
    assert before > 3
    assert 0.5 < after < 0.5 * before


def test_black_stays_without_contrast_that_is_not_there() -> None:
    assert np.isfinite(brighten(np.zeros((40, 60), np.uint8))).all()


def test_a_picture_smaller_than_the_recipes_blocks_passes() -> None:
    assert brighten(np.full((5, 3), 10, np.uint8)).shape == (5, 3)


def test_the_scale_says_where_a_pixel_came_from() -> None:
    picture = np.full((720, 1280, 3), 100, np.uint8)
    cv2.rectangle(picture, (800, 400), (840, 440), (255, 255, 255), -1)
    gray, scale = reduce_to_gray(picture, 360)
    assert gray.shape == (360, 640)
    rows, columns = np.nonzero(gray > 200)
    assert columns.mean() / scale == pytest.approx(820, abs=2)
    assert rows.mean() / scale == pytest.approx(420, abs=2)


def test_a_small_picture_is_not_enlarged() -> None:
    gray, scale = reduce_to_gray(np.full((120, 160, 3), 100, np.uint8), 360)
    assert gray.shape == (120, 160)
    assert scale == 1.0


@pytest.mark.parametrize("mean", [2.0, 20.0, 200.0])
def test_a_part_is_brightened_as_it_is_in_the_whole_picture(mean: float) -> None:
    picture, part = dark_room(mean), (slice(140, 230), slice(280, 370))
    alone, whole = Reduced(picture, 360).brightened(part), brighten(picture)[part]
    assert np.abs(alone.astype(int) - whole)[4:-4, 4:-4].max() <= 1
