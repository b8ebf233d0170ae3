"""Sorrow deepens: the light sinks through the sea in its veil, and the surface goes away."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from scenes.demo.making.drawing import (
    HALF,
    HEIGHT,
    PX,
    WIDTH,
    Array,
    blur,
    dots,
    ease,
    f32,
    noise,
    sample,
    screen,
    smoothstep,
    splat,
    tint,
)

THREADS, STITCHES = 225, 390


def _veil(around: Array, down: Array, t: float) -> Array:
    """The cloth that trails up behind the sinking light, (n, 3), slow as weed."""
    angle = 2 * np.pi * around
    slow = 0.55 * t
    width = 0.04 + 0.34 * down**0.8 * (0.75 + 0.25 * np.sin(3.5 * down - 1.3 * slow))
    fold = 1 + 0.45 * down * np.sin(4 * angle + 2.5 * down - 1.1 * slow)
    x = width * fold * np.cos(angle) + 0.22 * down**1.3 * np.sin(2.6 * down - slow)
    z = width * fold * np.sin(angle) + 0.18 * down * np.cos(2.1 * down - 0.8 * slow)
    y = 1.15 * down + 0.09 * down * np.sin(3 * angle + 1.7 * slow + 4 * down)
    return f32(np.stack([x, y, z], -1))


def sinking(seconds: float) -> Callable[[float], list[Array]]:
    """The second scene of sorrow."""
    dice = np.random.default_rng(71)
    around = f32(np.repeat((np.arange(THREADS) + dice.uniform(-0.4, 0.4, THREADS)) / THREADS, STITCHES))
    down = f32(np.tile(np.linspace(0, 1, STITCHES), THREADS))
    snow, bubbles = dice.random((380, 5)).astype(np.float32), dice.random((40, 4)).astype(np.float32)
    x, y = screen(HALF)
    beams, caustic, warp = noise(72, 1.3, 3, 40), noise(73, 1.6, 3, 60), noise(74, 2.0, 2, 30)

    def water(t: float, depth: float) -> Array:
        """The sea by the light from above, which is lost with the depth."""
        up = 1.55 - y
        angle = np.arctan2(x + 0.25, up)
        ray = sample(beams, angle * 0.42 + 0.006 * t, 0 * x + 0.011 * t) + sample(
            beams, angle * 0.9 - 0.009 * t, 0 * x + 0.5
        )
        rays = np.clip(0.35 + 0.45 * ray, 0, None) ** 1.5 * np.exp(-1.35 * (1 - y)) * np.exp(-((angle / 0.75) ** 2))
        # The surface seen from below, in perspective; it leaves the picture as we sink.
        above = np.clip(y - (0.42 + 1.1 * depth), 0.02, 1)
        u, v = x / (1.02 - above), 1 / (1.02 - above)
        bend = 0.05 * sample(warp, u * 0.1 + 0.02 * t, v * 0.05)
        net = 1 - np.abs(sample(caustic, u * 0.05 + bend, v * 0.10 + bend - 0.015 * t)) * 1.3
        net = np.clip(net, 0, 1) ** 3 * smoothstep(0.02, 0.5, above) * 0.9
        dim = np.float32(1 - 0.82 * depth)
        colour = tint(f32(rays * 0.30 * dim), (0.10, 0.42, 0.62)) + tint(f32(net * dim * 0.5), (0.2, 0.55, 0.68))
        ambient = np.exp(-1.15 * (1 - y)) * 0.13 * dim + 0.006
        return colour + tint(f32(ambient), (0.05, 0.28, 0.52))

    def draw(t: float) -> list[Array]:
        depth = ease(-3, seconds + 1.5, t)
        cy = 0.34 - 0.95 * ease(-2.5, seconds + 2, t)
        cx = 0.12 + 0.10 * np.sin(0.45 * t) + 0.03 * np.sin(1.1 * t)
        life = (1 - 0.86 * ease(seconds * 0.25, seconds * 1.02, t)) * (
            1 + 0.05 * np.sin(2.3 * t) + 0.03 * np.sin(5.1 * t)
        )
        places = _veil(around, down, t)
        far = 2.6 + places[:, 2]
        px = HALF[0] / 2 + (cx * 1.45 + places[:, 0]) / far * 470 * PX
        py = HALF[1] / 2 - (cy * 1.45 + places[:, 1]) / far * 470 * PX
        warmth = life * np.exp(-down * 4.2)
        pale = (0.10 * (1 - 0.75 * depth)) * (0.3 + 0.7 * down) * (1 - down) ** 0.5
        edge = 0.35 + 0.65 * np.abs(np.sin(np.pi * 4 * around + 3 * down)) ** 3
        shade = edge[:, None] * (warmth[:, None] * f32((0.55, 0.27, 0.09)) + pale[:, None] * f32((0.35, 0.75, 1.0)))
        cloth = blur(splat(f32(px), f32(py), f32(shade * 0.55), HALF), 0.6 * PX)
        lx, ly = cx * 1.45 / 2.6 * 470 / 180, cy * 1.45 / 2.6 * 470 / 180
        r2 = (x - lx) ** 2 + (y - ly) ** 2
        glow = tint(f32(np.exp(-r2 / 0.0016) * 5.0 + 0.0052 / (r2 + 0.022) - 0.004), (1.0, 0.50, 0.17)) * np.float32(
            life
        )
        bits = np.zeros((HEIGHT, WIDTH, 3), np.float32)
        _snow(bits, snow, t, (lx, ly), life, depth)
        _bubbles(bits, bubbles, t, (lx, ly), depth)
        return [water(t, depth), cloth + np.maximum(glow, 0), bits]

    return draw


def _snow(picture: Array, snow: Array, t: float, light: tuple[float, float], life: float, depth: float) -> None:
    """What floats in the water drifts up past us as we sink, and is warm near the light."""
    z = 0.6 + 2.6 * snow[:, 2]
    x = ((snow[:, 0] + 0.006 * np.sin(0.4 * t + 9 * snow[:, 3])) * 3.8 - 1.9) / 1.0
    y = (snow[:, 1] + (0.020 * t + 0.004 * np.sin(0.6 * t + 7 * snow[:, 3])) / z) % 1.0 * 2.3 - 1.15
    near = np.exp(-((x - light[0]) ** 2 + (y - light[1]) ** 2) / 0.16) * life
    cold = 0.16 * (1 - 0.75 * depth) * np.clip(0.6 + 0.5 * y, 0.1, 1)
    size = f32(np.abs(1.9 / z - 0.9) * 2.6 + 0.9)
    colours = (near[:, None] * f32((1.3, 0.6, 0.2)) + cold[:, None] * f32((0.3, 0.7, 1.0))) / (size**1.4)[:, None]
    dots(picture, f32(x * HEIGHT / 2 + WIDTH / 2), f32(HEIGHT / 2 - y * HEIGHT / 2), size * PX, colours)


def _bubbles(picture: Array, bubbles: Array, t: float, light: tuple[float, float], depth: float) -> None:
    """The last of the breath."""
    age = (t * (0.11 + 0.05 * bubbles[:, 1]) + bubbles[:, 0]) % 1.0
    x = light[0] + 0.05 * (bubbles[:, 2] - 0.5) + (0.06 + 0.1 * age) * np.sin(5 * age + 9 * bubbles[:, 3] + 2 * t * 0.3)
    y = light[1] + 0.04 + 1.9 * age**1.1
    size = f32(PX * (1.2 + 3.2 * bubbles[:, 1] * (0.5 + 0.5 * age)))
    fade = np.sin(np.pi * np.clip(age, 0, 1)) * (1 - 0.8 * depth) * 0.20
    px, py = f32(x * HEIGHT / 2 + WIDTH / 2), f32(HEIGHT / 2 - y * HEIGHT / 2)
    dots(picture, px, py, size, fade[:, None] * f32((0.25, 0.5, 0.62)), 0.0)
    dots(picture, px - size * 0.35, py - size * 0.35, size * 0.3 + 0.4 * PX, fade[:, None] * 2.5 * f32((0.5, 0.8, 1.0)))
