"""The fine part of training's light: other people's details on the face, finer than any lamp's broad light."""

import numpy as np
import pytest

from models.arrays import Floats, Gray
from models.lighting.fine_detail import FineDetail, fine, log_light, relief
from models.seeing.align import SIDE, TEMPLATE

EYE = 19.5, 24.6


def spotted(at: tuple[float, float]) -> Gray:
    """A gray face with one dark spot of 2 pixels."""
    y, x = np.mgrid[:SIDE, :SIDE]
    return np.asarray(150 - 130 * np.exp(-((x - at[0]) ** 2 + (y - at[1]) ** 2) / 8), np.uint8)


def strength(landmarks: Floats, spot: tuple[float, float] = EYE) -> Floats:
    """How strong the detail of a lender with a dark spot is at each place of 80 faces with these landmarks."""
    lender = FineDetail(spotted(spot)[None], TEMPLATE[None])
    return np.abs(lender.draw(np.repeat(landmarks[None].astype(np.float32), 80, axis=0), np.random.default_rng(4)))


def strongest(logs: Floats) -> tuple[int, int]:
    """Where (x, y) the mean over the faces is largest."""
    y, x = np.unravel_index(logs.mean(axis=0).argmax(), logs.shape[1:])
    return int(x), int(y)


def test_a_lenders_dark_eye_lies_at_the_eye_of_the_face_wherever_that_is_and_the_wall_has_nothing() -> None:
    for shift in np.array([[0, 0], [10, 4]], np.float32):
        logs = strength(TEMPLATE + shift)
        assert logs.dtype == np.float32
        assert (np.ptp(logs, axis=(1, 2)) > 1e-3).mean() == pytest.approx(0.6, abs=0.15), "a share of the faces"
        assert np.hypot(*(strongest(logs) - shift - EYE)) < 3
    assert strength(TEMPLATE, spot=(2, 2)).max() < 0.05, "hair and walls are not lent"


def test_a_detail_is_turned_and_scaled_with_the_face() -> None:
    larger = (TEMPLATE - 31.5) * 1.3 + 31.5
    assert np.hypot(*np.subtract(strongest(strength(larger)), (15.9, 22.5))) < 3


def test_a_shut_mouth_does_not_come_to_lie_on_an_open_one() -> None:
    open_mouth = TEMPLATE.copy()
    open_mouth[3:, 1] += 8  # bent to all five landmarks, the lender's mouth would go there too
    _, y = strongest(strength(open_mouth, spot=(31.5, 50.2)))
    assert y < 50.2 + 8 - 3


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
