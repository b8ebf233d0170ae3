"""Anger has its way: a black sun that throws fire."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from scenes.demo.making.drawing import (
    HALF,
    HEIGHT,
    WIDTH,
    Array,
    ease,
    f32,
    fire,
    noise,
    sample,
    screen,
    smoothstep,
    streaks,
    tint,
)


def burning(seconds: float) -> Callable[[float], list[Array]]:
    """The second scene of anger."""
    dice = np.random.default_rng(91)
    x, y = screen(HALF)
    r = np.hypot(x, y) + 1e-4
    turn = np.arctan2(y, x) / (2 * np.pi)
    big, small, warp = noise(92, 1.5, 2, 90), noise(93, 1.3, 4, 160), noise(94, 1.9, 2, 30)
    n = 520
    spark = dice.random((n, 5)).astype(np.float32)

    def pulse(t: float) -> float:
        """The beat of a heart in rage, under two a second."""
        beat = t / 0.92 % 1.0
        return float(np.exp(-(((beat - 0.12) / 0.10) ** 2)) + 0.5 * np.exp(-(((beat - 0.42) / 0.10) ** 2)))

    def draw(t: float) -> list[Array]:
        rage = ease(-1, seconds * 0.85, t)
        beat = pulse(t)
        edge = 0.30 + 0.20 * rage + 0.016 * beat
        away = np.log(np.maximum(r, 0.05) / edge)
        shear = turn + 0.05 * np.sin(0.5 * t) + 0.035 * t / (0.5 + r)
        bend = sample(warp, shear * 2, away * 0.22 - 0.05 * t)
        v = away * 0.30 - 0.11 * t
        flame = 0.62 * sample(big, shear * 2 + 0.045 * bend, v + 0.03 * bend)
        flame = flame + 0.38 * sample(small, shear * 3 - 0.06 * bend, away * 0.5 - 0.23 * t + 0.04 * bend)
        tongue = 1 - np.abs(sample(big, shear * 3 + 0.07 * bend + 0.3, v * 1.3 - 0.05 * t)) * 0.9
        out = np.maximum(away, 0)
        reach = 0.75 + 0.75 * rage + 0.10 * beat
        heat = (0.95 + 0.55 * flame + 0.35 * tongue) * np.exp(-out * 2.0 / reach) - 0.40 * smoothstep(0.0, 1.5, out)
        heat = np.clip(heat, 0, None) ** 1.7 * (0.62 + 0.55 * rage + 0.12 * beat)
        rim = np.exp(-out / 0.035) * (1.2 + 0.5 * flame) * (0.8 + 0.5 * rage)
        body = smoothstep(-0.03, 0.012, away)
        inside = (1 - body) * np.clip(0.25 + 0.5 * flame, 0, None) * 0.035 * smoothstep(-0.8, 0, away)
        sun = fire(f32(np.clip(heat + rim, 0, 3.0) * body)) * f32((1.0, 0.8, 0.7)) + tint(
            f32(inside * (1 + beat)), (1.0, 0.08, 0.02)
        )
        fly = np.zeros((HEIGHT, WIDTH, 3), np.float32)
        ends, colours = _flung(spark, t, edge, rage)
        streaks(fly, ends, colours, 0.8)
        return [sun, fly]

    return draw


def _flung(spark: Array, t: float, edge: float, rage: float) -> tuple[Array, Array]:
    """Embers leave the rim in curves, and cool."""
    life = 1.0 + 1.6 * spark[:, 1]
    age = (t + 5 * spark[:, 0]) % life / life
    ends = []
    for back in (0.0, 0.012):
        a = np.maximum(age - back, 0)
        radius = edge * 0.98 + (0.3 + 1.5 * spark[:, 3]) * a**0.8
        angle = 6.2832 * spark[:, 2] + 0.9 * a * (0.4 + spark[:, 4]) + 0.05 * np.sin(14 * a + 6 * spark[:, 0])
        ends += [WIDTH / 2 + radius * np.cos(angle) * HEIGHT / 2, HEIGHT / 2 - radius * np.sin(angle) * HEIGHT / 2]
    heat = (0.5 + 1.6 * spark[:, 4]) * (1 - age) ** 0.8 * np.minimum(age * 12, 1) * (spark[:, 3] < 0.35 + 0.65 * rage)
    live = heat > 0.05
    return f32(np.stack(ends, 1))[live], 2.6 * fire(heat[live])
