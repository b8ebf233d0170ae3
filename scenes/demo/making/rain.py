"""Sorrow begins: rain on a window, and outside one lamp that goes out."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

from scenes.demo.making.drawing import (
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
    tint,
)

RUNNERS, BEADS = 30, 1500
LAMP = (850 * PX, 300 * PX)


def _street() -> tuple[Array, Array]:
    """The night outside, far out of focus: its cold lights, and apart from them the one warm lamp."""
    dice = np.random.default_rng(61)
    x, y = screen((WIDTH, HEIGHT))
    cold = tint(0.004 + 0.020 * np.clip(0.2 + 0.5 * y, 0, 1), (0.26, 0.55, 1.0))
    count = 26
    px, py = dice.uniform(0, WIDTH, count), PX * (300 + dice.normal(0, 80, count))
    colours = f32([(0.05, 0.17, 0.40), (0.09, 0.22, 0.34), (0.03, 0.13, 0.36)])[dice.integers(0, 3, count)]
    dots(
        cold,
        f32(px),
        f32(py),
        f32(dice.uniform(22, 52, count) * PX),
        colours * f32(dice.uniform(0.3, 1, count))[:, None],
        0.0,
    )
    dots(cold, f32(px), f32(1060 * PX - 1.2 * py), f32(dice.uniform(30, 60, count) * PX), colours * 0.25, 1.0)
    warm = np.zeros_like(cold)
    dots(warm, f32([LAMP[0]]), f32([LAMP[1]]), f32([66 * PX]), f32([(2.6, 1.25, 0.42)]), 0.0)
    warm += tint(np.exp(-np.hypot(x - 0.58, y - 0.17) / 0.42), (0.24, 0.10, 0.03))
    warm += tint(np.exp(-(((x - 0.58) / 0.12) ** 2)) * smoothstep(-0.2, -0.7, y), (0.16, 0.07, 0.02))
    return blur(cold, 5 * PX), blur(warm, 4 * PX)


class Glass:
    """Beads that sit on the pane and drops that run down it and wipe it clear; all in closed form of the time."""

    def __init__(self, seconds: float) -> None:
        dice = np.random.default_rng(62)
        self.dx, self.dy = np.zeros((HEIGHT, WIDTH), np.float32), np.zeros((HEIGHT, WIDTH), np.float32)
        self.shade = np.ones((HEIGHT, WIDTH), np.float32)
        for radius in np.sort(dice.pareto(2.0, BEADS) * 2.2 + 1.6):
            r = float(min(radius, 15) * PX)
            place = dice.uniform(0, WIDTH), dice.uniform(0, HEIGHT)
            _bead((self.dx, self.dy, self.shade), place, r, dice.uniform(1.0, 1.35))
        self.radius = f32(dice.uniform(7, 16, RUNNERS) * PX)
        self.times = np.arange(0, seconds + 0.1, 0.1)
        start = dice.uniform(-6, seconds - 1, RUNNERS)
        pace, beat, phase = (
            dice.uniform(45, 130, RUNNERS) * PX,
            dice.uniform(0.5, 1.5, RUNNERS),
            dice.uniform(0, 6.28, RUNNERS),
        )
        age = np.maximum(self.times[None] - start[:, None], 0)
        # A drop stops and slips: its speed swings between nearly nothing and twice the mean.
        moved = pace[:, None] * (
            age - 0.93 / beat[:, None] / 2 * (np.sin(2 * beat[:, None] * age + phase[:, None]) - np.sin(phase)[:, None])
        )
        self.fall = f32(moved - 30 * PX)
        self.home, self.phase = f32(dice.uniform(20 * PX, WIDTH - 20 * PX, RUNNERS)), f32(phase)

    def path(self, i: int, y: Array) -> Array:
        """Where drop i is across, at a height."""
        p, down = self.phase[i], y / PX
        return f32(self.home[i] + PX * (9 * np.sin(down * 0.011 + p) + 4 * np.sin(down * 0.037 + 2 * p)))

    def at(self, t: float) -> tuple[Array, Array, Array, Array]:
        """Displacement x and y in pixels, shade, and how clear the pane was wiped, each (HEIGHT, WIDTH)."""
        clear = np.zeros((HEIGHT, WIDTH), np.float32)
        rows = np.arange(HEIGHT, dtype=np.float32)
        heads = []
        for i in range(RUNNERS):
            fall = float(np.interp(t, self.times, self.fall[i]))
            heads.append(fall)
            last = int(min(fall, HEIGHT))
            if last <= 2:
                continue
            y = rows[:last]
            age = t - np.interp(y, self.fall[i], self.times)
            centre, r = self.path(i, y), self.radius[i] * 0.85
            x0, x1 = max(int(centre.min() - r - 2), 0), min(int(centre.max() + r + 3), WIDTH)
            if x0 >= x1:
                continue
            off = np.abs(np.arange(x0, x1, dtype=np.float32)[None] - centre[:, None])
            strip = smoothstep(r, r * 0.6, off) * np.exp(-f32(age) / 5)[:, None]
            np.maximum(clear[:last, x0:x1], strip, out=clear[:last, x0:x1])
        keep = 1 - smoothstep(0.15, 0.5, clear)
        dx, dy, shade = self.dx * keep, self.dy * keep, 1 + (self.shade - 1) * keep
        for i, fall in enumerate(heads):
            if -20 * PX < fall < HEIGHT + 20 * PX:
                _bead((dx, dy, shade), (float(self.path(i, f32(fall))), fall), float(self.radius[i]), 1.45)
        return dx, dy, shade, clear


def _bead(pane: tuple[Array, Array, Array], place: tuple[float, float], r: float, tall: float) -> None:
    """Put one drop on the pane (its dx, dy and shade): it shows the street upside down, wide, darker at its rim."""
    dx, dy, shade = pane
    x, y = place
    x0, x1 = max(int(x - r - 1), 0), min(int(x + r + 2), WIDTH)
    y0, y1 = max(int(y - r * tall - 1), 0), min(int(y + r * tall + 2), HEIGHT)
    if x0 >= x1 or y0 >= y1:
        return
    u = (np.arange(x0, x1, dtype=np.float32)[None] - x) / r
    v = (np.arange(y0, y1, dtype=np.float32)[:, None] - y) / (r * tall)
    v = v * (1 + 0.18 * v)  # heavier below
    d = np.sqrt(u * u + v * v)
    cover = smoothstep(1.0, 0.86, f32(d))
    lens = cover * (0.55 + 0.45 * d * d)
    part = np.s_[y0:y1, x0:x1]
    dx[part] = dx[part] * (1 - cover) - 340 * PX * u * lens
    dy[part] = dy[part] * (1 - cover) - 230 * PX * v * lens
    light = 1.5 - 1.1 * smoothstep(0.6, 1.02, f32(d)) + 0.7 * np.clip(v, -1, 1)
    shade[part] = shade[part] * (1 - cover) + cover * light


def weeping(seconds: float) -> Callable[[float], list[Array]]:
    """The first scene of sorrow."""
    cold, warm = _street()
    glass = Glass(seconds)
    columns, rows = (f32(g) for g in np.meshgrid(np.arange(WIDTH), np.arange(HEIGHT)))
    breath, mist = noise(63, 1.8, 2, 80), noise(64, 0.7, 30, 250)
    x, y = screen((WIDTH, HEIGHT))
    fogged = 0.75 + 0.12 * sample(breath, x * 0.2, y * 0.2) + 0.035 * sample(mist, x * 0.6, y * 0.6)
    fog_cold, fog_warm = blur(cold, 34 * PX), blur(warm, 30 * PX)

    def draw(t: float) -> list[Array]:
        # The lamp falters twice, slowly, and then it is gone.
        lamp = np.float32(1 - 0.22 * np.exp(-(((t - 6.5) / 0.8) ** 2)) - 0.93 * ease(seconds * 0.55, seconds * 0.95, t))
        street = cold + lamp * warm
        fog = (fog_cold + lamp * fog_warm) * 0.62 + f32((0.002, 0.004, 0.007))
        dx, dy, shade, clear = glass.at(t)
        wet = np.clip((np.abs(dx) + np.abs(dy)) / (12 * PX), 0, 1)
        sway = 3 * PX * np.sin(0.4 * t)
        seen = cv2.remap(
            street, columns + dx + np.float32(sway), rows + dy, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT
        )
        veil = (fogged * (1 - 0.85 * clear) * (1 - wet))[..., None]
        return [f32((seen * (1 - veil) + fog * veil) * shade[..., None])]

    return draw
