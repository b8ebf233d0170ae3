"""The crossing: a boat with one lantern on the lake, the same voyage under a golden evening and through a storm."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import cv2
import numpy as np

from scenes.demo.making.drawing import (
    HALF,
    HEIGHT,
    PX,
    WIDTH,
    Array,
    dots,
    ease,
    f32,
    noise,
    pixels,
    sample,
    screen,
    smoothstep,
    streaks,
    tint,
)
from scenes.demo.making.lake import Lake

SHORE = 0.60
"""Height of the far shore, as a share of the picture from its top."""
HORIZON = 1 - 2 * SHORE
DROPS = 900
HULL = 0.36
"""Half the length of the boat in screen coordinates."""


def _hills(x: Array, y: Array) -> list[tuple[Array, float]]:
    """Three ridges from far to near: where each covers the sky, and how much mist lies before it."""
    ridge = noise(41, 1.8, 2, 120)[0]
    ridges = []
    for layer, (base, rough) in enumerate(((0.34, 0.085), (0.20, 0.06), (0.09, 0.03))):
        line = base + rough * np.interp((x[0] * 0.14 + 0.31 * layer) % 1.0, np.linspace(0, 1, ridge.size), ridge)
        ridges.append((smoothstep(0.004, -0.004, y - HORIZON - f32(line)[None, :]), 1 - 0.36 * layer))
    return ridges


def _evening(x: Array, y: Array) -> Callable[[float], Array]:
    """A sky behind which the sun has just gone, with long thin clouds lit from below."""
    height = np.clip((y - HORIZON) / (1 - HORIZON), 0, 1)
    sun = np.exp(-(((x - 0.75) / 1.1) ** 2))
    sky = tint(f32(0.05 + 0.10 * (1 - height)), (0.22, 0.24, 0.62))
    sky += tint(f32(np.exp(-height * 2.4) * (0.16 + 0.85 * sun)), (1.0, 0.36, 0.07))
    sky += tint(f32(np.exp(-height * 7) * sun * 1.6), (1.0, 0.66, 0.22))
    cloud, hills = noise(45, 1.9, 2, 90), _hills(x, y)

    def at(t: float) -> Array:
        bank = sample(cloud, x * 0.10 + 0.0022 * t, height * 0.75 + 0.2) + 0.5 * sample(
            cloud, x * 0.23 - 0.001 * t, height * 1.7
        )
        lit = smoothstep(0.2, 2.0, bank) * np.exp(-(((height - 0.42) / 0.34) ** 2)) * (0.25 + 0.75 * sun)
        now = sky + tint(f32(lit * 0.8), (1.0, 0.30, 0.13))
        for cover, mist in hills:
            haze = tint(f32(0.02 + 0.24 * mist * (0.15 + sun) * np.exp(-height * 7)), (1.0, 0.40, 0.16))
            now = now * (1 - cover[..., None]) + haze * cover[..., None]
        return f32(now)

    return at


def _clouds(x: Array, y: Array) -> Callable[[float], Array]:
    """A sky that hangs low and goes fast, and curtains of rain before the hills."""
    height = np.clip((y - HORIZON) / (1 - HORIZON), 0, 1)
    cloud, hills = noise(46, 1.7, 2, 120), _hills(x, y)
    far = 1 / (0.35 + height)

    def at(t: float) -> Array:
        roll = sample(cloud, x * 0.16 * far - 0.016 * t, far * 0.33 + 0.004 * t)
        roll = roll + 0.6 * sample(cloud, x * 0.38 * far - 0.028 * t, far * 0.7 + 0.5)
        now = tint(
            f32(np.clip(0.052 + 0.034 * roll, 0.006, 0.3) * (0.55 + 0.9 * np.exp(-height * 3))), (0.42, 0.72, 1.0)
        )
        curtain = np.clip(0.55 + 0.45 * sample(cloud, x * 0.22 + 0.12 * y - 0.02 * t, x * 0.01 + 0.3), 0.1, 1.2)
        for cover, mist in hills:
            haze = tint(f32(0.006 + 0.055 * mist * curtain * np.exp(-height * 5)), (0.40, 0.70, 1.0))
            now = now * (1 - cover[..., None]) + haze * cover[..., None]
        return f32(now)

    return at


def _path(t: float, seconds: float) -> tuple[float, float, float]:
    """Where the boat's middle meets the water, and how it leans: alike in all weathers, so that cuts are in step."""
    x = -0.62 + 0.95 * t / seconds + 0.02 * np.sin(0.5 * t)
    return (
        x,
        -0.50 + 0.012 * np.sin(1.5 * t) + 0.006 * np.sin(2.3 * t),
        0.035 * np.sin(1.1 * t) + 0.015 * np.sin(1.9 * t),
    )


def _lamp(t: float) -> tuple[float, float]:
    """Where the lantern hangs, from the boat's middle: it swings on its hook."""
    swing = 0.20 * np.sin(1.3 * t) + 0.08 * np.sin(2.1 * t)
    return 0.70 * HULL + 0.085 * np.sin(swing) + 0.075, 0.395 - 0.085 * np.cos(swing)


def _boat(u: Array, v: Array, t: float) -> tuple[Array, Array]:
    """The boat at coordinates from its middle: what it covers, and what its own lantern lights of it."""
    lx, ly = _lamp(t)
    k = u / HULL
    top, keel = 0.050 + 0.070 * np.abs(k) ** 2.6, -0.035 * (1 - k * k)
    soft = 2.0 / HEIGHT
    hull = (
        smoothstep(-soft, soft, top - v) * smoothstep(-soft, soft, v - keel) * smoothstep(1 + soft, 1 - soft, np.abs(k))
    )
    mast = smoothstep(0.009, 0.006, np.abs(u - 0.70 * HULL)) * (v > 0) * smoothstep(0.402, 0.398, v)
    arm = smoothstep(0.007, 0.004, np.abs(v - 0.395)) * (u > 0.70 * HULL) * (u < 0.70 * HULL + 0.078)
    rope = smoothstep(0.004, 0.002, np.abs(u - (0.70 * HULL + 0.075))) * (v < 0.395) * (v > ly + 0.03)
    cap = smoothstep(0.024, 0.021, np.abs(u - lx)) * smoothstep(0.006, 0.004, np.abs(np.abs(v - ly) - 0.034))
    cover = np.maximum.reduce([hull, mast, arm, rope, cap])
    distance = (u - lx) ** 2 + (v - ly) ** 2
    rim = np.exp(-(((top - v) / 0.012) ** 2)) + 0.35 + 0.25 * (np.abs(np.sin((top - v) * 190)) > 0.4)
    lit = f32(cover * 0.030 / (distance + 0.03) * np.where(hull > 0, rim, 0.7))
    return f32(cover), lit


def _around(
    x: float, y: float, across: tuple[float, float], up: tuple[float, float], size: tuple[int, int]
) -> tuple[slice, slice]:
    """The part of a picture of a size around a place, so far to each side, below and above it."""
    width, height = size
    columns, rows = pixels(f32([x + across[0], x + across[1]]), f32([y + up[1], y + up[0]]), size)
    (left, right), (top, bottom) = columns.astype(int).tolist(), rows.astype(int).tolist()
    return slice(max(top, 0), min(bottom, height)), slice(max(left, 0), min(right, width))


def _from_boat(x: Array, y: Array, path: tuple[float, float, float]) -> tuple[Array, Array]:
    """Screen coordinates, seen from the boat's middle as it leans."""
    bx, by, lean = path
    u, v = x - bx, y - by
    return f32(u * np.cos(lean) + v * np.sin(lean)), f32(v * np.cos(lean) - u * np.sin(lean))


def crossing(
    seconds: float, sky_of: Callable[[Array, Array], Callable[[float], Array]], calm: float, rain: bool
) -> Callable[[float], list[Array]]:
    """The voyage in one weather; calm is how smooth the water is."""
    x, y = screen(HALF)
    full_x, full_y = screen((WIDTH, HEIGHT))
    sky, lake = sky_of(x, y), Lake(SHORE, calm)
    ripple, glint = noise(47, 1.1, 6, 120), noise(49, 0.9, 10, 160)
    far = 1 / (0.10 + np.clip(HORIZON - y, 0, None))
    drops = np.random.default_rng(48).random((DROPS, 4)).astype(np.float32)

    def light_on_water(scene: Array, t: float, flame: np.float32) -> None:
        """What the lake shows of the boat and its lantern, and the glow in the air, in place at half size."""
        (bx, by, lean), (lx, ly) = _path(t, seconds), _lamp(t)
        part = _around(bx, by, (-1.0, 1.2), (-0.6, 0.85), HALF)
        here, away = x[part], far[part]
        u, v = _from_boat(here, y[part], (bx, by, lean))
        water, deep = smoothstep(0.0, -0.012, v), np.clip(-v, 0, 1)
        wave = sample(ripple, here * 0.10 + 0.01 * t, away * 0.045 + 0.03 * t)
        wave = wave + 0.6 * sample(ripple, here * 0.21 - 0.02 * t, away * 0.10 + 0.05 * t)
        rough = wave * np.minimum(deep, 0.4) / calm
        mirrored, shine = _boat(f32(u + 0.05 * rough), f32(-v + 0.12 * rough - 0.01), t)
        scene[part] *= 1 - (0.82 * mirrored * water * np.exp(-2 * deep))[..., None]
        # A broken path of light towards us, and a pool of it around the boat.
        broken = np.clip(0.55 + 0.75 * sample(glint, here * 0.13 + 0.012 * t, away * 0.11 + 0.06 * t), 0, 2.2)
        path = np.exp(-(((u - lx) / (0.035 + (0.10 + 0.10 / calm) * deep)) ** 2) - 1.6 * np.clip(deep - 0.05, 0, 1))
        pool = 0.020 / ((u - lx) ** 2 + (2.2 * v) ** 2 + 0.05) * (0.4 + 0.6 * broken)
        r2 = (u - lx) ** 2 + (v - ly) ** 2
        halo = 0.0075 / (r2 + 0.012) * np.exp(-r2 * (2.5 if rain else 5.0)) * (1.0 if rain else 0.55)
        # Nothing of it reaches the edge of the part.
        edge = smoothstep(-1.0, -0.6, u) * smoothstep(1.2, 0.8, u) * smoothstep(0.85, 0.6, v)
        light = (0.5 * path * broken + pool + 0.3 * shine) * water + halo
        scene[part] += tint(f32(light * edge * flame), (1.0, 0.50, 0.16))

    def draw(t: float) -> list[Array]:
        above = sky(t)
        scene = lake.join(above, t, above)
        flame = np.float32((0.9 if rain else 1.0) * (1 + 0.05 * np.sin(7.3 * t) + 0.03 * np.sin(12.1 * t)))
        light_on_water(scene, t, flame)
        picture = f32(cv2.resize(scene, (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC))
        (bx, by, lean), (lx, ly) = _path(t, seconds), _lamp(t)
        part = _around(bx, by, (-0.42, 0.46), (-0.06, 0.46), (WIDTH, HEIGHT))
        u, v = _from_boat(full_x[part], full_y[part], (bx, by, lean))
        dry = smoothstep(-0.030, -0.022, v)
        cover, lit = _boat(u, v, t)
        picture[part] *= 1 - 0.96 * (cover * dry)[..., None]
        glass = np.exp(-(((u - lx) / 0.019) ** 4) - ((v - ly) / 0.030) ** 4)
        picture[part] += tint(f32((lit * dry * (1.0 if rain else 0.55) + 4.2 * glass) * flame), (1.0, 0.52, 0.18))
        if rain:
            _rain(picture, drops, t, (bx + lx, by + ly))
        else:
            _fireflies(picture, drops[:60], t, seconds)
        return [picture]

    return draw


def _rain(picture: Array, drops: Array, t: float, light: tuple[float, float]) -> None:
    """Slanting rain, near and far, warm where it falls past the lantern."""
    depth = 0.5 + 1.5 * drops[:, 2]
    y = 1.2 - (drops[:, 1] * 2.4 + (1.9 + 0.6 * drops[:, 3]) * t / depth) % 2.4
    x = (drops[:, 0] * 4.4 + 0.55 * y) % 4.4 - 2.2
    long = 0.15 / depth
    warm = np.exp(-((x - light[0]) ** 2 + (y - light[1]) ** 2) / 0.07)
    colours = (0.055 * f32((0.55, 0.8, 1.0)) + 0.6 * warm[:, None] * f32((1.0, 0.55, 0.22))) / depth[:, None]
    x0, y0 = pixels(f32(x), f32(y), (WIDTH, HEIGHT))
    x1, y1 = pixels(f32(x + 0.55 * long), f32(y + long), (WIDTH, HEIGHT))
    streaks(picture, f32(np.stack([x0, y0, x1, y1], -1)), f32(colours), 0.7)


def _fireflies(picture: Array, flies: Array, t: float, seconds: float) -> None:
    """Small lights over the water, more of them the later it is."""
    x = flies[:, 0] * 3.6 - 1.8 + 0.06 * np.sin(0.7 * t + 9 * flies[:, 2])
    y = HORIZON - 0.25 + 0.5 * flies[:, 1] ** 2 + 0.05 * np.sin(0.9 * t + 7 * flies[:, 3])
    glow = np.clip(np.sin(1.1 * t + 40 * flies[:, 2]), 0, 1) ** 2 * (0.25 + 0.75 * ease(0, seconds, t))
    px, py = pixels(f32(x), f32(y), (WIDTH, HEIGHT))
    dots(picture, px, py, f32((1.2 + 1.4 * flies[:, 3]) * PX), f32(glow[:, None] * f32((1.0, 0.75, 0.25)) * 0.9))


golden: Callable[[float], Callable[[float], list[Array]]] = partial(crossing, sky_of=_evening, calm=1.6, rain=False)
"""The crossing under a golden evening."""
stormy: Callable[[float], Callable[[float], list[Array]]] = partial(crossing, sky_of=_clouds, calm=0.55, rain=True)
"""The crossing through a storm."""
