"""A cinema: what limits how many faces a mood can hold, from the picture to the mood."""

import cv2
import numpy as np

from calibration.settings import MAX_VISITORS, EyeSettings, MoodSettings
from models.arrays import Image
from models.frame import Frame
from models.judging.judgement import Judgement
from models.mood import Mood
from models.rendering.simulated_visitor import read_portraits
from models.seeing.sight import open_sight

WIDTH, HEIGHT, COLUMNS, ROWS = 1920, 1080, 8, 4


def audience() -> Image:
    """32 computed heads, 65 pixels wide and each with another face or person, in four rows."""
    people, _ = read_portraits()
    picture = np.full((HEIGHT, WIDTH, 3), 30, np.uint8)
    wide, high = WIDTH // COLUMNS, HEIGHT // ROWS
    for number in range(COLUMNS * ROWS):
        poses = list(people[number % len(people)].values())
        head = cv2.resize(poses[number % len(poses)], None, fx=0.57, fy=0.57, interpolation=cv2.INTER_AREA)
        y, x = number // COLUMNS * high, number % COLUMNS * wide
        picture[y : y + head.shape[0], x : x + head.shape[1]] = head
    return picture


def mood_of(picture: Image, eye: EyeSettings, mood: MoodSettings, faces: int) -> Mood:
    sight, judgement = open_sight(eye), Judgement(mood)
    sight.faces_at_most = faces
    for number in range(5):
        seen = sight.detect_and_classify(Frame(picture, number / 10, number))
        found = judgement.update(seen, (WIDTH, HEIGHT), 40.0, number / 10)
    return found


def test_a_mood_holds_the_32_faces_of_a_cinema_each_in_a_slot_of_its_own() -> None:
    eye = EyeSettings(detection_rows=1080, detect_every=10)
    found = mood_of(audience(), eye, MoodSettings(preset="crowd", visitors_at_most=MAX_VISITORS), MAX_VISITORS)
    assert found.count == MAX_VISITORS == 32
    assert [visitor.slot for visitor in found.visitors] == list(range(1, 33))
    assert len(found.model_dump_json()) < 32_000, "more than a datagram to the stage may carry"
