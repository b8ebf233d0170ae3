"""From linear light to the picture: glow, exposure, vignette and dither, then the planes that H.264 takes."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from models.arrays import Image
from scenes.demo.making.drawing import HEIGHT, WIDTH, Array, f32, screen


@dataclass(frozen=True)
class Grade:
    """How a scene's linear light becomes a picture."""

    exposure: float = 1.0
    glow: float = 0.12
    vignette: float = 0.35
    contrast: float = 0.35


class Grader:
    """Makes display pictures of one scene's linear light."""

    def __init__(self, grade: Grade) -> None:
        self.grade = grade
        x, y = screen((WIDTH, HEIGHT))
        lens = 1 - grade.vignette * np.clip((x * x / 2.4 + y * y / 1.3) - 0.25, 0, 1)
        self.lens = f32(np.repeat(lens[..., None] * grade.exposure, 3, axis=2))
        dice = np.random.default_rng(7)
        # Triangular noise of one step: 8 bits are too few for slow gradients in the dark.
        self.grain = f32(dice.random((4, HEIGHT, WIDTH)) + dice.random((4, HEIGHT, WIDTH)) - 1.0)

    def display(self, layers: list[Array]) -> Array:
        """Sum the layers (any size of 16 to 9) to display RGB from 0 to 1, (HEIGHT, WIDTH, 3)."""
        light = sum_of(layers)
        cv2.scaleAdd(_glow(light), self.grade.glow, light, light)
        light *= self.lens
        light /= light + 1
        cv2.sqrt(light, light)
        # Blend of the straight line with 3 c^2 - 2 c^3, which deepens the darks and lifts the lights.
        k = np.float32(self.grade.contrast)
        bend = light * (-2 * k)
        bend += 3 * k
        bend *= light
        bend += 1 - k
        light *= bend
        return light

    def yuv_planes(self, display: Array, number: int) -> Image:
        """Display RGB to limited range BT.709 4:2:0 planes under each other, (HEIGHT * 3 / 2, WIDTH)."""
        luma = display @ f32((0.2126, 0.7152, 0.0722))
        small = cv2.resize(display, (WIDTH // 2, HEIGHT // 2), interpolation=cv2.INTER_AREA)
        dark = small @ f32((0.2126, 0.7152, 0.0722))
        blue = (small[..., 2] - dark) / 1.8556 * 224 + 128
        red = (small[..., 0] - dark) / 1.5748 * 224 + 128
        grain = self.grain[number // 2 % 4]
        y = luma * 219 + 16 + 0.6 * grain
        thin = 0.6 * grain[: HEIGHT // 2, : WIDTH // 2]
        chroma = np.concatenate([(blue + thin).reshape(-1, WIDTH), (red - thin).reshape(-1, WIDTH)])
        planes: Image = np.clip(np.rint(np.concatenate([y, chroma])), 1, 254).astype(np.uint8)
        return planes


def sum_of(layers: list[Array]) -> Array:
    """Add layers of different sizes at full size."""
    total = np.zeros((HEIGHT, WIDTH, 3), np.float32)
    for layer in layers:
        if layer.shape[:2] != (HEIGHT, WIDTH):
            layer = cv2.resize(layer, (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC)
        total += layer
    np.maximum(total, 0, out=total)
    return total


def _glow(light: Array) -> Array:
    """The halo of bright things in the eye: three widths of blur, made small."""
    small = cv2.resize(light, (320, 180), interpolation=cv2.INTER_AREA)
    tiny = cv2.resize(small, (80, 45), interpolation=cv2.INTER_AREA)
    near = cv2.GaussianBlur(small, (0, 0), 2.5)
    middle = cv2.GaussianBlur(tiny, (0, 0), 2.2)
    wide = cv2.GaussianBlur(tiny, (0, 0), 7)
    far = cv2.resize(middle + 0.8 * wide, (320, 180), interpolation=cv2.INTER_CUBIC)
    return f32(cv2.resize(near + far, (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC))
