"""A covered mouth is told from a free one (figures on real hands: ``models.training.make_covered``)."""

import cv2
import numpy as np
import pytest

from calibration.settings import EyeSettings
from models import MAPS
from models.arrays import Gray
from models.darkroom.heads import Head
from models.darkroom.hidden import hidden
from models.frame import Detection, Frame
from models.lighting.exposure import captured, linear
from models.seeing.align import SIDE, align
from models.seeing.classifier import open_classifier
from models.seeing.covered_mouth import covered_log_odds, mouths_free
from models.seeing.detector import open_detector
from models.seeing.sight import Sight

WHO = "012"


@pytest.fixture(scope="module")
def seen() -> dict[str, tuple[Gray, Detection]]:
    """Gray pictures of rendered people, and where the face is in each."""
    detector, pictures = open_detector(EyeSettings()), {}
    with np.load(MAPS / "visitors.npz") as file:
        for who in WHO:
            for shows in ("neutral", "happiness", "surprise"):
                picture = np.asarray(cv2.imdecode(file[f"{who}/{shows}/1"], cv2.IMREAD_COLOR), np.uint8)
                face = max(detector.detect(picture), key=lambda one: one.box[2])
                pictures[f"{who}/{shows}"] = np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), np.uint8), face
    return pictures


def masked(picture: Gray, face: Detection) -> Gray:
    light = linear(picture)
    head = Head(light, np.ones_like(light), face.landmarks)
    return np.asarray(captured(hidden(head, "mask", np.random.default_rng(4)).light[None])[0], np.uint8)


def free(picture: Gray, face: Detection) -> float:
    return float(mouths_free(align(picture, face.landmarks)[None])[0])


def test_the_mouth_of_a_face_that_rests_smiles_or_is_surprised_is_free(
    seen: dict[str, tuple[Gray, Detection]],
) -> None:
    assert {name: free(*one) for name, one in seen.items()} == dict.fromkeys(seen, 1.0)


@pytest.mark.parametrize("who", WHO)
def test_a_mask_covers_it(seen: dict[str, tuple[Gray, Detection]], who: str) -> None:
    picture, face = seen[f"{who}/neutral"]
    assert free(masked(picture, face), face) < 0.3


def test_a_look_at_a_covered_mouth_is_worth_little_and_says_nothing_of_its_opening(
    seen: dict[str, tuple[Gray, Detection]],
) -> None:
    picture, face = seen["1/neutral"]

    class Known:
        def detect(self, _: Gray) -> list[Detection]:
            return [face]

    sight = Sight(Known(), open_classifier(device="cpu"), detect_every=1)
    bare, covered = (
        sight.detect_and_classify(Frame(np.repeat(one[..., None], 3, axis=2), now, 0))[0]
        for now, one in ((1.0, picture), (1.1, masked(picture, face)))
    )
    assert bare.mouth_open is not None
    assert covered.mouth_open is None
    assert covered.quality < 0.3 < 0.5 < bare.quality


def test_a_flat_picture_is_no_error() -> None:
    assert np.isfinite(covered_log_odds(np.full((2, SIDE, SIDE), 90, np.uint8))).all()
