"""The colours of a course, taken from the film: a dark ground, and for each mood the colour of where it leads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import atan2, cos, hypot, pi, sin

import cv2
import numpy as np

from models.arrays import Image

Colour = tuple[int, int, int]
"""Blue, green, red, as the player's canvases have them."""
INK: Colour = (222, 232, 240)
DIM: Colour = (150, 158, 166)
FAINT: Colour = (92, 98, 104)
LIGHTNESS, LEAST_CHROMA, MOST_CHROMA = 74.0, 30.0, 62.0
"""Of a mood's colour, in CIE Lab: bright enough to be read on the ground, and a colour."""
APART = 0.6
"""Radians of hue between the colours of two moods, at least."""
GREY = 3.0
"""Chroma below which a picture has no colour of its own."""
HUES = (1.25, 4.75, 0.45, 2.6, 5.6, 3.6, 1.9, 0.0)
"""For moods without a picture: gold, blue, red, green, violet ..."""


@dataclass(frozen=True, slots=True)
class Palette:
    """What a course is drawn with."""

    ground: Image
    """(h, w, 4), as large as the screen."""
    moods: Mapping[str, Colour]


def mood_colours(pictures: Mapping[str, Sequence[Image]]) -> dict[str, Colour]:
    """A colour for each mood, from pictures of the scenes that it leads to; no two alike."""
    taken: list[float] = []
    colours: dict[str, Colour] = {}
    for number, (mood, found) in enumerate(pictures.items()):
        own = [accent for picture in found if (accent := _accent(picture)) is not None]
        if own:
            a, b = (sum(part) / len(own) for part in zip(*own, strict=True))
            hue, chroma = atan2(b, a) % (2 * pi), hypot(a, b)
        else:
            hue, chroma = HUES[number % len(HUES)], LEAST_CHROMA + 8
        hue = _apart(hue, taken)
        taken.append(hue)
        chroma = min(max(1.8 * chroma, LEAST_CHROMA), MOST_CHROMA)
        colours[mood] = _from_lab(LIGHTNESS, chroma * cos(hue), chroma * sin(hue))
    return colours


def ground_of(picture: Image | None, size: tuple[int, int]) -> Image:
    """A dark ground of ``size`` (width, height): the light of a picture of the film, without its forms."""
    wide, high = size
    if picture is None:
        picture = np.full((9, 16, 3), (26, 22, 20), np.uint8)
    small = cv2.GaussianBlur(cv2.resize(picture, (48, 27), interpolation=cv2.INTER_AREA), (0, 0), 6).astype(np.float32)
    small = small * (30.0 / max(30.0, float(small.max()))) + (10.0, 9.0, 9.0)
    across, down = np.meshgrid(np.linspace(-1, 1, 48), np.linspace(-1, 1, 27))
    small *= (1.0 - 0.45 * np.clip(across**2 * 0.6 + down**2 * 0.7, 0, 1))[..., None]
    smooth = cv2.resize(small.astype(np.float32), (wide, high), interpolation=cv2.INTER_CUBIC)
    grain = np.random.default_rng(1).random((high, wide, 1), np.float32)  # else the slow gradient has steps
    ground = np.zeros((high, wide, 4), np.uint8)
    ground[..., :3] = np.clip(smooth + grain, 0, 255)
    return ground


def _accent(picture: Image) -> tuple[float, float] | None:
    """The a and b (CIE Lab) of the most colourful tenth of a picture's lit part; None: it is grey."""
    small = cv2.resize(picture, (64, 36), interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    lab = cv2.cvtColor(small, cv2.COLOR_BGR2LAB).reshape(-1, 3)
    lit = lab[lab[:, 0] >= np.quantile(lab[:, 0], 0.5)]
    chroma = np.hypot(lit[:, 1], lit[:, 2])
    strong = lit[chroma >= np.quantile(chroma, 0.8)]
    a, b = (float(value) for value in strong[:, 1:].mean(axis=0))
    return (a, b) if hypot(a, b) >= GREY else None


def _apart(hue: float, taken: Sequence[float]) -> float:
    """The hue nearest to ``hue`` that is far enough from all that are taken."""
    room = min(APART, 2 * pi / (2 * len(taken) + 2))
    turns = sorted((step * 0.1 * sign for step in range(32) for sign in (1, -1)), key=abs)
    free = ((hue + turn) % (2 * pi) for turn in turns)
    return next((one for one in free if all(abs((one - other + pi) % (2 * pi) - pi) >= room for other in taken)), hue)


def _from_lab(lightness: float, a: float, b: float) -> Colour:
    bgr = cv2.cvtColor(np.array([[[lightness, a, b]]], np.float32), cv2.COLOR_LAB2BGR)[0, 0]
    blue, green, red = (round(255 * min(max(float(value), 0.0), 1.0)) for value in bgr)
    return blue, green, red
