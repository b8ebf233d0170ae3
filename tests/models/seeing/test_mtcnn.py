"""The embedded detector finds a visitor's face and landmarks, in the light, in the dark, and never in an empty room."""

from collections.abc import Callable
from importlib import metadata
from pathlib import Path

import cv2
import numpy as np
import pytest

from calibration.settings import CameraSettings
from models.arrays import Image
from models.frame import Detection
from models.rendering.simulated_visitor import SimulatedVisitor
from models.seeing import mtcnn_weights
from models.seeing.mtcnn import CELL, Mtcnn, _decode_pnet, crops, landmarks_in_pixels
from models.seeing.mtcnn_weights import ARRAYS, Network, NoWeights, read_weights

STANDING = (6.0, 10.0, 14.0)
"""Seconds at which the simulated visitor of this seed stands in the light."""


@pytest.fixture(scope="module")
def detector() -> Mtcnn:
    return Mtcnn(smallest_face=60)


@pytest.fixture(scope="module")
def visitor() -> Callable[[float], Image]:
    simulated = SimulatedVisitor(CameraSettings(), seed=0)
    simulated.read(0.0)
    return simulated.read


def darker(picture: np.ndarray, share: float, seed: int = 0) -> Image:
    """The picture with ``share`` of its light, and a camera's photon and read noise."""
    rng = np.random.default_rng(seed)
    electrons = rng.poisson(picture * (share * 4.0)) + rng.normal(0, 3, picture.shape)
    return np.clip(np.round(electrons / 4), 0, 255).astype(np.uint8)


def only(found: list[Detection]) -> Detection:
    assert len(found) == 1, found
    return found[0]


@pytest.mark.parametrize("second", STANDING)
def test_a_visitor_under_the_lamp_is_found_with_five_landmarks_in_their_places(
    detector: Mtcnn, visitor: Callable[[float], Image], second: float
) -> None:
    face = only(detector.detect(visitor(second)))
    x, y, width, height = face.box
    left_eye, right_eye, nose, left_mouth, right_mouth = (face.landmarks - (x, y)) / (width, height)
    assert 0.1 < left_eye[0] < nose[0] < right_eye[0] < 0.9
    assert left_mouth[0] < right_mouth[0]
    assert 0.2 < left_eye[1] < nose[1] < left_mouth[1] < 0.95
    assert 0.2 < right_eye[1] < nose[1] < right_mouth[1] < 0.95


@pytest.mark.parametrize("share", [1 / 4, 1 / 12])
def test_in_the_dark_the_same_face_is_found_in_the_same_place(
    detector: Mtcnn, visitor: Callable[[float], Image], share: float
) -> None:
    for second in STANDING:
        lit = only(detector.detect(visitor(second)))
        dark = only(detector.detect(darker(visitor(second), share)))
        eyes = np.linalg.norm(lit.landmarks[1] - lit.landmarks[0])
        assert np.linalg.norm(dark.landmarks - lit.landmarks, axis=1).mean() < 0.15 * eyes


def test_a_face_is_told_in_the_pixels_of_the_picture_given(detector: Mtcnn, visitor: Callable[[float], Image]) -> None:
    picture = visitor(STANDING[0])
    here = only(detector.detect(picture))
    shift = np.array([[1, 0, 200], [0, 1, 80]], np.float32)
    moved = only(detector.detect(np.asarray(cv2.warpAffine(picture, shift, (1280, 720)), np.uint8)))
    assert np.abs(moved.landmarks - here.landmarks - (200, 80)).mean() < 4
    smaller = np.asarray(cv2.resize(picture, (640, 360), interpolation=cv2.INTER_AREA), np.uint8)
    half = only(detector.detect(smaller))
    assert np.abs(half.landmarks * 2 - here.landmarks).mean() < 4


def test_faces_are_looked_for_from_the_size_that_the_venue_wants(visitor: Callable[[float], Image]) -> None:
    near = np.asarray(cv2.resize(visitor(STANDING[0]), (2560, 1440)), np.uint8)
    assert only(Mtcnn(smallest_face=300).detect(near)).box[2] > 300
    assert only(Mtcnn(smallest_face=500).detect(near)).score > 0.9  # a little smaller than asked for is found too
    assert Mtcnn(smallest_face=1200).detect(near) == []


@pytest.mark.parametrize("light", [0.0, 1.0, 4.0, 20.0, 90.0])
def test_an_empty_room_has_no_face_however_dark(detector: Mtcnn, light: float) -> None:
    wall = np.full((720, 1280, 3), light)
    wall[450:] *= 0.4
    wall[:, 300:500] *= 1.8
    for seed in range(3):
        assert detector.detect(darker(wall, 1.0, seed)) == []


def test_pictures_too_small_for_any_face_are_no_trouble(detector: Mtcnn) -> None:
    assert detector.detect(np.zeros((5, 7, 3), np.uint8)) == []


def test_a_cell_of_the_first_network_stands_for_twelve_pixels_two_apart() -> None:
    maps = np.full((5, 3, 5), -9, np.float32)
    maps[:, 2, 4] = (-0.25, 0, 0.25, 0.5, np.log(9))
    found = _decode_pnet(maps, 0.6, np.array([0.5, 0.5]))
    assert found[0].tolist() == pytest.approx([(8 - 3) * 2, 4 * 2, (8 + CELL + 3) * 2, (4 + CELL + 6) * 2, 0.9])


def test_a_patch_shows_its_box_and_gray_beyond_the_picture() -> None:
    picture = np.tile(np.arange(96, dtype=np.uint8)[None], (96, 1))
    inside, beyond = crops(picture, np.array([[12, 12, 36, 36], [-48, 0, 0, 48]], np.float32), 24)
    assert inside[0, 5].tolist() == list(range(12, 36))
    assert (beyond[0, :, :-1] == 127).all()


def test_landmarks_are_shares_of_their_box() -> None:
    points = np.array([[0, 0.5, 1, 0, 1, 0, 0, 0.5, 1, 1]], np.float32)
    assert landmarks_in_pixels(points, np.array([[10, 20, 30, 60]], np.float32))[0].tolist() == [
        [10, 20],
        [20, 20],
        [30, 40],
        [10, 60],
        [30, 60],
    ]


def test_weights_that_are_not_the_known_ones_are_not_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(mtcnn_weights.SHA256, "pnet", "0" * 64)
    monkeypatch.setattr("lz4.frame.decompress", lambda _: pytest.fail("unknown content was unpacked"))
    with pytest.raises(NoWeights, match="sha256 differs"):
        read_weights("pnet")


@pytest.mark.parametrize("network", ARRAYS)
def test_the_weights_are_those_that_their_writer_reads(network: Network) -> None:
    joblib = pytest.importorskip("joblib", reason="what wrote the weights' files is not installed, so it is not asked")
    (path,) = (file for file in metadata.files("mtcnn") or [] if file.name == f"{network}.lz4")
    written, read = joblib.load(path.locate()), read_weights(network)
    assert [array.shape for array in written] == [array.shape for array in read]
    assert all((one == other).all() for one, other in zip(written, read, strict=True))


def test_a_missing_wheel_is_answered_with_the_line_that_mends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(_: str) -> list[Path]:
        raise metadata.PackageNotFoundError

    monkeypatch.setattr(metadata, "files", gone)
    with pytest.raises(NoWeights, match=r"pip install --force-reinstall --no-deps mtcnn==1\.0\.0"):
        Mtcnn()


def test_tensorflow_is_not_needed_nor_what_wrote_the_weights() -> None:
    import subprocess
    import sys

    program = (
        "import sys, models.seeing.mtcnn as m; m.Mtcnn(); "
        "sys.exit(len({'tensorflow', 'mtcnn', 'joblib', 'asyncio'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
