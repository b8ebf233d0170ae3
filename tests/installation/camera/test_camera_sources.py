"""Every kind of source, as a camera."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import cv2
import pytest

from calibration.settings import CameraSettings
from installation.camera.device import MANUAL_EXPOSURE, apply_settings, programs_using, set_power_line, why_closed
from installation.camera.file import FileSource
from installation.camera.open_source import kind_of, open_source
from installation.camera.pace import Pace
from installation.camera.source import CameraLost, Source
from installation.camera.stream import StreamSource
from models.arrays import Image
from tests.installation.camera.mjpeg_server import picture, read_time

RATE, PICTURES = 25, 10
SHARED_MEMORY = Path("/dev/shm")  # noqa: S108 - a folder with a name of its own is made in it


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Ten pictures at 25 a second, each with its own number."""
    path = tmp_path_factory.mktemp("film") / "numbered.avi"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), RATE, (320, 240))
    for number in range(PICTURES):
        writer.write(picture(number))
    writer.release()
    return path


def next_picture(source: Source) -> Image:
    source.grab()
    return source.retrieve()


def test_a_file_is_played_at_its_own_pace_and_looped(film: Path) -> None:
    now = [0.0]

    def sleep(seconds: float) -> None:
        now[0] += seconds

    settings = CameraSettings(source=str(film), frames_per_second=60)
    source = FileSource(settings, pace=lambda rate: Pace(rate, clock=lambda: now[0], sleep=sleep))
    assert [read_time(next_picture(source)) for _ in range(PICTURES + 3)] == [*range(PICTURES), 0, 1, 2]
    assert now[0] == pytest.approx((PICTURES + 2) / RATE)
    source.close()


def test_after_a_stall_a_file_goes_on_without_a_burst() -> None:
    now, slept = [0.0], []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        now[0] += seconds

    pace = Pace(10, clock=lambda: now[0], sleep=sleep)
    pace.wait()
    now[0] = 60.0
    for _ in range(4):
        pace.wait()
    assert slept == pytest.approx([0.1, 0.1, 0.1])


def test_a_folder_shows_its_images_in_order_at_the_cameras_rate(tmp_path: Path) -> None:
    for number in range(3):
        cv2.imwrite(str(tmp_path / f"{number}.png"), picture(number))
    (tmp_path / "notes.txt").write_text("no image")
    source = open_source(CameraSettings(source=str(tmp_path), frames_per_second=100), seed=1)
    assert [read_time(next_picture(source)) for _ in range(5)] == [0, 1, 2, 0, 1]
    assert "3 images" in source.name


def test_what_is_no_image_in_a_folder_is_left_out_and_told(tmp_path: Path) -> None:
    for number in range(3):
        cv2.imwrite(str(tmp_path / f"{number}.png"), picture(number))
    torn = tmp_path / "1.png"
    torn.write_bytes(torn.read_bytes()[:60])
    (tmp_path / "._0.png").write_bytes(b"\0\5\x16\7\0\2\0\0Mac OS X")  # macOS puts these on sticks
    os.mkfifo(tmp_path / "pipe.png")
    source = open_source(CameraSettings(source=str(tmp_path), frames_per_second=100), seed=1)
    assert source.remarks == ("._0.png and 1 more cannot be read as an image: left out",)
    assert [read_time(next_picture(source)) for _ in range(4)] == [0, 2, 0, 2]


@pytest.mark.parametrize(
    ("source", "kind"),
    [("", "any"), ("visitor", "visitor"), ("0", "device"), ("/dev/v4l/by-id/usb-cam", "device"), ("no.mkv", "unknown")]
    + [(address, "stream") for address in ("http://cam/stream", "rtsp://cam", "tcp://cam:5000", "udp://@:5000")],
)
def test_a_setting_names_one_kind_of_source(source: str, kind: str) -> None:
    assert kind_of(source) == kind


@pytest.mark.skipif(not SHARED_MEMORY.is_dir(), reason="no disk in memory below /dev to put a film on")
def test_a_film_on_a_disk_in_memory_is_no_device() -> None:
    with tempfile.TemporaryDirectory(dir=SHARED_MEMORY) as name:
        film = Path(name) / "film.mp4"
        assert (kind_of(name), kind_of(str(film))) == ("folder", "unknown")
        film.touch()
        assert kind_of(str(film)) == "file"


def test_what_cannot_be_opened_is_reported_with_a_remedy(tmp_path: Path) -> None:
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(b"no film")
    empty = tmp_path / "empty"
    empty.mkdir()
    for source, words in {
        str(broken): "is not a video that can be decoded",
        str(empty): "contains no images",
        "visitors": "correct camera.source",
        str(tmp_path / "brocken.mp4"): "did you mean 'broken.mp4'",
        "/dev/video97": "does not exist: plug the camera in",
        "http://127.0.0.1:9/": "does not respond: check its power",
    }.items():
        with pytest.raises(CameraLost, match=words):
            open_source(CameraSettings(source=source, open_timeout_seconds=1), seed=1)


def test_a_streams_password_is_not_shown() -> None:
    with pytest.raises(CameraLost) as lost:
        StreamSource(CameraSettings(source="http://guard:secret@127.0.0.1:9/live", open_timeout_seconds=1))
    assert "secret" not in str(lost.value)
    assert "guard" not in str(lost.value)


class Camera:
    """A driver that has its own mind about some properties. (No camera can be had where tests run.)"""

    def __init__(self, own: dict[int, float]) -> None:
        self.own, self.asked = own, list[int]()

    def set(self, prop: int, value: float) -> bool:
        self.asked.append(prop)
        self.own.setdefault(prop, value)
        return True

    def get(self, prop: int) -> float:
        return self.own.get(prop, 0.0)


def test_what_a_driver_refuses_silently_is_reported() -> None:
    camera = Camera({cv2.CAP_PROP_FRAME_WIDTH: 640, cv2.CAP_PROP_AUTO_EXPOSURE: 3, cv2.CAP_PROP_GAIN: 51})
    remarks = apply_settings(camera, CameraSettings(exposure_100us=300, gain=50))
    assert remarks == (
        "width: requested 1280, the camera uses 640",
        f"manual exposure: requested {MANUAL_EXPOSURE}, the camera uses 3",
    )


def test_mjpg_is_asked_for_before_the_size_and_exposure_is_made_manual_before_it_is_set() -> None:
    camera = Camera({})
    apply_settings(camera, CameraSettings(exposure_100us=300))
    order = [cv2.CAP_PROP_FOURCC, cv2.CAP_PROP_FRAME_WIDTH, cv2.CAP_PROP_AUTO_EXPOSURE, cv2.CAP_PROP_EXPOSURE]
    assert [prop for prop in camera.asked if prop in order] == order


def test_exposure_and_gain_are_left_alone_when_the_venue_does_not_fix_them() -> None:
    camera = Camera({})
    apply_settings(camera, CameraSettings())
    assert not {cv2.CAP_PROP_EXPOSURE, cv2.CAP_PROP_GAIN, cv2.CAP_PROP_AUTO_WB} & set(camera.asked)


def test_a_flicker_filter_that_is_missing_is_reported(tmp_path: Path) -> None:
    no_camera = tmp_path / "video0"
    no_camera.touch()
    assert "rejected 50" in set_power_line(str(no_camera), 50)[0]
    assert set_power_line(str(no_camera), None) == ()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="/proc is Linux's")
def test_a_busy_camera_is_reported_with_the_program_that_holds_it(tmp_path: Path) -> None:
    device = tmp_path / "video0"
    device.touch()
    code = f"import sys; f = open({str(device)!r}); print(flush=True); sys.stdin.read()"
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        other.stdout.readline()
        assert [who.split()[1] for who in programs_using(str(device))] == [f"({other.pid})"]
        assert f"({other.pid}): close that program" in why_closed(str(device))
        other.communicate()
    assert programs_using(str(device)) == []


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may read everything")
def test_a_camera_that_may_not_be_read_names_the_group(tmp_path: Path) -> None:
    device = tmp_path / "video0"
    device.touch(mode=0o000)
    assert "group 'video'" in why_closed(str(device))
