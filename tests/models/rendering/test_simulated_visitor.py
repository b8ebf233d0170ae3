"""The simulated visitor comes, feels, goes, and can be seen as a person is."""

import numpy as np
import pytest

from calibration.settings import CameraSettings
from models.labels import LABELS
from models.rendering.simulated_visitor import SimulatedVisitor
from models.seeing.align import align_all
from models.seeing.classifier import open_classifier
from models.seeing.mtcnn import Mtcnn

SETTINGS = CameraSettings(width=640, height=360)


def _moments(visitor: SimulatedVisitor, wanted: str, count: int, seconds: int = 240) -> list[float]:
    """Times at which the visitor shows ``wanted``, from different parts of the evening."""
    found = [t for t in np.arange(0, seconds, 0.25) if visitor.truth(t) == wanted]
    return [found[k] for k in np.linspace(0, len(found) - 1, count).astype(int)] if found else []


def test_the_same_seed_gives_the_same_evening_and_another_another() -> None:
    one, same, other = (SimulatedVisitor(SETTINGS, seed) for seed in (4, 4, 5))
    times = [0.0, 3.0, 7.5, 12.0, 30.0]
    assert all(np.array_equal(one.read(9 + t), same.read(9 + t)) for t in times)
    evening = np.arange(0, 120, 0.5)
    assert [one.truth(9 + t) for t in evening] == [same.truth(9 + t) for t in evening]
    assert [one.truth(9 + t) for t in evening] != [other.truth(9 + t) for t in evening]


def test_pictures_have_the_camera_s_size_and_a_dark_room_around_the_face() -> None:
    visitor = SimulatedVisitor(SETTINGS, 1)
    empty, there = visitor.read(0.0), visitor.read(5.0)
    assert there.shape == (360, 640, 3)
    assert there.dtype == np.uint8
    assert 1.5 < empty.mean() < 12, "a lens cap is darker, a lit room brighter"
    assert there[60:260, 240:400].mean() > empty[60:260, 240:400].mean() + 20
    assert not np.array_equal(visitor.read(5.0), visitor.read(5.04)), "a live picture is never twice the same"


def test_nobody_is_there_before_the_first_visitor_and_between_two() -> None:
    visitor = SimulatedVisitor(SETTINGS, 2)
    truth = [visitor.truth(t) for t in np.arange(0, 240, 0.25)]
    assert truth[0] is None
    gaps = "".join("." if label is None else "x" for label in truth).split("x" * 20)
    assert sum("." * 12 in gap for gap in gaps) >= 4, "visitors come and go"


def test_whoever_stands_there_is_found_in_nearly_every_picture() -> None:
    visitor, detector = SimulatedVisitor(SETTINGS, 3), Mtcnn(smallest_face=40)
    times = [t for t in np.arange(0, 90, 1.5) if visitor.truth(t)]
    found = [len(detector.detect(visitor.read(t))) == 1 for t in times]
    assert len(found) > 20
    assert np.mean(found) >= 0.95


@pytest.mark.parametrize("label", ["neutral", "happiness", "surprise", "sadness", "anger"])
def test_strong_feelings_are_read_rightly_by_the_shipped_network(label: str) -> None:
    visitor, detector, classifier = SimulatedVisitor(SETTINGS, 7), Mtcnn(smallest_face=40), open_classifier("", "cpu")
    right = []
    for t in _moments(visitor, label, 8):
        picture = visitor.read(t)
        faces = detector.detect(picture)
        if faces:
            guess = classifier.classify(align_all(picture, [faces[0].landmarks]))[0][0].argmax()
            right.append(LABELS[guess] == label)
    assert len(right) >= 6
    assert np.mean(right) >= 0.7
