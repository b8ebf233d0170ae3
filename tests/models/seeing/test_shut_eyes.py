"""Shut eyes are told from open ones in rendered people (figures on real faces: ``models.training.make_eyes``)."""

import cv2
import numpy as np
import pytest

from calibration.settings import EyeSettings
from models import MAPS
from models.seeing.align import SIDE, align
from models.seeing.detector import open_detector
from models.seeing.shut_eyes import shut_log_odds


@pytest.fixture(scope="module")
def faces() -> dict[str, np.ndarray]:
    detector = open_detector(EyeSettings())
    found = {}
    with np.load(MAPS / "visitors.npz") as file:
        for who in "012":
            for pose in ("neutral/1", "blink/1", "surprise/1"):
                picture = np.asarray(cv2.imdecode(file[f"{who}/{pose}"], cv2.IMREAD_COLOR), np.uint8)
                best = max(detector.detect(picture), key=lambda one: one.box[2])
                found[f"{who}/{pose}"] = align(picture, best.landmarks)
    return found


@pytest.mark.parametrize("who", ["0", "1", "2"])
def test_shut_eyes_look_more_shut_than_the_same_person_s_open_ones(faces: dict[str, np.ndarray], who: str) -> None:
    blink, rest, wide = shut_log_odds(
        np.stack([faces[f"{who}/{pose}"] for pose in ("blink/1", "neutral/1", "surprise/1")])
    )
    assert blink > rest
    assert blink - wide > -0.2


def test_half_the_light_changes_little(faces: dict[str, np.ndarray]) -> None:
    rest = faces["1/neutral/1"]
    bright, dim = shut_log_odds(np.stack([rest, (rest * 0.5).astype(np.uint8)]))
    assert bright == pytest.approx(dim, abs=0.5)


def test_a_flat_picture_is_no_error() -> None:
    assert np.isfinite(shut_log_odds(np.full((1, SIDE, SIDE), 90, np.uint8))).all()
