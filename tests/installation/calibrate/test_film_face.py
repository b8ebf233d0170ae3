"""The film's own face on the screen: a visitor before the screen is masked, and nobody afterwards."""

import cv2
import numpy as np

from calibration.settings import CameraSettings, EyeSettings
from installation.calibrate.screen_search import find_screen, small_light
from installation.camera.masks import Masks
from models.arrays import Image
from models.frame import Frame
from models.rendering.simulated_visitor import SimulatedVisitor
from models.seeing.sight import open_sight
from tests.installation.calibrate.flashing_room import Room

QUAD = ((0.3, 0.1), (0.85, 0.2), (0.85, 0.8), (0.3, 0.85))


def on_the_wall(film: Image) -> Image:
    """The film on the display, as the camera sees it."""
    height, width = film.shape[:2]
    source = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    turn = cv2.getPerspectiveTransform(source, (np.array(QUAD) * [640, 360]).astype(np.float32))
    return np.asarray(cv2.warpPerspective(film, turn, (640, 360)), np.uint8)


def test_the_film_s_own_face_is_no_visitor_once_the_screen_was_found() -> None:
    pictures, taken, shown = Room(quad=QUAD).filmed()
    found = find_screen([small_light(picture) for picture in pictures], taken, shown)
    assert found is not None
    mask, sight = Masks((found.corners,)), open_sight(EyeSettings(detect_every=1))
    film = SimulatedVisitor(CameraSettings(width=640, height=360), seed=1, begins=-9.0)
    before = after = 0
    for number in range(4):
        picture = on_the_wall(film.read(number / 2))
        before += bool(sight.detect_and_classify(Frame(picture, number / 2, number + 1)))
        after += bool(sight.detect_and_classify(Frame(mask.apply(picture), number / 2, number + 1)))
    assert (before, after) == (4, 0)
