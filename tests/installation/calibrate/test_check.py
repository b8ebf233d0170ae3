"""Half a minute before the doors open: what has changed in the room is said in one line."""

from collections.abc import Iterator

import numpy as np
import pytest

from calibration.profile import Calibration, LightProfile, RoomProfile
from calibration.settings import CameraSettings
from calibration.venue import Venue
from installation.calibrate.check import Verdict, check_room
from installation.calibrate.picture_source import RecordingRequest, SimulatedPictures
from installation.calibrate.recording import Observer
from models.arrays import Image
from models.rendering.portrait import KEY

MADE = Calibration(
    made="today",
    camera="simulated visitors",
    controls={"power_line_hertz": 50},
    room=RoomProfile(luminance=3.9, noise=2, face_luminance=122),
)


class Room(SimulatedPictures):
    """``gain`` is how bright, ``nobody`` whether somebody comes when asked."""

    def __init__(self, gain: float = 1.0, nobody: bool = False) -> None:
        super().__init__(CameraSettings(width=640, height=360), 0)
        self.gain, self.nobody = gain, nobody
        self.controls = {"power_line_hertz": 50.0}

    def pictures(self, request: RecordingRequest, seconds: float) -> Iterator[Image]:  # noqa: ARG002 - a second will do
        for picture in super().pictures(RecordingRequest() if self.nobody else request, 1.0):
            yield (picture * self.gain).astype(np.uint8)


@pytest.fixture(scope="module")
def observer() -> Observer:
    return Observer(Venue().eye, Venue().camera.region)


def looked(observer: Observer, room: Room, made: Calibration = MADE) -> Verdict:
    said: list[str] = []
    verdict = check_room(made, room, observer, said.append)
    assert "\n" not in verdict.line
    assert said[0].startswith("measuring the room")
    return verdict


def test_a_room_as_it_was_has_no_fault(observer: Observer) -> None:
    assert looked(observer, Room()).faults == ()


def test_a_room_in_which_no_face_is_seen_is_not_as_it_was(observer: Observer) -> None:
    """Somebody stands under a lamp that is off: the empty dark room looks as it did, and nobody is found."""
    (fault,) = looked(observer, Room(nobody=True)).faults
    assert fault.startswith("no face was found")


def test_a_darker_face_is_told(observer: Observer) -> None:
    faults = looked(observer, Room(gain=0.5)).faults
    assert any(fault.startswith("the face mean is") for fault in faults)


def test_a_lamp_that_was_moved_is_told(observer: Observer) -> None:
    for moved, faults in ((0, 0), (110, 1)):  # 48 degrees apart, so high up
        light = LightProfile(azimuth_degrees=KEY.azimuth + moved, elevation_degrees=KEY.elevation, measured=True)
        found = looked(observer, Room(), MADE.model_copy(update={"light": light})).faults
        assert len(found) == faults
        assert all(fault.startswith("the lamp is") for fault in found)


def test_another_camera_is_told(observer: Observer) -> None:
    made = MADE.model_copy(update={"camera": "camera /dev/video0 (1280x720)"})
    (fault,) = looked(observer, Room(), made).faults
    assert fault == "the camera is simulated visitors, was camera /dev/video0 (1280x720)"


def test_a_control_that_changed_or_is_no_longer_reported_is_a_fault(observer: Observer) -> None:
    made = MADE.model_copy(update={"controls": {"power_line_hertz": 60, "gain": 4}})
    assert looked(observer, Room(), made).faults == (
        "the camera's power_line_hertz is 50, was 60",
        "the camera no longer reports gain, was 4",
    )
