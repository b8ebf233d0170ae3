"""A still lake that gives back what shines above it."""

from __future__ import annotations

import cv2
import numpy as np

from scenes.demo.making.drawing import HALF, HEIGHT, PX, WIDTH, Array, f32, noise, sample, screen, smoothstep


class Lake:
    """The water below a shore line, given as a share of the picture's height."""

    def __init__(self, shore: float, calm: float = 1.0) -> None:
        self.calm = calm
        self.x, _ = screen(HALF)
        self.columns, self.rows = (f32(g) for g in np.meshgrid(np.arange(HALF[0]), np.arange(HALF[1])))
        self.shore = shore * HEIGHT / 2
        self.below = np.clip((self.rows - self.shore) / (HEIGHT / 2 - self.shore), 0, 1)
        self.far = 1 / (0.06 + self.below)
        self.water = smoothstep(self.shore - 1, self.shore + 1, self.rows)[..., None]
        self.ripple = noise(43, 1.0, 12, 120)
        self.air = f32(cv2.resize(1 - self.water[..., 0], (WIDTH, HEIGHT)))[..., None]
        """1 where a full-size picture shows air."""

    def mirror(self, above: Array, t: float) -> Array:
        """What the water shows of a half-size picture, darker and broken by ripples."""
        wave = sample(self.ripple, self.x * 0.05 + 0.01 * t, 0.22 * self.far + 0.03 * t)
        wave = wave + sample(self.ripple, self.x * 0.09 - 0.015 * t, 0.37 * self.far + 0.02 * t)
        wave = wave / self.calm
        row = f32(np.clip(2 * self.shore - self.rows + wave * PX * (2 + 14 * self.below), 0, self.shore - 2))
        column = f32(self.columns + wave * PX * (0.3 + 1.6 * self.below))
        back = cv2.remap(f32(above), column, row, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
        back = cv2.GaussianBlur(back, (1, 13), 0.5, sigmaY=2.5 * PX)
        return f32(back * (0.66 - 0.24 * self.below)[..., None] * f32((0.95, 0.93, 1.0)))

    def join(self, above: Array, t: float, sky: Array) -> Array:
        """Sky over the shore, its mirror with all that shines (``above``) under it."""
        return f32(sky * (1 - self.water) + self.mirror(above, t) * self.water)
