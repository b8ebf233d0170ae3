"""Pictures that a technician sets the wall by: a grid for the corners, steps near black and white, gamma.

Drawn without a font file, so that they are there on any machine.
"""

from __future__ import annotations

from typing import Literal, get_args

import cv2
import numpy as np

from models.arrays import Image

TestPicture = Literal["grid", "black", "gamma", "white"]
TEST_PICTURES: tuple[TestPicture, ...] = get_args(TestPicture)
COLUMNS, ROWS = 16, 9
NEAR_BLACK = (1, 2, 3, 4, 6, 8, 10, 12, 16, 20, 24, 32)
"""Of 255; and as far from white."""
GAMMAS = (1.6, 1.8, 2.0, 2.2, 2.4, 2.6, 2.8)
WHITE, GRAY, AMBER = (255, 255, 255), (110, 110, 110), (40, 170, 255)


def draw_test_picture(name: TestPicture, size: tuple[int, int], corner: int = 0) -> Image:
    """The picture as a canvas of ``size`` (width, height): uint8 (height, width, 4), blue first.

    ``corner``: of the grid, 1 (upper left) to 4, clockwise: the one that is being dragged; 0 none.
    """
    picture = np.zeros((size[1], size[0], 3), np.uint8)
    match name:
        case "grid":
            _grid(picture, corner)
        case "black":
            _steps(picture)
        case "gamma":
            _gamma(picture)
        case "white":
            picture[:] = 255
    return np.dstack([picture, np.zeros(picture.shape[:2], np.uint8)])


def _grid(picture: Image, corner: int) -> None:
    """Squares as far as the screen's shape allows, a circle that must be round, and the outermost pixels."""
    high, wide = picture.shape[:2]
    thin = max(1, high // 540)
    for column in range(1, COLUMNS):
        x = round(wide * column / COLUMNS)
        cv2.line(picture, (x, 0), (x, high), WHITE if column == COLUMNS // 2 else GRAY, thin)
    for row in range(1, ROWS):
        y = round(high * row / ROWS)
        cv2.line(picture, (0, y), (wide, y), GRAY, thin)
    cv2.line(picture, (0, high // 2), (wide, high // 2), WHITE, thin)
    cv2.circle(picture, (wide // 2, high // 2), round(high * 0.4), WHITE, thin, cv2.LINE_AA)
    cv2.rectangle(picture, (0, 0), (wide - 1, high - 1), WHITE, 2 * thin)
    box = high // ROWS
    for number, (x, y) in enumerate(((0, 0), (wide - box, 0), (wide - box, high - box), (0, high - box)), 1):
        chosen = number == corner
        cv2.rectangle(picture, (x, y), (x + box - 1, y + box - 1), AMBER if chosen else WHITE, -1 if chosen else thin)
        _word(picture, str(number), (x + box / 2, y + box / 2), box / 2, (0, 0, 0) if chosen else WHITE)
    _word(picture, f"{wide} x {high}", (wide / 2, high * 0.44), high / 28, WHITE)


def _steps(picture: Image) -> None:
    """The darkest fields on black above, the lightest on white below, each with its value of 255."""
    high, wide = picture.shape[:2]
    picture[high // 2 :] = 255
    step = wide / len(NEAR_BLACK)
    for number, value in enumerate(NEAR_BLACK):
        left, right = round((number + 0.12) * step), round((number + 0.88) * step)
        for shade, top in ((value, high // 12), (255 - value, high // 2 + high // 8)):
            picture[top : top + high // 4, left:right] = shade
            _word(picture, str(shade), ((left + right) / 2, top + high * 0.295), high / 34, GRAY)


def _gamma(picture: Image) -> None:
    """Lines of black and white, half of the light, around a gray that is as light on a display of that gamma.

    From some steps away the field that vanishes is the wall's.
    """
    high, wide = picture.shape[:2]
    picture[::2] = 255
    step = wide / len(GAMMAS)
    for number, gamma in enumerate(GAMMAS):
        left, right = round((number + 0.2) * step), round((number + 0.8) * step)
        picture[high // 3 : 2 * high // 3, left:right] = round(255 * 0.5 ** (1 / gamma))
        middle, low = (left + right) / 2, high * 0.78
        picture[round(low - high / 28) : round(low + high / 28), left:right] = 0
        _word(picture, f"{gamma:.1f}", (middle, low), high / 30, WHITE)


def _word(picture: Image, text: str, middle: tuple[float, float], height: float, colour: tuple[int, int, int]) -> None:
    """``text`` of capitals ``height`` pixels high around ``middle``."""
    font, thick = cv2.FONT_HERSHEY_SIMPLEX, max(1, round(height / 10))
    scale = cv2.getFontScaleFromHeight(font, max(1, round(height)), thick)
    (wide, high), _ = cv2.getTextSize(text, font, scale, thick)
    place = (round(middle[0] - wide / 2), round(middle[1] + high / 2))
    cv2.putText(picture, text, place, font, scale, colour, thick, cv2.LINE_AA)
