"""The ending of anger: the fire is out, ash falls like snow, and one coal goes on glowing."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from scenes.demo.making.drawing import (
    HEIGHT,
    WIDTH,
    Array,
    dots,
    ease,
    f32,
    fire,
    noise,
    sample,
    screen,
    smoothstep,
    tint,
)
from scenes.demo.making.ray_marching import Solid, antialiased, diffuse_and_gloss, render, shadow

HEART = f32((0.10, 0.34, -0.42))


def _coals() -> Array:
    """A heap: centres and radii of the coals, (n, 4); the last one is the one that lives."""
    dice = np.random.default_rng(111)
    coals = []
    for _ in range(38):
        angle, out = dice.uniform(0, 6.28), dice.uniform(0, 1) ** 0.6 * 1.25
        radius = dice.uniform(0.12, 0.23)
        top = 0.50 * np.exp(-((out / 0.62) ** 2))
        coals.append(
            (out * np.cos(angle) * 1.25, top * dice.uniform(0.55, 1.0) + 0.05, out * np.sin(angle) * 0.8, radius)
        )
    coals.append((0.10, 0.27, -0.40, 0.18))
    return f32(coals)


COALS = _coals()


def _rough(p: Array) -> Array:
    wave = np.sin(11 * p[:, 0] + 3 * p[:, 1]) * np.sin(12 * p[:, 1] - 2 * p[:, 2]) * np.sin(10 * p[:, 2] + 4 * p[:, 0])
    fine = np.sin(31 * p[:, 0] + 7) * np.sin(29 * p[:, 1] + 5 * p[:, 0]) * np.sin(27 * p[:, 2])
    return f32(0.034 * wave + 0.012 * (0.3 - np.abs(fine) ** 0.5))


def _heap(p: Array) -> Array:
    nearest = np.full(len(p), 9.0, np.float32)
    for x, y, z, radius in COALS[:-1]:
        q = np.maximum(np.abs(p - f32((x, y, z))) - 0.45 * radius, 0)
        np.minimum(nearest, np.sqrt((q * q).sum(-1)) - 0.55 * radius, out=nearest)
    return f32(0.7 * (nearest + _rough(p)))


def _living(p: Array) -> Array:
    q = np.maximum(np.abs(p - COALS[-1, :3]) - 0.45 * COALS[-1, 3], 0)
    return f32(0.7 * (np.sqrt((q * q).sum(-1)) - 0.55 * COALS[-1, 3] + _rough(p)))


def _ground(p: Array) -> Array:
    return f32(0.8 * (p[:, 1] - 0.05 + 0.02 * np.sin(3 * p[:, 0] + 1) * np.sin(4 * p[:, 2]) + 0.3 * _rough(p)))


def falling(seconds: float) -> Callable[[float], list[Array]]:
    """The coals cool under a cold light; the last one breathes."""
    dice = np.random.default_rng(112)
    solids = [
        Solid(_heap, (0.26, 0.26, 0.27), 0.1),
        Solid(_living, (0.26, 0.25, 0.25), 0.1),
        Solid(_ground, (0.24, 0.24, 0.255), 0.0),
    ]
    gbuffer = render(solids, (WIDTH, HEIGHT), (0.18, 0.86, -2.75), (0.06, 0.37, 0.0), 3.3, far=9)
    moon = f32((-2.0, 3.4, 0.8))
    seen = shadow(lambda p: f32(np.minimum(_heap(p), _living(p))), gbuffer, moon, 9)
    cold, _ = diffuse_and_gloss(gbuffer, moon, wrap=0.1, fall=0)
    px, py, pz = (gbuffer.points[..., i] for i in range(3))
    vein, grain = noise(113, 1.2, 6, 160), noise(114, 0.8)
    fade_back = np.exp(-np.maximum(pz, 0) * 0.8 - 0.7 * np.maximum(np.hypot(px, pz) - 0.7, 0) ** 2)
    upward = smoothstep(0.2, 0.9, gbuffer.normals[..., 1])
    grey = (
        gbuffer.colours
        * (1 + 0.2 * sample(grain, px * 0.6 + pz * 0.3, py * 0.6 + pz * 0.5))[..., None]
        * (0.55 + 1.0 * upward)[..., None]
    )
    by_moon = tint(f32(cold * seen * fade_back), (0.42, 0.56, 0.80)) * grey * 0.48
    crack = 1 - np.abs(sample(vein, px * 0.33 + pz * 0.21, py * 0.37 - pz * 0.25))
    hot = np.clip(crack, 0, 1) ** 7 * (1 - 0.8 * upward) * fade_back * (gbuffer.index < 2)
    alive = (gbuffer.index == 1) * (np.clip(crack, 0, 1) ** 3 * 1.35 + 0.16) * (1 - 0.35 * upward)
    glow, _ = diffuse_and_gloss(gbuffer, HEART, wrap=0.15, fall=1.9, reach=0.02)
    deep, _ = diffuse_and_gloss(gbuffer, f32((0.0, 0.25, -0.35)), wrap=0.4, fall=1.5)
    flakes = dice.random((260, 5)).astype(np.float32)
    x, y = screen((640, 360))
    tile = noise(115, 1.9, 2, 50)

    def draw(t: float) -> list[Array]:
        dying = np.float32(1 - ease(-2, seconds * 0.62, t))
        breath = np.float32(0.72 + 0.28 * np.sin(2 * np.pi * t / 4.6 - 0.6))
        live = np.float32(0.55 + 0.45 * dying) * breath
        light = by_moon * np.float32(0.35 + 0.65 * ease(0, seconds * 0.5, t))
        light = light + tint(glow * (0.12 * live), (1.0, 0.26, 0.06)) * grey * 2
        light = light + tint(deep * (0.30 * dying), (1.0, 0.20, 0.04)) * grey
        light = (
            light
            + fire(f32(hot * 1.5 * dying * (0.85 + 0.15 * np.sin(1.7 * t + 3 * px))))
            + fire(f32(alive * 1.25 * live))
        )
        lift = np.clip((y + 0.12) / 1.1, 0, 1)
        sway = (
            0.07 * 1.45 * np.sin(3.2 * lift * 2 - 0.9 * t) * lift
            + 0.10 * sample(tile, 0 * x + 0.1, y * 0.18 - 0.06 * t) * lift**1.3
        )
        across = (x - 0.06 - sway) / (0.016 + 0.11 * lift)
        fold = np.exp(-((np.abs(across) - 0.75) ** 2) / 0.10) + 0.45 * np.exp(-across * across)
        thin = 0.6 + 0.35 * sample(tile, across * 0.02 + 0.5, y * 0.25 - 0.10 * t)
        smoke = fold * np.clip(thin, 0, None) * smoothstep(0.0, 0.08, lift) * (1 - lift) ** 0.8 * 0.055
        wisp = tint(f32(smoke), (0.55, 0.66, 0.85)) + tint(f32(smoke * np.exp(-lift * 9) * 3 * live), (1.0, 0.3, 0.08))
        snow = np.zeros((HEIGHT, WIDTH, 3), np.float32)
        _ashes(snow, flakes, t)
        return [antialiased(f32(light), gbuffer), wisp, snow]

    return draw


def _ashes(picture: Array, flakes: Array, t: float) -> None:
    """Flakes fall and sway; those near the eye are large and out of focus."""
    z = 0.45 + 2.2 * flakes[:, 2]
    y = 1.2 - (flakes[:, 1] + (0.030 + 0.014 * flakes[:, 4]) * t / z) % 1.0 * 2.4
    x = (flakes[:, 0] * 2 - 1) * 1.95 + (
        0.05 * np.sin(0.9 * t + 9 * flakes[:, 3]) + 0.02 * np.sin(2.3 * t + 20 * flakes[:, 4])
    ) / z
    size = f32(np.abs(1.5 / z - 0.75) * 4.2 + 1.0)
    shine = (0.30 + 0.30 * np.sin(2.6 * t + 30 * flakes[:, 3]) ** 2) * np.exp(-0.4 * (x + 0.8) ** 2) / size**1.25
    colours = shine[:, None] * f32((0.55, 0.66, 0.85))
    dots(picture, f32(x * HEIGHT / 2 + WIDTH / 2), f32(HEIGHT / 2 - y * HEIGHT / 2), size, colours)
