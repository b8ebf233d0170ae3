"""Addresses of cameras and names of files, as they are typed."""

from __future__ import annotations

import pytest

from calibration.errors import BadInput
from calibration.places import valid_camera, valid_path
from calibration.settings import CameraSettings
from installation.host.options import with_source

GOOD = [
    "",
    "visitor",
    "0",
    "12",
    "/dev/video0",
    "/dev/v4l/by-id/usb-cam-index0",
    "film.mp4",
    "~/faces",
    "rtsp://192.168.1.20:554/stream",
    "rtsp://user:pass@192.168.1.20/stream",
    "rtsp://user:p%23ss@camera.local/h264?channel=1&subtype=0",
    "rtsp://user:p@ss@192.168.1.20/stream",
    "rtsp://[fe80::1]:554/stream",
    "http://10.0.0.5:8080/video?user=a&pwd=x@y",
    "https://camera.local/mjpg",
    "udp://@:5000",
    "udp://239.0.0.1:1234",
    "tcp://0.0.0.0:9000?listen",
    "srt://:7000?mode=listener",
    "file:///tmp/a.mp4",
]
BAD = {
    "rtsp://user:secr#et@10.0.0.5/": "has a #",
    "http://10.0.0.5/video#secret": "has a #",
    "rtsp://[::1": "IPv6",
    "rtsp://user:secret@10.0.0.5:65536/": "port",
    "rtsp://user:secret@10.0.0.5:0/": "port 0",
    "rtsp://user:secret@10.0.0.5:port/": "port",
    "rtsp://user:secret/more@10.0.0.5/": "%2F",
    "rtsp://user:12/secret@10.0.0.5/": "%2F",
    "rtsp://user:12?secret@10.0.0.5/": "%3F",
    "rtsp://user:sec ret@10.0.0.5/": "%20",
    "rtsp://user:sec\tret@10.0.0.5/": "%20",
    "rtsp://user:sec\0ret@10.0.0.5/": "control",
    " rtsp://user:secret@10.0.0.5/": "not a stream address",
    "http://": "names no host",
    "rtsp://user:secret@/stream": "names no host",
    "udp://": "names no host",
    "://secret": "not a stream address",
    "http://" + "secret" * 1000: "longer",
    "9" * 5000: "not a camera's number",
    "256": "not a camera's number",
    "a\0b": "control character",
    "x" * 5000: "longer than a file's name",
    "\udcff.mp4": "not UTF-8",
}


@pytest.mark.parametrize("source", GOOD)
def test_what_opens_something_passes_as_it_is(source: str) -> None:
    assert CameraSettings(source=source).source == source


@pytest.mark.parametrize(("source", "why"), BAD.items())
def test_what_opens_nothing_is_refused_where_it_is_typed_without_a_piece_of_the_password(source: str, why: str) -> None:
    with pytest.raises(BadInput, match="--camera") as refused:
        with_source(CameraSettings(), source)
    assert why in str(refused.value)
    assert "sec" not in str(refused.value)


@pytest.mark.parametrize("path", ["film/door.mp4", "Tür mit Leerzeichen.mp4", "../a.mp4", "a\u2019b.mp4", "#1.mp4"])
def test_names_that_files_have_pass(path: str) -> None:
    assert valid_path(path) == path


def test_a_number_in_other_digits_is_a_number() -> None:
    assert valid_camera("٣") == "٣"
