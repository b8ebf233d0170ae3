"""MJPEG over HTTP in the forms in which cameras send it, of which FFmpeg reads half."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

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


def test_a_snapshot_is_told_from_a_stream_that_was_lost(server: ServerProcess) -> None:
    snapshot = StreamSource(settings(server.url("snapshot")))
    with pytest.raises(CameraLost, match="address of a snapshot, use the one of its stream"):
        read_on(snapshot)
    snapshot.close()
    stream = StreamSource(settings(server.url("live")).model_copy(update={"read_timeout_seconds": 0.5}))
    stream.grab()
    server.stall()
    with pytest.raises(CameraLost, match=r"nothing for 0\.5 s$"):
        read_on(stream)
    server.go_on()
    stream.close()


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


def test_a_picture_that_would_take_a_gigabyte_is_not_decoded_by_any_program_of_ours(tmp_path: Path) -> None:
    """OpenCV itself would decode four times as many pixels; its limit is set before it is loaded."""
    size = JPEG.index(b"\xff\xc0") + 5
    large = tmp_path / "large.jpg"
    large.write_bytes(JPEG[:size] + (16_000).to_bytes(2, "big") * 2 + JPEG[size + 4 :])
    program = (
        "import sys; from pathlib import Path; from calibration.errors import BadFile;"
        "from installation.camera.picture_files import _still\n"
        "try: _still(Path(sys.argv[1]))\n"
        "except BadFile as fault: print(fault)"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program, str(large)],
        env={name: value for name, value in os.environ.items() if name != "OPENCV_IO_MAX_IMAGE_PIXELS"},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert "is not an image that can be decoded" in ran.stdout, ran.stderr


def test_a_header_that_claims_too_many_pixels_is_not_decoded(server: ServerProcess) -> None:
    reader = MultipartReader(server.url(), 3.0)
    size = JPEG.index(b"\xff\xc0") + 5
    reader._picture = JPEG[:size] + (60_000).to_bytes(2, "big") * 2 + JPEG[size + 4 :]
    with pytest.raises(CameraLost):
        reader.retrieve()
    reader._picture = JPEG
    assert reader.retrieve().shape == picture(0).shape
    reader.close()
