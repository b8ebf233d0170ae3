"""No camera is named: the first one found is taken and kept, else the simulated visitor is shown and says so.

No camera is available where tests run, so the list of devices and the opening of one are stand-ins.
"""

from __future__ import annotations

import numpy as np
import pytest

from calibration.settings import CameraSettings
from calibration.venue import Venue
from installation.camera import device, source
from installation.camera import visitor_source as visitor
from installation.camera.open_source import open_source
from installation.camera.source import CameraLost
from installation.eye import main as eye
from installation.eye.link import Start, make_line
from installation.eye.main import Eye


class Webcam:
    """What ``DeviceSource`` is to its callers; node 1 is the second node of a webcam, which gives no picture."""

    live, remarks = True, ()

    def __init__(self, settings: CameraSettings) -> None:
        self.address = self.name = settings.source

    def grab(self) -> None:
        if self.address == "/dev/video1":
            raise CameraLost("no picture")

    def retrieve(self) -> np.ndarray:
        return np.zeros((240, 320, 3), np.uint8)

    def close(self) -> None:
        pass


@pytest.fixture
def plugged_in(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The devices that are there; a test may change the list."""
    devices: list[str] = []
    monkeypatch.setattr(device, "found_devices", lambda: list(devices))
    monkeypatch.setattr(device, "DeviceSource", Webcam)
    return devices


def test_the_first_device_that_gives_a_picture_is_taken(plugged_in: list[str]) -> None:
    plugged_in += ["/dev/video1", "/dev/video2"]
    assert open_source(CameraSettings(), seed=1).name == "/dev/video2"


@pytest.mark.usefixtures("plugged_in")
def test_without_a_camera_the_simulated_visitor_stands_in_and_says_so() -> None:
    source = open_source(CameraSettings(width=320, height=180), seed=7)
    source.grab()
    assert source.retrieve().shape == (180, 320, 3)
    assert source.address == "visitor"
    assert "a simulated visitor is shown instead" in source.remarks[0]


def test_a_camera_that_is_plugged_in_later_takes_the_visitors_place(
    plugged_in: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(visitor, "CAMERA_SEARCH_SECONDS", 0.0)
    monkeypatch.setattr(visitor, "found_devices", lambda: list(plugged_in))
    stand_in = open_source(CameraSettings(width=320, height=180), seed=7)
    stand_in.grab()
    plugged_in += ["/dev/video0"]
    with pytest.raises(CameraLost, match="was plugged in"):
        stand_in.grab()


def test_a_found_camera_that_is_unplugged_does_not_turn_into_a_simulated_visitor(
    plugged_in: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    plugged_in += ["/dev/video0"]
    asked: list[str] = []

    def opening(settings: CameraSettings, seed: int) -> source.Source:
        asked.append(settings.source)
        return open_source(settings, seed)

    monkeypatch.setattr(eye, "open_source", opening)
    line, _, theirs = make_line()
    assert theirs is not None
    one = Eye(Start(venue=Venue(), seed=1), line, build=lambda _: pytest.fail("no network is needed"))
    one._open()
    plugged_in.clear()
    one._open()
    assert asked == ["", "/dev/video0"]
    line.close()
    theirs.close()
