"""MJPEG over HTTP in the forms in which cameras send it, of which FFmpeg reads half."""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from calibration.settings import CameraSettings
from installation.camera.multipart import MultipartReader, find_picture
from installation.camera.source import CameraLost
from installation.camera.stream import StreamSource
from tests.installation.camera.mjpeg_server import FORMS, ServerProcess, now_ms, picture, read_time

JPEG = cv2.imencode(".jpg", picture(0))[1].tobytes()


@pytest.fixture(scope="module")
def server() -> Iterator[ServerProcess]:
    server = ServerProcess()
    yield server
    server.unplug()


def read_on(source: StreamSource) -> None:
    while True:
        source.grab()


def settings(url: str) -> CameraSettings:
    return CameraSettings(source=url, open_timeout_seconds=3.0, read_timeout_seconds=3.0)


@pytest.mark.parametrize("form", [form[1:] for form in FORMS])
def test_every_form_of_parts_gives_pictures_of_this_moment(server: ServerProcess, form: str) -> None:
    url = server.url(form)
    source = StreamSource(settings(url.replace("//", "//guard:secret@") if form == "digest" else url))
    times = []
    for _ in range(3):
        source.grab()
        times.append(read_time(source.retrieve()))
    source.close()
    assert times == sorted(set(times))
    assert 0 <= now_ms() - times[-1] < 5000


def test_a_camera_that_stalls_or_goes_is_lost(server: ServerProcess) -> None:
    source = StreamSource(settings(server.url("behind")).model_copy(update={"read_timeout_seconds": 0.5}))
    source.grab()
    for fault, mend in ((server.stall, server.go_on), (server.unplug, server.start)):
        fault()
        with pytest.raises(CameraLost, match=r"ended, or sent nothing"):
            read_on(source)
        mend()
        source.close()
        source = StreamSource(settings(server.url("behind")))
    source.close()


def test_a_page_is_no_stream(server: ServerProcess) -> None:
    with pytest.raises(ValueError, match="text/html, not pictures"):
        MultipartReader(server.url("login"), 2.0)


def test_a_picture_within_a_picture_does_not_end_it() -> None:
    thumbnail = b"\xff\xe1" + (len(JPEG) + 2).to_bytes(2, "big") + JPEG
    whole = JPEG[:2] + thumbnail + JPEG[2:]
    assert find_picture(b"--frame\r\n\r\n" + whole + b"\r\n--frame") == (11, len(whole) + 11)
    assert find_picture(whole[:-1]) is None


def test_what_only_looks_like_a_picture_is_passed_over() -> None:
    assert find_picture(b"\xff\xd8 not one " + JPEG) == (11, len(JPEG) + 11)
    assert find_picture(b"\xff\xd8" * 10_000 + JPEG) == (20_000, 20_000 + len(JPEG))


@given(st.binary(max_size=300))
def test_any_bytes_have_an_end_or_none(content: bytes) -> None:
    found = find_picture(content)
    assert found is None or 0 <= found[0] < found[1] <= len(content)


def test_a_header_that_claims_too_many_pixels_is_not_decoded(server: ServerProcess) -> None:
    reader = MultipartReader(server.url(), 3.0)
    size = JPEG.index(b"\xff\xc0") + 5
    reader._picture = JPEG[:size] + (60_000).to_bytes(2, "big") * 2 + JPEG[size + 4 :]
    with pytest.raises(CameraLost):
        reader.retrieve()
    reader._picture = JPEG
    assert reader.retrieve().shape == picture(0).shape
    reader.close()
