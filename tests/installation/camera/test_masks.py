"""What lies in a mask is black before anything looks at it: nobody in it is ever seen."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import cv2
import numpy as np
import pytest
from pydantic import ValidationError

from calibration.privacy_settings import PrivacySettings
from calibration.settings import CameraSettings, Corner, EyeSettings, Polygon
from calibration.venue import Venue, load_venue
from installation.camera.capture import Capture
from installation.camera.masks import Masks, masks_of
from models.arrays import Image
from models.frame import Frame
from models.rendering.simulated_visitor import SimulatedVisitor
from models.seeing.detector import Detector, open_detector
from tests.installation.waiting import LONG

STANDING = 4.0
"""Second at which the simulated visitor of seed 0 stands in the light."""
BACK = {0: None, 90: cv2.ROTATE_90_COUNTERCLOCKWISE, 180: cv2.ROTATE_180, 270: cv2.ROTATE_90_CLOCKWISE}
"""How a camera hangs whose picture has to be turned by so much."""


class HangingCamera:
    """A stand-in for a camera that hangs turned and looks into a mirror; its picture never changes."""

    name, address, live = "hanging camera", "hanging", False
    remarks: tuple[str, ...] = ()

    def __init__(self, room: Image, settings: CameraSettings) -> None:
        room = np.asarray(cv2.flip(room, 1), np.uint8) if settings.mirror else room
        code = BACK[settings.rotate_degrees]
        self._picture = room if code is None else np.asarray(cv2.rotate(room, code), np.uint8)

    def grab(self) -> None:
        """The next picture is the same."""

    def retrieve(self) -> Image:
        return self._picture

    def close(self) -> None:
        """Nothing is open."""


@contextmanager
def frame_of(room: Image, zone: tuple[Corner, ...] = (), **settings: object) -> Iterator[Frame]:
    """What the eye gets of ``room`` from a camera with these settings."""
    camera = CameraSettings.model_validate({"blind_below_luminance": 0, **settings})
    masks = masks_of(Venue(camera=camera, privacy=PrivacySettings(zone=zone)))
    capture = Capture(lambda: HangingCamera(room, camera), camera, masks, 30.0)
    capture.start()
    frame = capture.newest(0, LONG)
    assert frame is not None
    yield frame
    assert capture.close(LONG)


@pytest.fixture(scope="module")
def room() -> Image:
    visitor = SimulatedVisitor(CameraSettings(), seed=0)
    visitor.read(0.0)
    return visitor.read(STANDING)


@pytest.fixture(scope="module")
def detector() -> Detector:
    return open_detector(EyeSettings(smallest_face_pixels=60))


@pytest.fixture(scope="module")
def over_the_face(room: Image, detector: Detector) -> Polygon:
    """A triangle (a face is no rectangle that a region could leave out) around the face, in shares."""
    (found,) = detector.detect(room)
    x, y, wide, high = found.box
    height, width = room.shape[:2]
    corners = ((x + wide / 2, y - 2 * high), (x + 3 * wide, y + 1.5 * high), (x - 2 * wide, y + 1.5 * high))
    return tuple((min(max(a / width, 0.0), 1.0), min(max(b / height, 0.0), 1.0)) for a, b in corners)


@pytest.mark.parametrize("mirror", [False, True])
@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_a_face_in_a_mask_is_never_found_however_the_camera_hangs(
    room: Image, detector: Detector, over_the_face: Polygon, turn: int, mirror: bool
) -> None:
    with frame_of(room, rotate_degrees=turn, mirror=mirror) as frame:
        assert np.array_equal(frame.image, room)
        assert detector.detect(frame.image), "the visitor is there to be found"
    with frame_of(room, rotate_degrees=turn, mirror=mirror, masks=(over_the_face,)) as frame:
        assert detector.detect(frame.image) == []
        assert not frame.image[Masks((over_the_face,)).apply(np.full_like(room, 255)) == 0].any()


@pytest.mark.parametrize("mirror", [False, True])
@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_a_face_outside_of_the_zone_is_never_found_however_the_camera_hangs(
    room: Image, detector: Detector, over_the_face: Polygon, turn: int, mirror: bool
) -> None:
    beside = ((0.0, 0.0), (0.15, 0.0), (0.15, 1.0), (0.0, 1.0))
    with frame_of(room, beside, rotate_degrees=turn, mirror=mirror) as frame:
        assert detector.detect(frame.image) == []
        width = room.shape[1]
        assert not frame.image[:, round(0.15 * width) :].any(), "what the edge touches is black too"
        assert np.array_equal(frame.image[1:-1, 1 : round(0.14 * width)], room[1:-1, 1 : round(0.14 * width)])
    with frame_of(room, over_the_face, rotate_degrees=turn, mirror=mirror) as frame:
        assert len(detector.detect(frame.image)) == 1, "who stands in the zone is seen"
    with frame_of(room, over_the_face, rotate_degrees=turn, mirror=mirror, masks=(over_the_face,)) as frame:
        assert not frame.image.any(), "a mask in the zone still counts"


def test_what_lies_outside_of_a_mask_is_as_it_was(room: Image, detector: Detector) -> None:
    corner = ((0.0, 0.0), (0.2, 0.0), (0.2, 0.2), (0.0, 0.2))
    with frame_of(room, masks=(corner,)) as frame:
        height, width = room.shape[:2]
        outside = np.ones((height, width), bool)
        outside[: height // 5 + 1, : width // 5 + 1] = False
        assert np.array_equal(frame.image[outside], room[outside])
        assert not frame.image[: height // 5 - 1, : width // 5 - 1].any()
        assert len(detector.detect(frame.image)) == 1


def test_a_mask_over_the_whole_picture_is_no_covered_lens(room: Image) -> None:
    everything = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))
    settings = CameraSettings(masks=(everything,))
    capture = Capture(lambda: HangingCamera(room, settings), settings, Masks(settings.masks), 30.0)
    capture.start()
    frame = capture.newest(0, LONG)
    assert frame is not None
    assert not frame.image.any()
    assert capture.trouble(frame.captured_at) == ""
    assert capture.close(LONG)


def test_the_share_that_is_left_is_told_for_the_light() -> None:
    left: Polygon = ((0.0, 0.0), (0.5, 0.0), (0.5, 1.0), (0.0, 1.0))
    upper: Polygon = ((0.0, 0.0), (1.0, 0.0), (1.0, 0.5), (0.0, 0.5))
    assert Masks().open_share == 1.0
    assert Masks((left,)).open_share == pytest.approx(0.5, abs=0.01)
    assert Masks(zone=left).open_share == pytest.approx(0.5, abs=0.02)
    assert Masks((left,), zone=upper).open_share == pytest.approx(0.25, abs=0.02)


def test_masks_are_read_from_a_venue_file_and_a_line_is_no_mask(tmp_path: Path) -> None:
    file = tmp_path / "hall.toml"
    file.write_text("[camera]\nmasks = [[[0.1, 0.1], [0.3, 0.1], [0.2, 0.4]]]\n")
    assert load_venue(file).camera.masks == (((0.1, 0.1), (0.3, 0.1), (0.2, 0.4)),)
    with pytest.raises(ValidationError):
        CameraSettings(masks=(((0.1, 0.1), (0.3, 0.1)),))
    with pytest.raises(ValidationError):
        CameraSettings(masks=(((0.1, 0.1), (0.3, 0.1), (0.2, 1.4)),))
