"""How much a face's judgement is worth follows its size, light, sharpness, pose and score."""

import cv2
import numpy as np
import pytest

from models.frame import Detection
from models.seeing.align import TEMPLATE
from models.seeing.quality import luminance, quality

GRAIN = np.asarray(cv2.GaussianBlur(np.random.default_rng(0).normal(0, 1, (64, 64)).astype(np.float32), (0, 0), 0.8))
FACE = np.asarray((110 + GRAIN / GRAIN.std() * 30).clip(0, 255), np.uint8)


def detection(scale: float = 3.0, score: float = 0.99, nose: float = 0.0) -> Detection:
    landmarks = TEMPLATE * scale
    landmarks[2, 0] += nose * 24 * scale
    return Detection((0, 0, 64 * scale, 64 * scale), score, landmarks.astype(np.float32))


def test_a_large_sharp_lit_frontal_sure_face_is_worth_nearly_all() -> None:
    assert quality(FACE, detection()) > 0.9


def test_each_fault_alone_lowers_the_worth() -> None:
    best = quality(FACE, detection())
    assert quality(FACE, detection(scale=0.4)) < 0.5 * best
    assert quality(FACE // 40, detection()) < 0.7 * best
    assert quality(np.asarray(cv2.GaussianBlur(FACE, (0, 0), 3), np.uint8), detection()) < 0.7 * best
    assert quality(FACE, detection(nose=0.5)) < 0.5 * best
    assert quality(FACE, detection(score=0.7)) < 0.7 * best
    assert quality(FACE, detection(), mouth_free=0.25) == 0.25


def test_a_turned_head_is_judged_alike_whether_it_is_upright_or_tilted() -> None:
    upright = detection(nose=0.4)
    angle = np.deg2rad(30)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    tilted = Detection(upright.box, upright.score, (upright.landmarks @ turn.T).astype(np.float32))
    assert quality(FACE, tilted) == pytest.approx(quality(FACE, upright), abs=0.01)


def test_black_and_landmarks_on_one_point_are_worth_nothing_and_no_crash() -> None:
    lost = Detection((0, 0, 1, 1), 0.9, np.zeros((5, 2), np.float32))
    assert quality(np.zeros((64, 64), np.uint8), lost) == 0.0


def test_a_slope_of_light_does_not_count_as_blur() -> None:
    slope = np.linspace(1.6, 0.4, 64)[:, None]
    lit_from_above = (FACE * slope).clip(0, 255).astype(np.uint8)
    assert quality(lit_from_above, detection()) > 0.8


def test_the_light_of_a_face_leaves_out_the_room_in_its_corners() -> None:
    face = np.full((64, 64), 30, np.uint8)
    face[:8, :12] = face[-8:, -12:] = 255
    assert luminance(face) == 30.0
