"""A face lies the same way in training and at the camera, however it was turned, how large and how bright it was."""

import cv2
import numpy as np
import pytest

from models.seeing.align import SIDE, TEMPLATE, align, align_all, prepare, similarity


def turned(points: np.ndarray, degrees: float, scale: float, shift: tuple[float, float]) -> np.ndarray:
    angle = np.deg2rad(degrees)
    turn = scale * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    return (points @ turn.T + shift).astype(np.float32)


def smooth_picture(height: int, width: int, seed: int = 1) -> np.ndarray:
    rough = np.random.default_rng(seed).uniform(0, 255, (height // 12, width // 12))
    return cv2.resize(rough, (width, height), interpolation=cv2.INTER_CUBIC).clip(0, 255).astype(np.uint8)


@pytest.mark.parametrize("degrees", [-35, 0, 20, 180])
@pytest.mark.parametrize("scale", [0.4, 1.0, 3.7])
def test_a_turned_face_is_brought_exactly_onto_the_template(degrees: float, scale: float) -> None:
    landmarks = turned(TEMPLATE, degrees, scale, (300, 200)).astype(np.float64)
    turn = similarity(landmarks)
    assert np.allclose(landmarks @ turn[:, :2].T + turn[:, 2], TEMPLATE, atol=1e-3)


def test_the_transform_agrees_with_opencvs_least_squares_and_never_mirrors() -> None:
    rng = np.random.default_rng(3)
    for _ in range(20):
        landmarks = turned(TEMPLATE, rng.uniform(-40, 40), rng.uniform(0.5, 3), (100, 90)) + rng.normal(0, 1, (5, 2))
        turn = similarity(landmarks)
        error = np.sum((landmarks @ turn[:, :2].T + turn[:, 2] - TEMPLATE) ** 2)
        other, _ = cv2.estimateAffinePartial2D(landmarks, TEMPLATE, method=cv2.LMEDS)
        assert error <= np.sum((landmarks @ other[:, :2].T + other[:, 2] - TEMPLATE) ** 2) + 1e-6
        assert np.linalg.det(turn[:, :2]) > 0


def test_many_faces_are_brought_onto_others_each_by_its_own_turn() -> None:
    onto = np.stack([turned(TEMPLATE, degrees, 1.2, (3, 5)) for degrees in (-20, 10)]).astype(np.float64)
    turn = similarity(np.repeat(TEMPLATE[None], 2, axis=0).astype(np.float64), onto)
    assert np.allclose(TEMPLATE @ turn[:, :, :2].transpose(0, 2, 1) + turn[:, None, :, 2], onto, atol=1e-4)


def test_landmarks_that_fell_on_one_point_give_a_picture_and_no_crash() -> None:
    assert align(smooth_picture(100, 100), np.full((5, 2), 50, np.float32)).shape == (SIDE, SIDE)


@pytest.mark.parametrize("scale", [1.0, 2.6, 5.0])
def test_a_large_face_is_the_small_one_seen_nearer(scale: float) -> None:
    small = smooth_picture(SIDE, SIDE)
    # Pixel centres: the middle of pixel 0 lies at 0, so a picture enlarged has its points at (p + 0.5) * scale - 0.5.
    large = np.asarray(cv2.resize(small, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC), np.uint8)
    shift = 0.5 * scale - 0.5
    again = align(large, (TEMPLATE * scale + shift).astype(np.float32))
    assert np.abs(again.astype(int) - small)[2:-2, 2:-2].mean() < 2.5


def test_a_face_at_the_edge_of_the_picture_repeats_its_border() -> None:
    picture = np.full((120, 160, 3), 90, np.uint8)
    face = align(picture, TEMPLATE - 40)
    assert face.min() == face.max() == 90


def test_colour_and_gray_give_the_same_face() -> None:
    gray = smooth_picture(200, 300)
    landmarks = turned(TEMPLATE, 12, 1.7, (60, 40))
    colour = np.asarray(cv2.cvtColor(gray, cv2.COLOR_GRAY2BGR), np.uint8)
    assert np.array_equal(align(gray, landmarks), align(colour, landmarks))


def test_many_faces_are_the_single_ones_stacked_and_none_is_an_empty_stack() -> None:
    picture = smooth_picture(200, 300)
    landmarks = [turned(TEMPLATE, 0, 1, (10, 10)), turned(TEMPLATE, 30, 2, (150, 20))]
    assert np.array_equal(align_all(picture, landmarks)[1], align(picture, landmarks[1]))
    assert align_all(picture, []).shape == (0, SIDE, SIDE)


def test_exposure_and_gain_do_not_reach_the_network() -> None:
    face = smooth_picture(SIDE, SIDE) // 2
    bright = prepare(np.stack([face, face * 2]))
    assert bright.shape == (2, 1, SIDE, SIDE)
    assert bright.dtype == np.float32
    assert np.allclose(bright[0], bright[1], atol=1e-4)
    assert bright.mean() == pytest.approx(0, abs=1e-4)
    assert bright.std() == pytest.approx(1, abs=1e-3)


def test_a_black_face_stays_finite_and_its_noise_small() -> None:
    black = (np.random.default_rng(0).random((1, SIDE, SIDE)) < 0.02).astype(np.uint8)
    prepared = prepare(np.concatenate([black, np.zeros_like(black)]))
    assert np.isfinite(prepared).all()
    assert prepared.std() < 0.2
