"""The mouth's opening, read from pictures: simulated visitors who talk, through the whole eye."""

import math
import random
from collections.abc import Callable

import numpy as np

from calibration.settings import CameraSettings, EyeSettings, MoodSettings
from models.frame import Frame
from models.judging.judgement import Judgement
from models.mood import Mood
from models.rendering.performance import DirectedVisit
from models.rendering.simulated_visitor import SimulatedVisitor
from models.seeing.mouth import mouth_openings
from models.seeing.shut_eyes import LEAST_LUMINANCE
from models.seeing.sight import open_sight

LOOKS = 15
CAMERA = CameraSettings(width=640, height=480)


def syllables(t: float) -> float:
    return 0.5 - 0.5 * math.cos(2 * math.pi * 4 * t)


def watch(person: int, mouth: Callable[[float], float], seconds: float) -> tuple[list[float | None], list[Mood]]:
    """What the eye says of somebody in the dark who opens the mouth so: openings and moods."""
    visit = DirectedVisit(1)
    visit.direct(person, "neutral", 0.0)
    camera = SimulatedVisitor(CAMERA, performance=visit, begins=0.0, mouth=mouth)
    sight, judge = open_sight(EyeSettings(device="cpu")), Judgement(MoodSettings(), random.Random(1))
    openings, moods = list[float | None](), list[Mood]()
    for k in range(round(seconds * LOOKS)):
        frame = Frame(camera.read(k / LOOKS), 1 + k / LOOKS, k)
        faces = sight.detect_and_classify(frame)
        openings += [face.mouth_open for face in faces]
        moods.append(judge.update(faces, (640, 480), 20.0, frame.captured_at))
    return openings, moods


def test_a_visitor_who_talks_is_told_to_speak() -> None:
    openings, moods = watch(0, syllables, 2.8)
    assert np.ptp([one for one in openings if one is not None]) > 0.1
    assert moods[-1].speaking == 1.0


def test_a_visitor_whose_mouth_rests_is_told_to_be_silent() -> None:
    _, moods = watch(1, lambda _: 0.0, 2.0)
    assert (moods[5].speaking, moods[-1].speaking) == (None, 0.0)
    assert not any(mood.speaking for mood in moods)


def test_a_mouth_in_the_dark_or_far_away_is_not_told_of() -> None:
    assert np.isfinite(mouth_openings(np.zeros((1, 64, 64), np.uint8))).all()
    visit = DirectedVisit(1)
    visit.direct(0, "neutral", 0.0)
    picture = SimulatedVisitor(CAMERA, performance=visit, begins=0.0).read(0.0)
    dark = (picture * np.float32(0.1)).astype(np.uint8)
    (face,) = open_sight(EyeSettings(device="cpu")).detect_and_classify(Frame(dark, 1.0, 0))
    assert face.luminance < LEAST_LUMINANCE
    assert face.mouth_open is None
