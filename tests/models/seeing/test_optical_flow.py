"""Between two detections a face is carried along, or its loss is noticed."""

import cv2
import numpy as np
import pytest

from models.frame import Detection
from models.seeing.align import TEMPLATE
from models.seeing.optical_flow import FlowTracker

HEIGHT, WIDTH = 720, 1280
SIZE = 160


def textured(seed: int, height: int, width: int, grain: int) -> np.ndarray:
    rough = np.random.default_rng(seed).uniform(30, 220, (height // grain, width // grain))
    return cv2.resize(rough, (width, height), interpolation=cv2.INTER_CUBIC).clip(0, 255)


ROOM, FACE = textured(1, HEIGHT, WIDTH, 40) * 0.5, textured(2, SIZE, SIZE, 10)


def picture(x: float, y: float, scale: float = 1.0, light: float = 1.0, seed: int = 0) -> np.ndarray:
    """The room with the "face" (a texture) at x, y, dimmed by ``light`` and with photon noise when it is dark."""
    place = np.array([[scale, 0, x], [0, scale, y]], np.float64)
    inside = cv2.warpAffine(np.ones_like(FACE), place, (WIDTH, HEIGHT)) > 0.5
    shown = np.where(inside, cv2.warpAffine(FACE, place, (WIDTH, HEIGHT)), ROOM) * light
    if light < 1:
        rng = np.random.default_rng(seed)
        shown = (rng.poisson(shown * 4) + rng.normal(0, 3, shown.shape)) / 4
    return np.clip(np.round(shown), 0, 255).astype(np.uint8)


def detection(x: float, y: float, scale: float = 1.0) -> Detection:
    side = SIZE * scale
    landmarks = TEMPLATE / 64 * side + (x, y)
    return Detection((x, y, side, side), 0.99, landmarks.astype(np.float32))


def start(*faces: Detection, image: np.ndarray) -> FlowTracker:
    follower = FlowTracker()
    follower.start(follower.reduced(image), list(faces))
    return follower


def track(follower: FlowTracker, image: np.ndarray) -> list[Detection | None]:
    return follower.track(follower.reduced(image), HEIGHT)


def off(found: Detection, wanted: Detection) -> float:
    """Mean distance of the landmarks in pixels."""
    return float(np.linalg.norm(found.landmarks - wanted.landmarks, axis=1).mean())


@pytest.mark.parametrize("light", [1.0, 0.1, 0.04])
def test_a_face_that_walks_is_followed_in_light_and_in_the_dark(light: float) -> None:
    follower = start(detection(400, 250), image=picture(400, 250, light=light))
    for step in (1, 2):
        found = track(follower, picture(400 + 8 * step, 250 - 3 * step, light=light, seed=step))
        assert found[0] is not None
        assert off(found[0], detection(400 + 8 * step, 250 - 3 * step)) < 2.0


def test_a_face_that_comes_nearer_grows() -> None:
    follower = start(detection(400, 250), image=picture(400, 250))
    found = track(follower, picture(395, 246, 1.06))
    assert found[0] is not None
    assert found[0].box[2] == pytest.approx(SIZE * 1.06, rel=0.02)
    assert off(found[0], detection(395, 246, 1.06)) < 1.5


def test_a_face_that_has_gone_is_not_followed_into_the_wall() -> None:
    follower = start(detection(400, 250), image=picture(400, 250))
    assert track(follower, picture(900, 100)) == [None]


def test_a_face_whose_parts_go_different_ways_counts_as_lost() -> None:
    here = picture(400, 250)
    follower = start(detection(400, 250), image=here)
    torn = here.copy()
    torn[250:330] = np.roll(here[250:330], -10, axis=1)
    torn[330:410] = np.roll(here[330:410], 10, axis=1)
    assert track(follower, torn) == [None]


def test_when_one_of_two_is_lost_the_other_one_is_followed_on() -> None:
    follower = start(detection(400, 250), detection(950, 100), image=picture(400, 250))
    gone = picture(404, 250)
    gone[80:300, 930:1150] = textured(9, 220, 220, 11).astype(np.uint8)
    found = track(follower, gone)
    assert found[1] is None
    assert found[0] is not None
    assert off(found[0], detection(404, 250)) < 1.5
    assert len(follower.faces) == 1


def test_an_empty_room_needs_no_flow() -> None:
    follower = start(image=picture(400, 250))
    assert track(follower, picture(410, 250)) == []


def test_a_camera_that_changes_its_size_is_met_with_a_detection() -> None:
    follower = start(detection(400, 250), image=picture(400, 250))
    assert track(follower, picture(400, 250)[:600, :800].copy()) == [None]
