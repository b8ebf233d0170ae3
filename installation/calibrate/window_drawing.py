"""Drawings over a calibration's picture: the region, and the lamp that was found."""

from __future__ import annotations

import cv2
import numpy as np
import pygame

from calibration.profile import LightProfile
from calibration.settings import Region
from installation.calibrate.lamp_drawing import towards
from installation.film.window_text import WindowText
from models.arrays import Image

SIZE = (960, 540)
INK, WARM, DIM = (236, 230, 220), (240, 176, 84), (120, 112, 104)
LEAST_SIDE = 0.05
"""Of a region: less is a click, not a rectangle."""

SHOWN_BRIGHT = 190.0
"""Gray level to which the preview raises its bright parts (a lit face), of 255."""
LARGEST_GAIN = 12.0
FOLLOWS = 0.15
"""Of the way to the gain of a new picture: the preview must not flicker."""


class PreviewGain:
    """Makes a dark room's picture bright enough to be seen on a screen; what is measured is not touched."""

    def __init__(self) -> None:
        self.gain = 1.0
        self._first = True

    @property
    def shows(self) -> bool:
        """The picture is shown clearly brighter than it is."""
        return self.gain >= 1.15

    def brightened(self, picture: Image) -> Image:
        """The picture times a gain that follows its bright parts; a bright picture as it is."""
        bright = float(np.percentile(picture[::4, ::4].max(2), 98))
        wanted = min(LARGEST_GAIN, max(1.0, SHOWN_BRIGHT / max(bright, 1.0)))
        self.gain = wanted if self._first else self.gain + FOLLOWS * (wanted - self.gain)
        self._first = False
        if self.gain < 1.02:
            return picture
        return cv2.convertScaleAbs(picture, alpha=self.gain).astype(np.uint8, copy=False)


def placed(picture: Image) -> tuple[int, int, int, int]:
    """Left, top, width and height of the picture in the window, as large as it fits."""
    height, width = picture.shape[:2]
    scale = min(SIZE[0] / width, SIZE[1] / height)
    wide, high = round(width * scale), round(height * scale)
    return (SIZE[0] - wide) // 2, (SIZE[1] - high) // 2, wide, high


def region_of(corner: tuple[int, int], other: tuple[int, int], picture: Image) -> Region | None:
    """The region between two points of the window; None when it is too small. The picture is shown mirrored."""
    x, y, wide, high = placed(picture)
    across = sorted(min(1.0, max(0.0, 1 - (point[0] - x) / wide)) for point in (corner, other))
    down = sorted(min(1.0, max(0.0, (point[1] - y) / high)) for point in (corner, other))
    if across[1] - across[0] < LEAST_SIDE or down[1] - down[0] < LEAST_SIDE:
        return None
    left, right = (round(one, 3) for one in across)
    top, bottom = (round(one, 3) for one in down)
    return Region(left=left, top=top, right=right, bottom=bottom)


def draw_frame(surface: pygame.Surface, region: Region, picture: Image) -> None:
    """The region as a rectangle over the mirrored picture."""
    x, y, wide, high = placed(picture)
    left, top = x + (1 - region.right) * wide, y + region.top * high
    size = ((region.right - region.left) * wide, (region.bottom - region.top) * high)
    pygame.draw.rect(surface, WARM, pygame.Rect(round(left), round(top), round(size[0]), round(size[1])), 3)


def draw_lamp(surface: pygame.Surface, light: LightProfile, font: WindowText) -> None:
    """The room from the side and from above, as in the report."""
    right, up, front = towards(light)
    _view(surface, light, font, "from the side", 260, (front, up), (1, 0))
    _view(surface, light, font, "from above", 700, (right, -front), (0, -1))


def _view(  # noqa: PLR0913 - two calls beside each other, which differ in these
    surface: pygame.Surface,
    light: LightProfile,
    font: WindowText,
    title: str,
    x: int,
    lamp: tuple[float, float],
    camera: tuple[int, int],
) -> None:
    y, radius = 230, 150
    there = (round(x + radius * lamp[0]), round(y - radius * lamp[1]))
    words = font.render(title, INK, 400)
    surface.blit(words, (x - words.get_width() // 2, 30))
    pygame.draw.circle(surface, DIM, (x, y), radius, 1)
    pygame.draw.line(surface, WARM, there, (x, y), 2)
    pygame.draw.circle(surface, INK, (x, y), 26)
    pygame.draw.circle(surface, WARM, there, round(8 + light.radius_degrees * 0.8))
    lens = pygame.Rect(0, 0, 22, 18)
    lens.center = (x + radius * camera[0], y - radius * camera[1])
    pygame.draw.rect(surface, INK, lens)
    name = font.render("camera", INK, 200)
    surface.blit(name, (lens.right + 6, lens.top))
