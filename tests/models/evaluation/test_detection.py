"""Detectors are compared by what they find: near enough, of the right size, each face once, on the same frames."""

import numpy as np
import pytest

from models.arrays import Floats, Image
from models.darkroom.heads import drawn_head
from models.darkroom.scenes import upright_box
from models.evaluation.classified import BORDER, ENLARGED, accuracies
from models.evaluation.dataset import LabelledFaces
from models.evaluation.detection import CONDITIONS, Condition, FrameSource, Tally, compare, false_faces, found
from models.frame import Detection
from models.seeing.align import SIDE, TEMPLATE
from models.seeing.classifier import SHIPPED, open_classifier
from tests.models.darkroom.drawn_faces import drawn_faces

FIVE = TEMPLATE * 2 + np.float32(100)


def seen(five: Floats, wider: float = 1.0) -> Detection:
    """What a detector answers that finds this face."""
    x1, y1, x2, y2 = (float(v) for v in upright_box(five))
    width, height = (x2 - x1) * wider, (y2 - y1) * wider
    return Detection(((x1 + x2 - width) / 2, (y1 + y2 - height) / 2, width, height), 0.9, five)


class Blind:
    """Finds nothing."""

    def detect(self, _image: Image) -> list[Detection]:
        return []


class Sure:
    """Finds the same face in everything, and keeps what it was shown."""

    def __init__(self) -> None:
        self.shown: list[Image] = []

    def detect(self, image: Image) -> list[Detection]:
        self.shown.append(image)
        return [seen(FIVE)]


def test_a_face_is_found_by_what_is_near_and_as_large_and_only_once() -> None:
    faces = np.stack([FIVE, FIVE + 200])
    assert found([seen(FIVE + 205), seen(FIVE)], faces) == [1, 0]
    assert found([seen(FIVE)], np.stack([FIVE, FIVE])) == [0, -1], "one answer is not two faces"
    assert found([seen(FIVE, 3.0), seen(FIVE + 60)], faces) == [-1, -1]
    assert found([], faces) == [-1, -1]


class Middle:
    """Finds the face that fills a frame, but a little aside."""

    def __init__(self, aside: float) -> None:
        self._aside = aside

    def detect(self, _image: Image) -> list[Detection]:
        return [seen(np.asarray(BORDER + TEMPLATE * (ENLARGED / SIDE) + self._aside, np.float32))]


def test_landmarks_are_compared_on_the_faces_that_all_found() -> None:
    faces = LabelledFaces(
        tuple(np.random.default_rng(1).integers(0, 256, (3, 48, 48), np.uint8)),
        np.eye(8, dtype=np.float32)[:3],
        np.arange(3),
    )
    classifier = open_classifier(SHIPPED, "cpu", int8=True)
    answers, count = accuracies({"here": Middle(0), "there": Middle(2)}, faces, classifier)
    assert count == 3
    assert {share for _, share in answers.values()} == {1.0}
    assert accuracies({"here": Middle(0), "far": Middle(70)}, faces, classifier)[1] == 0


def test_a_tally_counts_hits_false_faces_and_how_far_the_landmarks_are_off() -> None:
    tally = Tally()
    tally.add([seen(FIVE + 4.8), seen(FIVE + 300)], FIVE[None], 0.01)
    assert (tally.faces, tally.hits, tally.wrong) == (1, 1, 1)
    assert tally.error == pytest.approx(4.8 * 2**0.5 / 48, rel=1e-3)


def test_all_detectors_look_at_the_same_frames_in_every_condition() -> None:
    rng = np.random.default_rng(1)
    source = FrameSource(drawn_faces(), [drawn_head(drawn_faces().draw(rng), rng)], rng)
    first, second = Sure(), Sure()
    tallies = dict(compare({"first": first, "second": second, "blind": Blind()}, source, 1, CONDITIONS[-3:]))
    assert list(tallies) == ["2 people", "3 people", "4 people"]
    assert all((a == b).all() for a, b in zip(first.shown, second.shown, strict=True))
    assert tallies["4 people"]["blind"].faces == 4
    assert tallies["4 people"]["blind"].hits == 0


def test_a_face_in_an_empty_room_is_counted_and_a_spot_leaves_the_room_black() -> None:
    rng = np.random.default_rng(1)
    source = FrameSource(drawn_faces(), [drawn_head(drawn_faces().draw(rng), rng)], rng)
    assert false_faces({"sure": Sure(), "blind": Blind()}, source, 2, 3, rng) == {"sure": (6, 2), "blind": (0, 0)}
    lit, spot = (source.draw(Condition("", spot=black)).image for black in (False, True))
    assert np.median(spot) < np.median(lit)
