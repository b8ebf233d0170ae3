"""A crowd that does not exist: everybody is where it is said, in light and in the dark."""

import numpy as np
import pytest

from calibration.settings import EyeSettings
from models.rendering.crowd import Crowd
from models.seeing.detector import open_detector


@pytest.mark.parametrize(("number", "face_mean"), [(1, 120.0), (4, 15.0), (16, 120.0)])
def test_each_face_is_where_it_is_said_and_as_bright(number: int, face_mean: float) -> None:
    crowd = Crowd(number)
    picture = crowd.read(0.3, face_mean)
    assert picture.shape == (720, 1280, 3)
    boxes = [detection.box for detection in open_detector(EyeSettings()).detect(picture)]
    assert len(boxes) == number
    for x, y in crowd.places(0.3):
        around = [box for box in boxes if box[0] < x < box[0] + box[2] and box[1] < y < box[1] + box[3]]
        assert len(around) == 1
        near = picture[int(y) - 15 : int(y) + 15, int(x) - 15 : int(x) + 15]
        assert 0.4 * face_mean < near.mean() < 2.2 * face_mean


def test_it_sways_and_after_a_second_begins_again() -> None:
    crowd = Crowd(2, 640, 360)
    assert np.array_equal(crowd.read(0.0), crowd.read(1.0))
    assert not np.array_equal(crowd.read(0.0), crowd.read(0.25))
    assert not np.array_equal(crowd.read(0.0, 40.0, seed=1), crowd.read(0.0, 40.0, seed=2))
