"""From a frame to estimates: when it detects, when it follows, and where the faces are told to be."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from calibration.settings import MAX_VISITORS, Region
from models.arrays import Floats, Gray, Image
from models.frame import Detection, Frame
from models.labels import LABELS
from models.seeing.classifier import Classifier, open_classifier
from models.seeing.sight import STAGES, Sight
from tests.models.seeing.test_optical_flow import detection, picture
from tests.models.tiny_classifier import make_classifier


@pytest.fixture(scope="module")
def classifier(tmp_path_factory: pytest.TempPathFactory) -> Classifier:
    return open_classifier(make_classifier(tmp_path_factory.mktemp("net") / "net.onnx"), "cpu")


class KnownFaces:
    """A detector that is told what is there, and counts how often it is asked."""

    def __init__(self, *faces: Detection) -> None:
        self.faces, self.asked = list(faces), 0
        self.image: Image = np.empty(0, np.uint8)

    def detect(self, image: Image) -> list[Detection]:
        self.asked += 1
        self.image = image
        return self.faces


def frames(*images: Gray) -> Iterator[Frame]:
    for number, image in enumerate(images):
        yield Frame(np.repeat(image[..., None], 3, axis=2), number / 15, number)


def test_a_walking_face_is_detected_on_every_third_frame_and_followed_between(classifier: Classifier) -> None:
    detector = KnownFaces(detection(400, 250))
    sight = Sight(detector, classifier, detect_every=3)
    asked, places = [], []
    for frame in frames(*(picture(400 + 6 * step, 250) for step in range(4))):
        places.append(sight.detect_and_classify(frame)[0].detection.box[0])
        asked.append(detector.asked)
    assert asked == [1, 1, 1, 2]
    assert places[:3] == pytest.approx([400, 406, 412], abs=2)


def test_of_eyes_only_those_large_and_light_enough_are_told_to_be_shut_or_open(classifier: Classifier) -> None:
    rng, large, small = np.random.default_rng(1), detection(400, 250), detection(900, 250)
    small = replace(small, landmarks=(small.landmarks - small.landmarks[0]) / 8 + small.landmarks[0])
    bright = rng.integers(60, 200, (540, 1200), np.uint8)
    sight = Sight(KnownFaces(small, large), classifier, detect_every=1)
    for image, told in ((bright, [False, True]), ((bright // 20).astype(np.uint8), [False, False])):
        (frame,) = frames(image)
        faces = {one.detection.box[0]: one.eyes_shut is not None for one in sight.detect_and_classify(frame)}
        assert [faces[one.box[0]] for one in (small, large)] == told


def test_a_face_that_is_lost_brings_the_next_detection_forward(classifier: Classifier) -> None:
    detector = KnownFaces(detection(400, 250))
    sight = Sight(detector, classifier, detect_every=10)
    for frame in frames(picture(400, 250), picture(900, 100)):
        sight.detect_and_classify(frame)
    assert detector.asked == 2


def test_a_new_visitor_in_an_empty_room_is_found_within_three_frames(classifier: Classifier) -> None:
    detector = KnownFaces()
    sight = Sight(detector, classifier, detect_every=3)
    counts = []
    for frame in frames(*(picture(400, 250) for _ in range(4))):
        counts.append(len(sight.detect_and_classify(frame)))
        detector.faces = [detection(400, 250)]
    assert counts == [0, 0, 0, 1]


def test_faces_are_looked_for_in_the_region_only_and_told_in_the_frames_own_pixels(classifier: Classifier) -> None:
    detector = KnownFaces(detection(80, 70))
    sight = Sight(detector, classifier, region=Region(left=0.25, top=0.25, right=0.75, bottom=1.0))
    estimate = sight.detect_and_classify(next(frames(picture(400, 250))))[0]
    assert detector.image.shape == (540, 640, 3)
    assert estimate.detection.box[:2] == pytest.approx((80 + 320, 70 + 180))
    assert np.allclose(estimate.detection.landmarks, detection(400, 250).landmarks, atol=0.01)


def test_every_face_has_its_own_probabilities_light_and_worth(classifier: Classifier) -> None:
    sight = Sight(KnownFaces(detection(400, 250), detection(100, 100)), classifier)
    two = sight.detect_and_classify(next(frames(picture(400, 250))))
    assert len(two) == 2
    assert all(abs(estimate.probabilities.sum() - 1) < 1e-4 for estimate in two)
    assert not np.allclose(two[0].probabilities, two[1].probabilities)
    assert two[0].luminance == pytest.approx(picture(400, 250)[270:390, 430:530].mean(), rel=0.1)


def test_a_crowd_beyond_what_is_followed_does_not_stop_the_eye_and_the_nearest_are_seen(classifier: Classifier) -> None:
    crowd = [detection(30.0 * n, 200, 0.2 + n / 100) for n in range(40)]
    seen = Sight(KnownFaces(*crowd), classifier).detect_and_classify(next(frames(picture(400, 250))))
    assert [one.detection.box for one in seen] == [one.box for one in crowd[-MAX_VISITORS:]]


def test_a_look_classifies_so_many_faces_and_the_others_keep_what_was_read_of_them(
    classifier: Classifier, monkeypatch: pytest.MonkeyPatch
) -> None:
    batches, really = list[int](), classifier.classify

    def counted(faces: Gray) -> tuple[Floats, Floats]:
        batches.append(len(faces))
        return really(faces)

    monkeypatch.setattr(classifier, "classify", counted)
    crowd = [detection(75.0 * (n % 16), 100 + 200 * (n // 16), 0.4 + n / 1000) for n in range(20)]
    region = Region(left=0.0, top=0.1, right=1.0, bottom=1.0)
    sight = Sight(KnownFaces(*crowd), classifier, detect_every=1, region=region, classify_at_most=4)
    looks = [sight.detect_and_classify(frame) for frame in frames(*(picture(400, 250) for _ in range(10)))]
    assert batches == [4] * 10
    assert [len(look) for look in looks] == [4, 6, 8, 10, 12, 14, 16, 18, 20, 20]
    assert sorted({round(one.age_seconds * 15) for one in looks[-1]}) == list(range(9))
    whole = Sight(KnownFaces(*crowd), classifier, region=region).detect_and_classify(next(frames(picture(400, 250))))
    for alone, read in zip(whole, looks[-1], strict=True):
        assert alone.detection.box == read.detection.box
        assert np.allclose(alone.probabilities, read.probabilities, atol=1e-5)
    sight.forget()
    assert len(sight.detect_and_classify(Frame(next(frames(picture(400, 250))).image, 1.0, 11))) == 4


def test_a_venues_own_head_has_the_last_word(classifier: Classifier) -> None:
    asked = []

    def always_calm(probabilities: Floats, embeddings: Floats) -> Floats:
        asked.append((probabilities.shape, embeddings.shape))
        return np.eye(len(LABELS), dtype=np.float32)[[0] * len(probabilities)]

    sight = Sight(KnownFaces(detection(400, 250)), classifier, head=always_calm)
    assert sight.detect_and_classify(next(frames(picture(400, 250))))[0].probabilities[0] == 1.0
    assert asked == [((1, 8), (1, classifier.embedding_size))]


def test_a_network_gone_mad_is_stopped_at_the_door(classifier: Classifier) -> None:
    def mad(probabilities: Floats, embeddings: Floats) -> Floats:  # noqa: ARG001 - a head is given both
        return probabilities * np.float32(np.nan)

    with pytest.raises(ValueError, match="finite"):
        Sight(KnownFaces(detection(400, 250)), classifier, head=mad).detect_and_classify(
            next(frames(picture(400, 250)))
        )


def test_the_time_of_each_stage_is_measured(classifier: Classifier) -> None:
    ticks = iter(range(100))
    sight = Sight(KnownFaces(detection(400, 250)), classifier, clock=lambda: next(ticks) / 1000)
    first, second = frames(picture(400, 250), picture(402, 250))
    sight.detect_and_classify(first)
    assert sight.stages_ms == pytest.approx({"detect": 1, "follow": 0, "align": 1, "classify": 1, "weigh": 1})
    sight.detect_and_classify(second)
    assert sight.stages_ms["detect"] == 0
    assert sight.stages_ms["follow"] == pytest.approx(1)
    assert tuple(sight.stages_ms) == STAGES


def test_what_runs_is_said_in_one_line(classifier: Classifier) -> None:
    sight = Sight(KnownFaces(), classifier)
    assert sight.line == "detector KnownFaces on CPU, classifier net 0.0-test on CPU (as the venue asks)"
