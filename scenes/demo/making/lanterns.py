"""Joy begins: lanterns rise from the lake, first a few, then as many as one can wish for."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

from scenes.demo.making.drawing import (
    HALF,
    HEIGHT,
    PX,
    WIDTH,
    Array,
    blur,
    ease,
    f32,
    noise,
    sample,
    screen,
    smoothstep,
    tint,
)
from scenes.demo.making.lake import Lake

COUNT = 330
SHORE = 0.70
"""Height of the water line, as a share of the picture."""


def _paper(height: int, defocus: float) -> Array:
    """One lantern of a height in pixels, (h, w, 3): paper lit from inside, brightest low where the flame is."""
    pad = int(0.35 * height + 3 * defocus) + 2
    v, u = np.meshgrid(np.arange(height + 2 * pad), np.arange(height + 2 * pad), indexing="ij")
    x = (u - pad - height / 2 + 0.5) / (height / 2)
    y = (v - pad + 0.5) / height
    down = np.clip(y, 0, 1)
    half = 0.62 * (1 - 0.35 * down**2.2 + 0.10 * np.sin(np.pi * down)) - 0.1 * (y < 0.07)
    soft = max(2.5 / height, 0.05)
    form = smoothstep(0.0, soft, (half - np.abs(x)) / 2) * smoothstep(0, soft, y) * smoothstep(1.0, 1.0 - soft, y)
    inside = 0.30 + 1.5 * np.exp(-(((y - 0.80) / 0.30) ** 2) - (x / 0.55) ** 2) + 0.25 * y
    ribs = 1 - 0.10 * np.exp(-(((np.abs(x) - 0.3) / 0.03) ** 2))
    glow = f32(form * inside * ribs)
    rim = smoothstep(0.9, 0.97, f32(y)) * form
    picture = np.stack([glow * 1.25, glow**1.2 * 0.47, glow**1.5 * 0.09], -1) * (1 - 0.6 * rim[..., None])
    return f32(cv2.GaussianBlur(f32(picture), (0, 0), defocus) if defocus > 0.3 else picture)


def _paste(picture: Array, sprite: Array, x: float, y: float, strength: float, sway: float) -> None:
    """Add a sprite with its centre at x, y (pixels, fractions count), leaning a little."""
    height, width = sprite.shape[:2]
    left, top = int(np.floor(x - width / 2)), int(np.floor(y - height / 2))
    if left + width < 0 or top + height < 0 or left >= picture.shape[1] or top >= picture.shape[0]:
        return
    matrix = cv2.getRotationMatrix2D((width / 2, height * 0.3), sway, 1.0)
    matrix[:, 2] += (x - width / 2 - left, y - height / 2 - top)
    moved = cv2.warpAffine(sprite, matrix, (width, height), flags=cv2.INTER_LINEAR)
    x0, y0 = max(left, 0), max(top, 0)
    x1, y1 = min(left + width, picture.shape[1]), min(top + height, picture.shape[0])
    if x0 < x1 and y0 < y1:
        picture[y0:y1, x0:x1] += moved[y0 - top : y1 - top, x0 - left : x1 - left] * np.float32(strength)


def _night(x: Array, y: Array, warmth: float) -> Array:
    """Sky and the far hills in their mist; warmth is how many lanterns shine on them."""
    height = np.clip((y - (1 - 2 * SHORE)) / (2 * SHORE), 0, 1)
    sky = tint(0.016 + 0.05 * (1 - height) ** 3, (0.22, 0.36, 0.85))
    sky += tint(np.exp(-height * 5) * 0.15 * warmth, (1.0, 0.45, 0.20))
    ridge = noise(41, 1.8, 2, 120)[0]
    for layer, (base, rough) in enumerate(((0.20, 0.055), (0.12, 0.04), (0.055, 0.02))):
        line = base + rough * np.interp((x[0] * 0.14 + 0.31 * layer) % 1.0, np.linspace(0, 1, ridge.size), ridge)
        hill = smoothstep(0.004, -0.004, height - f32(line)[None, :])
        mist = tint(np.exp(-height * 16), (0.020 + 0.06 * warmth, 0.024 + 0.026 * warmth, 0.05))
        sky = sky * (1 - hill[..., None]) + hill[..., None] * (mist * (0.4 - 0.1 * layer) + 0.002)
    return f32(sky)


def rising(seconds: float) -> Callable[[float], list[Array]]:
    """The first scene of joy."""
    dice = np.random.default_rng(42)
    depth = np.sort(f32(1.3 + 17.0 * (1 - dice.uniform(0, 1, COUNT) ** 2.2)))[::-1]  # from far to near
    home = f32(dice.uniform(-1.25, 1.25, COUNT))
    start = f32(-7 + (seconds + 5) * dice.uniform(0, 1, COUNT) ** 0.75)
    speed = f32(dice.uniform(0.8, 1.25, COUNT) * 0.34)
    phase = f32(dice.uniform(0, 7, COUNT))
    shades = f32([(1.0, 1.0, 1.0), (1.05, 0.86, 0.7), (1.0, 1.12, 1.25)])[dice.integers(0, 3, COUNT)]
    height = np.clip(250 / depth, 7, 190)
    sprites = [_paper(int(h * PX), max(h - 95, 0.0) * 0.075 * PX) * c for h, c in zip(height, shades, strict=True)]
    x, y = screen(HALF)
    skies = [_night(x, y, w) for w in (0.0, 1.0)]
    lake, veil = Lake(SHORE), noise(44, 1.9, 2, 60)

    def draw(t: float) -> list[Array]:
        joy = ease(0, seconds * 0.8, t)
        air = np.zeros((HEIGHT, WIDTH, 3), np.float32)
        for i in range(COUNT):
            age = t - start[i]
            if age < 0:
                continue
            climb = age * speed[i] + 0.25 * (np.sqrt(1 + age) - 1)
            px = (
                WIDTH / 2
                + (home[i] * (2.2 + 2.4 * depth[i]) + 0.10 * np.sin(0.7 * t + phase[i]) * 2 + 0.05 * t)
                / depth[i]
                * 300
                * PX
            )
            py = SHORE * HEIGHT - (climb * 1.9 - 0.3) / depth[i] * 330 * PX - 10 * PX
            born = ease(0, 2.2, float(age))
            live = born * (1 + 0.09 * np.sin(6.1 * t + 5 * phase[i]) + 0.05 * np.sin(11 * t + 3 * phase[i]))
            if py < -220 * PX:
                continue
            strength = live * (1.5 if height[i] < 95 else 0.8) * (0.55 + 0.45 * min(height[i] / 40, 1))
            _paste(air, sprites[i], float(px), float(py), float(strength), 4 * np.sin(0.9 * t + phase[i]))
        sky = skies[0] + np.float32(joy) * (skies[1] - skies[0])
        above = cv2.resize(air, HALF, interpolation=cv2.INTER_AREA) + sky
        glow = blur(f32(above), 30 * PX) * 0.16 * (0.75 + 0.25 * sample(veil, x * 0.2 + 0.01 * t, y * 0.25))[..., None]
        return [lake.join(f32(above), t, sky) + glow, air * lake.air]

    return draw
