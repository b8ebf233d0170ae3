"""A cinema: what limits how many faces a mood can hold, from the picture to the mood."""

import math

import cv2
import numpy as np
import pytest

from calibration.settings import CLASSIFIED_IN_A_LOOK, MAX_VISITORS, EyeSettings, MoodSettings
from models.arrays import Image
from models.frame import Frame
from models.judging.judgement import Judgement
from models.mood import Mood, VisitorMood
from models.rendering.simulated_visitor import read_portraits
from models.seeing.classifier import open_classifier
from models.seeing.detector import open_detector
from models.seeing.sight import Sight

WIDTH, HEIGHT, COLUMNS, ROWS = 1920, 1080, 8, 4


def audience() -> Image:
    """32 computed heads, 65 pixels wide and each with another face or person, in four rows, nobody below somebody."""
    people, _ = read_portraits()
    picture = np.full((HEIGHT, WIDTH, 3), 30, np.uint8)
    wide, high = WIDTH * 15 // 16 // COLUMNS, HEIGHT // ROWS
    for number in range(COLUMNS * ROWS):
        poses = list(people[number % len(people)].values())
        head = cv2.resize(poses[number % len(poses)], None, fx=0.57, fy=0.57, interpolation=cv2.INTER_AREA)
        row, column = divmod(number, COLUMNS)
        y, x = row * high, column * wide + row % 2 * wide // 2
        picture[y : y + head.shape[0], x : x + head.shape[1]] = head
    return picture


def mood_of(picture: Image, classify_at_most: int, looks: int) -> Mood:
    """As a venue that says nothing has it; a detection once, or this took seconds."""
    eye = EyeSettings(detection_rows=1080, detect_every=30)
    sight = Sight(open_detector(eye), open_classifier(), eye.detect_every, classify_at_most=classify_at_most)
    judgement = Judgement(MoodSettings())
    for number in range(looks):
        seen = sight.detect_and_classify(Frame(picture, number / 10, number))
        found = judgement.update(seen, (WIDTH, HEIGHT), 40.0, number / 10)
    return found


def likeliest(visitor: VisitorMood) -> int:
    return int(np.argmax(visitor.probabilities))


def test_a_mood_holds_the_32_faces_of_a_cinema_each_in_a_slot_of_its_own() -> None:
    found, whole = mood_of(audience(), CLASSIFIED_IN_A_LOOK, 14), mood_of(audience(), MAX_VISITORS, 5)
    assert found.count == MAX_VISITORS == 32
    assert [visitor.slot for visitor in found.visitors] == list(range(1, 33))
    assert len({likeliest(visitor) for visitor in whole.visitors}) > 2
    for one in found.visitors:
        alone = min(whole.visitors, key=lambda other: math.dist(other.position, one.position))
        assert likeliest(one) == likeliest(alone)
        assert one.probabilities == pytest.approx(alone.probabilities, abs=0.1)
