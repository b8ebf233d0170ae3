"""A look that stays on a GPU answers as the CPU's does; here onnxruntime's CPU runs the same graphs in its place."""

import json
import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from calibration.settings import EyeSettings
from models.arrays import Floats, Gray, Image
from models.frame import Detection, Frame
from models.rendering.crowd import Crowd
from models.seeing.align import TEMPLATE, align_all
from models.seeing.brighten import ROWS, reduce_to_gray
from models.seeing.classifier import Classifier, open_classifier
from models.seeing.device_look import DeviceLook, DevicePicture, open_device_detector
from models.seeing.device_tables import ALIGN, LARGEST_TIMES, device_variant, face_tables, picture_tables
from models.seeing.each_picture import EachPicture
from models.seeing.finding import AtOnce
from models.seeing.io_binding import BoundNetwork, Providers, VariantUnavailable, recorded_if_possible
from models.seeing.one_shot import SHIPPED, OneShot, card_of, second_of
from models.seeing.session import open_session
from models.seeing.sight import Sight
from models.training.gpu_variant import make_gpu_variant
from tests.models.tiny_classifier import make_classifier

SETTINGS = EyeSettings(detector="chiaro")
WIDTH, HEIGHT = 640, 360


def crowd(number: int, face_mean: float = 120.0) -> Image:
    return Crowd(number, WIDTH, HEIGHT).read(0.0, face_mean, number)


@pytest.fixture(scope="module")
def network_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = make_classifier(tmp_path_factory.mktemp("network") / "net.onnx")
    make_gpu_variant(path, np.random.default_rng(0).integers(0, 256, (4, 64, 64), np.uint8))
    return path


@pytest.fixture(scope="module")
def classifier(network_file: Path) -> Classifier:
    return open_classifier(network_file, "cpu")


@pytest.fixture(scope="module")
def make_look(network_file: Path) -> Callable[..., DeviceLook]:
    network = BoundNetwork(open_session(network_file.with_suffix(".cuda.onnx")), "cpu")
    align, detector = open_session(ALIGN), open_device_detector(SETTINGS, open_session)
    return partial(DeviceLook, network, align, detector, "cpu")


@pytest.fixture(scope="module")
def first_look() -> Any:
    return open_session(device_variant(SHIPPED))


@pytest.fixture(scope="module")
def look(make_look: Callable[..., DeviceLook]) -> DeviceLook:
    return make_look()


@pytest.fixture(scope="module")
def on_cpu() -> OneShot:
    return OneShot()


def eyes_apart(face: Detection) -> float:
    return float(np.hypot(*(face.landmarks[1] - face.landmarks[0])))


@pytest.mark.parametrize(("number", "face_mean"), [(1, 120.0), (4, 8.0), (16, 120.0)])
def test_faces_are_found_cut_out_and_classified_as_on_the_cpu(
    look: DeviceLook, on_cpu: OneShot, classifier: Classifier, number: int, face_mean: float
) -> None:
    image = crowd(number, face_mean)
    wanted, got = on_cpu.detect(image), look.detect(image)
    assert len(wanted) == len(got) >= number - number // 8  # of 16, the smallest may be missed
    for one in got:
        other = min(wanted, key=lambda face: float(np.abs(face.landmarks - one.landmarks).max()))
        assert np.abs(one.landmarks - other.landmarks).max() < 0.1 * eyes_apart(other)
        assert one.box[2:] == pytest.approx(other.box[2:], rel=0.2)  # which cell of a face is the surest may differ
        assert abs(one.score - other.score) < 0.05
    cut, probabilities, embeddings = look.classify(image, [face.landmarks for face in got])
    faces = align_all(image, [face.landmarks for face in got])
    assert np.abs(cut.astype(int) - faces).max() <= 1
    for mine, theirs in zip((probabilities, embeddings), classifier.classify(faces), strict=True):
        assert mine == pytest.approx(theirs, abs=0.01)


@pytest.mark.parametrize(
    ("size", "light"), [((360, 320), 0.2), ((480, 431), 0.03), ((480, 431), 1.0), ((97, 131), 0.2), ((720, 404), 0.03)]
)
def test_the_picture_is_reduced_and_brightened_as_on_the_cpu(
    first_look: Any, size: tuple[int, int], light: float
) -> None:
    gray = np.asarray(cv2.cvtColor(cv2.resize(crowd(4), size[::-1]), cv2.COLOR_BGR2GRAY), np.uint8)
    gray = np.asarray(np.clip(70 * (light == 1) + gray * light, 0, 255), np.uint8)
    (seen,) = first_look.run(["gray"], {"picture": gray, **picture_tables(*size, ROWS)})
    wanted, _ = reduce_to_gray(gray, ROWS)
    off = np.abs(seen[: wanted.shape[0], : wanted.shape[1]].astype(int) - wanted)
    assert off.mean() < 0.05
    assert np.percentile(off, 99) <= 2  # where a half is rounded the other way, darkness lifts the difference
    assert (seen[wanted.shape[0] :] == 128).all()
    assert (seen[:, wanted.shape[1] :] == 128).all()
    assert all(side % 32 == 0 for side in seen.shape)


def turned(size: float, degrees: float, at: tuple[float, float]) -> Floats:
    angle = np.radians(degrees)
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    return np.asarray((TEMPLATE - TEMPLATE.mean(axis=0)) * size @ turn + at, np.float32)


def test_faces_of_every_size_and_turn_are_cut_out_as_on_the_cpu() -> None:
    noise = np.random.default_rng(0).integers(0, 256, (260, 310), np.uint8)
    picture: Gray = np.asarray(cv2.GaussianBlur(noise, (0, 0), 1.0), np.uint8)
    landmarks = [turned(k * 0.99, 25 * k, (150, 130)) for k in range(1, LARGEST_TIMES + 1)]
    landmarks += [turned(1.7, 80, (4, 5)), turned(0.4, -20, (305, 255)), turned(1, 0, (-90, 400))]
    turns, places = face_tables(landmarks, 260, 310, 310, 260, len(landmarks) + 1)
    assert set(places[:, 1]) >= set(range(1, LARGEST_TIMES + 1)), "squares of every size are averaged"
    (faces,) = open_session(ALIGN).run(["faces"], {"picture": picture, "turns": turns, "places": places})
    off = np.abs(faces[: len(landmarks)].astype(int) - align_all(picture, landmarks))
    assert off.max() <= 2
    assert off.mean() < 0.05


def test_a_face_that_is_larger_than_the_graph_reduces_is_cut_out_on_the_cpu(look: DeviceLook) -> None:
    image = np.random.default_rng(0).integers(0, 256, (HEIGHT, WIDTH, 3), np.uint8)
    landmarks = [turned(LARGEST_TIMES + 3, 10, (300, 180))]
    assert (look.classify(image, landmarks)[0] == align_all(image, landmarks)).all()


def test_the_picture_goes_over_once_a_look(look: DeviceLook, monkeypatch: pytest.MonkeyPatch) -> None:
    went: list[Image] = []
    upload = look.upload

    def noted(image: Image) -> DevicePicture:
        went.append(image)
        return upload(image)

    monkeypatch.setattr(look, "upload", noted)
    image = crowd(4)
    for _ in range(2):
        faces = look.detect(image)
        look.classify(image, [face.landmarks for face in faces])
    assert len(went) == 2
    look.classify(image, [face.landmarks for face in faces])  # found by another detector
    assert len(went) == 3


def test_a_picture_that_has_changed_in_its_place_is_not_taken_for_the_one_before(look: DeviceLook) -> None:
    image = crowd(4)
    landmarks = [face.landmarks for face in look.detect(image)]
    look.classify(image, landmarks)
    image[:] = 255 - image
    assert np.abs(look.classify(image, landmarks)[0].astype(int) - align_all(image, landmarks)).max() <= 1
    now = image.copy()
    image[:] = 90
    assert look.detect(image) == []
    image[:] = now
    assert np.abs(look.classify(image, landmarks)[0].astype(int) - align_all(image, landmarks)).max() <= 1


def test_any_number_of_faces_and_another_picture_s_size_give_each_face_its_own_answer(
    look: DeviceLook, classifier: Classifier
) -> None:
    for image, number in ((crowd(16), 16), (crowd(16)[:200, :300], 3), (crowd(16), 2), (crowd(16), 19)):
        rng = np.random.default_rng(number)
        landmarks = [turned(1, 30 * k, tuple(rng.uniform(50, 150, 2))) for k in range(number)]
        faces = align_all(image, landmarks)
        cut, probabilities, _ = look.classify(image, landmarks)
        assert np.abs(cut.astype(int) - faces).max() <= 1
        assert probabilities == pytest.approx(classifier.classify(faces)[0], abs=0.01)


class Failing:
    """A session that fails from some run on, as on a GPU that is lost."""

    def __init__(self, session: Any, error: Exception) -> None:
        self._session, self._error, self.fails, self.asked = session, error, False, 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._session, name)

    def run_with_iobinding(self, *bound: Any) -> None:
        self.asked += 1
        if self.fails:
            raise self._error
        self._session.run_with_iobinding(*bound)


def test_when_the_gpu_fails_it_is_told_once_and_the_looks_go_on_as_without_it(
    make_look: Callable[..., DeviceLook], on_cpu: OneShot, classifier: Classifier
) -> None:
    told: list[str] = []
    lost = Failing(open_session(ALIGN), RuntimeError("CUDA failure 719"))
    network, _, detector, _ = make_look.args  # type: ignore[attr-defined]
    look = DeviceLook(network, lost, detector, "cpu", told.append)
    sight = Sight(look, classifier, finder=EachPicture(look, AtOnce(on_cpu, 3)), device=look)
    plain = Sight(on_cpu, classifier, detect_every=3)
    frames = [Frame(crowd(4), n / 10, n) for n in range(4)]
    assert "CUDA in float16" in sight.line
    assert len(sight.detect_and_classify(frames[0])) == 4
    lost.fails, lost.asked = True, 0
    for frame in frames[1:]:
        seen, wanted = sight.detect_and_classify(frame), plain.detect_and_classify(frame)
        assert len(seen) == 4
        for one in seen:
            other = min(wanted, key=lambda face: abs(face.detection.box[0] - one.detection.box[0]))
            assert one.probabilities == pytest.approx(other.probabilities, abs=0.05)
    assert lost.asked == 1, "what has failed is not asked again"
    assert told == ["the look on the GPU failed and goes on without it: CUDA failure 719"]
    assert sight.sees_face(frames[0])


def test_a_fault_that_is_not_the_gpu_s_is_not_hidden(make_look: Callable[..., DeviceLook]) -> None:
    broken = Failing(open_session(ALIGN), ZeroDivisionError())
    network, _, detector, _ = make_look.args  # type: ignore[attr-defined]
    look = DeviceLook(network, broken, detector, "cpu")
    look.warm_up(HEIGHT, WIDTH)
    broken.fails = True
    with pytest.raises(ZeroDivisionError):
        look.classify(crowd(1), [turned(1, 0, (100, 100))])


def test_what_cannot_be_recorded_runs_without() -> None:
    asked: list[Providers] = []

    def make(providers: Providers) -> str:
        asked.append(providers)
        if len(asked) == 1:
            raise RuntimeError("This session cannot use the graph capture feature")
        return "a session"

    assert recorded_if_possible(make) == ("a session", False)
    assert "enable_cuda_graph" in str(asked[0])
    assert "enable_cuda_graph" not in str(asked[1])

    def refuse(_providers: Providers) -> str:
        raise VariantUnavailable("its session fell back to the CPU")

    with pytest.raises(VariantUnavailable, match="fell back"):
        recorded_if_possible(refuse)


def test_variants_that_were_made_from_another_detector_are_refused(tmp_path: Path) -> None:
    for file in (SHIPPED, card_of(SHIPPED), second_of(SHIPPED)):
        shutil.copy(file, tmp_path / file.name)
    own = EyeSettings(detector="chiaro", detector_file=str(tmp_path / SHIPPED.name))
    assert open_device_detector(own, open_session) is None, "without variants others find the faces"
    for file in (SHIPPED, second_of(SHIPPED)):
        shutil.copy(device_variant(file), tmp_path / device_variant(file).name)
    assert open_device_detector(own, open_session)
    card = tmp_path / card_of(SHIPPED).name
    card.write_text(json.dumps(json.loads(card.read_text()) | {"second_look_sha256": "0" * 64}))
    with pytest.raises(VariantUnavailable, match="another network"):
        open_device_detector(own, open_session)
    assert open_device_detector(EyeSettings(detector="mtcnn"), open_session) is None
