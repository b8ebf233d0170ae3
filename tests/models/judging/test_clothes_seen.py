"""A drawn visitor in a shirt with a face on it, before the real detector."""

import cv2
import numpy as np

from calibration.settings import CameraSettings, EyeSettings, MoodSettings
from models.arrays import Image
from models.frame import Frame
from models.judging.judgement import Judgement
from models.rendering.simulated_visitor import SimulatedVisitor, read_portraits
from models.seeing.sight import open_sight

SIZE = (640, 360)
RATE = 4.0


def test_a_face_on_a_shirt_larger_than_the_real_one_is_told_to_be_a_print_and_never_answered() -> None:
    visitor = SimulatedVisitor(CameraSettings(width=320, height=180), seed=1, begins=-9.0)
    shirt = read_portraits()[0][1]["neutral", 1.0][20:250, 90:310]
    sight = open_sight(EyeSettings(detection_rows=360, detect_every=1))
    judgement = Judgement(MoodSettings())
    moods = []
    for number in range(18):
        now = number / RATE
        frame = Frame(dressed(visitor.read(now), shirt, now), now, number + 1)
        moods.append(judgement.update(sight.detect_and_classify(frame), SIZE, 20.0, now))
    assert max(mood.count for mood in moods) == 1
    assert [mood.count for mood in moods[8:]] == [1] * 10
    assert all(mood.visitors[0].position[1] < 0.45 for mood in moods[8:])
    assert moods[-1].prints == 1


def dressed(person: Image, shirt: Image, now: float) -> Image:
    """The person, upper middle, in a shirt with a face on it, walking to and fro."""
    picture = np.zeros((SIZE[1], SIZE[0], 3), np.uint8)
    picture[:180, 160:480] = person
    wide, high = 130, 136
    picture[190 : 190 + high, 255 : 255 + wide] = cv2.resize(shirt, (wide, high), interpolation=cv2.INTER_AREA)
    step = 60 * np.sin(1.2 * now)
    moved = cv2.warpAffine(picture, np.array([[1, 0, step], [0, 1, 0]], np.float32), SIZE)
    return np.asarray(moved, np.uint8)
