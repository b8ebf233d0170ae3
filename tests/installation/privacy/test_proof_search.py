"""A picture of the marked camera is found in whatever form it leaves, and nothing else is taken for one."""

import base64
import gzip
import io
import json
import pickle
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from calibration.privacy_settings import PrivacySettings
from calibration.settings import CameraSettings
from calibration.venue import Venue
from installation.camera.capture import upright
from installation.camera.open_source import open_source
from installation.privacy.proof_mark import HEIGHT, PICTURES, WIDTH, Marked, make_marked_camera
from installation.privacy.proof_search import Searcher
from models.arrays import Image


@pytest.fixture(scope="module")
def marked(tmp_path_factory: pytest.TempPathFactory) -> Marked:
    """A short course of the marked camera."""
    return make_marked_camera(tmp_path_factory.mktemp("camera"), 7, Venue(), 2)


@pytest.fixture(scope="module")
def searcher(marked: Marked) -> Searcher:
    """One that knows it."""
    return Searcher(marked)


def encoded(ending: str, picture: Image) -> bytes:
    """A picture file."""
    return cv2.imencode(ending, picture)[1].tobytes()


def thumbnail(picture: Image) -> Image:
    """As an operator's page would show it."""
    return np.asarray(cv2.resize(picture, (160, 90), interpolation=cv2.INTER_AREA), np.uint8)


def saved(picture: Image, save: Callable[[io.BytesIO, Image], None] = np.save) -> bytes:
    """A NumPy file."""
    file = io.BytesIO()
    save(file, picture)
    return file.getvalue()


LEAKS: dict[str, Callable[[Image], bytes]] = {
    "raw": lambda p: p.tobytes(),
    "raw behind something": lambda p: b"header" + p.tobytes(),
    "a part of a row": lambda p: p[200, 100:150].tobytes(),
    "a face, cut out": lambda p: p[100:180, 280:360].tobytes(),
    "a gray face, cut out": lambda p: cv2.cvtColor(p, cv2.COLOR_BGR2GRAY)[100:180, 260:360].tobytes(),
    "other order of colours": lambda p: p[..., ::-1].tobytes(),
    "as a window has it": lambda p: cv2.cvtColor(p, cv2.COLOR_BGR2BGRA).tobytes(),
    "as a network has it": lambda p: (p.astype(np.float32) / 255).transpose(2, 0, 1).tobytes(),
    "as a video has it": lambda p: cv2.cvtColor(p, cv2.COLOR_BGR2YUV_I420).tobytes(),
    "pickled": pickle.dumps,
    "NumPy file of a thumbnail": lambda p: saved(thumbnail(p)),
    "compressed NumPy file": lambda p: saved(p, np.savez_compressed),
    "JPEG": lambda p: encoded(".jpg", p),
    "JPEG of a thumbnail": lambda p: encoded(".jpg", thumbnail(p)),
    "PNG": lambda p: b"POST / HTTP/1.1\r\n\r\n" + encoded(".png", thumbnail(p)),
    "WebP": lambda p: encoded(".webp", thumbnail(p)),
    "BMP": lambda p: encoded(".bmp", thumbnail(p)),
    "TIFF": lambda p: encoded(".tiff", thumbnail(p)),
    "PNM": lambda p: encoded(".ppm", thumbnail(p)),
    "base64 in JSON": lambda p: json.dumps({"x": base64.b64encode(encoded(".jpg", thumbnail(p))).decode()}).encode(),
    "base64 in lines": lambda p: base64.encodebytes(p[:60].tobytes()),
    "data address": lambda p: b'"data:image/jpeg;base64,' + base64.b64encode(encoded(".jpg", p)) + b'"',
    "hexadecimal": lambda p: p[:40].tobytes().hex().encode(),
    "gzip": lambda p: gzip.compress(p[:60].tobytes(), 1),
}


@pytest.mark.parametrize("leak", LEAKS.values(), ids=LEAKS)
def test_the_cameras_picture_is_found(searcher: Searcher, marked: Marked, leak: Callable[[Image], bytes]) -> None:
    assert any(sight.marked for sight in searcher.search(leak(marked.given[1])))


def test_a_crop_as_a_picture_file_is_a_picture_at_least(searcher: Searcher, marked: Marked) -> None:
    (sight,) = searcher.search(encoded(".jpg", marked.given[0][60:260, 180:420]))
    assert not sight.marked


@pytest.mark.parametrize("ending", [".jpg", ".png", ".webp"])
def test_a_picture_file_that_was_cut_off_is_a_picture_all_the_same(
    searcher: Searcher, marked: Marked, ending: str
) -> None:
    whole = encoded(ending, thumbnail(marked.given[0]))
    assert searcher.search(whole[: len(whole) // 2])


def test_other_bytes_are_no_picture(searcher: Searcher) -> None:
    noise = np.random.default_rng(1).integers(0, 256, 300_000, np.uint8).tobytes()
    for content in (noise, bytes(100_000), Path(__file__).read_bytes(), b"", b"x", noise.hex().encode()[:20_000]):
        assert searcher.search(content) == []


def test_a_picture_of_the_film_is_not_the_cameras(searcher: Searcher) -> None:
    vignette = np.fromfunction(lambda y, x, _: 200 - abs(x - 320) / 3 - abs(y - 180) / 2, (360, 640, 3)).astype(
        np.uint8
    )
    other = np.random.default_rng(2).integers(0, 255, (22, 40, 3), np.uint8)
    for picture in (vignette, cv2.resize(other, (640, 360), interpolation=cv2.INTER_NEAREST)):
        assert [sight.marked for sight in searcher.search(encoded(".jpg", np.asarray(picture, np.uint8)))] == [False]


def test_the_camera_turned_as_the_venue_says_is_known_both_ways(tmp_path: Path) -> None:
    camera = CameraSettings(rotate_degrees=90, mirror=True)
    marked = make_marked_camera(tmp_path, 7, Venue(camera=camera), 1)
    searcher = Searcher(marked)
    assert marked.given[0].shape == (HEIGHT, WIDTH, 3)
    assert np.array_equal(upright(marked.given[0], camera), marked.seen[0])
    for picture in (marked.given[0], marked.seen[0]):
        assert any(sight.marked for sight in searcher.search(picture.tobytes()))
        assert any(sight.marked for sight in searcher.search(encoded(".jpg", picture)))


def test_what_is_left_of_a_picture_inside_the_zone_is_known(tmp_path: Path) -> None:
    zone = ((0.57, 0.3), (0.95, 0.3), (0.95, 1.0), (0.63, 1.0))
    marked = make_marked_camera(tmp_path, 7, Venue(privacy=PrivacySettings(consent="zone", zone=zone)), 1)
    assert not marked.seen[0][:, :360].any()
    assert marked.seen[0][180:240, 470:530].mean() > 60  # the visitor stands in it
    searcher = Searcher(marked)
    for other in (
        bytes(100_000),
        b"".join(bytes(20) + bytes([value]) for value in range(256)),
        bytes([16, 128] * 9_000),
    ):
        assert searcher.search(other) == []
    for content in (marked.seen[0].tobytes(), encoded(".jpg", thumbnail(marked.seen[0]))):
        assert any(sight.marked for sight in searcher.search(content))


def test_the_marked_camera_is_a_folder_that_goes_forth_and_back(tmp_path: Path) -> None:
    marked = make_marked_camera(tmp_path, 7, Venue(), 3)
    source = open_source(CameraSettings(source=str(tmp_path), frames_per_second=240), 0)
    for number in (0, 1, 2, 1, 0):
        source.grab()
        assert np.array_equal(source.retrieve(), marked.given[number])
    assert PICTURES > 2
