"""The fine part of training's light: other people's details on the face, finer than any lamp's broad light."""

import numpy as np
import pytest

from models.arrays import Floats
from models.lighting.fine_detail import DetailedLight, fine, log_light, relief
from models.seeing.align import SIDE, TEMPLATE
from tests.models.even_light import EvenLight

EYE = 19.5, 24.6


def spotted(at: tuple[float, float]) -> np.ndarray:
    """A gray face with one dark spot of 2 pixels."""
    y, x = np.mgrid[:SIDE, :SIDE]
    return np.asarray(150 - 130 * np.exp(-((x - at[0]) ** 2 + (y - at[1]) ** 2) / 8), np.uint8)


def drawn(landmarks: Floats, seed: int = 4) -> Floats:
    """Logarithms of the light that one lender with a dark left eye gives to faces with these landmarks."""
    light = DetailedLight(EvenLight(), spotted(EYE)[None], TEMPLATE[None].astype(np.float32))
    factors = light.draw(landmarks, np.random.default_rng(seed))
    assert factors.dtype == np.float32
    assert np.isfinite(factors).all()
    return np.asarray(np.log(factors / np.float32(0.5)), np.float32)


def test_a_lenders_dark_eye_lies_at_the_eye_of_the_face_wherever_that_is_and_the_wall_has_nothing() -> None:
    away = np.array([10, 4], np.float32)
    for shift in (0 * away, away):
        log = np.abs(drawn(np.repeat((TEMPLATE + shift)[None], 60, axis=0)))
        assert (np.ptp(log, axis=(1, 2)) > 1e-3).mean() == pytest.approx(0.8, abs=0.15), "a share of the faces"
        y, x = np.unravel_index(log.mean(axis=0).argmax(), (SIDE, SIDE))
        assert np.hypot(x - EYE[0] - shift[0], y - EYE[1] - shift[1]) < 3
        assert log[:, :, :2].max() < 0.05


def test_a_detail_is_turned_and_scaled_with_the_face_and_not_bent_to_its_mouth() -> None:
    open_mouth = TEMPLATE.copy()
    open_mouth[3:, 1] += 6  # the corners lie lower: bent to them all would move down, the eye too
    larger = (TEMPLATE - 31.5) * 1.3 + 31.5
    for face, eye in ((open_mouth, EYE), (larger, (15.9, 22.5))):
        log = np.abs(drawn(np.repeat(face[None].astype(np.float32), 80, axis=0))).mean(axis=0)
        y, x = np.unravel_index(log.argmax(), log.shape)
        assert np.hypot(x - eye[0], y - eye[1]) < 4


def test_what_is_fine_has_no_broad_light_in_it() -> None:
    y, _ = np.mgrid[:SIDE, :SIDE].astype(np.float32)
    slope, rng = y / 10, np.random.default_rng(1)
    assert np.abs(fine(slope, rng)[26:-26, 26:-26]).max() < 0.01
    assert fine(log_light(spotted((32, 32)).astype(np.float32)), rng)[32, 32] < -0.5


def test_a_dark_line_is_a_hollow_that_is_dark_above_and_bright_below() -> None:
    line = np.zeros((SIDE, SIDE), np.float32)
    line[30:32] = -1
    lit = np.mean([relief(line, np.random.default_rng(seed)) for seed in range(40)], axis=0)
    assert lit[28:31].mean() < -0.05
    assert lit[31:34].mean() > 0.05
