"""A detector that is quick enough searches each picture; nothing is followed, and an empty room rests."""

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np

from models.arrays import Image
from models.frame import Detection
from models.seeing.each_picture import EachPicture
from models.seeing.empty_room import EACH_SECONDS
from models.seeing.finding import EMPTY_SECONDS, AtOnce
from models.seeing.io_binding import VariantUnavailable
from tests.models.seeing.test_optical_flow import detection
from tests.models.seeing.test_sight import KnownFaces

PICTURE = np.full((90, 160, 3), 70, np.uint8)


@contextmanager
def timed(_stage: str) -> Iterator[None]:
    yield


class Lost(KnownFaces):
    """A detector on a GPU that is gone."""

    def detect(self, image: Image) -> list[Detection]:
        super().detect(image)
        raise VariantUnavailable("CUDA failure 719")


def test_each_picture_is_searched_and_of_a_crowd_the_nearest_are_taken() -> None:
    detector = KnownFaces(detection(40, 25), detection(400, 250))
    finder = EachPicture(detector, AtOnce(KnownFaces(), 3))
    for n in range(5):
        assert finder.find(PICTURE, n / 30, 8, timed) == detector.faces
        assert detector.asked == n + 1
        assert finder.rest_seconds == 0
    assert len(finder.find(PICTURE, 1.0, 1, timed)) == 1


def test_an_empty_room_rests_until_its_picture_changes() -> None:
    detector = KnownFaces(detection(40, 25))
    finder = EachPicture(detector, AtOnce(KnownFaces(), 3))
    finder.find(PICTURE, 0.0, 8, timed)
    detector.faces = []
    assert finder.find(PICTURE, 1.0, 8, timed) == []
    assert finder.rest_seconds == 0, "who is lost for a moment is searched in each picture"
    searches = detector.asked
    for n in range(300):
        finder.find(PICTURE, 1.0 + EMPTY_SECONDS + n / 30, 8, timed)
        assert finder.rest_seconds == EACH_SECONDS
    assert detector.asked - searches < 30
    changed, searches = 255 - PICTURE, detector.asked
    detector.faces = [detection(40, 25)]
    assert finder.find(changed, 20.0 + EACH_SECONDS, 8, timed) == detector.faces
    assert detector.asked == searches + 1
    assert finder.rest_seconds == 0


def test_when_the_detector_is_lost_another_finder_goes_on() -> None:
    lost, other = Lost(), KnownFaces(detection(40, 25))
    finder = EachPicture(lost, AtOnce(other, 1))
    for n in range(3):
        assert finder.find(PICTURE, n / 30, 8, timed) == other.faces
    assert lost.asked == 1
    finder.forget()
    assert finder.sees_face(PICTURE)
    lost = Lost()
    assert EachPicture(lost, AtOnce(other, 1)).sees_face(PICTURE)
    assert lost.asked == 1
