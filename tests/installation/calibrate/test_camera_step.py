"""The first steps of a calibration: the camera is fixed and read back, and the empty room is truly empty."""

import struct
import tomllib
from collections.abc import Iterator
from pathlib import Path

import cv2
import pytest

from calibration.errors import BadInput
from calibration.profile import Calibration
from calibration.settings import CameraSettings, Region
from calibration.venue import Venue
from calibration.venue_writer import venue_text
from installation.calibrate.camera_step import SOMEBODY, camera
from installation.calibrate.draft import Draft
from installation.calibrate.empty_room import EmptyRoom, remarks_on_empty_room
from installation.calibrate.guide import TextGuide
from installation.calibrate.picture_source import RecordingRequest, SimulatedPictures, open_picture_source
from installation.calibrate.recording import Observer
from installation.calibrate.region import read_region
from installation.calibrate.session import Session
from installation.camera import device
from installation.camera import visitor_source as visitor
from installation.camera.device import POWER_LINE_CONTROL, SET_CONTROL, DeviceSource
from installation.camera.source import CameraLost
from models.arrays import Image

EXPOSURE, GAIN, WHITE = cv2.CAP_PROP_EXPOSURE, cv2.CAP_PROP_GAIN, cv2.CAP_PROP_WB_TEMPERATURE
AUTOMATIC = {cv2.CAP_PROP_AUTO_EXPOSURE: 3.0, EXPOSURE: 156.0, GAIN: 0.0, cv2.CAP_PROP_AUTO_WB: 1.0, WHITE: 4100.0}


class Webcam:
    """A driver as OpenCV shows it. (No camera can be had where tests run.)"""

    def __init__(self, menu: int = 1, refuses: tuple[int, ...] = (), tells: tuple[int, ...] = tuple(AUTOMATIC)) -> None:
        self.values = {prop: value for prop, value in AUTOMATIC.items() if prop in tells}
        self.menu, self.refuses, self.tells = menu, refuses, tells

    def __call__(self, *_: object) -> "Webcam":
        return self

    def isOpened(self) -> bool:  # noqa: N802 - as OpenCV spells it
        return True

    def set(self, prop: int, value: float) -> bool:
        if prop not in self.refuses:
            self.values[prop] = value
        return True

    def get(self, prop: int) -> float:
        return self.values.get(prop, -1.0)

    def grab(self) -> bool:
        return True

    def release(self) -> None:
        pass

    def ioctl(self, _: object, request: int, packed: bytes) -> bytes:
        control, value = struct.unpack("Ii", packed)
        assert control == POWER_LINE_CONTROL
        if request == SET_CONTROL:
            self.menu = value
        return struct.pack("Ii", control, self.menu)


def plugged_in(webcam: Webcam, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> DeviceSource:
    (tmp_path / "video0").touch()
    monkeypatch.setattr(cv2, "VideoCapture", webcam)
    monkeypatch.setattr("fcntl.ioctl", webcam.ioctl)
    return DeviceSource(CameraSettings(source=str(tmp_path / "video0")))


def test_what_the_camera_adjusts_by_itself_is_fixed_before_anything_is_measured(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    webcam = Webcam(menu=2)
    source = plugged_in(webcam, tmp_path, monkeypatch)
    found = source.hold()
    assert found == {"exposure_100us": 156, "gain": 0, "white_balance_kelvin": 4100, "power_line_hertz": 60}
    assert webcam.values[cv2.CAP_PROP_AUTO_EXPOSURE] == 1
    assert webcam.values[cv2.CAP_PROP_AUTO_WB] == 0
    assert webcam.values[EXPOSURE] == 156
    assert not [one for one in source.remarks if "exposure" in one]


def test_a_camera_that_keeps_its_automatic_exposure_is_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = plugged_in(Webcam(refuses=(cv2.CAP_PROP_AUTO_EXPOSURE,)), tmp_path, monkeypatch)
    source.hold()
    assert "manual exposure: requested 1, the camera uses 3" in source.remarks


def test_what_no_program_can_fix_is_told_with_the_remedy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    automatic = 3  # of the flicker filter's menu: the camera chooses
    source = plugged_in(Webcam(menu=automatic, tells=(EXPOSURE, GAIN)), tmp_path, monkeypatch)
    found = source.hold()
    assert set(found) == {"exposure_100us", "gain"}
    said = remarks_on_empty_room(EmptyRoom(4, 1, 0), CameraSettings(), found, adjusts=True)
    assert any(one.startswith("not set in the venue file: exposure, gain") for one in said)
    assert any(one.startswith("cannot be fixed from here: white balance, flicker frequency") for one in said)
    assert not remarks_on_empty_room(EmptyRoom(4, 1, 0), CameraSettings(), {}, adjusts=False)  # a film adjusts nothing


def test_all_that_was_read_back_stands_in_the_venue_file(observer: Observer) -> None:
    room = SimulatedPictures(CameraSettings(width=640, height=360), 0)
    room.controls = {"exposure_100us": 156.0, "gain": 0.0, "power_line_hertz": 50.0}
    draft = Draft(Venue(), Calibration())
    camera(Session(room, TextGuide(yes=True), observer), draft)
    text = venue_text("", draft.changes, draft.calibration)
    assert "power_line_hertz = 50  #" in text
    venue = Venue.model_validate(tomllib.loads(text))
    assert venue.camera.power_line_hertz == 50
    assert venue.camera.gain == 0
    assert venue.calibration.controls["power_line_hertz"] == 50


def test_without_a_camera_no_simulated_visitor_is_taken_for_a_volunteer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(device, "found_devices", lambda: [])
    monkeypatch.setattr(visitor, "found_devices", lambda: [])
    with pytest.raises(CameraLost, match="no camera was found"):
        open_picture_source(Venue(camera=CameraSettings(open_timeout_seconds=1)), 0)


class Occupied(SimulatedPictures):
    """Somebody does not leave until he was asked twice."""

    live = True

    def __init__(self) -> None:
        super().__init__(CameraSettings(width=640, height=360), 0)
        self.looks = 0

    def pictures(self, request: RecordingRequest, seconds: float) -> Iterator[Image]:
        self.looks += seconds < 60
        yield from super().pictures(RecordingRequest("A") if self.looks < 2 else request, seconds)


class Answering(TextGuide):
    """Says yes once, and no from then on."""

    def __init__(self) -> None:
        super().__init__(yes=True)
        self.warned: list[str] = []
        self.asked: list[str] = []

    def warn(self, text: str) -> None:
        self.warned.append(text)

    def agreed(self, question: str) -> bool:
        self.asked.append(question)
        return len(self.asked) == 1


@pytest.fixture(scope="module")
def observer() -> Observer:
    return Observer(Venue().eye, Region())


def test_a_face_in_the_empty_room_is_told_and_the_step_done_again(observer: Observer) -> None:
    room, guide, draft = Occupied(), Answering(), Draft(Venue(), Calibration())
    camera(Session(room, guide, observer), draft)
    assert guide.warned == [SOMEBODY]
    assert len(guide.asked) == 1
    assert draft.calibration.room.luminance < 8  # of the room without him
    assert draft.remarks == []


def test_the_region_is_asked_for_and_used_at_once(observer: Observer, monkeypatch: pytest.MonkeyPatch) -> None:
    room, guide, draft = Occupied(), Answering(), Draft(Venue(), Calibration())
    room.looks = 9
    typed = iter(["everywhere", "0.2,0,0.8,1"])
    monkeypatch.setattr(guide, "ask", lambda *_: next(typed))
    mine = replace_region(observer)
    camera(Session(room, guide, mine), draft)
    assert guide.warned[0].startswith("'everywhere' is not a valid LEFT,TOP,RIGHT,BOTTOM")
    assert mine.region == Region(left=0.2, right=0.8)
    text = venue_text("", draft.changes, draft.calibration)
    assert Venue.model_validate(tomllib.loads(text)).camera.region == mine.region


def replace_region(observer: Observer) -> Observer:
    own = object.__new__(Observer)
    own.__dict__.update(observer.__dict__)
    return own


def test_a_region_that_is_inside_out_is_refused() -> None:
    with pytest.raises(BadInput, match="left must be less"):
        read_region("0.8,0,0.2,1")
